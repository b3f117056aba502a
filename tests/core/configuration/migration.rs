//! Sites that change: keys, names, scopes, formats, policies and types, while sessions are out.

use std::time::Duration;

use sealed_session::adapter::RequestHead;
use sealed_session::{
    Attribute, CookieSpec, Event, Format, KeyRing, Lifetime, Refusal, Scope, SessionManager,
};

use crate::common::{self, BASE, Browser, at, key, manager, ring};

#[test]
fn a_stricter_policy_acts_on_cookies_that_are_out() {
    let mut browser = Browser::default();
    browser.visit(&manager(), at(0), |session| session.insert("a", 1).unwrap());
    let strict = Lifetime::new().with_idle_timeout(Duration::from_secs(60));
    let strict = SessionManager::builder("session", ring())
        .lifetime(strict)
        .build()
        .unwrap();
    browser.visit(&strict, at(60), |session| assert!(!session.is_live()));
}

#[test]
fn rotation_signs_nobody_out() {
    let old = SessionManager::new("session", KeyRing::new(key(1))).unwrap();
    let new = SessionManager::new("session", KeyRing::new(key(2)).accept(key(1)).unwrap()).unwrap();
    let mut browser = Browser::default();
    browser.visit(&old, at(0), |session| session.insert("a", 1).unwrap());
    // Reading does not seal again.
    browser.visit(&new, at(1), |session| assert!(session.is_live()));
    browser.visit(&new, at(2), |session| {
        assert_eq!(session.sealed_under(), Some(key(1).id()));
        session.insert("a", 2).unwrap();
    });
    browser.visit(&new, at(3), |session| {
        assert_eq!(session.sealed_under(), Some(key(2).id()));
    });
    // A node that lacks the new key leaves the cookie alone.
    browser.visit(&old, at(4), |session| {
        assert_eq!(session.refusal(), Some(Refusal::UnknownKey));
    });
    browser.visit(&new, at(5), |session| {
        assert_eq!(session.get::<u8>("a").unwrap(), Some(2));
    });
}

#[test]
fn renames_and_former_scopes() {
    let before = SessionManager::builder(CookieSpec::exact("sid"), ring())
        .build()
        .unwrap();
    let after = SessionManager::builder("session", ring())
        .former_cookie(CookieSpec::exact("sid"))
        .former_scope(Scope::new().domain("example.com"))
        .former_scope(Scope::new().path("/shop"))
        .build()
        .unwrap();
    let mut browser = Browser::default();
    browser.visit(&before, at(0), |session| session.insert("a", 1).unwrap());
    browser.visit(&after, at(1), |session| assert!(session.is_live()));
    assert_eq!(browser.names(), ["sid"]);
    browser.visit(&after, at(2), |session| session.insert("a", 2).unwrap());
    assert_eq!(browser.names(), [BASE]);
    // A rename does not make an old name's token good for the new one.
    let forged = format!("{BASE}={}", browser.value(BASE).unwrap()).replace(BASE, "sid");
    let session = before.load(RequestHead::new([forged.as_bytes()]), at(3));
    assert_eq!(session.refusal(), Some(Refusal::Tampered));

    let session = browser.open(&after, at(4));
    session.start_over(&[]).unwrap();
    let lines = browser.close(&after, &session, at(4)).unwrap();
    assert!(lines[0].starts_with(BASE));
    assert_eq!(
        lines[1..3],
        [
            "sid=; Path=/; Domain=example.com; Secure; HttpOnly; SameSite=Lax; Max-Age=0",
            "sid=; Path=/shop; Secure; HttpOnly; SameSite=Lax; Max-Age=0",
        ]
    );
    assert!(lines.len() == 5 && lines[3].starts_with(common::TOMBSTONE));
    assert!(
        lines[4].starts_with("sid.x="),
        "for nodes that only know the former name"
    );
}

#[test]
fn a_migration_between_formats_accepts_both() {
    let signed = SessionManager::builder("session", ring())
        .format(Format::Signed)
        .build()
        .unwrap();
    let encrypted = manager();
    let migrating = SessionManager::builder("session", ring())
        .accept_format(Format::Signed)
        .build()
        .unwrap();
    let mut browser = Browser::default();
    browser.visit(&signed, at(0), |session| session.insert("a", 1).unwrap());
    browser.visit(&encrypted, at(1), |session| {
        assert_eq!(session.refusal(), Some(Refusal::WrongFormat));
    });
    browser.visit(&migrating, at(2), |session| session.insert("a", 2).unwrap());
    browser.visit(&encrypted, at(3), |session| {
        assert_eq!(session.get::<u8>("a").unwrap(), Some(2));
    });
}

#[test]
fn writing_over_what_may_live_elsewhere_is_told() {
    let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let log = std::sync::Arc::clone(&told);
    let node = SessionManager::builder("session", KeyRing::new(key(2)))
        .on_event(move |event, _| {
            if let Event::Overwrote { refusal, .. } = event {
                log.lock().unwrap().push(*refusal);
            }
        })
        .build()
        .unwrap();
    let mut browser = Browser::default();
    browser.visit(&manager(), at(0), |session| session.insert("a", 1).unwrap());
    browser.visit(&node, at(1), |session| session.insert("a", 2).unwrap());
    assert_eq!(*told.lock().unwrap(), [Refusal::UnknownKey]);
}

#[test]
fn an_old_node_carries_along_what_it_cannot_read() {
    const NEW: Attribute<(u32, String)> = Attribute::new("profile").schema(3);
    const OLD: Attribute<u32> = Attribute::new("profile").schema(2);
    let manager = manager();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| {
        session.insert(NEW, (7, "x".to_owned())).unwrap()
    });
    browser.visit(&manager, at(1), |session| {
        assert!(session.get(OLD).unwrap_err().is_unreadable());
        assert!(session.insert(OLD, 1).unwrap_err().is_unreadable());
        assert!(
            session
                .update(OLD, |n| *n += 1)
                .unwrap_err()
                .is_unreadable()
        );
        assert!(session.take(OLD).unwrap_err().is_unreadable());
        assert!(session.insert("profile", 1).unwrap_err().is_unreadable());
        assert!(session.get::<u32>("profile").unwrap_err().is_unreadable());
        assert!(session.contains(OLD));
        session.insert("other", 1).unwrap();
        session.start_over(&[&"profile"]).unwrap();
    });
    browser.visit(&manager, at(2), |session| {
        assert_eq!(session.get(NEW).unwrap(), Some((7, "x".to_owned())));
    });
}

#[test]
fn a_former_scope_cannot_be_the_present_one() {
    let build = |scope: Scope| {
        let cookie = CookieSpec::exact("sid").domain("Example.com");
        SessionManager::builder(cookie, ring())
            .former_scope(scope)
            .build()
    };
    for same in ["example.com", ".example.com", "EXAMPLE.COM"] {
        let error = build(Scope::new().domain(same)).unwrap_err();
        assert!(
            error.is_configuration() && error.to_string().contains("present one"),
            "{error}"
        );
    }
    assert!(build(Scope::new()).is_ok());
    assert!(build(Scope::new().domain("example.com").path("/shop")).is_ok());
    // A prefix forbids scopes that its cookie can never have had.
    let host = SessionManager::builder("session", ring())
        .former_scope(Scope::new().path("/shop"))
        .build();
    assert!(host.unwrap_err().is_configuration());
}
