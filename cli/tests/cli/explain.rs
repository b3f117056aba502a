//! `explain` names the true reason, for every reason that there is.

use std::collections::BTreeSet;

use sealed_session::revocation::{Revocation, RevocationTable};
use sealed_session::time::OffsetDateTime;
use sealed_session::{Key, Refusal};

use crate::revoked::{Revoked, of_revocations};
use crate::run::{Folder, argument, run, run_with};
use crate::sessions::{NAME, Visitor, assert_shows_nothing, at, at_text, key, rfc3339, ring};

/// One session, how it is judged, and the verdict.
struct Explained {
    input: String,
    ring: String,
    revocations: Option<RevocationTable>,
    policy: &'static str,
    at: String,
    wanted: Option<&'static str>,
    /// A part of the sentence that only this case has.
    says: &'static str,
}

impl Explained {
    /// What Ada's browser sends, under her own key and policy, at minute 1.
    fn new(
        input: impl Into<String>,
        wanted: Option<&'static str>,
        says: &'static str,
    ) -> Explained {
        Explained {
            input: input.into(),
            ring: ring(7),
            revocations: None,
            policy: "name=__Host-shop",
            at: at_text(1),
            wanted,
            says,
        }
    }

    /// Asks for the sentence as text and as JSON, and asserts that both name the reason.
    #[track_caller]
    fn check(&self) {
        let folder = Folder::new();
        let keys = folder.write("ring.txt", &self.ring);
        let revoked = folder.path("revoked.bin");
        let mut words = vec![
            "explain",
            "--keys",
            &keys,
            "--policy",
            self.policy,
            "--at",
            &self.at,
        ];
        let file = argument(&revoked);
        if let Some(table) = &self.revocations {
            // Nothing is over by then.
            table.save(&revoked, OffsetDateTime::UNIX_EPOCH).unwrap();
            words.extend(["--revocations", &file]);
        }
        let text = run_with(&words, &self.input);
        let json = run_with(&[&words[..], &["--json"]].concat(), &self.input);
        let code = i32::from(self.wanted.is_some());
        assert_eq!(
            (text.code, json.code),
            (code, code),
            "{:?}: {text:?}",
            self.wanted
        );
        let session = &json.json()["sessions"][0];
        assert_eq!(session["reason"].as_str(), self.wanted, "{session}");

        // One sentence, which is that of the JSON, and longer than what the library says of the reason.
        let said = text.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        let sentence = session["sentence"].as_str().unwrap();
        assert!(said.starts_with(sentence), "{said}\n{sentence}");
        let begins = match self.wanted {
            None => "Accepted: ".to_owned(),
            Some(label) => format!("Refused, {label}: "),
        };
        assert!(
            said.starts_with(&begins) && said.contains(self.says),
            "{said}"
        );
        let reason = Refusal::ALL
            .iter()
            .find(|refusal| Some(refusal.label()) == self.wanted);
        let is_bare = reason.is_some_and(|refusal| session["why"] == refusal.to_string());
        assert!(!is_bare, "{said}");
        if self.wanted.is_some() {
            assert_ne!(session["todo"], "", "{said}");
        }
        assert_shows_nothing(&text.stdout, &self.input);
        assert_shows_nothing(&json.stdout, &self.input);
    }
}

/// What a server refuses by what it does not hear. A file of revocations does not say how old it is, and no store is asked.
const OF_A_SERVER: [&str; 2] = ["not_fetched", "not_known"];

/// A session that a newer version wrote, sealed by another program under a key of its own: see FORMAT.md.
const TOO_NEW: &str = "AcyWvOtrSdGc4NhprkaMHPdmq5_pMLSco5MJyNAQ16i9cG9CKidcXJg2LXS5wilNOVg";

fn bytes(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    pairs.map(byte).collect()
}

/// One with its attributes in a store, of the same key: see FORMAT.md.
const STORED: &str = "AcyWvOtrSdGc_dm191LIVTwlVje-YvwbbvUOfjDyULd3cUwuf5JPlj6xO9HMpENf0alIrJOs_MF5A-Z0gZGfBHCFVU_GSl9my_6j\
    9HulGY2zvqj2rya00tJo_a8IrpnQFAm83KRi7PuvbQjKCwxqLGU";

/// The key of the examples of FORMAT.md, by its bytes in hex.
fn ring_of(hex: &str) -> String {
    let key = Key::new(&bytes(hex)).unwrap();
    key.to_text().expose().to_owned()
}

const EXAMPLES: &str = "76d9800cac9fed8bfe71b470bdb0493da64cd509eca28f87f5daf8fdc8195067";
const RETIRED: &str = "2012bfc82a7b7b9a4155060517ec705265f1c76b9ac16ed302f16fa31eee549e";

fn of_the_clock(ada: &str) -> Vec<Explained> {
    let at = |minute, wanted, says| Explained {
        at: at_text(minute),
        ..Explained::new(ada, wanted, says)
    };
    vec![
        at(
            1,
            None,
            "ends in 29 minutes if nobody uses it, and in 11 hours 59 minutes at the latest",
        ),
        at(
            31,
            Some("idle_expired"),
            "nobody has used the session for 31 minutes, since 2027-01-15 08:00:00 UTC",
        ),
        at(
            780,
            Some("absolute_expired"),
            "the session began 13 hours ago, on 2027-01-15 08:00:00 UTC",
        ),
        at(
            -10,
            Some("from_the_future"),
            "2027-01-15 08:00:00 UTC, 10 minutes after the time of this verdict",
        ),
    ]
}

fn of_the_browser(visitor: &Visitor) -> Vec<Explained> {
    let ada = visitor.cookie();
    let (mut gone, mut renewed) = (Visitor::new(NAME), Visitor::new(NAME));
    let before = gone.cookie();
    gone.visit(1, |session| session.destroy().unwrap());
    let destroyed = format!("{before}; {}", gone.cookie());
    let before = renewed.cookie();
    renewed.visit(1, |session| session.renew().unwrap());
    let superseded = format!("{before}; {}", renewed.pair("__Host-shop.r"));
    let two = format!(
        "{}; {}",
        Visitor::new("sid").cookie(),
        Visitor::new("sid").cookie()
    );
    let case = Explained::new;
    let under = |policy, input: String, wanted, says| Explained {
        policy,
        ..case(input, wanted, says)
    };
    vec![
        case(
            "Cookie: theme=dark".to_owned(),
            Some("absent"),
            "the request brought no session under `__Host-shop`",
        ),
        under(
            "name=__Host-forum",
            ada,
            Some("absent"),
            "has one under `__Host-shop`",
        ),
        case(destroyed, Some("destroyed"), "signed out in this browser"),
        case(
            superseded,
            Some("superseded"),
            "was renewed in this browser",
        ),
        under(
            "name=sid",
            two,
            Some("conflict"),
            "several sessions came under `sid`",
        ),
        under(
            "name=shop,profile=development",
            format!(
                "curl http://web:3000/ -b '{}'",
                Visitor::new("shop").cookie()
            ),
            Some("off_loopback"),
            "the request names `web:3000`",
        ),
        under(
            "name=shop,profile=development",
            format!(
                "curl http://127.0.0.1:3000/ -b '{}'",
                Visitor::new("shop").cookie()
            ),
            None,
            "somebody is signed in",
        ),
    ]
}

fn of_keys(ada: &str) -> Vec<Explained> {
    let retired = format!(
        "{}{} stopped {} until {}\n",
        ring(8),
        key(7).to_text().expose(),
        at_text(-800),
        at_text(1)
    );
    let with = |ring, wanted, says| Explained {
        ring,
        ..Explained::new(ada, wanted, says)
    };
    vec![
        with(
            ring(8),
            Some("unknown_key"),
            "under the key bdfab1f0, and the ring holds 841699b0",
        ),
        with(
            retired,
            Some("retired_key"),
            "under the key bdfab1f0, which retired on 2027-01-15 08:01:00 UTC",
        ),
        Explained {
            policy: "name=__Host-shop,format=signed",
            ..Explained::new(
                ada,
                Some("wrong_format"),
                "the token is encrypted, and the policy accepts signed",
            )
        },
        Explained {
            policy: "name=__Host-shop,audience=office",
            ..Explained::new(
                ada,
                Some("tampered"),
                "for the cookie `__Host-shop` and the audience `office`",
            )
        },
        Explained::new(
            format!("{ada}AAAA"),
            Some("tampered"),
            "copy the whole value",
        ),
        Explained {
            ring: ring_of(EXAMPLES),
            policy: "name=__Host-session",
            at: at_text(0),
            ..Explained::new(
                format!("__Host-session={TOO_NEW}"),
                Some("record_too_new"),
                "a newer version wrote what is in it",
            )
        },
        Explained {
            ring: ring_of(EXAMPLES),
            policy: "name=__Host-session",
            at: at_text(0),
            ..Explained::new(
                format!("__Host-session={STORED}"),
                Some("missing"),
                "its attributes are in the store of the server",
            )
        },
    ]
}

fn revoked(case: Revoked) -> Explained {
    Explained {
        revocations: Some(case.revocations),
        at: at_text(case.minute),
        ..Explained::new(case.cookie, case.wanted, case.says)
    }
}

fn of_shapes(ada: &str) -> Vec<Explained> {
    let (mut one, mut other) = (Visitor::new(NAME), Visitor::new(NAME));
    one.fill(1);
    other.fill(2);
    let mixed = format!("{}; {}", one.pair(NAME), other.pair("__Host-shop.1"));
    let newer = ada.replacen("=Ab", "=A7", 1);
    assert_ne!(newer, ada);
    let case = Explained::new;
    vec![
        case(one.cookie(), None, "holds a live session"),
        case(
            one.pair(NAME),
            Some("partial"),
            "is in 2 chunks, and `__Host-shop.1` did not come",
        ),
        case(
            one.pair("__Host-shop.1"),
            Some("partial"),
            "the first chunk, `__Host-shop`, did not come",
        ),
        case(
            mixed,
            Some("mixed"),
            "the chunks of `__Host-shop` belong to two different writes",
        ),
        case(
            "__Host-shop=hello".to_owned(),
            Some("malformed"),
            "the value of `__Host-shop` is no token",
        ),
        case(
            newer,
            Some("newer_format"),
            "a format that this version does not know",
        ),
        case(
            format!("__Host-shop={}", "A".repeat(5_000)),
            Some("over_ceiling"),
            "than any token",
        ),
    ]
}

#[test]
fn every_reason_but_that_of_a_server_is_made_to_happen_and_explain_names_it() {
    let visitor = Visitor::new(NAME);
    let ada = visitor.cookie();
    let all = [
        of_the_clock(&ada),
        of_the_browser(&visitor),
        of_keys(&ada),
        of_revocations().into_iter().map(revoked).collect(),
        of_shapes(&ada),
    ];
    let all: Vec<Explained> = all.into_iter().flatten().collect();
    all.iter().for_each(Explained::check);
    let named: BTreeSet<&str> = all.iter().filter_map(|case| case.wanted).collect();
    let there = Refusal::ALL.iter().map(|refusal| refusal.label());
    let there: BTreeSet<&str> = there.filter(|label| !OF_A_SERVER.contains(label)).collect();
    assert_eq!(named, there);
}

/// The examples of FORMAT.md were written by an independent program.
#[test]
fn the_refusals_of_the_format_are_named() {
    let format =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../FORMAT.md")).unwrap();
    let token: String = {
        let (_, rest) = format.split_once("### An encrypted token").unwrap();
        let (_, rest) = rest.split_once("    text\n").unwrap();
        let lines = rest.lines().take_while(|line| line.starts_with("      "));
        lines.map(str::trim).collect()
    };
    let (_, table) = format.split_once("### Refusals").unwrap();
    let lines = table.lines().take_while(|line| !line.starts_with('#'));
    let rows = lines.filter_map(|line| {
        let cells: Vec<&str> = line
            .split('|')
            .map(|cell| cell.trim().trim_matches('`'))
            .collect();
        match cells.as_slice() {
            ["", reason, now, request, ""] => Some((*reason, now.parse::<i64>().ok()?, *request)),
            _ => None,
        }
    });
    let text = |seconds| rfc3339(OffsetDateTime::from_unix_timestamp(seconds).unwrap());
    let ring = format!(
        "{}\n{} stopped {} until {}\n",
        ring_of(EXAMPLES),
        ring_of(RETIRED),
        text(1_799_700_000),
        text(1_799_750_000)
    );
    let mut count = 0;
    for (reason, now, request) in rows {
        count += 1;
        if OF_A_SERVER.contains(&reason) {
            continue;
        }
        let revocations = (reason == "revoked").then(|| {
            let is_hex =
                |part: &&str| part.len() == 48 && part.chars().all(|c| c.is_ascii_hexdigit());
            let hex = format.split('`').find(is_hex).unwrap();
            let everything = Revocation::from_bytes(&bytes(hex)).unwrap();
            let table = RevocationTable::new(1);
            table.add([everything], at(0)).unwrap();
            table
        });
        let long = |letters: usize| "A".repeat(letters);
        let request = request.replace("{T}", &token).replace("{D}", STORED);
        let request = request
            .replace("{A*54}", &long(54))
            .replace("{A*4094}", &long(4_094));
        let reason = Refusal::ALL
            .iter()
            .map(|refusal| refusal.label())
            .find(|label| *label == reason);
        assert!(reason.is_some(), "{request}");
        let case = Explained {
            ring: ring.clone(),
            revocations,
            policy: "name=__Host-session",
            at: text(now),
            ..Explained::new(request, reason, "")
        };
        case.check();
    }
    assert_eq!(
        count,
        Refusal::ALL.len() - 1,
        "all but that of the development profile"
    );
}

#[test]
fn without_keys_explain_says_what_can_be_seen_and_asks_for_them() {
    let visitor = Visitor::new(NAME);
    let partial = run(&["explain", "--policy", "name=s", "s=2g8X8AcyWvOtr"]);
    assert!(partial.text(1).starts_with("Refused, partial: "));
    let asked = run(&["explain", &visitor.cookie()]).complaint();
    assert!(asked.contains("under the key bdfab1f0"), "{asked}");
    assert!(asked.contains("`--keys FILE` or `--env NAME`"), "{asked}");
}

#[test]
fn a_har_file_is_judged_at_its_own_times_and_alike_requests_are_told_once() {
    let folder = Folder::new();
    let keys = folder.write("ring.txt", ring(7));
    let cookie = Visitor::new(NAME).cookie();
    let entry = |minute: i64| {
        format!(
            r#"{{"startedDateTime": "{}", "request": {{"method": "GET", "url": "https://shop.example/",
            "headers": [{{"name": "cookie", "value": "{cookie}"}}]}}}}"#,
            at_text(minute)
        )
    };
    let entries = [1, 2, 3, 90].map(entry).join(",");
    let other = r#"{"request": {"headers": [{"name": "cookie", "value": "theme=dark"}]}}"#;
    let har = folder.write(
        "a.har",
        format!(r#"{{"log": {{"entries": [{entries},{other}]}}}}"#),
    );
    let at_har = format!("@{har}");
    for words in [vec!["--file", &har], vec![&at_har]] {
        let ended = run(&[&["explain", "--keys", &keys], &words[..]].concat());
        let text = ended.text(1).replace('\n', " ");
        assert!(
            text.starts_with("request 1 (GET) and 2 more, `__Host-shop`: Accepted: "),
            "{text}"
        );
        assert!(
            text.contains("request 4 (GET), `__Host-shop`: Refused, idle_expired: "),
            "{text}"
        );
        assert!(!text.contains("absent"), "{text}");
    }
    let ended = run(&[
        "explain",
        "--keys",
        &keys,
        "--at",
        &at_text(5),
        "--file",
        &har,
    ]);
    assert!(ended.text(0).contains("and 3 more"));
}
