//! What a session in links costs, and what keeps its links from getting around.

use sealed_session::adapter::{RequestHead, ResponseHead};
use sealed_session::report::Measure;
use sealed_session::{Attribute, Event, Transport, adapter};

use super::client::{answer, answer_to, value};
use super::links::{builder, by_query, either, manager, name, query, query_of};
use super::precedence::token;
use crate::common::{BASE, at, noise};

#[test]
fn a_link_has_2000_characters_and_not_one_more() {
    let manager = manager();
    let key = Attribute::<Vec<u8>>::new("noise");
    let session = by_query("").load(&manager, at(0));
    session.insert(key, noise(1_200, 1)).unwrap();
    let size = session.size().unwrap();
    assert_eq!(
        (
            size.budget.total_limit(),
            size.budget.cookie_limit(),
            size.lines.len()
        ),
        (2_000, 1, 1)
    );
    let room = 2_000 - size.bytes;
    let lines = size
        .lines
        .iter()
        .map(|line| (line.name.as_str(), line.bytes));
    assert_eq!(lines.collect::<Vec<_>>(), [("s", size.bytes)]);
    let longer = format!("/{}", "a".repeat(room));
    let error = session.encode_url(&longer).unwrap_err();
    let sizes = error.sizes().unwrap();
    assert_eq!((sizes.measure, sizes.needed), (Measure::Link, 2_001));
    assert_eq!(
        (sizes.allowed, sizes.largest[0].name.as_str()),
        (2_000, "noise")
    );
    let text = error.to_string();
    assert!(
        text.contains("2001 characters") && text.contains("2000"),
        "{text}"
    );
    // Nothing was made, so the session can be made smaller. Browsers write an umlaut as six.
    let umlaut = format!("/{}", "a".repeat(room - 7)) + "\u{fc}";
    assert_eq!(session.encode_url(&umlaut).unwrap().len(), 2_000 - 4);
    let fits = &longer[..room];
    assert_eq!(session.encode_url(fits).unwrap().len(), 2_000);
    assert!(session.encode_url(&longer).unwrap_err().is_too_large());

    let session = by_query("").load(&manager, at(0));
    let error = session.insert(key, noise(1_600, 1)).unwrap_err();
    assert_eq!(error.sizes().unwrap().measure, Measure::Link);
    // What comes in parts is refused by the first link.
    session.insert(key, noise(1_000, 1)).unwrap();
    session
        .insert(Attribute::<Vec<u8>>::new("more"), noise(1_000, 2))
        .unwrap();
    let error = session.encode_url("/").unwrap_err();
    assert!(error.sizes().unwrap().needed > 2_500, "{error}");
}

#[test]
fn a_long_session_in_a_link_is_told_of_before() {
    let (sender, events) = std::sync::mpsc::channel();
    let manager = builder(Transport::url_that_leaks("s"))
        .on_event(move |event, _| {
            if let Event::NearBudget {
                bytes,
                warning_limit,
                ..
            } = event
            {
                sender.send((*bytes, *warning_limit)).unwrap();
            }
        })
        .build()
        .unwrap();
    let session = by_query("").load(&manager, at(0));
    let key = Attribute::<Vec<u8>>::new("noise");
    session.insert(key, noise(1_200, 1)).unwrap();
    session.encode_url("/").unwrap();
    let (bytes, warning_limit) = events.try_recv().unwrap();
    assert_eq!(warning_limit, 1_600);
    assert!(bytes > 1_600);
}

#[test]
fn what_responses_say() {
    let manager = either();
    let (ada, cookie) = (query("Ada"), format!("{BASE}={}", token("Grace")));
    let said = [
        ("cache-control", &b"public, max-age=60"[..]),
        ("referrer-policy", b"unsafe-url"),
        ("cdn-cache-control", b"max-age=60"),
    ];
    let guarded = |lines: &[String]| {
        (
            value(lines, "cache-control") == Some("no-store"),
            value(lines, "referrer-policy") == Some("no-referrer"),
        )
    };
    // A token in the request's URL, whoever looked, whatever the status, whatever was said.
    for (request, looks) in [
        (by_query(&ada), false),
        (by_query(&ada), true),
        (by_query("s=garbage"), false),
        (by_query(&ada).cookies(&cookie), false),
    ] {
        for status in [200, 304, 404, 500] {
            let session = request.load(&manager, at(60));
            if looks {
                assert_eq!(name(&session).as_deref(), Some("Ada"));
            }
            let head = ResponseHead::new(status).headers(said);
            let lines = answer_to(&manager, &session, head, at(60)).unwrap();
            assert_eq!(guarded(&lines), (true, true), "{request:?} {status}");
            assert!(lines.contains(&"Remove(cdn-cache-control)".to_owned()));
            assert_eq!(value(&lines, "vary"), looks.then_some("Cookie"));
        }
    }
    // None in the URL, and one in a link.
    let session = by_query("s=").load(&manager, at(0));
    session.insert("name", "Ada").unwrap();
    session.encode_url("/").unwrap();
    let lines = answer(&manager, &session, at(0)).unwrap();
    assert_eq!(guarded(&lines), (true, true));
    // A link of a page that stands, though what was changed is not to be sent.
    for is_panic in [true, false] {
        let session = by_query("s=").load(&manager, at(0));
        session.insert("name", "Ada").unwrap();
        session.encode_url("/").unwrap();
        if is_panic {
            let held = adapter::in_hand(&session);
            let task = std::thread::spawn(move || {
                let _held = held;
                panic!("with a session in hand");
            });
            assert!(task.join().is_err());
        } else {
            let long = format!("/?{}", "x".repeat(2_000));
            session.encode_url(&long).unwrap_err().hold_back();
            assert!(
                answer(&manager, &session, at(0))
                    .unwrap_err()
                    .is_too_large()
            );
        }
        let page = ResponseHead::new(500);
        let lines = answer_to(&manager, &session, page, at(0)).unwrap();
        assert_eq!(guarded(&lines), (true, true));
    }
    // None at all.
    for request in [by_query("s="), by_query("page=2").cookies(&cookie)] {
        let session = request.load(&manager, at(60));
        assert!(!session.encode_url("/?s=x").unwrap().contains("s=A"));
        let lines = answer(&manager, &session, at(60)).unwrap();
        assert_eq!(guarded(&lines), (false, false));
    }
}

#[test]
fn nothing_shows_a_link() {
    let (manager, ada) = (manager(), query("Ada"));
    let head = RequestHead::default().query(&ada);
    let session = by_query(&ada).load(&manager, at(60));
    session.insert("seen", true).unwrap();
    let next = query_of(&session);
    let shown = format!("{head:?} {session:?} {manager:?}");
    for secret in [ada, next] {
        assert!(!shown.contains(&secret[14..26]), "{shown}");
    }
}
