//! Slots, revocations, former cookies, fields and links: what is stored goes every way that a session goes.

use std::future::ready;

use sealed_session::revocation::{Answer, AskedRevocations, RevocationTable, Staleness, Target};
use sealed_session::{Budget, CookieSpec, Lifetime, Refusal, Slot, Transport};

use super::*;
use crate::common::at;

fn with_draft(browser: &mut Browser, manager: &SessionManager, store: &Store, seed: u64) {
    visit(browser, (manager, store), at(0), |session| {
        session.sign_in("ada", &[]).unwrap();
        session.insert("draft", much(seed)).unwrap();
    });
    store.calls();
}

fn draft(session: &Session) -> Option<Vec<u8>> {
    session.get("draft").unwrap()
}

#[test]
fn a_revoked_session_is_not_fetched() {
    let (table, store) = (RevocationTable::new(10), Store::default());
    let manager = builder()
        .overflow(store.overflow())
        .revocations(table.clone());
    let manager = manager.build().unwrap();
    let mut browser = Browser::default();
    with_draft(&mut browser, &manager, &store, 1);
    assert!(open(&browser, &manager, &store, at(1)).is_live());
    assert_eq!(store.calls(), ["get"]);
    let revoked = manager.revocations_of(Target::Subject("ada"), at(2));
    table.add(revoked, at(2)).unwrap();
    let session = open(&browser, &manager, &store, at(3));
    assert_eq!(session.refusal(), Some(Refusal::Revoked));
    assert!(store.calls().is_empty());
}

#[test]
fn somebody_is_asked_before_anything_is_fetched() {
    for (answer, refusal, calls) in [
        (Answer::Clear, None, &["get"][..]),
        (Answer::Revoked, Some(Refusal::Revoked), &[]),
        (Answer::NotKnown, Some(Refusal::NotKnown), &[]),
    ] {
        let store = Store::default();
        let asked = AskedRevocations::new(move |_| ready(answer));
        let manager = builder()
            .overflow(store.overflow())
            .revocations(asked)
            .staleness(Staleness::default().or_refuse())
            .build()
            .unwrap();
        let mut browser = Browser::default();
        with_draft(&mut browser, &manager, &store, 1);
        let session = open(&browser, &manager, &store, at(1));
        assert_eq!(session.refusal(), refusal);
        assert_eq!(store.calls(), calls, "{answer:?}");
    }
}

#[test]
fn a_session_that_ended_in_this_browser_is_not_fetched() {
    let (manager, store) = stored();
    let mut browser = Browser::default();
    with_draft(&mut browser, &manager, &store, 1);
    let line = browser.line();
    visit(&mut browser, (&manager, &store), at(1), |session| {
        session.destroy().unwrap()
    });
    store.calls();
    // A response that was under way brings it back.
    browser.keep(&format!("{line}; Path=/; Secure"));
    let session = open(&browser, &manager, &store, at(2));
    assert_eq!(session.refusal(), Some(Refusal::Destroyed));
    assert!(store.calls().is_empty());
}

#[test]
fn one_request_fetches_once_however_often_it_is_asked() {
    let (manager, store) = stored();
    let mut browser = Browser::default();
    with_draft(&mut browser, &manager, &store, 1);
    for fails in [&[][..], &["get"]] {
        store.fails(fails);
        let session = open(&browser, &manager, &store, at(1));
        assert!(adapter::pending(&session).is_none());
        let _ = draft(&session);
        assert!(adapter::pending(&session).is_none());
        assert_eq!(store.calls(), ["get"]);
    }
    // One that came twice is the same.
    store.fails(&[]);
    let line = format!("{0}; {0}", browser.line());
    let session = manager.load(RequestHead::new([line.as_bytes()]), at(1));
    adapter::pending(&session).into_iter().for_each(wait);
    assert!(session.is_live());
    assert_eq!(store.calls(), ["get"]);
}

enum Prefs {}
impl Slot for Prefs {}

#[test]
fn slots_are_stored_each_by_itself_and_sent_together() {
    let (first, second) = (Store::default(), Store::default());
    let main = builder().budget(Budget::within_8k());
    let main = main.overflow(first.overflow()).build().unwrap();
    let prefs = SessionManager::builder("prefs", ring())
        .budget(Budget::portable().with_total_limit(1_000))
        .overflow(second.overflow());
    let manager = main.with_slot::<Prefs>(prefs.build().unwrap()).unwrap();
    let mut browser = Browser::default();
    second.with(|inner| inner.now = Some(at(0)));
    visit(&mut browser, (&manager, &first), at(0), |session| {
        session.insert("draft", much(1)).unwrap();
        let prefs = session.slot::<Prefs>().unwrap();
        prefs.insert("draft", much(2)).unwrap();
    });
    let session = open(&browser, &manager, &first, at(1));
    let prefs = session.slot::<Prefs>().unwrap();
    assert_eq!(
        (draft(&session), draft(&prefs)),
        (Some(much(1)), Some(much(2)))
    );
    assert_eq!(
        (first.calls(), second.calls()),
        (vec!["put", "get"], vec!["put", "get"])
    );

    // One cannot be put: neither is sent, and no old one expires.
    second.fails(&["put"]);
    session.insert("draft", much(3)).unwrap();
    prefs.insert("draft", much(4)).unwrap();
    let error = send(&manager, &session, at(1)).unwrap_err();
    assert!(error.is_overflow());
    assert_eq!(error.cookie(), Some("__Host-prefs"));
    assert_eq!((first.calls(), second.calls()), (vec!["put"], vec!["put"]));
}

#[test]
fn a_former_cookie_moves_with_what_is_stored() {
    let store = Store::default();
    let old = SessionManager::builder(CookieSpec::exact("old"), ring());
    let old = old.overflow(store.overflow()).build().unwrap();
    let mut browser = Browser::default();
    with_draft(&mut browser, &old, &store, 1);
    let new = builder()
        .former_cookie(CookieSpec::exact("old"))
        .overflow(store.overflow())
        .build()
        .unwrap();
    visit(&mut browser, (&new, &store), at(1), |session| {
        assert_eq!(draft(session), Some(much(1)));
        session.insert("more", 1).unwrap();
    });
    assert_eq!(store.calls(), ["get", "put", "expire"]);
    assert_eq!(browser.names(), ["__Host-session"]);
    let session = open(&browser, &new, &store, at(2));
    assert_eq!(draft(&session), Some(much(1)));
}

#[test]
fn a_planted_session_does_not_win_while_the_store_is_down() {
    let store = Store::default();
    let plantable = SessionManager::builder(CookieSpec::exact("plain"), ring());
    let manager = plantable.overflow(store.overflow()).build().unwrap();
    let (mut browser, mut attacker) = (Browser::default(), Browser::default());
    with_draft(&mut browser, &manager, &store, 1);
    attacker.visit(&manager, at(1), |session| {
        session.sign_in("eve", &[]).unwrap()
    });
    let line = format!("{}; {}", browser.line(), attacker.line());
    for fails in [&[][..], &["get"]] {
        store.fails(fails);
        let session = manager.load(RequestHead::new([line.as_bytes()]), at(2));
        adapter::pending(&session).into_iter().for_each(wait);
        assert_eq!(session.refusal(), Some(Refusal::Conflict), "{fails:?}");
    }
}

#[test]
fn a_session_in_a_field_is_stored_as_one_in_a_cookie() {
    let store = Store::default();
    let manager = builder()
        .transport(Transport::header("x-session").or_cookie())
        .overflow(store.overflow())
        .build()
        .unwrap();
    let mut browser = Browser::default();
    with_draft(&mut browser, &manager, &store, 1);
    let token = browser.value("__Host-session").unwrap().to_owned();
    let load = |token: &str| {
        let fields = |name: &str, take: &mut dyn FnMut(&[u8])| {
            if name == "x-session" {
                take(token.as_bytes());
            }
        };
        let head = RequestHead::default().fields(&fields);
        let session = manager.load(head, at(1));
        adapter::pending(&session).into_iter().for_each(wait);
        session
    };
    let session = load(&token);
    assert_eq!(draft(&session), Some(much(1)));
    session.insert("draft", much(2)).unwrap();
    let head = ResponseHead::new(200);
    let pending = adapter::pending_commit(&session, head.clone(), at(1));
    pending.into_iter().for_each(wait);
    let changes = manager.commit(&session, head, at(1)).unwrap();
    let sent = changes.iter().find(|change| change.name() == "x-session");
    assert_eq!(draft(&load(sent.unwrap().value())), Some(much(2)));
}

/// A manager of sessions in links, and the query of a client that begins with one.
fn in_links(store: &Store) -> SessionManager {
    let quarter = std::time::Duration::from_secs(900);
    builder()
        .transport(Transport::url_that_leaks("s"))
        .lifetime(Lifetime::new().with_idle_timeout(quarter))
        .overflow(store.overflow())
        .build()
        .unwrap()
}

fn load_link(manager: &SessionManager, store: &Store, query: &str, now: i64) -> Session {
    store.with(|inner| inner.now = Some(at(now)));
    let head = RequestHead::default().host("shop.example").query(query);
    let session = manager.load(head, at(now));
    adapter::pending(&session).into_iter().for_each(wait);
    session
}

#[test]
fn a_link_leads_to_what_is_stored() {
    let store = Store::default();
    let manager = in_links(&store);
    let session = load_link(&manager, &store, "s=", 0);
    session.insert("draft", much(1)).unwrap();
    let link = session.encode_url("/next").unwrap().into_owned();
    assert!(link.len() < 300, "{link}");
    send(&manager, &session, at(0)).unwrap();
    assert_eq!(store.calls(), ["put"]);
    let query = link.split_once('?').unwrap().1;
    assert_eq!(draft(&load_link(&manager, &store, query, 1)), Some(much(1)));

    // A page much later seals it anew, although nothing was changed.
    let session = load_link(&manager, &store, query, 600);
    let link = session.encode_url("/next").unwrap().into_owned();
    assert_ne!(link.split_once('?').unwrap().1, query);
    send(&manager, &session, at(600)).unwrap();
    assert_eq!(store.calls(), ["get", "get", "put", "expire"]);
    let query = link.split_once('?').unwrap().1;
    let session = load_link(&manager, &store, query, 1_200);
    assert_eq!(draft(&session), Some(much(1)));

    // A page whose links lead to nothing is not sent.
    store.fails(&["put"]);
    session.insert("draft", much(2)).unwrap();
    session.encode_url("/next").unwrap();
    let error = send(&manager, &session, at(1_200)).unwrap_err();
    assert!(error.is_overflow(), "{error}");
}
