//! Secret attributes: kept apart, whoever writes them, and never where their holder can read them.

use sealed_session::{Attribute, Compression, Format, Session, SessionManager};

use crate::common::{Browser, at, manager, noise, ring};

const CSRF: Attribute<String> = Attribute::new("csrf").secret();
const PLAIN: Attribute<String> = Attribute::new("csrf");
const NOTE: Attribute<String> = Attribute::new("note");

fn signed() -> SessionManager {
    SessionManager::builder("session", ring())
        .format(Format::Signed)
        .accept_format(Format::Encrypted)
        .build()
        .unwrap()
}

/// Bytes of a session in which a note repeats `secret`, under whatever key that was stored.
fn bytes(session: &Session, secret: &str) -> usize {
    session.insert(NOTE, format!("a note: {secret}")).unwrap();
    session.size().unwrap().bytes
}

/// 200 characters that nothing shortens.
fn secret(seed: u64) -> String {
    let letter = |byte| char::from(b'#' + byte % 50);
    noise(200, seed).into_iter().map(letter).collect()
}

/// Whether the length tells what is in the attribute.
fn shows(session: &Session) -> bool {
    bytes(session, &secret(1)) != bytes(session, &secret(2))
}

#[test]
fn a_secret_reads_like_any_other_value_and_does_not_show() {
    let manager = manager();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| {
        session.insert(PLAIN, secret(1)).unwrap();
        assert!(shows(session));
        // The same value under the other key is a change.
        session.insert(CSRF, secret(1)).unwrap();
        assert!(!shows(session));
    });
    browser.visit(&manager, at(1), |session| {
        assert_eq!(session.get(CSRF).unwrap(), Some(secret(1)));
        assert_eq!(session.get(PLAIN).unwrap(), Some(secret(1)));
        assert!(!shows(session));
        let named: Vec<String> = session.names();
        assert_eq!(named, ["csrf", "note"]);
    });
}

#[test]
fn that_it_is_secret_sticks_to_the_name() {
    let manager = manager();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| {
        session.insert(CSRF, secret(3)).unwrap();
    });
    // A node that does not know of it yet, and a string key over it.
    browser.visit(&manager, at(1), |session| {
        session.insert(PLAIN, secret(1)).unwrap();
        assert!(!shows(session));
        session.replace("csrf", secret(1)).unwrap();
        assert!(!shows(session));
        session
            .update("csrf", |value: &mut String| value.push('!'))
            .unwrap();
        assert!(!shows(session));
    });
    browser.visit(&manager, at(2), |session| {
        session.remove("csrf").unwrap();
        session.insert(PLAIN, secret(1)).unwrap();
        assert!(shows(session));
    });
}

#[test]
fn nothing_shows_if_compression_is_off() {
    let manager = SessionManager::builder("session", ring())
        .compression(Compression::Off)
        .build()
        .unwrap();
    let session = Browser::default().open(&manager, at(0));
    session.insert(PLAIN, secret(1)).unwrap();
    assert!(!shows(&session));
}

#[test]
fn a_signed_session_takes_no_secret() {
    let session = Browser::default().open(&signed(), at(0));
    for result in [
        session.insert(CSRF, secret(1)),
        session.replace(CSRF, secret(1)),
        session.update(CSRF, |value| value.push('!')),
    ] {
        let error = result.unwrap_err();
        assert!(error.is_not_permitted(), "{error}");
        assert!(error.to_string().contains("`csrf`"), "{error}");
        assert!(!error.to_string().contains(&secret(1)[..4]));
    }
    assert!(session.names().is_empty());
}

#[test]
fn a_secret_is_not_carried_into_a_signed_session() {
    let mut browser = Browser::default();
    browser.visit(&manager(), at(0), |session| {
        session.insert(CSRF, secret(1)).unwrap();
        session.insert(NOTE, "a".to_owned()).unwrap();
    });
    let before = browser.line();
    // Reading goes on.
    let session = browser.open(&signed(), at(1));
    assert_eq!(session.get(CSRF).unwrap(), Some(secret(1)));
    // A write of something else would sign what was encrypted, and so would a plain key.
    // Each change says so, and not the commit.
    for refused in [
        session.insert(NOTE, "b".to_owned()),
        session.insert(PLAIN, secret(2)),
        session.renew(),
        session.set_idle_timeout(std::time::Duration::from_secs(1_800)),
        session.sign_in("ada", &[&CSRF]),
    ] {
        let error = refused.unwrap_err();
        assert!(error.is_not_permitted(), "{error}");
        assert!(error.to_string().contains("`csrf`"), "{error}");
    }
    assert!(session.size().unwrap_err().is_not_permitted());
    assert!(
        browser
            .close(&signed(), &session, at(1))
            .unwrap()
            .is_empty()
    );
    assert_eq!(browser.line(), before);
    // So do those that leave it where it is.
    let session = browser.open(&signed(), at(1));
    assert!(session.remove(NOTE).unwrap_err().is_not_permitted());
    assert!(session.take(NOTE).unwrap_err().is_not_permitted());
    // What leaves the secret behind is fine.
    let session = browser.open(&signed(), at(1));
    session.sign_in("ada", &[&NOTE]).unwrap();
    assert!(session.size().is_ok());
    // Without it, the session can be signed.
    browser.visit(&signed(), at(2), |session| {
        session.remove(CSRF).unwrap();
        session.insert(NOTE, "b".to_owned()).unwrap();
    });
    let only_signed = SessionManager::builder("session", ring()).format(Format::Signed);
    let session = browser.open(&only_signed.build().unwrap(), at(3));
    assert_eq!(session.names(), ["note"]);
}
