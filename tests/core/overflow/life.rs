//! The life of a session that is stored: its reads, its lifetimes and its races are those of cookies.

use sealed_session::{Attribute, Budget, KeyRing, Refusal};

use super::*;
use crate::common::{at, key};

#[test]
fn a_session_goes_into_the_store_and_comes_back() {
    let (manager, store) = stored();
    let mut browser = Browser::default();
    visit(&mut browser, (&manager, &store), at(0), |session| {
        session.sign_in("ada", &[]).unwrap();
        session.insert("small", 1).unwrap();
    });
    assert!(store.calls().is_empty(), "it fits");

    visit(&mut browser, (&manager, &store), at(1), |session| {
        session.insert("draft", much(1)).unwrap();
        let size = session.size().unwrap();
        assert_eq!((size.lines.len(), size.stored > 20_000), (1, true));
    });
    assert_eq!(store.calls(), ["put"]);
    assert!(browser.line().len() < 300);

    let reads = |session: &Session| {
        assert_eq!(session.get::<Vec<u8>>("draft").unwrap(), Some(much(1)));
        assert_eq!(session.get::<i32>("small").unwrap(), Some(1));
        assert_eq!(session.subject().as_deref(), Some("ada"));
    };
    visit(&mut browser, (&manager, &store), at(2), reads);
    assert_eq!(store.calls(), ["get"], "reading writes nothing");

    // Smaller again, it goes back into its cookie.
    visit(&mut browser, (&manager, &store), at(3), |session| {
        session.remove("draft").unwrap()
    });
    assert_eq!(store.calls(), ["get", "expire"]);
    visit(&mut browser, (&manager, &store), at(4), |session| {
        assert_eq!(session.get::<i32>("small").unwrap(), Some(1));
    });
    assert!(store.calls().is_empty());
    assert_eq!(store.kept(at(3_602)).len(), 1, "for answers under way");
    assert!(store.kept(at(3_603)).is_empty());
}

/// A step of a visitor, by its number.
fn step(session: &Session, number: u64) {
    let large = noise(300 + usize::try_from(number % 3).unwrap() * 4_000, number);
    match number % 11 {
        0 | 5 => session.insert("draft", large).unwrap(),
        1 => session.insert("small", number).unwrap(),
        2 => session.renew().unwrap(),
        3 => session.sign_in("ada", &[&"draft"]).unwrap(),
        4 => drop(session.remove("small").unwrap()),
        6 => session
            .insert(Attribute::json("key").secret(), number)
            .unwrap(),
        7 => session.set_labels(&["sid:1"]).unwrap(),
        8 => session
            .update("list", |list: &mut Vec<u64>| list.push(number))
            .unwrap(),
        9 => drop(session.take::<Vec<u8>>("draft").unwrap()),
        _ => session.destroy().unwrap(),
    }
}

/// All that an application sees of a session but its random id.
fn seen(session: &Session) -> impl PartialEq + std::fmt::Debug + use<> {
    let value = |name: &String| session.get::<serde_json::Value>(name).unwrap();
    let values: Vec<_> = session.names().iter().map(value).collect();
    let times = session
        .times()
        .map(|times| (times.created_at, times.last_seen_at));
    let words = (session.names(), session.subject(), session.labels());
    (values, times, words, session.refusal())
}

#[test]
fn a_stored_session_reads_as_one_in_cookies() {
    // Large enough for all of it.
    let budget = Budget::direct()
        .with_cookie_limit(9)
        .with_total_limit(36_000);
    let whole = builder().budget(budget).build().unwrap();
    let mut puts = 0;
    for seed in 0..20_u64 {
        let (manager, store) = stored();
        let (mut one, mut other) = (Browser::default(), Browser::default());
        for turn in 0..30_u64 {
            let number = (seed * 31 + turn).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
            let now = at(i64::try_from(turn * 100).unwrap());
            let (before, changed) = visit(&mut one, (&manager, &store), now, |session| {
                let before = seen(session);
                step(session, number);
                (before, seen(session))
            });
            other.visit(&whole, now, |session| {
                assert_eq!(seen(session), before, "{seed}, {turn}");
                step(session, number);
                assert_eq!(seen(session), changed, "{seed}, {turn}");
            });
            let calls = store.calls();
            puts += calls.iter().filter(|call| **call == "put").count();
            let gets = calls.iter().filter(|call| **call == "get").count();
            assert!(gets <= 1, "{seed}, {turn}: {calls:?}");
        }
    }
    assert!(puts > 100, "{puts}");
}

#[test]
fn lifetimes_and_touches_are_those_of_the_cookie() {
    let (manager, store) = stored();
    let mut browser = Browser::default();
    visit(&mut browser, (&manager, &store), at(0), |session| {
        session.insert("draft", much(1)).unwrap()
    });
    // Used every twenty minutes, whether or not anybody looks, it lives on without a write.
    for minutes in (20..=700).step_by(20) {
        visit(&mut browser, (&manager, &store), at(minutes * 60), |_| {});
    }
    assert_eq!(
        store.calls().iter().filter(|call| **call != "get").count(),
        1
    );
    let session = open(&browser, &manager, &store, at(43_199));
    assert!(session.is_live());
    // And while the store is down, too.
    store.fails(&["get"]);
    visit(&mut browser, (&manager, &store), at(42_300), |_| {});
    assert!(browser.value(crate::common::TOUCH).is_some());
    store.calls();
    // What is over is not fetched, and is kept until the slowest clock says so.
    let session = open(&browser, &manager, &store, at(43_200));
    assert_eq!(session.refusal(), Some(Refusal::AbsoluteExpired));
    assert!(store.calls().is_empty());
    assert_eq!(store.kept(at(43_319)).len(), 1);
    assert!(store.kept(at(43_320)).is_empty());
}

#[test]
fn of_two_tabs_the_answer_that_arrives_last_wins() {
    let (manager, store) = stored();
    let mut browser = Browser::default();
    visit(&mut browser, (&manager, &store), at(0), |session| {
        session.insert("draft", much(1)).unwrap()
    });
    let tabs = [2, 3].map(|seed| {
        let session = open(&browser, &manager, &store, at(1));
        session.insert("draft", much(seed)).unwrap();
        send(&manager, &session, at(1)).unwrap()
    });
    for (lines, seed) in tabs.iter().zip([2, 3]) {
        lines.iter().for_each(|line| browser.keep(line));
        let session = open(&browser, &manager, &store, at(2));
        assert_eq!(session.get::<Vec<u8>>("draft").unwrap(), Some(much(seed)));
    }
}

#[test]
fn a_response_that_is_lost_costs_nothing() {
    let (manager, store) = stored();
    let mut browser = Browser::default();
    visit(&mut browser, (&manager, &store), at(0), |session| {
        session.insert("draft", much(1)).unwrap()
    });
    let session = open(&browser, &manager, &store, at(1));
    session.insert("draft", much(2)).unwrap();
    assert!(!send(&manager, &session, at(1)).unwrap().is_empty());
    // It never arrives. Within an hour, the browser goes on with what it has.
    let session = open(&browser, &manager, &store, at(1_700));
    assert_eq!(session.get::<Vec<u8>>("draft").unwrap(), Some(much(1)));
    let session = open(&browser, &manager, &store, at(1_700));
    session.insert("draft", much(3)).unwrap();
    let lines = send(&manager, &session, at(1_700)).unwrap();
    lines.iter().for_each(|line| browser.keep(line));
    let session = open(&browser, &manager, &store, at(3_000));
    assert_eq!(session.get::<Vec<u8>>("draft").unwrap(), Some(much(3)));
}

#[test]
fn a_sign_out_and_a_sign_in_end_every_copy_at_once() {
    for sign_in in [false, true] {
        let (manager, store) = stored();
        let mut browser = Browser::default();
        visit(&mut browser, (&manager, &store), at(0), |session| {
            session.insert("draft", much(1)).unwrap()
        });
        let stolen = browser.clone();
        let session = open(&stolen, &manager, &store, at(1));
        assert!(session.is_live());
        visit(&mut browser, (&manager, &store), at(2), |session| {
            match sign_in {
                true => session.sign_in("ada", &[&"draft"]),
                false => session.destroy(),
            }
            .unwrap();
        });
        let session = open(&stolen, &manager, &store, at(2));
        assert_eq!(session.refusal(), Some(Refusal::Missing));
        let kept = usize::from(sign_in);
        assert_eq!(store.kept(at(2)).len(), kept);
        let session = open(&browser, &manager, &store, at(3));
        let draft = session.get::<Vec<u8>>("draft").unwrap();
        assert_eq!(draft, sign_in.then(|| much(1)));
    }
}

#[test]
fn a_ring_that_turns_signs_nobody_out() {
    let (manager, store) = stored();
    let mut browser = Browser::default();
    visit(&mut browser, (&manager, &store), at(0), |session| {
        session.insert("draft", much(1)).unwrap()
    });
    let ring = KeyRing::new(key(2)).accept(key(1)).unwrap();
    let turned = SessionManager::builder("session", ring).overflow(store.overflow());
    let turned = turned.build().unwrap();
    let session = open(&browser, &turned, &store, at(1));
    assert_eq!(session.get::<Vec<u8>>("draft").unwrap(), Some(much(1)));
}
