//! The way out under adverse circumstances: what runs in the middle of it, and what was refused before.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use sealed_session::adapter::{self, HeaderFields, RequestHead, ResponseHead};
use sealed_session::{Event, Session, SessionManager, SiteData, Transport};

use crate::common::{self, Browser, at, noise, ring};

/// A handle that unwinds in a handler's hands.
fn panic_with(handle: Session) {
    let unwinds = catch_unwind(AssertUnwindSafe(move || {
        let _handle = handle;
        panic!("in the handler");
    }));
    assert!(unwinds.is_err());
}

#[test]
fn the_fields_of_a_response_may_ask_the_session() {
    let manager = common::manager();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| session.insert("n", 1).unwrap());
    // A touch is due, so the fields are asked whether it may ride.
    let session = browser.open(&manager, at(600));
    assert!(session.contains("n"));
    let asking = session.clone();
    let fields = std::iter::once_with(move || {
        assert!(asking.contains("n"));
        ("etag", &b"x"[..])
    });
    let response = ResponseHead::new(200).headers(fields);
    let changes = manager.commit(&session, response, at(600)).unwrap();
    assert!(format!("{changes:?}").contains("__Host-session.t=.."));
}

#[test]
fn what_is_written_is_closed_before_the_fields_are_read() {
    let manager = common::manager();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| session.insert("n", 1).unwrap());
    // A touch would be due, and what is written needs none: there is nothing to ask the fields for.
    let session = browser.open(&manager, at(600));
    session.insert("n", 2).unwrap();
    let late = session.clone();
    let fields = std::iter::once_with(move || {
        assert!(late.insert("n", 3).unwrap_err().is_too_late());
        ("cache-control", &b"public"[..])
    });
    let response = ResponseHead::new(200).headers(fields);
    let changes = manager.commit(&session, response, at(600)).unwrap();
    assert!(format!("{changes:?}").contains("Replace(cache-control: private)"));
}

#[test]
fn a_panic_after_a_refused_value_does_not_hide_it() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&told);
    let hook = move |event: &Event, _: &str| log.lock().unwrap().push(format!("{event:?}"));
    let manager = SessionManager::builder("session", ring()).on_event(hook);
    let manager = manager.build().unwrap();
    for status in [200, 500] {
        told.lock().unwrap().clear();
        let session = manager.load(RequestHead::default(), at(0));
        let error = session.insert("noise", noise(20_000, 1)).unwrap_err();
        error.hold_back();
        panic_with(adapter::in_hand(&session));
        let failed = manager.commit(&session, ResponseHead::new(status), at(0));
        assert!(failed.unwrap_err().is_too_large(), "{status}");
        let told = told.lock().unwrap();
        assert!(told[0].starts_with("Poisoned"), "{told:?}");
        assert!(told[1].starts_with("CommitFailed"), "{told:?}");
    }
}

#[test]
fn garbage_is_nothing_that_a_destroy_could_end() {
    let builder = SessionManager::builder("session", ring())
        .transport(Transport::header("x-s"))
        .clear_site_data([SiteData::Storage]);
    let manager = builder.build().unwrap();
    // What the field brings, and whether the browser is asked to forget.
    for (came, is_ended) in [("garbage", false), ("A-and-garbage", true), ("", false)] {
        let fields = |name: &str, take: &mut dyn FnMut(&[u8])| {
            if name == "x-s" {
                take(came.as_bytes());
            }
        };
        let session = manager.load(RequestHead::default().fields(&fields), at(0));
        session.destroy().unwrap();
        let changes = manager.commit(&session, ResponseHead::new(200), at(0));
        let shown = format!("{:?}", changes.unwrap());
        assert_eq!(shown.contains("clear-site-data"), is_ended, "{came}");
    }
}

#[test]
fn a_request_of_another_origin_is_no_use_of_a_session() {
    let manager = common::manager();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| session.insert("n", 1).unwrap());
    let line = browser.line();
    let cross: &HeaderFields<'_> = &|name, take| {
        if name == "sec-fetch-site" {
            take(b"cross-site");
        }
    };
    for (fields, is_touched) in [(Some(cross), false), (None, true)] {
        let mut head = RequestHead::new([line.as_bytes()]).method("POST");
        if let Some(fields) = fields {
            head = head.fields(fields);
        }
        let session = manager.load(head, at(600));
        assert_eq!(adapter::foreign(&session).is_some(), !is_touched);
        assert!(session.contains("n"));
        if !is_touched {
            assert!(session.insert("n", 2).is_err());
        }
        let changes = manager.commit(&session, ResponseHead::new(403), at(600));
        let shown = format!("{:?}", changes.unwrap());
        assert_eq!(shown.contains("__Host-session.t=.."), is_touched, "{shown}");
    }
}
