//! Sessions that would be begun where a browser may have kept the visitor's cookies back.

use std::sync::{Arc, Mutex};

use sealed_session::adapter::{HeaderFields, RequestHead, ResponseHead};
use sealed_session::{
    CookieSpec, CrossOrigin, Event, SameSite, Scope, Session, SessionManager, adapter,
};

use crate::common::{BASE, Browser, at, manager, ring};

const LINK: &[(&str, &str)] = &[
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
];
const FRAME: &[(&str, &str)] = &[
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "iframe"),
];
/// A link that a service worker passes on.
const WORKER: &[(&str, &str)] = &[
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "empty"),
];
const IMAGE: &[(&str, &str)] = &[
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-mode", "no-cors"),
    ("sec-fetch-dest", "image"),
];
const SIBLING: &[(&str, &str)] = &[("sec-fetch-site", "same-site")];
const HERE: &[(&str, &str)] = &[("sec-fetch-site", "same-origin")];

/// What a request sets whose handler does this, in one line for each cookie, and what is told.
fn sent(
    manager: &SessionManager,
    (method, path): (&str, &str),
    sent: &[(&str, &str)],
    line: &str,
    act: impl FnOnce(&Session),
) -> Vec<String> {
    let fields: &HeaderFields<'_> = &|wanted, take| {
        let wanted = sent.iter().filter(|(name, _)| *name == wanted);
        wanted.for_each(|(_, value)| take(value.as_bytes()));
    };
    let head = RequestHead::new([line.as_bytes()])
        .method(method)
        .path(path)
        .fields(fields);
    let session = manager.load(head, at(0));
    assert_eq!(adapter::foreign(&session), None);
    act(&session);
    let changes = manager
        .commit(&session, ResponseHead::new(200), at(0))
        .unwrap();
    let lines = changes
        .iter()
        .filter(|change| change.name() == "set-cookie");
    lines.map(|line| line.value().to_owned()).collect()
}

fn store(session: &Session) {
    session.insert("name", "Eve").unwrap();
}

fn enter(session: &Session) {
    session.sign_in("eve", &[]).unwrap();
}

#[test]
fn a_session_is_begun_only_where_none_can_be_replaced() {
    // Whether one is begun under `Lax`, `None` and `Strict`.
    type Row = (
        &'static str,
        &'static [(&'static str, &'static str)],
        [bool; 3],
    );
    let table: &[Row] = &[
        ("GET", LINK, [true, true, false]),
        ("HEAD", LINK, [true, true, false]),
        ("GET", WORKER, [true, true, false]),
        ("GET", FRAME, [false, true, false]),
        ("GET", IMAGE, [false, true, false]),
        (
            "GET",
            &[("sec-fetch-site", "cross-site")],
            [false, true, false],
        ),
        ("GET", &[("sec-fetch-site", "odd")], [false, true, false]),
        ("OPTIONS", LINK, [false, true, false]),
        ("GET", SIBLING, [true; 3]),
        ("GET", HERE, [true; 3]),
        ("GET", &[("sec-fetch-site", "none")], [true; 3]),
        ("GET", &[], [true; 3]),
        ("POST", HERE, [true; 3]),
        ("POST", &[], [true; 3]),
    ];
    for (method, fields, begun) in table {
        let kinds = [SameSite::Lax, SameSite::None, SameSite::Strict];
        for (same_site, begun) in kinds.into_iter().zip(*begun) {
            let spec = CookieSpec::new("__Host-session").same_site(same_site);
            let builder = SessionManager::builder(spec, ring());
            // What is left in former scopes is a session, too.
            let builder = builder.former_scope(Scope::new().partitioned());
            let manager = builder.build().unwrap();
            for act in [store, enter, |session: &Session| {
                enter(session);
                store(session);
            }] {
                let lines = sent(&manager, (method, "/"), fields, "theme=dark", act);
                assert_eq!(
                    !lines.is_empty(),
                    begun,
                    "{method} {fields:?} {same_site:?}: {lines:?}"
                );
            }
        }
    }
}

#[test]
fn what_is_ended_without_its_cookies_stays() {
    let kinds = [sealed_session::SiteData::Storage];
    let builder = SessionManager::builder("session", ring()).clear_site_data(kinds);
    let manager = builder.build().unwrap();
    let end = |session: &Session| session.destroy().unwrap();
    let begun_and_ended = |session: &Session| {
        enter(session);
        end(session);
    };
    let none: [String; 0] = [];
    assert_eq!(sent(&manager, ("GET", "/"), FRAME, "", end), none);
    assert_eq!(
        sent(&manager, ("GET", "/"), FRAME, "", begun_and_ended),
        none
    );
}

#[test]
fn a_former_cookie_that_is_kept_back_counts() {
    let spec = |name, same_site| CookieSpec::exact(name).same_site(same_site);
    let builder = SessionManager::builder(spec("__Host-new", SameSite::None), ring());
    let builder = builder.former_cookie(spec(BASE, SameSite::Lax));
    let manager = builder.build().unwrap();
    let none: [String; 0] = [];
    assert_eq!(sent(&manager, ("GET", "/"), FRAME, "", store), none);
    assert_eq!(sent(&manager, ("GET", "/"), LINK, "", store).len(), 1);
}

#[test]
fn whoever_brings_a_session_has_none_that_is_kept_back() {
    let mut browser = Browser::default();
    browser.visit(&manager(), at(-10), |session| {
        session.insert("name", "Ada").unwrap()
    });
    let manager = manager();
    let came = [
        browser.line(),
        format!("{BASE}=garbage"),
        format!("{BASE}.1=A"),
    ];
    for line in came {
        assert!(
            !sent(&manager, ("GET", "/"), FRAME, &line, store).is_empty(),
            "{line}"
        );
    }
    // Marks that were set under another `SameSite` come without the session.
    for line in [format!("{BASE}.x=AQ"), format!("{BASE}.t=AQ")] {
        let none: [String; 0] = [];
        assert_eq!(sent(&manager, ("GET", "/"), FRAME, &line, store), none);
        // A touch that is alone there is not.
        let look = |session: &Session| assert!(!session.contains("name"));
        assert_eq!(sent(&manager, ("GET", "/"), FRAME, &line, look), none);
    }
}

#[test]
fn an_exempt_route_begins_sessions_and_others_tell_what_they_held_back() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let hook = move |event: &Event, _: &str| {
        if !crate::common::is_everyday(event) {
            heard.lock().unwrap().push(format!("{event:?}"));
        }
    };
    let policy = CrossOrigin::new()
        .exempt("/callback")
        .trust("https://idp.example");
    let builder = SessionManager::builder("session", ring())
        .cross_origin(policy)
        .on_event(hook);
    let manager = builder.build().unwrap();

    assert!(!sent(&manager, ("POST", "/callback"), LINK, "", enter).is_empty());
    assert!(told.lock().unwrap().is_empty());

    // A trusted origin may act. The browser keeps the cookies back all the same.
    let trusted = [LINK, &[("origin", "https://idp.example")]].concat();
    let none: [String; 0] = [];
    assert_eq!(
        sent(&manager, ("POST", "/other"), &trusted, "", enter),
        none
    );
    assert_eq!(std::mem::take(&mut *told.lock().unwrap()), ["Withheld"]);

    // Nothing is told where nothing is held back.
    for act in [
        |_: &Session| {},
        |session: &Session| assert!(!session.contains("name")),
    ] {
        assert_eq!(sent(&manager, ("GET", "/other"), FRAME, "", act), none);
    }
    let begun_and_gone = |session: &Session| {
        store(session);
        session.remove("name").unwrap();
    };
    assert_eq!(
        sent(&manager, ("GET", "/other"), FRAME, "", begun_and_gone),
        none
    );
    assert!(told.lock().unwrap().is_empty());
}

#[test]
fn a_check_that_is_off_does_not_let_others_replace_sessions() {
    let builder = SessionManager::builder("session", ring()).cross_origin(CrossOrigin::unchecked());
    let manager = builder.build().unwrap();
    let none: [String; 0] = [];
    assert_eq!(sent(&manager, ("POST", "/"), LINK, "", enter), none);
}
