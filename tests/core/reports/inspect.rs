//! The looks from outside say what a server would say, show what is authentic, and change nothing.

use sealed_session::adapter::RequestHead;
use sealed_session::inspect::{self, Content, Judged, PieceKind};
use sealed_session::{
    Attribute, CookieSpec, Format, KeyRing, Lifetime, Refusal, Session, SessionManager,
};
use std::time::Duration;
use time::OffsetDateTime;

use crate::common::{
    BASE, Browser, RENEWED, TOMBSTONE, TOUCH, at, commit, key, manager, noise, ring, split_manager,
};

/// The beginning of a token.
const CUT: &[u8] = b"AcyWvOtrSdGcxC2uV6zFa-FgEShiO6AftAuoObqUhoSmrtB4veNO";

const PIN: Attribute<String> = Attribute::new("pin").schema(3).secret();

/// Ada, who has a theme and a PIN since `at(0)`.
fn ada(manager: &SessionManager) -> Browser {
    let mut browser = Browser::default();
    browser.visit(manager, at(0), |session| {
        session.sign_in("ada", &[]).unwrap();
        session.insert("theme", "dark").unwrap();
        session.insert(PIN, "tulip-4711".to_owned()).unwrap();
    });
    browser
}

fn look(manager: &SessionManager, line: &str, now: OffsetDateTime) -> (Session, Vec<Judged>) {
    let session = manager.load(RequestHead::new([line.as_bytes()]), now);
    let candidates = inspect::candidates(&session);
    (session, candidates)
}

fn only(candidates: &[Judged]) -> (Option<Refusal>, Option<&Content>) {
    assert_eq!(candidates.len(), 1, "{candidates:?}");
    (candidates[0].refusal, candidates[0].content.as_ref())
}

#[test]
fn a_candidate_is_judged_as_the_request_is_and_shown_as_far_as_it_is_authentic() {
    let manager = manager();
    let (mut browser, line) = (ada(&manager), ada(&manager).line());
    let before = browser.line();
    let mut renewed = browser.clone();
    renewed.visit(&manager, at(5), |session| session.renew().unwrap());
    let superseded = format!("{before}; {RENEWED}={}", renewed.value(RENEWED).unwrap());
    browser.visit(&manager, at(5), |session| session.destroy().unwrap());
    let destroyed = format!(
        "{before}; {TOMBSTONE}={}",
        browser.value(TOMBSTONE).unwrap()
    );

    let newer = KeyRing::new(key(2));
    let retired = newer
        .clone()
        .accept_until(key(1), at(-50_000), at(1))
        .unwrap();
    let with = |ring: KeyRing| SessionManager::new("session", ring).unwrap();
    let signed = SessionManager::builder("session", ring())
        .format(Format::Signed)
        .build()
        .unwrap();
    let changed = format!("{line}AAAA");
    let table: &[(&SessionManager, &str, i64, Option<Refusal>, bool)] = &[
        (&manager, &line, 0, None, true),
        (&manager, &line, 1_799, None, true),
        (&manager, &line, 1_800, Some(Refusal::IdleExpired), true),
        (
            &manager,
            &line,
            43_200,
            Some(Refusal::AbsoluteExpired),
            true,
        ),
        (&manager, &line, -121, Some(Refusal::FromTheFuture), true),
        (&manager, &superseded, 6, Some(Refusal::Superseded), true),
        (&manager, &destroyed, 6, Some(Refusal::Destroyed), true),
        (&manager, &changed, 0, Some(Refusal::Tampered), false),
        (
            &manager,
            "__Host-session=hello",
            0,
            Some(Refusal::Malformed),
            false,
        ),
        (
            &manager,
            "__Host-session=2g8X8AcyWvOtr",
            0,
            Some(Refusal::Partial),
            false,
        ),
        (&with(newer), &line, 0, Some(Refusal::UnknownKey), false),
        (&with(retired), &line, 1, Some(Refusal::RetiredKey), false),
        (&signed, &line, 0, Some(Refusal::WrongFormat), false),
    ];
    for (manager, line, now, wanted, is_shown) in table {
        let (session, candidates) = look(manager, line, at(*now));
        let (refusal, content) = only(&candidates);
        assert_eq!((refusal, session.refusal()), (*wanted, *wanted));
        assert_eq!(content.is_some(), *is_shown, "{wanted:?}");
        let subject = content.and_then(|content| content.subject.as_deref());
        assert_eq!(subject, is_shown.then_some("ada"), "{wanted:?}");
        assert!(
            commit(manager, &session, at(*now))
                .unwrap()
                .iter()
                .all(|line| line.starts_with(TOUCH))
        );
    }
    assert_eq!(look(&manager, "theme=dark", at(0)).1.len(), 0);
}

#[test]
fn of_several_each_is_judged_by_itself() {
    let plain = SessionManager::builder(CookieSpec::exact("sid"), ring())
        .build()
        .unwrap();
    let line = format!("{}; {}; sid=x", ada(&plain).line(), ada(&plain).line());
    let (session, candidates) = look(&plain, &line, at(9));
    let refusals: Vec<_> = candidates.iter().map(|judged| judged.refusal).collect();
    assert_eq!(refusals, [None, None, Some(Refusal::Malformed)]);
    assert_eq!(session.refusal(), Some(Refusal::Conflict));
}

#[test]
fn what_is_in_a_session_is_shown_with_its_times_and_its_own_lifetimes() {
    let day = Duration::from_secs(86_400);
    let policy = Lifetime::new().with_remembered_up_to(30 * day);
    let manager = SessionManager::builder("session", ring())
        .lifetime(policy)
        .build()
        .unwrap();
    let mut browser = ada(&manager);
    browser.visit(&manager, at(10), |session| {
        session.remember(7 * day).unwrap()
    });
    browser.visit(&manager, at(1_000), |_| ());
    assert!(browser.value(TOUCH).is_some());

    let (session, candidates) = look(&manager, &browser.line(), at(2_000));
    let content = only(&candidates).1.unwrap();
    assert_eq!(Some(content.times), session.times());
    assert_eq!(Some(content.id), session.id());
    assert_eq!(
        (content.issued_at, content.times.last_seen_at),
        (at(10), at(1_000))
    );
    assert_eq!(content.own_idle_timeout, Some(None));
    assert_eq!(content.own_absolute_lifetime, Some(7 * day));
    let attributes: Vec<_> = content
        .attributes
        .iter()
        .map(|one| (one.name.as_str(), one.schema, one.is_secret))
        .collect();
    assert_eq!(attributes, [("pin", 3, true), ("theme", 0, false)]);
    assert!(content.attributes[0].value.ends_with(b"tulip-4711"));

    // It judges what came, whatever was changed since.
    session.destroy().unwrap();
    assert_eq!(only(&inspect::candidates(&session)).0, None);
    let shown = format!("{candidates:?}");
    for hidden in [
        "\"ada\"",
        "tulip",
        "dark",
        &browser.value(BASE).unwrap()[20..60],
    ] {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
}

#[test]
fn without_keys_the_pieces_are_told_apart() {
    let manager = split_manager();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| {
        session.sign_in("ada", &[]).unwrap();
        session
            .insert(Attribute::<Vec<u8>>::new("noise"), noise(3_500, 7))
            .unwrap();
    });
    browser.visit(&manager, at(900), |_| ());
    browser.visit(&manager, at(901), |session| session.renew().unwrap());
    browser.visit(&manager, at(1_900), |_| ());
    let line = format!("theme=dark; {}; {TOMBSTONE}=x", browser.line());

    assert_eq!(inspect::names([line.as_bytes()]), [BASE]);
    let found = inspect::cookies(BASE, [line.as_bytes()]);
    let kind = |name: &str| {
        found
            .pieces
            .iter()
            .find(|piece| piece.name == name)
            .unwrap()
            .kind
    };
    assert!(matches!(kind(BASE), PieceKind::FirstChunk { of: 2, .. }));
    assert!(matches!(
        kind("__Host-session.1"),
        PieceKind::Chunk { index: 1, .. }
    ));
    assert!(matches!(kind(TOUCH), PieceKind::Touch { at: touched, .. } if touched == at(1_900)));
    assert!(matches!(
        kind(RENEWED),
        PieceKind::Renewals { count: 1, .. }
    ));
    assert_eq!(kind(TOMBSTONE), PieceKind::Unknown);
    let claim = found.tokens[0].unwrap();
    assert_eq!((claim.key_id, claim.issued_at), (key(1).id(), at(901)));
    assert_eq!(
        (found.tokens.len(), found.other_cookies, found.other_bytes),
        (1, 1, 12)
    );

    // A chunk by itself names its session, too.
    let alone = format!(
        "__Host-session.1={}",
        browser.value("__Host-session.1").unwrap()
    );
    assert_eq!(inspect::names([alone.as_bytes()]), [BASE]);
    let found = inspect::cookies(BASE, [alone.as_bytes()]);
    assert_eq!(found.tokens, [Err(Refusal::Partial)]);
}

#[test]
fn other_cookies_are_not_taken_for_sessions() {
    for line in [
        "",
        ";;;=; =x; ;",
        "theme=dark; lang.t=de; a.1=hello; n=12345678; __Host-session=hello",
        "token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP; _ga=GA1.1.1234567.1700000000",
        "PHPSESSID=Aq8sdf7g6d5f4g3h2j1k0l9; .AspNetCore.Cookies=CfDJ8NrAkS",
        ".t=A2tJ0mS3keaJgKugxdGfRLbdiH15",
    ] {
        assert_eq!(inspect::names([line.as_bytes()]).len(), 0, "{line}");
    }
    let line = [b"\xff=".as_slice(), CUT, b"; s=", CUT].concat();
    assert_eq!(inspect::names([line.as_slice()]), ["s"]);
}

#[test]
fn ten_megabytes_are_looked_at_in_seconds() {
    let start = std::time::Instant::now();
    let one = [b"s=", "A".repeat(10_000_000).as_bytes()].concat();
    let session = |n: usize| [format!("; a{n}=").as_bytes(), CUT].concat();
    let many: Vec<u8> = (0..20_000).flat_map(session).collect();
    for (line, wanted) in [(one, 0), (many, 20_000)] {
        assert_eq!(inspect::names([line.as_slice()]).len(), wanted);
        assert!(inspect::cookies("s", [line.as_slice()]).tokens.len() <= 1);
        assert_eq!(inspect::token(&line), Err(Refusal::OverCeiling));
    }
    assert!(start.elapsed() < Duration::from_secs(20));
}
