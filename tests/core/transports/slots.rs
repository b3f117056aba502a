//! Several sessions of one request, each by a transport of its own.

use std::sync::mpsc;
use std::time::Duration;

use sealed_session::adapter::{HeaderFields, RequestHead, ResponseHead};
use sealed_session::report::Source;
use sealed_session::{
    Attribute, Budget, CookieSpec, Event, Lifetime, Session, SessionManager, SessionManagerBuilder,
    Slot, Transport,
};

use super::client::{lines, value};
use crate::common::{at, noise, ring};

enum Prefs {}
impl Slot for Prefs {}

const BULK: Attribute<Vec<u8>> = Attribute::new("bulk");

fn small(name: &str, transport: Transport) -> SessionManagerBuilder {
    SessionManager::builder(CookieSpec::exact(name), ring())
        .lifetime(Lifetime::new().with_idle_timeout(Duration::from_secs(900)))
        .budget(small_budget())
        .transport(transport)
}

fn small_budget() -> Budget {
    Budget::within_8k()
        .with_cookie_limit(1)
        .with_total_limit(3_000)
}

/// One that warns of requests above 6,000 bytes, and its warnings: bytes, and cookies of others.
fn warning(
    name: &str,
    transport: Transport,
) -> (SessionManagerBuilder, mpsc::Receiver<(usize, usize)>) {
    let (sender, events) = mpsc::channel();
    let builder = small(name, transport)
        .budget(small_budget().with_request_warning_limit(6_000))
        .on_event(move |event, _| {
            if let Event::CrowdedRequest { bytes, others, .. } = event {
                sender.send((*bytes, *others)).unwrap();
            }
        });
    (builder, events)
}

fn slots(main: SessionManagerBuilder, prefs: SessionManagerBuilder) -> SessionManager {
    let main = main.build().unwrap();
    main.with_slot::<Prefs>(prefs.build().unwrap()).unwrap()
}

/// A request with these credentials, this `Cookie` line and this query.
fn load(manager: &SessionManager, credentials: &str, line: &str, query: &str) -> Session {
    let fields: &HeaderFields<'_> = &|name, take| {
        if name == "authorization" && !credentials.is_empty() {
            take(credentials.as_bytes());
        }
    };
    let head = RequestHead::new([line.as_bytes()]);
    manager.load(head.fields(fields).query(query), at(60))
}

fn commit(manager: &SessionManager, session: &Session) -> Vec<String> {
    let changes = manager
        .commit(session, ResponseHead::new(200), at(60))
        .unwrap();
    lines(changes)
}

/// What a browser makes of the response's first cookie.
fn sent_back(lines: &[String]) -> &str {
    let cookie = value(lines, "set-cookie").unwrap();
    cookie.split(';').next().unwrap()
}

#[test]
fn each_slot_by_its_own_transport() {
    let either = Transport::bearer().or_cookie();
    let manager = slots(small("main", either), small("prefs", Transport::cookie()));
    let session = load(&manager, "Bearer", "", "");
    session.sign_in("user-17", &[]).unwrap();
    let prefs = session.slot::<Prefs>().unwrap();
    prefs.insert("theme", "dark").unwrap();
    let lines = commit(&manager, &session);
    let credentials = format!("Bearer {}", value(&lines, "x-session").unwrap());
    let cookie = sent_back(&lines);
    assert!(cookie.starts_with("prefs=A"));
    // Said once, and by the strictest.
    assert_eq!(value(&lines, "vary"), Some("authorization, Cookie"));
    assert_eq!(value(&lines, "cache-control"), Some("no-store"));
    assert_eq!(lines.len(), 4, "{lines:?}");

    let session = load(&manager, &credentials, cookie, "");
    let prefs = session.slot::<Prefs>().unwrap();
    assert_eq!(session.opened_from(), Some(Source::Field));
    assert_eq!(prefs.opened_from(), Some(Source::Cookie));
    // One is written: the other one's transport is none of this response's business.
    prefs.insert("theme", "light").unwrap();
    session.destroy().unwrap();
    let lines = commit(&manager, &session);
    assert_eq!(value(&lines, "x-session"), Some(""));
    assert!(value(&lines, "set-cookie").unwrap().starts_with("prefs=A"));
}

#[test]
fn a_token_in_a_field_crowds_no_cookie_field() {
    let (main, events) = warning("main", Transport::bearer().or_cookie());
    let manager = slots(main, small("prefs", Transport::cookie()));
    let session = load(&manager, "Bearer", "", "");
    session.insert(BULK, noise(2_000, 1)).unwrap();
    session
        .slot::<Prefs>()
        .unwrap()
        .insert(BULK, noise(1_900, 2))
        .unwrap();
    let lines = commit(&manager, &session);
    let credentials = format!("Bearer {}", value(&lines, "x-session").unwrap());
    let cookie = sent_back(&lines);

    // 2,700 bytes of credentials, and as many in the `Cookie` field with a little of others.
    let line = format!("{cookie}; other={}", "x".repeat(1_000));
    for (writes_main, writes_prefs) in [(true, false), (false, true), (true, true)] {
        let session = load(&manager, &credentials, &line, "");
        if writes_main {
            session.insert("n", 1).unwrap();
        }
        if writes_prefs {
            session.slot::<Prefs>().unwrap().insert("n", 1).unwrap();
        }
        commit(&manager, &session);
        assert_eq!(events.try_recv().ok(), None);
    }
    let line = format!("{cookie}; other={}", "x".repeat(4_000));
    let session = load(&manager, &credentials, &line, "");
    session.slot::<Prefs>().unwrap().insert("n", 1).unwrap();
    commit(&manager, &session);
    let (bytes, others) = events.try_recv().unwrap();
    assert!((line.len()..line.len() + 100).contains(&bytes), "{bytes}");
    assert_eq!(others, 1);
}

#[test]
fn cookies_crowd_each_other_whatever_is_written_beside_them() {
    let (main, events) = warning("main", Transport::cookie());
    let manager = slots(main, small("prefs", Transport::bearer()));
    let line = format!("other={}", "x".repeat(6_000));
    let session = load(&manager, "Bearer", &line, "");
    session.insert("n", 1).unwrap();
    session.slot::<Prefs>().unwrap().insert("n", 1).unwrap();
    commit(&manager, &session);
    let (bytes, others) = events.try_recv().unwrap();
    assert!(bytes > line.len() + 100, "{bytes}");
    assert_eq!(others, 1);
}

#[test]
fn links_of_two_slots_go_one_through_the_other() {
    let manager = slots(
        small("main", Transport::url_that_leaks("m")),
        small("prefs", Transport::url_that_leaks("p")),
    );
    let session = load(&manager, "", "", "");
    let prefs = session.slot::<Prefs>().unwrap();
    session.sign_in("user-17", &[]).unwrap();
    prefs.insert("theme", "dark").unwrap();
    let link = session.encode_url("/a#b").unwrap();
    // Nothing of either is sent before both are in a link.
    let half = manager.commit(&session, ResponseHead::new(200), at(60));
    assert!(half.unwrap_err().is_unlinked());

    let session = load(&manager, "", "", "");
    let prefs = session.slot::<Prefs>().unwrap();
    session.sign_in("user-17", &[]).unwrap();
    prefs.insert("theme", "dark").unwrap();
    let both = session.encode_url("/a#b").unwrap().into_owned();
    assert_ne!(both, link);
    let both = prefs.encode_url(&both).unwrap().into_owned();
    commit(&manager, &session);
    let query = both
        .strip_prefix("/a?")
        .unwrap()
        .strip_suffix("#b")
        .unwrap();
    let session = load(&manager, "", "", query);
    assert_eq!(session.subject().as_deref(), Some("user-17"));
    let theme = session
        .slot::<Prefs>()
        .unwrap()
        .get::<String>("theme")
        .unwrap();
    assert_eq!(theme.as_deref(), Some("dark"));
}
