//! A sign-out ends every copy of its session, where a table keeps it.

use std::sync::{Arc, Mutex};

use sealed_session::adapter::ResponseHead;
use sealed_session::revocation::{Revocation, RevocationTable};
use sealed_session::{Event, Refusal, Session, SessionManager};

use crate::common::{Browser, at, noise, ring};

type Told = Arc<Mutex<Vec<&'static str>>>;

/// A manager with a table of this capacity, and what its hook is told of revocations.
fn node(capacity: usize) -> (SessionManager, RevocationTable, Told) {
    let (table, told) = (RevocationTable::new(capacity), Told::default());
    let hears = Arc::clone(&told);
    let manager = SessionManager::builder("session", ring())
        .revocations(table.clone())
        .on_event(move |event, _| {
            if let Event::NotRevoked { error, .. } = event {
                assert!(error.is_revocation() && error.cookie() == Some("__Host-session"));
                hears.lock().unwrap().push(event.name());
            }
        })
        .build()
        .unwrap();
    (manager, table, told)
}

fn signed_in(manager: &SessionManager, who: &str) -> Browser {
    let mut browser = Browser::default();
    browser.visit(manager, at(0), |session| session.sign_in(who, &[]).unwrap());
    browser
}

fn refusal(manager: &SessionManager, browser: &Browser) -> Option<Refusal> {
    browser.open(manager, at(10)).refusal()
}

fn destroy(session: &Session) {
    session.destroy().unwrap();
}

#[test]
fn a_copy_of_a_cookie_is_over_with_the_sign_out_and_no_other_session_is() {
    let (manager, table, _) = node(100);
    let mut browser = signed_in(&manager, "ada");
    let other = signed_in(&manager, "ada");
    let copy = browser.clone();
    browser.visit(&manager, at(5), |session| session.renew().unwrap());
    let renewed = browser.clone();
    browser.visit(&manager, at(9), destroy);
    // One for each key of the ring.
    assert_eq!(table.len(), 1);
    for copy in [copy, renewed] {
        assert_eq!(refusal(&manager, &copy), Some(Refusal::Revoked));
    }
    assert_eq!(refusal(&manager, &other), None);
    // Whoever signs in again has another sign-in.
    browser.visit(&manager, at(9), |session| {
        session.sign_in("ada", &[]).unwrap()
    });
    assert_eq!(refusal(&manager, &browser), None);
}

#[test]
fn a_sign_out_ends_a_copy_that_outlived_the_session_in_its_own_browser() {
    // The copy is used, and its own browser comes back when its session has idled out there.
    let (manager, table, _) = node(100);
    let mut browser = signed_in(&manager, "ada");
    let mut copy = browser.clone();
    copy.visit(&manager, at(1_700), |session| {
        session.insert("seen", 1).unwrap()
    });
    let is_alive = |copy: &Browser| copy.open(&manager, at(1_900)).is_live();
    assert!(!is_alive(&browser) && is_alive(&copy));
    browser.visit(&manager, at(1_900), destroy);
    assert!(!is_alive(&copy));

    // A renewal that its own browser never got, but for the mark of it.
    let mut browser = signed_in(&manager, "ada");
    let before = browser.clone();
    browser.visit(&manager, at(5), |session| session.renew().unwrap());
    let renewed = browser.clone();
    let value = before.value("__Host-session").unwrap();
    browser.keep(&format!("__Host-session={value}; Path=/; Secure"));
    let session = browser.open(&manager, at(6));
    assert_eq!(session.refusal(), Some(Refusal::Superseded));
    browser.visit(&manager, at(6), destroy);
    assert_eq!(refusal(&manager, &renewed), Some(Refusal::Revoked));

    // Of what nobody can have alive nothing is kept.
    let mut browser = signed_in(&manager, "ada");
    let kept = table.len();
    browser.visit(&manager, at(12 * 3_600), destroy);
    assert_eq!(table.len(), kept);
}

#[test]
fn a_guest_takes_no_room() {
    let (manager, table, _) = node(100);
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| {
        session.insert("cart", 1).unwrap()
    });
    browser.visit(&manager, at(1), destroy);
    assert!(table.is_empty());
}

#[test]
fn sign_outs_leave_half_of_the_room_and_say_so() {
    let (manager, table, told) = node(4);
    for number in 0..4 {
        let mut browser = signed_in(&manager, "ada");
        let copy = browser.clone();
        browser.visit(&manager, at(5), destroy);
        // The browser is signed out in any case.
        assert_ne!(refusal(&manager, &browser), None);
        let over = refusal(&manager, &copy);
        assert_eq!(over, (number < 2).then_some(Refusal::Revoked), "{number}");
    }
    assert_eq!(table.len(), 2);
    assert_eq!(*told.lock().unwrap(), ["not_revoked"; 2]);
}

#[test]
fn the_hook_of_a_table_hears_of_sign_outs_alone_and_under_no_lock() {
    let (manager, table, _) = node(100);
    let heard: Arc<Mutex<Vec<Revocation>>> = Arc::default();
    let current: Arc<Mutex<Option<Session>>> = Arc::default();
    let (hears, asks, of) = (Arc::clone(&heard), Arc::clone(&current), table.clone());
    assert!(table.on_sign_out(move |revocations| {
        // Each of these waits for ever if its lock is held.
        assert!(
            revocations
                .iter()
                .all(|known| of.latest(known.target()).is_some())
        );
        let session = asks.lock().unwrap().clone();
        assert!(session.is_some_and(|session| !session.is_live()));
        hears.lock().unwrap().extend(revocations);
    }));
    assert!(!table.on_sign_out(|_| unreachable!("a table has one hook")));

    let everything = manager.revocations_of(sealed_session::revocation::Target::Label("x"), at(0));
    table.add(everything, at(0)).unwrap();
    assert!(heard.lock().unwrap().is_empty());

    let mut browser = signed_in(&manager, "ada");
    browser.visit(&manager, at(5), |session| {
        *current.lock().unwrap() = Some(session.clone());
        destroy(session);
    });
    assert_eq!(heard.lock().unwrap().len(), 1);
}

#[test]
fn what_is_not_sent_revokes_nothing() {
    let (manager, table, _) = node(100);
    let browser = signed_in(&manager, "ada");
    let session = browser.open(&manager, at(5));
    destroy(&session);
    // What begins afterwards does not fit.
    for (name, seed) in [("one", 1), ("two", 2)] {
        session.insert(name, noise(1_000, seed)).unwrap();
    }
    manager
        .commit(&session, ResponseHead::new(200), at(5))
        .unwrap_err();
    assert!(table.is_empty());
    assert_eq!(refusal(&manager, &browser), None);

    // An end is sent with any status.
    let session = browser.open(&manager, at(6));
    destroy(&session);
    manager
        .commit(&session, ResponseHead::new(500), at(6))
        .unwrap();
    assert_eq!(refusal(&manager, &browser), Some(Refusal::Revoked));
}
