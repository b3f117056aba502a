//! `inspect`: what stands in cookies, with and without keys.

use crate::run::{Folder, run, run_with};
use crate::sessions::{NAME, SECRET, Visitor, assert_shows_nothing, at_text, ring};

#[test]
fn without_keys_the_cookies_their_sizes_and_claims_are_shown() {
    let mut visitor = Visitor::new(NAME);
    visitor.visit(10, |_| ());
    let cookie = format!("theme=dark; {}; PHPSESSID=abc", visitor.cookie());
    let words = ["inspect", "--at", &at_text(12)];
    let wanted = "\
The Cookie field: 4 cookies, 234 bytes

__Host-shop
  __Host-shop       151 bytes  a token
  __Host-shop.t      28 bytes  a touch: used 2 minutes ago
  token           151 characters, encrypted under the key bdfab1f0
  sealed          2027-01-15 08:00:00 UTC, 12 minutes ago
                  as it says of itself, which only a key can prove
  budget      bytes of Set-Cookie
  portable       203 of  2,628  [##..................]
  within_8k      203 of  6,500  [#...................]
  within_16k     203 of 12,000  [#...................]
  direct         203 of 36,000  [#...................]

Other cookies
  theme: 4 bytes
  PHPSESSID: looks like a session id of PHP
";
    let ended = run_with(&words, &cookie);
    assert_eq!(ended.text(0), wanted);
    assert_shows_nothing(&ended.stdout, &cookie);

    let json = run_with(&[&words[..], &["--json"]].concat(), &cookie).json();
    let session = &json["messages"][0]["sessions"][0];
    assert_eq!(session["name"], NAME);
    assert_eq!(
        session["cookies"][1]["claims_used_at"],
        "2027-01-15T08:10:00Z"
    );
    assert_eq!(session["tokens"][0]["key_id"], "bdfab1f0");
    assert_eq!(session["budgets"][0]["fits"], true);
    assert_eq!(session.get("verdict"), None);
    assert_eq!(
        json["messages"][0]["others"][1]["looks_like"],
        "a session id of PHP"
    );
}

#[test]
fn who_acts_as_whom_and_who_confirmed_is_shown() {
    let folder = Folder::new();
    let keys = folder.write("ring.txt", ring(7));
    let at = at_text(12);
    let words = ["inspect", "--keys", &keys, "--at", &at];
    let mut visitor = Visitor::new(NAME);
    visitor.visit(5, |session| session.confirm().unwrap());
    let ended = run_with(&words, &visitor.cookie());
    let confirmed = "  confirmed       2027-01-15 08:05:00 UTC, 7 minutes ago\n";
    assert!(ended.text(0).contains(confirmed), "{ended:?}");

    visitor.visit(10, |session| session.act_as("bob", &[]).unwrap());
    let ended = run_with(&words, &visitor.cookie());
    let acted = "  acted by        ada, since 2027-01-15 08:10:00 UTC, 2 minutes ago\n";
    assert!(
        ended.text(0).contains("  signed in       bob\n"),
        "{ended:?}"
    );
    assert!(ended.text(0).contains(acted), "{ended:?}");
    assert!(!ended.text(0).contains("confirmed"), "{ended:?}");
    let json = run_with(&[&words[..], &["--json"]].concat(), &visitor.cookie()).json();
    let content = &json["messages"][0]["sessions"][0]["verdict"]["candidates"][0]["content"];
    assert_eq!(content["actor"], "ada");
    assert_eq!(content["acting_since"], at_text(10));
    assert_eq!(content["confirmed_at"], serde_json::Value::Null);
}

#[test]
fn with_keys_the_verdict_the_times_and_the_values_are_shown() {
    let folder = Folder::new();
    let keys = folder.write("ring.txt", ring(7));
    let mut visitor = Visitor::new(NAME);
    let mut log_id = String::new();
    visitor.visit(10, |session| log_id = session.log_id().unwrap().to_string());
    let cookie = visitor.cookie();
    let at = at_text(12);
    let words = ["inspect", "--keys", &keys, "--at", &at];
    let ended = run_with(&words, &cookie);
    let text = ended.text(0);
    let wanted = "  Accepted
  id              ID
  log id          LOG
  signed in       ada
  began           2027-01-15 08:00:00 UTC, 12 minutes ago
  sealed          2027-01-15 08:00:00 UTC, 12 minutes ago
  last used       2027-01-15 08:10:00 UTC, 2 minutes ago
  idle            28 minutes of 30 minutes left
  absolute        11 hours 48 minutes of 12 hours left
  pin: 20 bytes, postcard, schema 3, secret
    hidden; --reveal shows it
  theme: 15 bytes, JSON, schema 0
    \"dark\"
";
    let (_, content) = text.split_once("  Accepted\n").unwrap();
    let last = |line: &str| line.split_whitespace().last().unwrap().to_owned();
    let id = last(content.lines().next().unwrap());
    let wanted = wanted.replace("ID", &id).replace("LOG", &log_id);
    assert_eq!(format!("  Accepted\n{content}"), wanted);
    assert_shows_nothing(text, &cookie);

    let json = run_with(&[&words[..], &["--json"]].concat(), &cookie);
    assert_shows_nothing(&json.stdout, &cookie);
    let verdict = &json.json()["messages"][0]["sessions"][0]["verdict"];
    let content = &verdict["candidates"][0]["content"];
    assert_eq!(
        (&content["subject"], &content["idle_left"]),
        (&"ada".into(), &1_680.into())
    );
    assert_eq!(content["log_id"], log_id);
    assert_eq!(content["attributes"][0]["hidden"], true);
    assert_eq!(content["attributes"][1]["value"], "dark");

    // Only where it is asked for.
    for more in [&["--reveal"][..], &["--reveal", "--json"]] {
        let revealed = run_with(&[&words[..], more].concat(), &cookie);
        assert!(revealed.text(0).contains(SECRET), "{more:?}");
    }
}

#[test]
fn what_is_over_is_shown_all_the_same() {
    let folder = Folder::new();
    let keys = folder.write("ring.txt", ring(7));
    let cookie = Visitor::new(NAME).cookie();
    let ended = run(&["inspect", "--keys", &keys, "--at", &at_text(60), &cookie]);
    let text = ended.text(0);
    assert!(text.contains("  Refused, idle_expired\n"), "{text}");
    assert!(text.contains("  signed in       ada\n"), "{text}");
    assert!(text.contains("no time of 30 minutes left"), "{text}");
}

#[test]
fn chunks_are_counted_and_a_set_that_is_too_large_is_marked() {
    let mut visitor = Visitor::new(NAME);
    visitor.fill(1);
    let ended = run_with(&["inspect"], &visitor.cookie());
    let text = ended.text(0);
    for part in [
        "chunk 1 of 2\n",
        "chunk 2\n",
        "[####################]  over\n",
        "  token           ",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let half = run_with(&["inspect"], &visitor.pair(NAME));
    assert!(
        half.text(0).contains("a chunk of the session is missing"),
        "{half:?}"
    );
}

#[test]
fn without_a_session_it_says_what_came() {
    for (input, wanted) in [
        ("theme=dark", "There is no session of this library in it."),
        ("PHPSESSID=abc", "PHPSESSID: looks like a session id of PHP"),
        (
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
            "It looks like a JWT.",
        ),
        ("hello", "It looks like nothing known, and has 5 bytes."),
        ("AcyWvOtrSdGcxC2uV6zFa...", "it has an ellipsis in it"),
        ("A2tJ0mS3keaJgKugxdGfRLbdiH15", "It looks like a touch"),
        (
            "BcyWvOtrSdGc_fGw9qHHbFzW-HHbmFep1d0MZBTNYhQlSakL3lX2Y1_ZfkhLdRMoFPx0JzY2JYIlVQ",
            "It looks like a ticket, as in a link that is good for one purpose",
        ),
        (
            "\x1b[2J=\x1b[31m",
            "It is no whole token: it has letters of standard base64",
        ),
        (
            "GET / HTTP/1.1\nHost: shop.example",
            "The request\nThere is no session",
        ),
        ("Set-Cookie: s=; Max-Age=0", "It removes the cookie `s`."),
    ] {
        let ended = run_with(&["inspect"], input);
        let text = ended.text(1);
        assert!(text.contains(wanted), "{text}");
        assert!(!text.contains('\x1b'), "{text:?}");
    }
}
