//! Secrets stay where they are: out of `Debug`, `Display`, events and logs.

use std::sync::{Arc, Mutex};

use sealed_session::adapter::{RequestHead, ResponseHead};
use sealed_session::{Attribute, Event, SessionManager};

use crate::common::{Browser, at, key, ring};
use crate::logged::logged;

const SECRET: &str = "correct-horse-battery-staple";

#[test]
fn nothing_that_is_shown_holds_a_key_a_token_or_a_value() {
    let (mut shown, log) = logged(|| {
        let mut shown = String::new();
        let events = Arc::new(Mutex::new(String::new()));
        let sink = Arc::clone(&events);
        let manager = SessionManager::builder("session", ring())
            .on_event(move |event: &Event, _: &str| {
                sink.lock().unwrap().push_str(&format!("{event:?}"));
            })
            .build()
            .unwrap();
        let mut browser = Browser::default();
        browser.visit(&manager, at(0), |session| {
            session.insert("password", SECRET).unwrap();
            shown.push_str(&format!("{session:?}"));
            shown.push_str(&format!("{:?}", session.get::<u8>("password").unwrap_err()));
            shown.push_str(&session.get::<u8>("password").unwrap_err().to_string());
            let typed = Attribute::<Vec<u64>>::json("password");
            shown.push_str(&session.get(typed).unwrap_err().to_string());
        });
        let token = browser.line();
        let session = browser.open(&manager, at(1));
        session.insert("other", SECRET).unwrap();
        let changes = manager
            .commit(&session, ResponseHead::new(200), at(1))
            .unwrap();
        shown.push_str(&format!(
            "{changes:?} {:?}",
            RequestHead::new([token.as_bytes()])
        ));
        for line in [
            token.clone(),
            format!("{token}x"),
            format!("{token}; {token}"),
        ] {
            let session = manager.load(RequestHead::new([line.as_bytes()]), at(99_999));
            shown.push_str(&format!("{session:?} {:?} {session:?}", session.refusal()));
        }
        let session = browser.open(&manager, at(1));
        let alone = session.insert("password", SECRET.repeat(9_000));
        shown.push_str(&alone.unwrap_err().to_string());
        for name in ["password", "another"] {
            session.insert(name, SECRET.repeat(2_000)).unwrap();
        }
        shown.push_str(
            &browser
                .close(&manager, &session, at(1))
                .unwrap_err()
                .to_string(),
        );
        shown.push_str(
            &session
                .insert("password", SECRET.repeat(2))
                .unwrap_err()
                .to_string(),
        );
        shown.push_str(&format!("{manager:?} {:?} {:?}", key(1), key(1).to_text()));
        shown.push_str(&events.lock().unwrap());
        let value = token.split_once('=').unwrap().1.to_owned();
        // The tokens of one second and one key begin alike: format, key id, time.
        assert!(!shown.contains(&value[..12]) && !shown.contains(&value[60..]));
        shown
    });
    for event in [
        "session refused",
        "session not committed",
        "after the response head",
        "attribute=\"password\"",
    ] {
        assert!(log.contains(event), "{event} was not logged: {log}");
    }
    shown.push_str(&log);
    for secret in [
        SECRET,
        &key(1).to_text().expose()[20..],
        "[1, 1, 1",
        "01010101",
    ] {
        assert!(!shown.contains(secret), "{secret} is shown");
    }
}
