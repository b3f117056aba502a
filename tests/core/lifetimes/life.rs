//! The life of a session, from the first visit to the sign-out, on servers that share a ring.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sealed_session::adapter::{RequestHead, ResponseHead};
use sealed_session::{Attribute, Event, Refusal, Session, SessionManager, adapter};
use serde::{Deserialize, Serialize};

use crate::common::{self, Browser, at, commit, key, manager};

#[derive(Serialize, Deserialize, Debug, PartialEq, Clone, Default)]
struct Cart {
    lines: Vec<(u32, u16)>,
}

const CART: Attribute<Cart> = Attribute::new("cart");

#[test]
fn a_visitor_signs_in_here_and_is_known_there() {
    let (here, there) = (manager(), manager());
    let mut browser = Browser::default();

    browser.visit(&here, at(0), |session| {
        assert!(session.is_new() && !session.is_live());
        session
            .update(CART, |cart| cart.lines.push((4711, 2)))
            .unwrap();
    });
    browser.visit(&there, at(10), |session| {
        session.sign_in("user-1", &[&"cart"]).unwrap();
        session.insert("name", "Ada").unwrap();
    });
    let id = browser.visit(&here, at(20), |session| {
        assert!(!session.is_new());
        assert_eq!(
            session.get::<String>("name").unwrap().as_deref(),
            Some("Ada")
        );
        assert_eq!(
            session.get(CART).unwrap(),
            Some(Cart {
                lines: vec![(4711, 2)]
            })
        );
        assert_eq!(session.subject().as_deref(), Some("user-1"));
        assert_eq!(
            (
                session.times().unwrap().created_at,
                session.times().unwrap().last_seen_at
            ),
            (at(10), at(10))
        );
        assert_eq!(session.sealed_under(), Some(key(1).id()));
        session.id()
    });
    browser.visit(&there, at(30), |session| {
        assert_eq!(session.id(), id);
        session.destroy().unwrap();
    });
    assert_eq!(browser.names(), [common::TOMBSTONE]);
    browser.visit(&here, at(40), |session| {
        assert_eq!(session.refusal(), Some(Refusal::Absent))
    });
}

#[test]
fn nothing_is_sent_unless_something_has_to_be_said() {
    let manager = manager();
    let mut browser = Browser::default();
    let quiet: &[fn(&Session)] = &[
        |_| {},
        |session| assert_eq!(session.get::<u8>("a").unwrap(), None),
        |session| assert!(!session.remove("a").unwrap()),
        |session| assert_eq!(session.take::<u8>("a").unwrap(), None),
        |session| session.clear().unwrap(),
        |session| session.renew().unwrap(),
        |session| {
            session.insert("a", 1).unwrap();
            session.remove("a").unwrap();
        },
    ];
    for with in quiet {
        let session = browser.open(&manager, at(0));
        with(&session);
        assert!(commit(&manager, &session, at(0)).unwrap().is_empty());
    }
    browser.visit(&manager, at(0), |session| session.insert("a", 1).unwrap());
    let quiet: &[fn(&Session)] = &[
        |session| assert_eq!(session.get::<u8>("a").unwrap(), Some(1)),
        |session| session.insert("a", 1).unwrap(),
        |session| session.update("a", |_: &mut u8| ()).unwrap(),
        |session| assert!(!session.remove("b").unwrap()),
        |session| assert!(session.names() == ["a"] && session.size().unwrap().lines.len() == 1),
    ];
    for with in quiet {
        let session = browser.open(&manager, at(1));
        with(&session);
        assert!(commit(&manager, &session, at(1)).unwrap().is_empty());
    }
}

#[test]
fn a_token_is_opened_on_first_use_and_once() {
    let opened = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&opened);
    let manager = SessionManager::builder("session", common::ring())
        .on_event(move |event, _| {
            if let Event::Refused { .. } = event {
                count.fetch_add(1, Ordering::Relaxed);
            }
        })
        .build()
        .unwrap();
    let line = format!("{}=A", common::BASE);
    let session = manager.load(RequestHead::new([line.as_bytes()]), at(0));
    assert!(
        commit(&manager, &session.clone(), at(0))
            .unwrap()
            .is_empty()
    );
    assert_eq!(opened.load(Ordering::Relaxed), 0);

    let session = manager.load(RequestHead::new([line.as_bytes()]), at(0));
    assert!(!session.is_live() && session.clone().names().is_empty());
    assert_eq!(opened.load(Ordering::Relaxed), 1);
}

#[test]
fn a_session_is_committed_once_and_changes_after_that_are_too_late() {
    let manager = manager();
    let session = Browser::default().open(&manager, at(0));
    session.insert("a", 1).unwrap();
    assert_eq!(commit(&manager, &session, at(0)).unwrap().len(), 1);
    assert!(commit(&manager, &session, at(0)).unwrap().is_empty());
    let results = [
        session.insert("a", 2),
        session.replace("a", 2),
        session.update("a", |a: &mut u8| *a += 1),
        session.remove("a").map(drop),
        session.take::<u8>("a").map(drop),
        session.clear(),
        session.renew(),
        session.start_over(&[]),
        session.destroy(),
    ];
    for result in results {
        assert!(result.unwrap_err().is_too_late());
    }
    assert_eq!(session.get::<u8>("a").unwrap(), Some(1));
}

#[test]
fn sign_in_keeps_only_what_is_named_and_renew_keeps_all() {
    let manager = manager();
    let mut browser = Browser::default();
    let planted = browser.visit(&manager, at(0), |session| {
        session.insert("cart", [1]).unwrap();
        session.insert("return_to", "https://evil.example").unwrap();
        session.id().unwrap()
    });
    let signed_in = browser.visit(&manager, at(100), |session| {
        session.start_over(&[&"cart", &"absent"]).unwrap();
        session.id().unwrap()
    });
    assert!(!planted.is_same_sign_in(&signed_in));
    // Whoever was signed in before is not any more.
    browser.visit(&manager, at(150), |session| {
        session.sign_in("before", &[&"cart"]).unwrap()
    });
    let signed_in = browser.visit(&manager, at(160), |session| {
        assert_eq!(session.subject().as_deref(), Some("before"));
        session.start_over(&[&"cart"]).unwrap();
        assert_eq!(session.subject(), None);
        session.id().unwrap()
    });
    let renewed = browser.visit(&manager, at(200), |session| {
        assert_eq!(session.subject(), None);
        assert_eq!(session.names(), ["cart"]);
        assert_eq!(session.times().unwrap().created_at, at(160));
        session.renew().unwrap();
        session.id().unwrap()
    });
    assert!(renewed != signed_in && renewed.is_same_sign_in(&signed_in));
    browser.visit(&manager, at(300), |session| {
        assert_eq!(session.id(), Some(renewed));
        assert_eq!(
            (session.times().unwrap().created_at, session.names().len()),
            (at(160), 1)
        );
    });
}

#[test]
fn expiry_is_enforced_from_inside_the_token() {
    let manager = manager();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| session.insert("a", 1).unwrap());
    let idle = 30 * 60;
    for (now, refusal) in [
        (idle - 1, None),
        (idle, Some(Refusal::IdleExpired)),
        (idle * 9, Some(Refusal::IdleExpired)),
        (12 * 3_600, Some(Refusal::AbsoluteExpired)),
    ] {
        let session = browser.open(&manager, at(now));
        assert_eq!(session.refusal(), refusal, "at {now}");
    }

    // Kept in use, it ends at 12 hours all the same.
    let mut now = 0;
    while now + 1_000 < 12 * 3_600 {
        now += 1_000;
        browser.visit(&manager, at(now), |session| {
            session.insert("a", now).unwrap()
        });
    }
    browser.visit(&manager, at(12 * 3_600), |session| {
        assert_eq!(session.refusal(), Some(Refusal::AbsoluteExpired));
    });
}

#[test]
fn a_parked_request_revives_nothing() {
    let manager = manager();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| session.insert("a", 1).unwrap());
    let session = browser.open(&manager, at(1_000));
    session.insert("a", 2).unwrap();
    // The handler takes 30 minutes: what it wrote, stamped at its beginning, is expired.
    let error = commit(&manager, &session, at(1_000 + 1_800)).unwrap_err();
    assert!(error.is_expired(), "{error}");

    let session = browser.open(&manager, at(1_000));
    session.insert("a", 2).unwrap();
    browser
        .close(&manager, &session, at(1_000 + 1_799))
        .unwrap();
    let session = browser.open(&manager, at(2_799));
    assert_eq!(session.times().unwrap().last_seen_at, at(1_000));
    assert!(!browser.open(&manager, at(2_800)).is_live());
}

#[test]
fn a_clock_that_steps_back_never_backdates() {
    let manager = manager();
    let mut browser = Browser::default();
    browser.visit(&manager, at(100), |session| session.insert("a", 1).unwrap());
    browser.visit(&manager, at(0), |session| session.insert("a", 2).unwrap());
    browser.visit(&manager, at(0), |session| {
        assert_eq!(session.times().unwrap().last_seen_at, at(100))
    });
    // Beyond the skew the token is refused, and stays in the browser.
    browser.visit(&manager, at(-21), |session| {
        assert_eq!(session.refusal(), Some(Refusal::FromTheFuture));
    });
    assert!(!browser.is_empty());
}

#[test]
fn a_panicking_handler_commits_nothing() {
    let manager = manager();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| session.insert("a", 1).unwrap());
    let session = browser.open(&manager, at(1));
    let handle = adapter::in_hand(&session);
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
        handle.insert("a", 2).unwrap();
        panic!("the handler fails");
    }));
    assert!(caught.is_err());
    assert!(session.insert("a", 3).unwrap_err().is_poisoned());
    // An error page sees what the browser keeps.
    assert_eq!(session.get::<i32>("a").unwrap(), Some(1));
    // A page that does not say so is replaced; one that does stays.
    let failed = commit(&manager, &session, at(1)).unwrap_err();
    assert!(failed.is_poisoned());
    assert!(commit(&manager, &session, at(1)).unwrap().is_empty());
    let session = browser.open(&manager, at(1));
    let handle = adapter::in_hand(&session);
    let task = std::thread::spawn(move || {
        handle.insert("a", 2).unwrap();
        panic!("the handler fails");
    });
    assert!(task.join().is_err());
    let page = manager.commit(&session, ResponseHead::new(500), at(1));
    assert!(!format!("{page:?}").contains("set-cookie"), "{page:?}");
}

#[test]
fn a_panic_past_a_clone_is_not_the_handlers() {
    let manager = manager();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| {
        session.sign_in("ada", &[]).unwrap();
    });
    // In a task that was spawned, and in a block that the handler watches.
    let session = browser.open(&manager, at(1));
    let clone = session.clone();
    let task = std::thread::spawn(move || {
        let _clone = clone;
        panic!("in a task");
    });
    assert!(task.join().is_err());
    let clone = session.clone();
    let watched = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
        let _clone = clone;
        panic!("in a block");
    }));
    assert!(watched.is_err());
    session.destroy().unwrap();
    browser.close(&manager, &session, at(1)).unwrap();
    browser.visit(&manager, at(2), |session| {
        assert_eq!(session.subject(), None);
    });
}

#[test]
fn concurrent_updates_through_clones_lose_nothing() {
    let manager = manager();
    let session = Browser::default().open(&manager, at(0));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..100 {
                    session.update("n", |n: &mut u32| *n += 1).unwrap();
                }
            });
        }
    });
    assert_eq!(session.get::<u32>("n").unwrap(), Some(400));
}

#[test]
fn a_clock_set_back_while_a_handler_runs_loses_nothing() {
    let manager = manager();
    let mut browser = Browser::default();
    let session = browser.open(&manager, at(0));
    session.insert("a", 1).unwrap();
    assert_eq!(
        browser.close(&manager, &session, at(-3_600)).unwrap().len(),
        1
    );
}

#[test]
fn an_update_never_undoes_what_another_clone_did() {
    let manager = manager();
    let open = || {
        let session = Browser::default().open(&manager, at(0));
        session.sign_in("alice", &[]).unwrap();
        session.insert("list", [1u32]).unwrap();
        session
    };
    let removes: fn(&Session) = |session| assert!(session.remove("list").unwrap());
    let signs_in: fn(&Session) = |session| session.sign_in("bob", &[]).unwrap();
    // What another clone does while the update runs for the first time stays done.
    for meanwhile in [removes, signs_in] {
        let session = open();
        let mut runs = 0;
        let update = session.update("list", |list: &mut Vec<u32>| {
            runs += 1;
            if runs == 1 {
                meanwhile(&session);
            }
            list.push(2);
        });
        update.unwrap();
        assert_eq!((runs, session.get("list").unwrap()), (2, Some(vec![2])));
    }

    // A newer node's schema came meanwhile, with the same bytes.
    const OLD: Attribute<u8> = Attribute::new("level");
    const NEW: Attribute<u8> = Attribute::new("level").schema(9);
    let session = open();
    session.insert(OLD, 3).unwrap();
    let result = session.update(OLD, |level| {
        session.replace(NEW, 3).unwrap();
        *level += 1;
    });
    assert!(result.unwrap_err().is_unreadable());
    assert_eq!(session.get(NEW).unwrap(), Some(3));

    // A change of the same attribute within the update would go on for ever.
    let session = open();
    let result = session.update("n", |n: &mut u32| {
        session.update("n", |n: &mut u32| *n += 1).unwrap();
        *n += 1;
    });
    assert!(result.unwrap_err().is_misuse());
}

thread_local! {
    static CURRENT: std::cell::RefCell<Option<Session>> =
        const { std::cell::RefCell::new(None) };
}

/// A type that looks at the session while it is read from it.
#[derive(Serialize)]
struct Curious;

impl<'de> Deserialize<'de> for Curious {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        CURRENT.with_borrow(|session| assert!(session.as_ref().is_none_or(Session::is_live)));
        <()>::deserialize(deserializer).map(|()| Curious)
    }
}

#[test]
fn a_type_may_use_the_session_while_it_is_read() {
    let session = Browser::default().open(&manager(), at(0));
    session.insert("curious", Curious).unwrap();
    CURRENT.set(Some(session.clone()));
    assert!(session.get::<Curious>("curious").unwrap().is_some());
    assert!(session.take::<Curious>("curious").unwrap().is_some());
    CURRENT.set(None);
}

#[test]
fn keys_of_every_kind() {
    const NUMBER: Attribute<u32> = Attribute::new("number");
    let session = Browser::default().open(&manager(), at(0));
    session.insert(NUMBER, 1).unwrap();
    for key in [NUMBER, NUMBER].iter() {
        session.insert(key, 2).unwrap();
        assert_eq!(session.get(key).unwrap(), Some(2));
    }
    let owned = "owned".to_owned();
    session.insert(&owned, 3).unwrap();
    session.insert(owned.clone(), 4).unwrap();
    for name in ["owned", "owned"].iter() {
        assert_eq!(session.get::<u8>(name).unwrap(), Some(4));
    }
    session.insert("float", 0.9288204353620411_f64).unwrap();
    assert_eq!(
        session.get::<f64>("float").unwrap(),
        Some(0.9288204353620411)
    );
}
