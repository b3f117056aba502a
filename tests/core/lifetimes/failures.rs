//! Responses that say that something went wrong: what they carry, and what is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sealed_session::adapter::{RequestHead, ResponseHead};
use sealed_session::{Event, Lifetime, Session, SessionManager, Transport};

use crate::common::{self, Browser, at};

#[test]
fn a_refused_value_is_held_back_by_an_error_and_told_of_otherwise() {
    let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let manager = SessionManager::builder("session", common::ring())
        .on_event(move |event, _| {
            if !common::is_everyday(event) {
                log.lock().unwrap().push(event.name());
            }
        })
        .build()
        .unwrap();
    let refused = || {
        let session = manager.load(RequestHead::default(), at(0));
        session.insert("before", 1).unwrap();
        let error = session
            .insert("lump", common::noise(50_000, 1))
            .unwrap_err();
        assert!(error.is_too_large());
        (session, error)
    };
    let commit = |session: &Session, status| {
        let changes = manager.commit(session, ResponseHead::new(status), at(0));
        changes.map(|changes| format!("{changes:?}").contains("set-cookie"))
    };
    // By the error itself, whatever page it becomes; by an application's own error that wraps it.
    let (session, error) = refused();
    error.hold_back();
    assert!(!session.contains("before"));
    assert!(commit(&session, 303).unwrap_err().is_too_large());
    let (session, _) = refused();
    assert!(commit(&session, 500).unwrap_err().is_too_large());
    assert_eq!(seen.lock().unwrap().split_off(0), ["commit_failed"; 2]);
    // An answer that is no server's error stands, and the log says what it lacks.
    let (session, _) = refused();
    assert!(commit(&session, 413).unwrap());
    assert_eq!(seen.lock().unwrap().split_off(0), ["not_stored"]);
    // Whoever makes up for it is left alone.
    for settles in [
        |session: &Session| session.insert("lump", "less").unwrap(),
        |session: &Session| assert!(!session.remove("lump").unwrap()),
        |session: &Session| session.start_over(&[&"before"]).unwrap(),
    ] {
        let (session, _) = refused();
        settles(&session);
        assert!(commit(&session, 413).unwrap());
        assert!(seen.lock().unwrap().is_empty());
    }
}

#[test]
fn a_failure_of_the_server_carries_no_change_and_every_end() {
    type Act = fn(&Session);
    let table: [(Act, bool); 6] = [
        (|session| session.insert("name", "Eve").unwrap(), false),
        (|session| assert!(session.remove("name").unwrap()), false),
        (|session| session.renew().unwrap(), false),
        (|session| session.sign_in("eve", &[]).unwrap(), false),
        (|session| session.destroy().unwrap(), true),
        (
            |session| {
                session.destroy().unwrap();
                session.insert("notice", "Goodbye.").unwrap();
            },
            true,
        ),
    ];
    let told = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&told);
    let manager = SessionManager::builder("session", common::ring())
        .on_event(move |event, _| {
            if let Event::GivenUp { .. } = event {
                count.fetch_add(1, Ordering::Relaxed);
            }
        })
        .build()
        .unwrap();
    for (row, (act, ends)) in table.into_iter().enumerate() {
        for status in [499, 500, 503, 599] {
            let mut browser = Browser::default();
            browser.visit(&manager, at(0), |session| {
                session.insert("name", "Ada").unwrap();
            });
            // Late enough for a touch.
            let session = browser.open(&manager, at(300));
            act(&session);
            let changes = manager.commit(&session, ResponseHead::new(status), at(300));
            let changes = changes.unwrap();
            let lines = changes.iter().filter(|one| one.name() == "set-cookie");
            lines.for_each(|line| browser.keep(line.value()));
            if status < 500 {
                assert_eq!(told.swap(0, Ordering::Relaxed), 0);
                continue;
            }
            let after = browser.open(&manager, at(301));
            let name = after.get::<String>("name").unwrap();
            assert_eq!(name.is_none(), ends, "row {row}, {status}: {changes:?}");
            assert_eq!(after.get::<String>("notice").unwrap(), None);
            // The visit counts as a use.
            assert_eq!(browser.value(common::TOUCH).is_some(), !ends);
            // An end alone loses nothing that anybody would miss.
            let missed = usize::from(row != 4);
            assert_eq!(told.swap(0, Ordering::Relaxed), missed, "row {row}");
            // What comes next is too late, and the page sees what the browser keeps.
            assert!(session.insert("name", "Eve").unwrap_err().is_too_late());
            assert_eq!(session.contains("name"), !ends);
        }
    }
}

/// The page is out with the link in it, whatever its status.
#[test]
fn what_a_link_carries_already_is_not_given_up() {
    let told = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&told);
    let quarter = std::time::Duration::from_secs(900);
    let manager = SessionManager::builder("session", common::ring())
        .lifetime(Lifetime::new().with_idle_timeout(quarter))
        .transport(Transport::url_that_leaks("s"))
        .on_event(move |event, _| {
            if let Event::GivenUp { .. } = event {
                count.fetch_add(1, Ordering::Relaxed);
            }
        })
        .build()
        .unwrap();
    let request = RequestHead::default().host("shop.example");
    let session = manager.load(request.query("s="), at(0));
    session.sign_in("ada", &[]).unwrap();
    let link = session.encode_url("/").unwrap().into_owned();
    let page = manager.commit(&session, ResponseHead::new(503), at(0));
    // Nothing leaks by the page's referrer, and no cache keeps it.
    let page = format!("{:?}", page.unwrap());
    assert!(
        page.contains("no-referrer") && page.contains("no-store"),
        "{page}"
    );
    assert_eq!(told.load(Ordering::Relaxed), 0);
    let request = RequestHead::default().host("shop.example");
    let query = link.split_once('?').unwrap().1;
    let next = manager.load(request.query(query), at(1));
    assert_eq!(next.subject().as_deref(), Some("ada"));
}
