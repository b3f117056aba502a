//! What a hook hears of sessions that are well, and of which of them.

use std::sync::{Arc, Mutex};

use sealed_session::adapter::{self, RequestHead, ResponseHead};
use sealed_session::{
    Attribute, Budget, CookieSpec, Event, Guard, Session, SessionManager, SessionManagerBuilder,
    Slot,
};

use crate::common::{self, Browser, at, noise};

enum Prefs {}
impl Slot for Prefs {}

type Told = Arc<Mutex<Vec<String>>>;

/// What a handler does, and what is told of it.
type Row = (fn(&Session), &'static [&'static str]);

fn take(told: &Told) -> Vec<String> {
    std::mem::take(&mut *told.lock().unwrap())
}

/// Writes down whose cookie it is, and the labels.
fn telling(name: &str, told: &Told) -> SessionManagerBuilder {
    let told = Arc::clone(told);
    small(name).on_event(move |event, cookie| {
        let [(_, name), (_, reason)] = event.labels();
        let line = format!("{cookie} {name} {reason}");
        told.lock().unwrap().push(line.trim_end().to_owned());
    })
}

fn small(name: &str) -> SessionManagerBuilder {
    let budget = Budget::portable().with_total_limit(1_600);
    SessionManager::builder(name, common::ring()).budget(budget.with_head_limit(5_000))
}

#[test]
fn each_write_says_why_and_an_end_is_told() {
    let told = Told::default();
    let manager = telling("session", &told).build().unwrap();
    let mut browser = Browser::default();
    let table: [Row; 10] = [
        (
            |session| session.insert("a", 1).unwrap(),
            &["written begun"],
        ),
        (|session| assert!(session.contains("a")), &["opened"]),
        (
            |session| session.insert("a", 2).unwrap(),
            &["opened", "written changed"],
        ),
        (
            |session| session.renew().unwrap(),
            &["opened", "written renewed"],
        ),
        (
            |session| session.sign_in("ada", &[]).unwrap(),
            &["opened", "written signed_in"],
        ),
        (
            |session| session.start_over(&[]).unwrap(),
            &["opened", "written started_over"],
        ),
        (
            |session| {
                session.destroy().unwrap();
                session.insert("notice", "Goodbye.").unwrap();
            },
            &["opened", "written begun", "ended"],
        ),
        (
            |session| {
                session.destroy().unwrap();
                session.sign_in("eve", &[]).unwrap();
            },
            &["opened", "written signed_in", "ended"],
        ),
        (|session| session.destroy().unwrap(), &["opened", "ended"]),
        // There is nothing any more that could be ended.
        (|session| session.destroy().unwrap(), &[]),
    ];
    for (row, (act, wanted)) in table.into_iter().enumerate() {
        browser.visit(&manager, at(0), act);
        let wanted = wanted.iter().map(|line| format!("__Host-session {line}"));
        assert_eq!(take(&told), wanted.collect::<Vec<_>>(), "row {row}");
    }
}

#[test]
fn what_is_not_sent_was_not_written() {
    let told = Told::default();
    let manager = telling("session", &told).build().unwrap();
    let session = manager.load(RequestHead::default(), at(0));
    session.insert("a", 1).unwrap();
    let changes = manager.commit(&session, ResponseHead::new(500), at(0));
    assert!(changes.is_ok());
    assert_eq!(take(&told), ["__Host-session given_up"]);
}

#[test]
fn a_write_tells_its_bytes_and_its_cookies() {
    const BLOB: Attribute<Vec<u8>> = Attribute::new("blob");
    let told = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&told);
    let manager = SessionManager::builder("session", common::ring())
        .budget(Budget::within_8k())
        .on_event(move |event, _| {
            if let Event::Written { bytes, cookies, .. } = event {
                log.lock().unwrap().push((*bytes, *cookies));
                assert_eq!(event.bytes(), Some(*bytes));
            }
        })
        .build()
        .unwrap();
    for (length, cookies) in [(10, 1), (4_000, 2)] {
        let session = manager.load(RequestHead::default(), at(0));
        session.insert(BLOB, noise(length, 1)).unwrap();
        let size = session.size().unwrap();
        let changes = manager.commit(&session, ResponseHead::new(200), at(0));
        let lines = changes.unwrap();
        let lines = lines.iter().filter(|line| line.name() == "set-cookie");
        let sent: usize = lines.map(|line| line.value().len()).sum();
        assert_eq!(size.bytes, sent);
        assert_eq!(told.lock().unwrap().split_off(0), [(sent, cookies)]);
    }
}

#[test]
fn the_main_hook_hears_of_slots_without_one_and_of_whose_cookie() {
    let (all, own) = (Told::default(), Told::default());
    let visit = |prefs: SessionManagerBuilder| {
        let main = telling("session", &all).build().unwrap();
        let manager = main.with_slot::<Prefs>(prefs.build().unwrap()).unwrap();
        Browser::default().visit(&manager, at(0), |session| {
            session.insert("a", 1).unwrap();
            session.slot::<Prefs>().unwrap().insert("b", 2).unwrap();
        });
        (take(&all), take(&own))
    };
    let written = ["__Host-session", "__Host-prefs"].map(|name| format!("{name} written begun"));
    assert_eq!(visit(small("prefs")), (written.to_vec(), Vec::new()));
    let [main, prefs] = written.map(|line| vec![line]);
    assert_eq!(visit(telling("prefs", &own)), (main, prefs));
}

#[test]
fn a_guard_tells_whom_it_does_not_let_pass_and_why() {
    const LEVEL: Attribute<u8> = Attribute::new("level");
    const NEWER: Attribute<u32> = Attribute::new("level").schema(2);
    let told = Told::default();
    let manager = telling("session", &told).build().unwrap();
    let guard = || Guard::signed_in().or_redirect("/sign-in").unwrap();
    let page: &adapter::HeaderFields<'_> = &|name, take| {
        if name == "sec-fetch-mode" {
            take(b"navigate");
        }
    };
    let nobody: fn(&Session) = |_| {};
    let ada: fn(&Session) = |session| {
        session.sign_in("ada", &[]).unwrap();
        session.insert(LEVEL, 2).unwrap();
    };
    let level = |guard: Guard| guard.attribute(LEVEL, |level| *level > 2);
    for (guard, path, who, wanted) in [
        (guard(), "/a", ada, &[][..]),
        (guard(), "/a", nobody, &["denied redirected"]),
        (Guard::signed_in(), "/a", nobody, &["denied unauthorized"]),
        (level(guard()), "/a", ada, &["denied forbidden"]),
        (
            guard().attribute(NEWER, |_| true),
            "/a",
            ada,
            &["denied unreadable"],
        ),
        (
            guard(),
            "/sign-in",
            nobody,
            &["mistake misuse", "denied unauthorized"],
        ),
    ] {
        let session = manager.load(RequestHead::default(), at(0));
        who(&session);
        let request = RequestHead::default().method("GET").path(path);
        guard.check(&session, &request.fields(page)).unwrap();
        let wanted = wanted.iter().map(|line| format!("__Host-session {line}"));
        assert_eq!(take(&told), wanted.collect::<Vec<_>>(), "{path}");
    }
}

#[test]
fn what_an_adapter_finds_is_told_where_a_session_is_at_hand() {
    let told = Told::default();
    let manager = telling("session", &told).build().unwrap();
    let session = manager.load(RequestHead::default(), at(0));
    let doubled = adapter::nested(&session, &manager).unwrap_err();
    let missing = session.slot::<Prefs>().unwrap_err();
    let unpassed = Guard::live().of::<Prefs>();
    let unpassed = unpassed.check(&session, &RequestHead::default());
    for mistake in [
        doubled,
        missing,
        unpassed.unwrap_err(),
        adapter::mistake(&session, "two of them"),
    ] {
        assert!(take(&told).is_empty());
        drop(adapter::tell_mistake(&mistake));
        assert_eq!(take(&told), ["__Host-session mistake misuse"]);
    }
    // An error of a session that becomes the response, but for what the commit tells.
    session.insert("name", "Ada").unwrap();
    for (error, wanted) in [
        (session.get::<u8>("name").unwrap_err(), "unreadable"),
        (session.insert("", 1).unwrap_err(), "not_representable"),
        (session.sign_in("", &[]).unwrap_err(), "not_representable"),
        (session.set_idle_timeout(None).unwrap_err(), "not_permitted"),
    ] {
        drop(adapter::answer(&error));
        let wanted = format!("__Host-session handler_error {wanted}");
        assert_eq!(take(&told), [wanted]);
    }
    let lump = session.insert("lump", "x".repeat(100_000)).unwrap_err();
    drop(adapter::answer(&lump));
    assert!(take(&told).is_empty());
    assert!(
        manager
            .commit(&session, ResponseHead::new(500), at(0))
            .is_err()
    );
    assert_eq!(take(&told), ["__Host-session commit_failed too_large"]);
}

#[test]
fn a_profile_whose_sessions_travel_in_the_clear_is_told_when_a_manager_is_built() {
    let told = Told::default();
    let hear = || {
        let told = Arc::clone(&told);
        move |event: &Event, cookie: &str| {
            let line = format!("{cookie} {event:?}");
            told.lock().unwrap().push(line);
        }
    };
    for (spec, wanted) in [
        (CookieSpec::new("shop"), None),
        (CookieSpec::development("shop"), None),
        (
            CookieSpec::development("shop").plain_http_host("web"),
            Some("DevelopmentProfile { hosts: [\"web\"] }"),
        ),
    ] {
        let builder = SessionManager::builder(spec, common::ring()).on_event(hear());
        assert!(builder.build().is_ok());
        let heard = take(&told);
        assert_eq!(heard.len(), usize::from(wanted.is_some()));
        assert!(heard.iter().all(|line| line.ends_with(wanted.unwrap())));
    }
}
