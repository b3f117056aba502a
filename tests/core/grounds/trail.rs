//! What an audit trail hears of acting, and what a log does.

use std::sync::{Arc, Mutex};

use sealed_session::adapter::ResponseHead;
use sealed_session::{Error, Event, Session, SessionManager};

use crate::common::{Browser, at, ring};

type Told = Arc<Mutex<Vec<String>>>;

/// A manager, and what its hook writes down.
fn told() -> (SessionManager, Told) {
    let trail = Told::default();
    let hears = Arc::clone(&trail);
    let manager = SessionManager::builder("session", ring()).on_event(move |event, _| {
        if let Event::Acting {
            persons, has_begun, ..
        } = event
        {
            let word = if *has_begun { "began" } else { "ended" };
            let line = format!("{} as {} {word}", persons.actor(), persons.subject());
            let shown = format!("{event:?}");
            assert!(!shown.contains(persons.actor()), "{shown}");
            assert!(!shown.contains(persons.subject()), "{shown}");
            hears.lock().unwrap().push(line);
        }
    });
    (manager.build().unwrap(), trail)
}

#[test]
fn each_beginning_and_each_end_is_told_once_with_both_persons() {
    type Step<'s> = &'s dyn Fn(&Session) -> Result<(), Error>;
    let begins = "support-3 as user-17 began";
    let ends = "support-3 as user-17 ended";
    let table: [(Step<'_>, &[&str]); 8] = [
        (&|session| session.insert("cart", 1), &[]),
        (&Session::renew, &[]),
        (&|session| session.stop_acting(&[]), &[ends]),
        (&|session| session.sign_in("support-3", &[]), &[ends]),
        (&|session| session.start_over(&[]), &[ends]),
        (&Session::destroy, &[ends]),
        (
            &|session| {
                session.stop_acting(&[])?;
                session.act_as("user-18", &[])
            },
            &[ends, "support-3 as user-18 began"],
        ),
        (
            &|session| {
                session.stop_acting(&[])?;
                session.act_as("user-17", &[])
            },
            &[],
        ),
    ];
    for (step, wanted) in table {
        let (manager, trail) = told();
        let mut browser = Browser::default();
        browser.visit(&manager, at(0), |session| {
            session.sign_in("support-3", &[]).unwrap()
        });
        browser.visit(&manager, at(1), |session| {
            session.act_as("user-17", &[]).unwrap()
        });
        browser.visit(&manager, at(2), |session| drop(session.subject()));
        assert_eq!(*trail.lock().unwrap(), [begins]);
        trail.lock().unwrap().clear();
        browser.visit(&manager, at(3), |session| step(session).unwrap());
        assert_eq!(*trail.lock().unwrap(), wanted);
    }
}

#[test]
fn what_is_not_sent_is_not_told() {
    let (manager, trail) = told();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| {
        session.sign_in("support-3", &[]).unwrap()
    });
    let session = browser.open(&manager, at(1));
    session.act_as("user-17", &[]).unwrap();
    manager
        .commit(&session, ResponseHead::new(500), at(1))
        .unwrap();
    browser.visit(&manager, at(2), |session| {
        session.act_as("user-17", &[]).unwrap();
        session.stop_acting(&[]).unwrap();
    });
    assert!(trail.lock().unwrap().is_empty());
}
