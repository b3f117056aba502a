//! What an app without a cookie jar gets, and gives back.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sealed_session::adapter::Clock;
use sealed_session::adapter::ResponseHead;
use sealed_session::report::{Measure, Renewal, Source};
use sealed_session::testing::ManualClock;
use sealed_session::{
    Budget, CookieSpec, Format, Lifetime, Refusal, SessionManager, SessionManagerBuilder,
    Transport, adapter,
};

use super::client::{App, Request, answer, answer_to, value};
use super::precedence::token;
use crate::common::{BASE, Browser, at, noise, overfill, ring};

fn builder(cookie: impl Into<CookieSpec>) -> SessionManagerBuilder {
    SessionManager::builder(cookie, ring()).transport(Transport::header("x-session"))
}

fn manager() -> SessionManager {
    builder("session").build().unwrap()
}

#[test]
fn who_only_reads_stays_signed_in_by_touches() {
    let clock = ManualClock::new(at(0));
    let manager = manager();
    let mut app = App::default();
    app.visit(&manager, clock.now(), |session| {
        session.sign_in("user-17", &[]).unwrap();
    });
    let token = app.token.clone();
    // Two hours of a request every 29 minutes; nobody looks at the session.
    for _ in 0..4 {
        clock.advance(Duration::from_secs(29 * 60));
        let lines = app.visit(&manager, clock.now(), |_| {});
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert_eq!(value(&lines, "x-session-touch").unwrap().len(), 28);
        assert_eq!(value(&lines, "cache-control"), Some("no-store"));
    }
    assert_eq!(app.token, token, "a touch leaves the token alone");
    let session = app.open(&manager, clock.now());
    assert_eq!(session.subject().as_deref(), Some("user-17"));
    assert_eq!(session.times().unwrap().renewed_by, Some(Renewal::Touch));
    // Within the interval nothing is sent, and without its touch the session is over.
    clock.advance(Duration::from_secs(60));
    assert!(app.visit(&manager, clock.now(), |_| {}).is_empty());
    app.touch = None;
    let session = app.open(&manager, clock.now());
    assert_eq!(session.refusal(), Some(Refusal::IdleExpired));
}

#[test]
fn a_write_takes_the_touch_back_and_an_end_empties_both() {
    let manager = manager();
    let mut app = App {
        token: token("Ada"),
        touch: None,
    };
    app.visit(&manager, at(600), |_| {});
    assert!(app.touch.is_some());

    let lines = app.visit(&manager, at(660), |session| session.insert("n", 1).unwrap());
    assert!(value(&lines, "x-session").unwrap().starts_with('A'));
    assert_eq!(value(&lines, "x-session-touch"), Some(""));
    assert_eq!(value(&lines, "cache-control"), Some("no-store"));
    assert_eq!(app.touch, None);

    // Nothing to take back: nothing is said of it.
    let lines = app.visit(&manager, at(670), |session| session.insert("n", 2).unwrap());
    assert_eq!(value(&lines, "x-session-touch"), None);

    app.visit(&manager, at(1_200), |_| {});
    let stale = app.clone();
    let lines = app.visit(&manager, at(1_260), |session| session.destroy().unwrap());
    assert_eq!(lines[..2], ["x-session: ", "x-session-touch: "]);
    // A cache would say once more that the session is over, to a client that has another one by then.
    assert_eq!(value(&lines, "cache-control"), Some("no-store"));
    assert_eq!((app.token.as_str(), app.touch.as_deref()), ("", None));
    let session = app.open(&manager, at(1_260));
    assert_eq!(session.refusal(), Some(Refusal::Absent));

    // Nothing here takes a copy back, as with a cookie: the server remembers nothing.
    let session = stale.open(&manager, at(1_260));
    assert_eq!(session.opened_from(), Some(Source::Field));
}

#[test]
fn a_sign_in_leaves_no_cookie_of_any_kind() {
    let scopes = sealed_session::Scope::new().path("/shop");
    let manager = builder(CookieSpec::exact("session"))
        .former_scope(scopes)
        .build()
        .unwrap();
    let mut app = App::default();
    app.visit(&manager, at(0), |session| {
        session.insert("cart", 1).unwrap()
    });
    let lines = app.visit(&manager, at(60), |session| {
        session.sign_in("user-17", &[]).unwrap();
    });
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert_eq!(value(&lines, "vary"), Some("x-session"));
}

#[test]
fn a_field_holds_the_total_of_the_budget_to_the_byte() {
    // A field of 6,500 bytes: more than any cookie.
    for (budget, format) in [
        (Budget::within_8k(), Format::Encrypted),
        (Budget::portable(), Format::Signed),
        (Budget::direct(), Format::Encrypted),
    ] {
        let manager = builder("session")
            .budget(budget)
            .format(format)
            .build()
            .unwrap();
        let key = sealed_session::Attribute::<Vec<u8>>::new("noise");
        let session = App::default().open(&manager, at(0));
        // The largest that fits.
        let (mut fits, mut over) = (0, 40_000);
        while over - fits > 1 {
            let middle = usize::midpoint(fits, over);
            match session.insert(key, noise(middle, 1)) {
                Ok(()) => fits = middle,
                Err(error) => {
                    assert_eq!(error.sizes().unwrap().measure, Measure::Field);
                    over = middle;
                }
            }
        }
        session.insert(key, noise(fits, 1)).unwrap();
        let size = session.size().unwrap();
        // A limited head is for the names of the fields, too.
        let total = size.budget.total_limit();
        assert_eq!(size.lines.len(), 1, "{size:?}");
        assert_eq!(size.lines[0].name, "x-session");
        assert!(size.bytes <= total);
        assert!(size.bytes + 4 * 32 > total, "{size:?}");
        let mut app = App::default();
        let lines = answer(&manager, &session, at(0)).unwrap();
        assert_eq!(lines[0].len(), size.bytes);
        app.keep(&lines);
        let session = app.open(&manager, at(60));
        assert_eq!(session.get(key).unwrap(), Some(noise(fits, 1)));

        let error = session.insert(key, noise(over, 1)).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("header field"), "{text}");
        assert!(text.contains(&total.to_string()), "{text}");
    }
}

#[test]
fn a_commit_that_fails_sends_a_touch_at_most() {
    let manager = manager();
    let app = App {
        token: token("Ada"),
        touch: None,
    };
    let session = app.open(&manager, at(600));
    overfill(&session);
    let error = answer(&manager, &session, at(600)).unwrap_err();
    assert_eq!(error.sizes().unwrap().measure, Measure::Field);
    let lines = answer_to(&manager, &session, ResponseHead::new(500), at(600)).unwrap();
    assert_eq!(value(&lines, "x-session"), None);
    assert!(value(&lines, "x-session-touch").is_some());
}

#[test]
fn what_caches_are_told() {
    let token = token("Ada");
    let both = Transport::bearer().or_cookie();
    let manager = SessionManager::builder("session", ring())
        .transport(both)
        .build()
        .unwrap();
    let bearer = format!("Bearer {token}");
    let cookie = format!("{BASE}={token}");
    let by_field = || Request::with(&[("authorization", bearer.as_str())]);
    let by_cookie = || Request::default().cookies(&cookie);
    let public = [("cache-control", &b"public, max-age=60"[..])];
    let varied = |vary: &'static str| [("vary", vary.as_bytes())];

    // Read by a field or a cookie: the response varies by both.
    for request in [by_field(), by_cookie()] {
        let session = request.load(&manager, at(60));
        let _ = session.subject();
        let lines = answer(&manager, &session, at(60)).unwrap();
        assert_eq!(
            lines,
            ["vary: authorization, Cookie", "cache-control: private"]
        );
    }
    // What the handler says already is not said again.
    for (said, missing) in [
        ("Cookie", Some("authorization")),
        ("accept, AUTHORIZATION", Some("Cookie")),
        ("cookie,Authorization", None),
        ("*", None),
    ] {
        let session = by_field().load(&manager, at(60));
        let _ = session.subject();
        let head = ResponseHead::new(200).headers(varied(said));
        let lines = answer_to(&manager, &session, head, at(60)).unwrap();
        assert_eq!(value(&lines, "vary"), missing, "{said}");
    }
    // A touch waits where a shared cache could store it.
    let touch = |head: ResponseHead<'_, _>| {
        let session = by_field().load(&manager, at(600));
        let lines = answer_to(&manager, &session, head, at(600)).unwrap();
        value(&lines, "x-session-touch").is_some()
    };
    let none: [(&str, &[u8]); 0] = [];
    assert!(touch(ResponseHead::new(200).headers(none.to_vec())));
    assert!(!touch(ResponseHead::new(304).headers(none.to_vec())));
    assert!(!touch(ResponseHead::new(200).headers(public.to_vec())));
    // A token is stored nowhere, whatever the handler said. A cookie is private.
    for (request, wanted) in [
        (by_field(), "no-store"),
        (by_cookie(), "private, max-age=60"),
    ] {
        let session = request.load(&manager, at(60));
        session.insert("n", 1).unwrap();
        let head = ResponseHead::new(200).headers(public);
        let lines = answer_to(&manager, &session, head, at(60)).unwrap();
        assert_eq!(value(&lines, "cache-control"), Some(wanted));
    }
    // A page that does not look stays as it is.
    let session = by_field().load(&manager, at(60));
    assert!(answer(&manager, &session, at(60)).unwrap().is_empty());
}

#[test]
fn nothing_shows_a_token() {
    let token = token("Ada");
    let manager = manager();
    let app = App {
        token: token.clone(),
        touch: None,
    };
    let session = app.open(&manager, at(600));
    let mut shown = format!("{manager:?} {session:?}");
    session.insert("n", 1).unwrap();
    shown.push_str(&format!("{session:?}"));
    let changes = manager
        .commit(&session, ResponseHead::new(200), at(600))
        .unwrap();
    assert_eq!(changes[0].name(), "x-session");
    assert!(changes[0].is_secret());
    let sealed = changes[0].value();
    shown.push_str(&format!("{changes:?}"));
    assert!(shown.contains("Replace(x-session: ..)"), "{shown}");
    for secret in [&*token, sealed] {
        assert!(!shown.contains(&secret[12..24]), "{shown}");
    }
}

#[test]
fn refusals_are_told_and_a_panic_sends_nothing() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let manager = builder("session")
        .on_event(move |event, _| {
            if !crate::common::is_everyday(event) {
                log.lock().unwrap().push(format!("{event:?}"));
            }
        })
        .build()
        .unwrap();
    let fields = [("x-session", "garbage")];
    let session = Request::with(&fields).load(&manager, at(0));
    session.insert("n", 1).unwrap();
    answer(&manager, &session, at(0)).unwrap();
    assert_eq!(
        *seen.lock().unwrap(),
        [
            "Refused { refusal: Malformed }",
            "Overwrote { refusal: Malformed }"
        ]
    );

    let app = App {
        token: token("Ada"),
        touch: None,
    };
    let session = app.open(&manager, at(60));
    let held = adapter::in_hand(&session);
    let task = std::thread::spawn(move || {
        held.insert("name", "Eve").unwrap();
        panic!("with a session in hand");
    });
    assert!(task.join().is_err());
    assert!(
        answer(&manager, &session, at(60))
            .unwrap_err()
            .is_poisoned()
    );
    let lines = answer(&manager, &session, at(60)).unwrap();
    assert_eq!(value(&lines, "x-session"), None);
}

#[test]
fn a_token_under_a_former_name_moves() {
    let mut browser = Browser::default();
    let before = SessionManager::new("session", ring()).unwrap();
    browser.visit(&before, at(0), |session| {
        session.insert("name", "Ada").unwrap()
    });

    let manager = builder("shop").former_cookie("session").build().unwrap();
    let mut app = App {
        token: browser.value(BASE).unwrap().to_owned(),
        touch: None,
    };
    // Touched under the name that it has.
    app.visit(&manager, at(20 * 60), |_| {});
    let session = app.open(&manager, at(45 * 60));
    assert_eq!(
        session.get::<String>("name").unwrap().as_deref(),
        Some("Ada")
    );
    app.visit(&manager, at(45 * 60), |session| {
        session.insert("n", 1).unwrap()
    });
    let now = SessionManager::builder("shop", ring());
    let now = now
        .transport(Transport::header("x-session"))
        .build()
        .unwrap();
    let session = app.open(&now, at(46 * 60));
    assert_eq!(
        session.get::<String>("name").unwrap().as_deref(),
        Some("Ada")
    );
    let session = app.open(&now, at(20 * 3_600));
    assert_eq!(session.refusal(), Some(Refusal::AbsoluteExpired));
}

#[test]
fn hostile_fields_cost_little_and_say_why() {
    let manager = manager();
    let token = token("Ada");
    let cut = &token[..token.len() - 4];
    let (huge, commas) = (vec![b'A'; 1 << 20], b",".repeat(10_000));
    type Fields<'a> = Vec<(&'a str, &'a [u8])>;
    let table: Vec<(Fields<'_>, Refusal)> = vec![
        (vec![("x-session", b"\xff\xfe")], Refusal::Malformed),
        (vec![("x-session", b"A\0B")], Refusal::Malformed),
        (vec![("x-session", b"A=")], Refusal::Malformed),
        (vec![("x-session", &huge)], Refusal::OverCeiling),
        (vec![("x-session", b"A"); 10_000], Refusal::Conflict),
        (vec![("x-session", &commas)], Refusal::Conflict),
        (vec![("x-session", cut.as_bytes())], Refusal::Tampered),
    ];
    for (fields, refusal) in table {
        let request = Request {
            fields,
            ..Request::default()
        };
        let session = request.load(&manager, at(0));
        assert_eq!(session.refusal(), Some(refusal));
    }
    // Any number of touches, good and bad: the good one among the first eight counts.
    let mut app = App { token, touch: None };
    app.visit(&manager, at(20 * 60), |_| {});
    let touch = app.touch.unwrap();
    for (before, live) in [(7, true), (8, false)] {
        let mut fields = vec![("x-session-touch", &huge[..]); before];
        fields.extend([
            ("x-session-touch", touch.as_bytes()),
            ("x-session", app.token.as_bytes()),
        ]);
        let request = Request {
            fields,
            ..Request::default()
        };
        assert_eq!(request.load(&manager, at(45 * 60)).is_live(), live);
    }
}

#[test]
fn lifetimes_and_passive_requests_are_those_of_cookies() {
    let minute = Duration::from_secs(60);
    let policy = Lifetime::new().allow_idle(5 * minute, 30 * minute);
    let manager = builder("session").lifetime(policy).build().unwrap();
    let mut app = App::default();
    app.visit(&manager, at(0), |session| {
        session.sign_in("till-3", &[]).unwrap();
        session.set_idle_timeout(5 * minute).unwrap();
    });
    let lines = app.visit(&manager, at(290), sealed_session::Session::mark_passive);
    assert!(lines.is_empty());
    assert_eq!(
        app.open(&manager, at(301)).refusal(),
        Some(Refusal::IdleExpired)
    );
}
