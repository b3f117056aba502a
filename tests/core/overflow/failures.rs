//! A store that fails, forgets or lies: no session is lost that need not be, and none is changed.

use sealed_session::adapter::Verdict;
use sealed_session::{Guard, Refusal};

use super::*;
use crate::common::at;

/// A browser with a session in the store.
fn ada(manager: &SessionManager, store: &Store) -> Browser {
    let mut browser = Browser::default();
    visit(&mut browser, (manager, store), at(0), |session| {
        session.sign_in("ada", &[]).unwrap();
        session.insert("draft", much(1)).unwrap();
    });
    assert_eq!(store.calls().last(), Some(&"put"));
    browser
}

#[test]
fn a_session_that_cannot_be_put_is_an_error_and_the_old_one_is_whole() {
    let (manager, store) = stored();
    let mut browser = ada(&manager, &store);
    store.fails(&["put"]);
    let session = open(&browser, &manager, &store, at(1));
    session.insert("draft", much(2)).unwrap();
    let error = send(&manager, &session, at(1)).unwrap_err();
    assert!(error.is_overflow() && !error.is_too_large());
    assert_eq!(error.label(), "overflow");
    let text = error.to_string();
    assert!(
        text.contains("the store failed: connection refused"),
        "{text}"
    );
    assert!(
        error
            .sizes()
            .is_some_and(|sizes| sizes.largest[0].name == "draft")
    );
    assert_eq!(store.calls(), ["get", "put"], "nothing expires");
    // The error page sees what the browser keeps.
    assert_eq!(session.get::<Vec<u8>>("draft").unwrap(), Some(much(1)));
    assert!(send(&manager, &session, at(1)).unwrap().is_empty());

    store.fails(&[]);
    visit(&mut browser, (&manager, &store), at(2), |session| {
        assert_eq!(session.get::<Vec<u8>>("draft").unwrap(), Some(much(1)));
    });
}

#[test]
fn a_session_that_cannot_be_fetched_counts_again_later() {
    let (manager, store) = stored();
    let mut browser = ada(&manager, &store);
    store.fails(&["get"]);
    let session = open(&browser, &manager, &store, at(1));
    assert_eq!(session.refusal(), Some(Refusal::NotFetched));
    // To sign in again would not help.
    let request = RequestHead::default().method("GET");
    let verdict = Guard::signed_in().check(&session, &request).unwrap();
    assert_eq!(verdict, Verdict::Unavailable);
    // A page that counts visits must not replace a cart.
    session.insert("visits", 1).unwrap();
    let error = send(&manager, &session, at(1)).unwrap_err();
    assert!(error.is_overflow(), "{error}");
    assert_eq!(store.calls(), ["get"], "asked once");

    store.fails(&[]);
    visit(&mut browser, (&manager, &store), at(2), |session| {
        assert_eq!(session.subject().as_deref(), Some("ada"));
    });
    // An adapter that does not fetch.
    let session = browser.open(&manager, at(3));
    assert_eq!(session.refusal(), Some(Refusal::NotFetched));
    assert!(browser.close(&manager, &session, at(3)).unwrap().is_empty());
}

#[test]
fn a_session_can_be_ended_and_replaced_while_the_store_is_down() {
    for sign_in in [false, true] {
        let (manager, store) = stored();
        let mut browser = ada(&manager, &store);
        let copy = browser.clone();
        store.fails(&["get", "put", "expire"]);
        visit(&mut browser, (&manager, &store), at(1), |session| {
            match sign_in {
                true => session.sign_in("eve", &[]),
                false => session.destroy(),
            }
            .unwrap();
        });
        assert_eq!(store.calls(), ["get", "expire"]);
        store.fails(&[]);
        let session = open(&browser, &manager, &store, at(2));
        assert_eq!(session.subject().as_deref(), sign_in.then_some("eve"));
        // What could not expire is there until its time.
        let session = open(&copy, &manager, &store, at(3));
        assert_eq!(session.subject().as_deref(), Some("ada"));
    }
}

#[test]
fn what_the_store_has_lost_is_missing() {
    let (manager, store) = stored();
    let mut browser = ada(&manager, &store);
    store.with(|inner| inner.kept.clear());
    let session = open(&browser, &manager, &store, at(1));
    assert_eq!(session.refusal(), Some(Refusal::Missing));
    assert!(
        Refusal::Missing.may_live_elsewhere(),
        "on a node with the right store"
    );
    assert!(send(&manager, &session, at(1)).unwrap().is_empty());
    // The visitor begins anew.
    visit(&mut browser, (&manager, &store), at(2), |session| {
        session.insert("small", 1).unwrap()
    });
    let session = open(&browser, &manager, &store, at(3));
    assert_eq!(session.get::<i32>("small").unwrap(), Some(1));
    // Without a store nobody will ever know.
    let browser = ada(&manager, &store);
    let plain = builder().build().unwrap();
    let session = browser.open(&plain, at(4));
    assert_eq!(session.refusal(), Some(Refusal::Missing));
}

#[test]
fn what_the_store_changed_or_swapped_is_no_session() {
    let (manager, store) = stored();
    let (one, other) = (ada(&manager, &store), ada(&manager, &store));
    let names: Vec<Name> = store.kept(at(0));
    let whole: Vec<Vec<u8>> = store.with(|inner| {
        let sealed = names.iter().map(|name| inner.kept[name].0.clone());
        sealed.collect()
    });
    let refusal = |browser: &Browser, kept: [&[u8]; 2]| {
        store.with(|inner| {
            for (name, bytes) in names.iter().zip(kept) {
                inner.kept.get_mut(name).unwrap().0 = bytes.to_vec();
            }
        });
        open(browser, &manager, &store, at(1)).refusal()
    };
    let [a, b] = whole.as_slice() else { panic!() };
    for browser in [&one, &other] {
        assert_eq!(refusal(browser, [a, b]), None);
        assert_eq!(refusal(browser, [b, a]), Some(Refusal::Missing), "swapped");
        assert_eq!(refusal(browser, [b"", b""]), Some(Refusal::Missing));
        let cut = [&a[1..], &b[1..]];
        assert_eq!(refusal(browser, cut), Some(Refusal::Missing));
        let flipped = [a, b].map(|bytes| {
            let mut bytes = bytes.clone();
            bytes[7] ^= 1;
            bytes
        });
        let flipped = [&flipped[0][..], &flipped[1]];
        assert_eq!(refusal(browser, flipped), Some(Refusal::Missing));
        // Longer than anything that was put: refused before it is copied.
        let long = vec![0; 1_048_576 + 64];
        assert_eq!(refusal(browser, [&long, &long]), Some(Refusal::OverCeiling));
    }
}

#[test]
fn a_change_after_the_put_is_not_sent_without_another_one() {
    let (manager, store) = stored();
    let session = open(&Browser::default(), &manager, &store, at(0));
    session.insert("draft", much(1)).unwrap();
    let head = || ResponseHead::new(200);
    adapter::pending_commit(&session, head(), at(0))
        .into_iter()
        .for_each(wait);
    session.insert("more", 1).unwrap();
    let error = commit(&manager, &session, at(0)).unwrap_err();
    assert!(
        error.to_string().contains("`adapter::pending_commit`"),
        "{error}"
    );

    // Of two calls the second one has nothing to do, unless there was a change between them.
    let session = open(&Browser::default(), &manager, &store, at(1));
    session.insert("draft", much(1)).unwrap();
    let pending = adapter::pending_commit(&session, head(), at(1));
    let unawaited = adapter::pending_commit(&session, head(), at(1));
    assert!(pending.is_some() && unawaited.is_none());
    session.insert("more", 1).unwrap();
    // The one that was under way is of no use.
    let again = adapter::pending_commit(&session, head(), at(1));
    pending.into_iter().for_each(wait);
    assert!(commit_fails_without(&session, &manager, &store));
    again.into_iter().for_each(wait);
}

fn commit_fails_without(session: &Session, manager: &SessionManager, store: &Store) -> bool {
    store.calls();
    let error = commit(manager, session, at(1)).unwrap_err();
    error.is_overflow() && store.calls().is_empty()
}

#[test]
fn nothing_is_put_that_is_not_sent() {
    let (manager, store) = stored();
    let ended = |status| ResponseHead::new(status);
    // A server error loses changes and keeps ends.
    let browser = ada(&manager, &store);
    let session = open(&browser, &manager, &store, at(1));
    session.insert("draft", much(2)).unwrap();
    assert!(adapter::pending_commit(&session, ended(500), at(1)).is_none());
    let session = open(&browser, &manager, &store, at(1));
    session.destroy().unwrap();
    session.insert("draft", much(2)).unwrap();
    let pending = adapter::pending_commit(&session, ended(500), at(1));
    pending.into_iter().for_each(wait);
    assert_eq!(store.calls(), ["get", "get", "expire"]);

    // A value was refused, and its error is the response.
    let session = open(&Browser::default(), &manager, &store, at(2));
    session.insert("draft", much(2)).unwrap();
    let error = session.insert("noise", "x".repeat(2_000_000)).unwrap_err();
    assert!(error.is_too_large());
    error.hold_back();
    assert!(adapter::pending_commit(&session, ended(422), at(2)).is_none());

    // A panic unwound past a handle.
    let session = open(&Browser::default(), &manager, &store, at(3));
    session.insert("draft", much(2)).unwrap();
    let in_hand = adapter::in_hand(&session);
    let task = std::thread::spawn(move || {
        let _in_hand = in_hand;
        panic!("in the handler")
    });
    assert!(task.join().is_err());
    assert!(adapter::pending_commit(&session, ended(200), at(3)).is_none());

    // It is sent already.
    let session = open(&Browser::default(), &manager, &store, at(4));
    session.insert("draft", much(2)).unwrap();
    send(&manager, &session, at(4)).unwrap();
    assert_eq!(store.calls(), ["put"]);
    assert!(adapter::pending_commit(&session, ended(200), at(4)).is_none());
}

#[test]
fn a_sign_in_that_cannot_be_sent_ends_nothing() {
    let (manager, store) = stored();
    let mut browser = ada(&manager, &store);
    store.fails(&["put"]);
    let session = open(&browser, &manager, &store, at(1));
    session.sign_in("eve", &[&"draft"]).unwrap();
    assert!(send(&manager, &session, at(1)).unwrap_err().is_overflow());
    assert_eq!(store.calls(), ["get", "put"]);
    // Nor does one whose handler took too long, although it was put.
    store.fails(&[]);
    let session = open(&browser, &manager, &store, at(2));
    session.insert("draft", much(2)).unwrap();
    let late = at(50_000);
    let pending = adapter::pending_commit(&session, ResponseHead::new(200), late);
    pending.into_iter().for_each(wait);
    assert!(commit(&manager, &session, late).unwrap_err().is_expired());
    assert_eq!(store.calls(), ["get", "put"]);
    visit(&mut browser, (&manager, &store), at(3), |session| {
        assert_eq!(session.subject().as_deref(), Some("ada"));
    });
}
