//! Bad input: the right session or a fresh one, the right reason, the right cookies deleted
//! (mostly none), and never a panic.

use sealed_session::adapter::RequestHead;
use sealed_session::{Budget, CookieSpec, Format, KeyRing, Refusal, Session, SessionManager};

use crate::common::{BASE, Browser, at, commit, key, noise, ring, split_manager};

/// A browser that holds a small live session, `a` being 1.
fn small() -> Browser {
    let mut browser = Browser::default();
    browser.visit(&split_manager(), at(0), |session| {
        session.insert("a", 1).unwrap()
    });
    browser
}

/// A browser whose live session takes two cookies.
fn large(seed: u64) -> Browser {
    let mut browser = Browser::default();
    browser.visit(&split_manager(), at(0), |session| {
        session.insert("a", noise(3_000, seed)).unwrap()
    });
    browser
}

fn load(line: impl AsRef<[u8]>) -> Session {
    split_manager().load(RequestHead::new([line.as_ref()]), at(1))
}

/// What a request with this line gives, after checking that it deletes nothing.
fn verdict(line: impl AsRef<[u8]>) -> Option<Refusal> {
    let session = load(line);
    let refusal = session.refusal();
    assert_eq!(refusal.is_some(), !session.is_live());
    assert!(
        commit(&split_manager(), &session, at(1))
            .unwrap()
            .is_empty()
    );
    refusal
}

fn pair(name: &str, value: &str) -> String {
    format!("{name}={value}")
}

#[test]
fn broken_values_are_refused_and_left_alone() {
    let good = small().value(BASE).unwrap().to_owned();
    assert_eq!(verdict(pair(BASE, &good)), None);
    let newer = format!("Aw{}", &good[2..]);
    let table = [
        (String::new(), Refusal::Malformed),
        ("x".to_owned(), Refusal::Malformed),
        ("A".to_owned(), Refusal::Malformed),
        ("%41".to_owned(), Refusal::Malformed),
        (format!("\"{good}\""), Refusal::Malformed),
        (format!("{good}AAAA"), Refusal::Tampered),
        (format!("{good}="), Refusal::Malformed),
        (format!("{good}%3D"), Refusal::Malformed),
        (newer, Refusal::NewerFormat),
        ("A".repeat(1 << 20), Refusal::OverCeiling),
        ("2".repeat(1 << 20), Refusal::OverCeiling),
        ("9AAAA".to_owned(), Refusal::Partial),
    ];
    for (value, refusal) in table {
        let shown = value.get(..40).unwrap_or(&value).to_owned();
        assert_eq!(verdict(pair(BASE, &value)), Some(refusal), "{shown}");
    }
    for length in 1..good.len() {
        let refusal = verdict(pair(BASE, &good[..length])).unwrap();
        assert!(
            matches!(refusal, Refusal::Malformed | Refusal::Tampered),
            "{length}: {refusal}"
        );
    }
}

#[test]
fn every_flipped_bit_is_noticed() {
    for format in [Format::Encrypted, Format::Signed] {
        let manager = SessionManager::builder("session", ring())
            .format(format)
            .build()
            .unwrap();
        let mut browser = Browser::default();
        browser.visit(&manager, at(0), |session| session.insert("a", 1).unwrap());
        let good = browser.value(BASE).unwrap().as_bytes();
        for bit in 0..good.len() * 8 {
            let mut value = good.to_vec();
            value[bit / 8] ^= 1 << (bit % 8);
            let line = [BASE.as_bytes(), b"=", &value].concat();
            let session = manager.load(RequestHead::new([line.as_slice()]), at(1));
            assert!(!session.is_live(), "bit {bit}");
            assert!(commit(&manager, &session, at(1)).unwrap().is_empty());
        }
    }
}

#[test]
fn chunks_of_two_sets_short_sets_and_left_overs() {
    let (one, two) = (large(3), large(8));
    let chunk = format!("{BASE}.1");
    let of = |browser: &Browser, name: &str| pair(name, browser.value(name).unwrap());
    let table = [
        (vec![of(&one, BASE), of(&one, &chunk)], None),
        (vec![of(&one, &chunk), of(&one, BASE)], None),
        (vec![of(&one, BASE), of(&two, &chunk)], Some(Refusal::Mixed)),
        (vec![of(&one, BASE)], Some(Refusal::Partial)),
        (vec![of(&one, &chunk)], Some(Refusal::Partial)),
        (vec![of(&one, BASE), pair(&chunk, "")], Some(Refusal::Mixed)),
        (
            vec![of(&one, BASE), of(&one, &chunk), of(&two, &chunk)],
            None,
        ),
        (vec![of(&small(), BASE), of(&two, &chunk)], None),
    ];
    for (parts, wanted) in table {
        assert_eq!(verdict(parts.join("; ")), wanted);
        let lines: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
        assert_eq!(
            split_manager()
                .load(RequestHead::new(lines), at(1))
                .refusal(),
            wanted
        );
    }
    // Ninety names, of which only eight are ours, and then the good one.
    let mut flood: Vec<String> = (0..90)
        .map(|i| pair(&format!("{BASE}.{i}"), "wxyz"))
        .collect();
    flood.extend([of(&one, BASE), of(&one, &chunk)]);
    assert_eq!(verdict(flood.join("; ")), None);
    // Ten times as many as allowed: what stands within the first 32 counts.
    let mut flood: Vec<String> = Vec::new();
    for _ in 0..10 {
        flood.extend((1..9).map(|i| pair(&format!("{BASE}.{i}"), "wxyz")));
    }
    let good = [of(&one, BASE), of(&one, &chunk)].join("; ");
    assert_eq!(verdict(format!("{good}; {}", flood.join("; "))), None);
    assert_eq!(
        verdict(format!("{}; {good}", flood.join("; "))),
        Some(Refusal::Partial)
    );
}

#[test]
fn a_former_name_weakens_nobody_who_has_the_present_one() {
    let former = CookieSpec::exact("session");
    let before = SessionManager::builder(former.clone(), ring())
        .build()
        .unwrap();
    let renamed = SessionManager::builder("session", ring())
        .former_cookie(former)
        .build()
        .unwrap();
    let mut planted = Browser::default();
    planted.visit(&before, at(0), |session| {
        session.insert("who", "attacker").unwrap()
    });
    let load = |manager: &SessionManager, line: &str| {
        manager.load(RequestHead::new([line.as_bytes()]), at(1))
    };
    // Crowds of the former name, with a live session among them or without.
    let good = small().line();
    for crowd in [
        "session.1=x; ".repeat(40),
        format!("{}; {}", planted.line(), "session=A; ".repeat(40)),
    ] {
        let session = load(&renamed, &format!("{crowd}{good}"));
        assert_eq!(session.get::<u8>("a").unwrap(), Some(1));
    }
    // The present cookie belongs to a key that this node does not know: it may live elsewhere, and
    // the planted one does not take its place.
    let mut elsewhere = Browser::default();
    let other_node = SessionManager::new("session", KeyRing::new(key(2))).unwrap();
    elsewhere.visit(&other_node, at(0), |session| {
        session.insert("a", 1).unwrap()
    });
    let session = load(
        &renamed,
        &format!("{}; {}", planted.line(), elsewhere.line()),
    );
    assert_eq!(session.refusal(), Some(Refusal::UnknownKey));
}

#[test]
fn a_left_over_chunk_goes_with_the_next_write() {
    let mut browser = small();
    let stale = large(3);
    let chunk = format!("{BASE}.1");
    browser.keep(&format!(
        "{}; Path=/; Secure",
        pair(&chunk, stale.value(&chunk).unwrap())
    ));
    browser.visit(&split_manager(), at(1), |session| {
        assert!(session.is_live())
    });
    assert_eq!(browser.names(), [BASE, &chunk]);
    browser.visit(&split_manager(), at(2), |session| {
        session.insert("a", 2).unwrap()
    });
    assert_eq!(browser.names(), [BASE]);
}

#[test]
fn look_alikes_and_foreign_cookies_are_not_ours() {
    let good = small();
    let value = good.value(BASE).unwrap();
    for name in [
        "\u{2000}__Host-session",
        "%5F%5FHost-session",
        "__host-session",
        "__Host-Session",
    ] {
        assert_eq!(verdict(pair(name, value)), Some(Refusal::Absent), "{name}");
    }
    let beside = [
        b"\xff\xfe=\x80\x81; ".as_slice(),
        good.line().as_bytes(),
        b";\xc3\x28",
    ]
    .concat();
    assert_eq!(verdict(beside), None);
    assert_eq!(verdict(";;;=; =x; ;"), Some(Refusal::Absent));
}

#[test]
fn tokens_for_other_names_audiences_formats_and_keys() {
    let good = small();
    let value = good.value(BASE).unwrap();
    let ring_of = |seed| KeyRing::new(key(seed));
    let build = |builder: sealed_session::SessionManagerBuilder| builder.build().unwrap();
    let here = |ring| SessionManager::builder("session", ring);
    let retired = ring_of(2)
        .accept_until(key(1), at(-12 * 3_600 - 119), at(1))
        .unwrap();
    let table = [
        (
            build(SessionManager::builder("other", ring())),
            Refusal::Tampered,
        ),
        (build(here(ring()).audience("office")), Refusal::Tampered),
        (
            build(here(ring()).format(Format::Signed)),
            Refusal::WrongFormat,
        ),
        (build(here(ring_of(2))), Refusal::UnknownKey),
        (build(here(retired)), Refusal::RetiredKey),
    ];
    for (manager, wanted) in table {
        for name in [BASE, "__Host-other"] {
            let line = pair(name, value);
            let session = manager.load(RequestHead::new([line.as_bytes()]), at(1));
            let Some(refusal) = session.refusal() else {
                panic!("accepted: {wanted}")
            };
            assert!(
                refusal == wanted || refusal == Refusal::Absent,
                "{refusal:?}"
            );
            assert!(commit(&manager, &session, at(1)).unwrap().is_empty());
        }
    }
}

#[test]
fn planted_cookies() {
    let plain = SessionManager::builder(CookieSpec::exact("sid"), ring())
        .build()
        .unwrap();
    let open = |manager: &SessionManager, line: &str| {
        let session = manager.load(RequestHead::new([line.as_bytes()]), at(50));
        assert!(commit(manager, &session, at(50)).unwrap().is_empty());
        session
    };
    let session_of = |manager: &SessionManager, seconds, content: &str| {
        let mut browser = Browser::default();
        browser.visit(manager, at(seconds), |session| {
            session.insert("who", content).unwrap()
        });
        browser
    };
    let mut victim = session_of(&plain, 0, "victim");
    let attacker = session_of(&plain, 10, "attacker");
    // Different live sessions, under a name that a sibling can set: neither.
    for line in [
        format!("{}; {}", victim.line(), attacker.line()),
        format!("{}; {}", attacker.line(), victim.line()),
    ] {
        assert_eq!(open(&plain, &line).refusal(), Some(Refusal::Conflict));
    }
    // Garbage beside the good one does not matter, on either side.
    for line in [
        format!("sid=A; {}", victim.line()),
        format!("{}; sid=x", victim.line()),
    ] {
        assert_eq!(
            open(&plain, &line).get::<String>("who").unwrap().unwrap(),
            "victim"
        );
    }
    // Two of one sign-in: the one issued last.
    let old = victim.line();
    victim.visit(&plain, at(20), |session| {
        session.insert("who", "victim again").unwrap()
    });
    for line in [
        format!("{old}; {}", victim.line()),
        format!("{}; {old}", victim.line()),
    ] {
        assert_eq!(
            open(&plain, &line).get::<String>("who").unwrap().unwrap(),
            "victim again"
        );
    }
    // Nobody else can set a `__Host-` cookie: the newest counts.
    let (first, second) = (
        session_of(&split_manager(), 0, "first"),
        session_of(&split_manager(), 9, "second"),
    );
    let line = format!("{}; {}", second.line(), first.line());
    assert_eq!(
        open(&split_manager(), &line)
            .get::<String>("who")
            .unwrap()
            .unwrap(),
        "second"
    );
}

#[test]
fn a_planted_session_does_not_win_by_crowding_out_the_other() {
    let plain = SessionManager::builder(CookieSpec::exact("sid"), ring())
        .build()
        .unwrap();
    let of = |who: &str| {
        let mut browser = Browser::default();
        browser.visit(&plain, at(0), |session| session.insert("who", who).unwrap());
        browser.line()
    };
    let (attacker, victim) = (of("attacker"), of("victim"));
    let combinations: String = (0..9).map(|i| format!("sid.1=wxyz{i}wxyz; ")).collect();
    for crowd in [
        "sid=A; ".repeat(7),
        "sid.1=x; ".repeat(31),
        format!("sid=2wxyzA; {combinations}"),
    ] {
        let line = format!("{attacker}; {crowd}{victim}");
        let session = plain.load(RequestHead::new([line.as_bytes()]), at(1));
        assert_eq!(session.refusal(), Some(Refusal::Conflict));
        assert!(commit(&plain, &session, at(1)).unwrap().is_empty());
    }
}

#[test]
fn nothing_that_came_is_removed_unasked() {
    // A removal hits a name, and by then another response may have set a new session there.
    let expired = small();
    let late = at(100_000);
    let other_node = SessionManager::new("session", KeyRing::new(key(2))).unwrap();
    let mut elsewhere = Browser::default();
    elsewhere.visit(&other_node, late, |session| session.insert("a", 1).unwrap());
    for line in [
        expired.line(),
        elsewhere.line(),
        format!("{}; {}", expired.line(), elsewhere.line()),
        format!("{}; {BASE}=junk", expired.line()),
        large(3).line(),
    ] {
        let session = split_manager().load(RequestHead::new([line.as_bytes()]), late);
        assert!(!session.is_live());
        assert!(commit(&split_manager(), &session, late).unwrap().is_empty());
    }
}

#[test]
fn parts_of_a_session_never_speak_for_it() {
    // Whatever subset of the cookies arrives, and in whatever order, the value is whole or absent.
    let manager = SessionManager::builder("session", ring())
        .budget(Budget::direct())
        .build()
        .unwrap();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| {
        session.insert("a", noise(10_000, 3)).unwrap()
    });
    let all: Vec<String> = browser.line().split("; ").map(str::to_owned).collect();
    assert!(all.len() >= 4);
    for subset in 0..1_usize << all.len() {
        let mut parts: Vec<&str> = all
            .iter()
            .enumerate()
            .filter(|(at, _)| subset & (1 << at) != 0)
            .map(|(_, part)| part.as_str())
            .collect();
        let turn = subset % parts.len().max(1);
        parts.rotate_left(turn);
        let line = parts.join("; ");
        let session = manager.load(RequestHead::new([line.as_bytes()]), at(1));
        if parts.len() == all.len() {
            assert_eq!(session.get::<Vec<u8>>("a").unwrap(), Some(noise(10_000, 3)));
        } else {
            let wanted = if subset == 0 {
                Refusal::Absent
            } else {
                Refusal::Partial
            };
            assert_eq!(session.refusal(), Some(wanted));
        }
    }
}
