//! Several sessions of one request, each by a transport of its own.

use std::sync::mpsc;
use std::time::Duration;

use sealed_session::{
    Attribute, Budget, CookieSpec, Event, HeaderFields, Lifetime, RequestHead, ResponseHead,
    SessionManager, SessionManagerBuilder, Sessions, Slot, Slots, Source, Transport,
};

use super::client::{lines, value};
use crate::common::{at, noise, ring};

enum Prefs {}
impl Slot for Prefs {}

const BULK: Attribute<Vec<u8>> = Attribute::new("bulk");

fn small(name: &str, transport: Transport) -> SessionManagerBuilder {
    SessionManager::builder(ring())
        .cookie(CookieSpec::new(name))
        .lifetime(Lifetime::new().idle(Duration::from_secs(900)))
        .budget(Budget::portable().cookies(1).total(3_000))
        .transport(transport)
}

fn slots(main: SessionManagerBuilder, prefs: SessionManagerBuilder) -> Slots {
    let main = Slots::new(main.build().unwrap());
    main.with::<Prefs>(prefs.build().unwrap()).unwrap()
}

/// A request with these credentials, this `Cookie` line and this query.
fn load(slots: &Slots, credentials: &str, line: &str, query: &str) -> Sessions {
    let fields: &HeaderFields<'_> = &|name, take| {
        if name == "authorization" && !credentials.is_empty() {
            take(credentials.as_bytes());
        }
    };
    let head = RequestHead::new([line.as_bytes()]);
    slots.load(head.fields(fields).query(query), at(60))
}

fn commit(slots: &Slots, sessions: &Sessions) -> Vec<String> {
    let changes = slots
        .commit(sessions, ResponseHead::new(200), at(60))
        .unwrap();
    lines(changes)
}

#[test]
fn each_slot_by_its_own_transport() {
    let either = Transport::bearer().or_cookie();
    let slots = slots(small("main", either), small("prefs", Transport::cookie()));
    let sessions = load(&slots, "Bearer", "", "");
    sessions.main().sign_in_as("user-17", &[]).unwrap();
    let prefs = sessions.get::<Prefs>().unwrap();
    prefs.insert("theme", "dark").unwrap();
    let lines = commit(&slots, &sessions);
    let credentials = format!("Bearer {}", value(&lines, "x-session").unwrap());
    let cookie = value(&lines, "set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    assert!(cookie.starts_with("prefs=A"));
    // Said once, and by the strictest.
    assert_eq!(value(&lines, "vary"), Some("authorization, Cookie"));
    assert_eq!(value(&lines, "cache-control"), Some("no-store"));
    assert_eq!(lines.len(), 4, "{lines:?}");

    let sessions = load(&slots, &credentials, cookie, "");
    let prefs = sessions.get::<Prefs>().unwrap();
    assert_eq!(sessions.main().opened_from(), Some(Source::Header));
    assert_eq!(prefs.opened_from(), Some(Source::Cookie));
    // One is written: the other one's transport is none of this response's business.
    prefs.insert("theme", "light").unwrap();
    sessions.main().destroy().unwrap();
    let lines = commit(&slots, &sessions);
    assert_eq!(value(&lines, "x-session"), Some(""));
    assert!(value(&lines, "set-cookie").unwrap().starts_with("prefs=A"));
}

#[test]
fn a_token_in_a_field_crowds_no_cookie_field() {
    let (sender, events) = mpsc::channel();
    let main = small("main", Transport::bearer().or_cookie())
        .budget(Budget::portable().total(3_000).warn_request_above(6_000))
        .on_event(move |event| {
            if let Event::CrowdedRequest { bytes, others, .. } = event {
                sender.send((*bytes, *others)).unwrap();
            }
        });
    let slots = slots(main, small("prefs", Transport::cookie()));
    let sessions = load(&slots, "Bearer", "", "");
    sessions.main().insert(BULK, noise(2_000, 1)).unwrap();
    sessions
        .get::<Prefs>()
        .unwrap()
        .insert(BULK, noise(1_900, 2))
        .unwrap();
    let lines = commit(&slots, &sessions);
    let credentials = format!("Bearer {}", value(&lines, "x-session").unwrap());
    let cookie = value(&lines, "set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap();

    // 2,700 bytes of credentials, and as many in the `Cookie` field with a little of others.
    let line = format!("{cookie}; other={}", "x".repeat(1_000));
    for (writes_main, writes_prefs) in [(true, false), (false, true), (true, true)] {
        let sessions = load(&slots, &credentials, &line, "");
        if writes_main {
            sessions.main().insert("n", 1).unwrap();
        }
        if writes_prefs {
            sessions.get::<Prefs>().unwrap().insert("n", 1).unwrap();
        }
        commit(&slots, &sessions);
        assert_eq!(events.try_recv().ok(), None);
    }
    let line = format!("{cookie}; other={}", "x".repeat(4_000));
    let sessions = load(&slots, &credentials, &line, "");
    sessions.get::<Prefs>().unwrap().insert("n", 1).unwrap();
    commit(&slots, &sessions);
    let (bytes, others) = events.try_recv().unwrap();
    assert!((line.len()..line.len() + 100).contains(&bytes), "{bytes}");
    assert_eq!(others, 1);
}

#[test]
fn cookies_crowd_each_other_whatever_is_written_beside_them() {
    let (sender, events) = mpsc::channel();
    let main = small("main", Transport::cookie())
        .budget(
            Budget::portable()
                .cookies(1)
                .total(3_000)
                .warn_request_above(6_000),
        )
        .on_event(move |event| {
            if let Event::CrowdedRequest { bytes, others, .. } = event {
                sender.send((*bytes, *others)).unwrap();
            }
        });
    let slots = slots(main, small("prefs", Transport::bearer()));
    let line = format!("other={}", "x".repeat(6_000));
    let sessions = load(&slots, "Bearer", &line, "");
    sessions.main().insert("n", 1).unwrap();
    sessions.get::<Prefs>().unwrap().insert("n", 1).unwrap();
    commit(&slots, &sessions);
    let (bytes, others) = events.try_recv().unwrap();
    assert!(bytes > line.len() + 100, "{bytes}");
    assert_eq!(others, 1);
}

#[test]
fn links_of_two_slots_go_one_through_the_other() {
    let slots = slots(
        small("main", Transport::url_that_leaks("m")),
        small("prefs", Transport::url_that_leaks("p")),
    );
    let sessions = load(&slots, "", "", "");
    let prefs = sessions.get::<Prefs>().unwrap();
    sessions.main().sign_in_as("user-17", &[]).unwrap();
    prefs.insert("theme", "dark").unwrap();
    let link = sessions.main().encode_url("/a#b").unwrap();
    // Nothing of either is sent before both are in a link.
    let half = slots.commit(&sessions, ResponseHead::new(200), at(60));
    assert!(half.unwrap_err().is_unlinked());

    let sessions = load(&slots, "", "", "");
    let prefs = sessions.get::<Prefs>().unwrap();
    sessions.main().sign_in_as("user-17", &[]).unwrap();
    prefs.insert("theme", "dark").unwrap();
    let both = sessions.main().encode_url("/a#b").unwrap().into_owned();
    assert_ne!(both, link);
    let both = prefs.encode_url(&both).unwrap().into_owned();
    commit(&slots, &sessions);
    let query = both
        .strip_prefix("/a?")
        .unwrap()
        .strip_suffix("#b")
        .unwrap();
    let sessions = load(&slots, "", "", query);
    assert_eq!(sessions.main().subject().as_deref(), Some("user-17"));
    let theme = sessions
        .get::<Prefs>()
        .unwrap()
        .get::<String>("theme")
        .unwrap();
    assert_eq!(theme.as_deref(), Some("dark"));
}
