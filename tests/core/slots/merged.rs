//! One response for all slots: its headers, and what the next request carries.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sealed_session::adapter::{HeaderFields, RequestHead, ResponseHead};
use sealed_session::{
    Attribute, Budget, Event, Lifetime, Session, SessionManager, SiteData, Transport, adapter,
};

use super::{both, of_prefs, open, prefs, sign_in, visit};
use crate::common::{Browser, at, noise};

fn pass(_: &Session) {}

fn read(session: &Session) {
    assert!(session.is_live());
}

fn write(session: &Session) {
    session.insert("name", "Eve").unwrap();
}

fn destroy(session: &Session) {
    session.destroy().unwrap();
}

/// What is done to the main slot and to the preferences, the response, and the changes to it.
type Row = (
    fn(&Session),
    fn(&Session),
    u16,
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
);

const TABLE: &[Row] = &[
    (
        pass,
        pass,
        200,
        &[],
        &[
            "Append(set-cookie: __Host-session.t=..)",
            "Replace(cache-control: private)",
        ],
    ),
    (pass, pass, 304, &[], &[]),
    (pass, pass, 200, &[("cache-control", "public")], &[]),
    (
        pass,
        read,
        304,
        &[],
        &["Append(vary: Cookie)", "Replace(cache-control: private)"],
    ),
    (
        read,
        read,
        200,
        &[("vary", "cookie"), ("cache-control", "max-age=9")],
        &[],
    ),
    (
        write,
        write,
        200,
        &[],
        &[
            "Append(set-cookie: __Host-session=..)",
            "Append(set-cookie: __Host-prefs=..)",
            "Append(vary: Cookie)",
            "Replace(cache-control: private)",
        ],
    ),
    // The touch of the main slot was asked for by nobody and waits.
    (
        pass,
        write,
        200,
        &[("cache-control", "public, max-age=60")],
        &[
            "Append(set-cookie: __Host-prefs=..)",
            "Append(vary: Cookie)",
            "Replace(cache-control: private, max-age=60)",
        ],
    ),
    (
        read,
        write,
        200,
        &[("vary", "*"), ("cdn-cache-control", "no-cache")],
        &[
            "Append(set-cookie: __Host-session.t=..)",
            "Append(set-cookie: __Host-prefs=..)",
            "Remove(cdn-cache-control)",
            "Replace(cache-control: private)",
        ],
    ),
    (
        destroy,
        write,
        303,
        &[],
        &[
            "Append(set-cookie: __Host-session=..; Max-Age=0)",
            "Append(set-cookie: __Host-session.x=..)",
            "Append(set-cookie: __Host-prefs=..)",
            "Append(vary: Cookie)",
            "Replace(cache-control: no-store)",
            r#"Append(clear-site-data: "cache", "storage")"#,
        ],
    ),
    // The end of preferences is no sign-out.
    (
        write,
        destroy,
        303,
        &[],
        &[
            "Append(set-cookie: __Host-session=..)",
            "Append(set-cookie: __Host-prefs=..; Max-Age=0)",
            "Append(set-cookie: __Host-prefs.x=..)",
            "Append(vary: Cookie)",
            "Replace(cache-control: private)",
            r#"Append(clear-site-data: "clientHints", "cache")"#,
        ],
    ),
    (
        destroy,
        destroy,
        303,
        &[("cache-control", "public")],
        &[
            "Append(set-cookie: __Host-session=..; Max-Age=0)",
            "Append(set-cookie: __Host-session.x=..)",
            "Append(set-cookie: __Host-prefs=..; Max-Age=0)",
            "Append(set-cookie: __Host-prefs.x=..)",
            "Append(vary: Cookie)",
            "Replace(cache-control: no-store)",
            r#"Append(clear-site-data: "cache", "storage", "clientHints")"#,
        ],
    ),
];

#[test]
fn headers_of_all_slots_are_one() {
    let main = sign_in()
        .clear_site_data([SiteData::Cache, SiteData::Storage])
        .no_store_on_destroy();
    let manager = both(
        main,
        prefs().clear_site_data([SiteData::ClientHints, SiteData::Cache]),
    );
    let mut browser = Browser::default();
    visit(&mut browser, &manager, at(0), |session| {
        session.insert("name", "Ada").unwrap();
        of_prefs(session).insert("name", "dark").unwrap();
    });
    for (row, (main, prefs, status, headers, wanted)) in TABLE.iter().enumerate() {
        // Of the main slot a touch is due, of the preferences none is for weeks.
        let session = open(&browser, &manager, at(200));
        main(&session);
        prefs(&of_prefs(&session));
        let headers = headers
            .iter()
            .map(|(name, value)| (*name, value.as_bytes()));
        let head = ResponseHead::new(*status).headers(headers);
        let changes = manager.commit(&session, head, at(200)).unwrap();
        let shown: Vec<String> = changes.iter().map(|change| format!("{change:?}")).collect();
        assert_eq!(shown, *wanted, "row {row}");
    }
}

#[test]
fn preferences_end_without_clearing_what_the_main_slot_clears() {
    let manager = both(sign_in().clear_site_data([SiteData::Cache]), prefs());
    let session = open(&Browser::default(), &manager, at(0));
    of_prefs(&session).destroy().unwrap();
    let changes = manager
        .commit(&session, ResponseHead::new(200), at(0))
        .unwrap();
    assert!(!format!("{changes:?}").contains("clear-site-data"));
}

const BULK: Attribute<Vec<u8>> = Attribute::new("bulk");

/// Bytes, foreign cookies, and the limit of each event, and which slot raised it.
type Crowds = Arc<Mutex<Vec<(&'static str, usize, usize, usize)>>>;

/// Slots that warn above `limit`.
fn crowding(limit: usize, seen: &Crowds) -> SessionManager {
    let hook = |slot: &'static str| {
        let seen = Arc::clone(seen);
        move |event: &Event, _: &str| {
            if let Event::CrowdedRequest {
                bytes,
                others,
                warning_limit,
                ..
            } = event
            {
                seen.lock()
                    .unwrap()
                    .push((slot, *bytes, *others, *warning_limit));
            }
        }
    };
    // Both may answer at once, and only requests are counted here.
    let budget = Budget::portable()
        .with_total_limit(1_600)
        .with_head_limit(5_000);
    both(
        sign_in()
            .budget(budget.with_request_warning_limit(limit))
            .on_event(hook("main")),
        prefs().budget(budget).on_event(hook("prefs")),
    )
}

#[test]
fn the_next_request_is_counted_once_for_all_slots() {
    let seen = Crowds::default();
    // The least that two budgets of 1,600 may have.
    let manager = crowding(3_200, &seen);
    let mut browser = Browser::default();
    browser.keep("theme=dark");
    browser.keep(&format!("other={}", "x".repeat(1_500)));
    let grown = |session: &Session, seed| session.insert(BULK, noise(700, seed)).unwrap();
    let take = || std::mem::take(&mut *seen.lock().unwrap());

    visit(&mut browser, &manager, at(0), |session| grown(session, 1));
    assert_eq!(take(), []);
    visit(&mut browser, &manager, at(1), |session| {
        grown(&of_prefs(session), 2)
    });
    assert_eq!(take(), [("main", browser.line().len(), 2, 3_200)]);
    // Both at once raise one event, too.
    visit(&mut browser, &manager, at(2), |session| {
        grown(session, 3);
        grown(&of_prefs(session), 4);
    });
    assert_eq!(take(), [("main", browser.line().len(), 2, 3_200)]);
    // What is removed does not count, and nor does its tombstone.
    let before = browser.clone();
    visit(&mut browser, &manager, at(3), |session| {
        session.destroy().unwrap();
        of_prefs(session).insert("name", "dark").unwrap();
    });
    assert_eq!(take(), []);
    // Nor does a request that writes nothing raise anything.
    visit(&mut before.clone(), &manager, at(3), |session| {
        assert!(session.is_live() && of_prefs(session).is_live());
    });
    assert_eq!(take(), []);
}

#[test]
fn the_warning_begins_at_the_limit_to_the_byte() {
    let seen = Crowds::default();
    let manager = crowding(3_200, &seen);
    let mut filled = Browser::default();
    visit(&mut filled, &manager, at(0), |session| {
        session.insert(BULK, noise(700, 1)).unwrap();
        of_prefs(session).insert(BULK, noise(700, 2)).unwrap();
    });
    assert!(seen.lock().unwrap().is_empty());
    let room = 3_200 - filled.line().len() - "; other=".len();
    for (bytes, events) in [(room, 0), (room + 1, 1)] {
        let mut browser = filled.clone();
        browser.keep(&format!("other={}", "x".repeat(bytes)));
        visit(&mut browser, &manager, at(1), |session| {
            // The same length again.
            session.insert(BULK, noise(700, 3)).unwrap();
        });
        assert_eq!(browser.line().len(), 3_200 + events);
        assert_eq!(seen.lock().unwrap().len(), events);
    }
}

#[test]
fn a_size_counts_the_cookies_of_other_slots_among_the_others() {
    let manager = both(sign_in(), prefs());
    let mut browser = Browser::default();
    visit(&mut browser, &manager, at(0), |session| {
        of_prefs(session).insert("name", "dark").unwrap();
    });
    let line = format!("{}; theme=dark", browser.line());
    let session = manager.load(RequestHead::new([line.as_bytes()]), at(1));
    let size = session.size().unwrap();
    assert_eq!(size.other_cookies, 2);
    assert_eq!(size.request_bytes, line.len());
}

#[test]
fn a_slot_in_a_header_field_counts_for_no_cookie_and_varies_by_its_field() {
    let seen = Crowds::default();
    let hook = |slot: &'static str| {
        let seen = Arc::clone(&seen);
        move |event: &Event, _: &str| {
            if let Event::CrowdedRequest { bytes, others, .. } = event {
                seen.lock().unwrap().push((slot, *bytes, *others, 0));
            }
        }
    };
    let main = sign_in()
        .transport(Transport::header("x-session"))
        .budget(Budget::within_8k().with_request_warning_limit(1_600))
        .on_event(hook("main"));
    let manager = both(main, prefs().on_event(hook("prefs")));
    let mut browser = Browser::default();
    browser.keep("theme=dark");
    browser.keep(&format!("other={}", "x".repeat(1_000)));
    let session = open(&browser, &manager, at(0));
    session.insert(BULK, noise(2_000, 1)).unwrap();
    of_prefs(&session).insert(BULK, noise(700, 2)).unwrap();
    let changes = manager
        .commit(&session, ResponseHead::new(200), at(0))
        .unwrap();
    let shown: Vec<String> = changes.iter().map(|change| format!("{change:?}")).collect();
    let wanted = [
        "Replace(x-session: ..)",
        "Append(set-cookie: __Host-prefs=..)",
        "Append(vary: x-session, Cookie)",
        "Replace(cache-control: no-store)",
    ];
    assert_eq!(shown, wanted);
    super::lines(changes)
        .iter()
        .for_each(|line| browser.keep(line));
    let crowded = [("main", browser.line().len(), 2, 0)];
    assert_eq!(*seen.lock().unwrap(), crowded);
}

/// The preferences travel in links, too, and were asked for in them.
fn linked() -> (SessionManager, Session) {
    let policy = Lifetime::new().with_idle_timeout(Duration::from_secs(900));
    let transport = Transport::cookie().or_url_that_leaks("s");
    let manager = both(sign_in(), prefs().lifetime(policy).transport(transport));
    let fields: &HeaderFields<'_> = &|name, take| {
        if name == "referer" {
            take(b"https://shop.example/help");
        }
    };
    let request = RequestHead::default()
        .host("shop.example")
        .query("s=")
        .fields(fields);
    let session = manager.load(request, at(0));
    of_prefs(&session).insert("name", "dark").unwrap();
    (manager, session)
}

#[test]
fn a_link_that_is_too_long_is_told_of_its_slot() {
    let (_, session) = linked();
    let long = format!("/{}", "a".repeat(2_000));
    let error = of_prefs(&session).encode_url(&long).unwrap_err();
    assert_eq!(error.cookie(), Some("__Host-prefs"));
    assert_eq!(
        adapter::failed(&session, &error).id(),
        of_prefs(&session).id()
    );
}

#[test]
fn a_link_of_one_slot_is_kept_from_getting_around_if_another_one_holds_it_back() {
    let (manager, session) = linked();
    let link = of_prefs(&session).encode_url("/").unwrap();
    assert!(link.starts_with("/?s=A"));
    let held = session.clone();
    let task = std::thread::spawn(move || {
        let _held = held;
        panic!("with the main session in hand");
    });
    assert!(task.join().is_err());
    let head = ResponseHead::new(200);
    let changes = manager.commit(&session, head, at(0)).unwrap();
    let shown: Vec<String> = changes.iter().map(|change| format!("{change:?}")).collect();
    let wanted = [
        "Append(vary: Cookie)",
        "Replace(cache-control: no-store)",
        "Replace(referrer-policy: no-referrer)",
    ];
    assert_eq!(shown, wanted);
}
