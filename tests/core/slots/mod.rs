//! Several independent sessions of one application.

mod crossing;
mod merged;
mod refused;
mod whole;

use std::time::Duration;

use sealed_session::adapter::{HeaderChange, RequestHead, ResponseHead};
use sealed_session::{
    Budget, Error, KeyRing, Lifetime, Main, Persistence, Refusal, Session, SessionManager,
    SessionManagerBuilder, Slot, adapter,
};
use time::OffsetDateTime;

use crate::common::{self, Browser, at, key, ring};

enum Prefs {}
impl Slot for Prefs {}

const YEAR: i64 = 365 * 86_400;

/// The default configuration, with a budget that leaves room for a second slot.
fn sign_in() -> SessionManagerBuilder {
    SessionManager::builder("session", ring()).budget(Budget::within_8k())
}

/// A year, under another ring, in what that budget leaves.
fn prefs() -> SessionManagerBuilder {
    let year = Duration::from_secs(YEAR.unsigned_abs());
    let policy = Lifetime::new()
        .with_idle_timeout(year)
        .with_absolute_lifetime(year);
    SessionManager::builder("prefs", KeyRing::new(key(2)))
        .lifetime(policy.with_persistence(Persistence::Always))
        .budget(Budget::portable().with_total_limit(1_600))
}

fn both(main: SessionManagerBuilder, prefs: SessionManagerBuilder) -> SessionManager {
    main.build()
        .unwrap()
        .with_slot::<Prefs>(prefs.build().unwrap())
        .unwrap()
}

fn of_prefs(session: &Session) -> Session {
    session.slot::<Prefs>().unwrap()
}

fn open(browser: &Browser, manager: &SessionManager, now: OffsetDateTime) -> Session {
    manager.load(RequestHead::new([browser.line().as_bytes()]), now)
}

/// The `Set-Cookie` values.
fn lines(changes: Vec<HeaderChange>) -> Vec<String> {
    let lines = changes
        .iter()
        .filter(|change| change.name() == "set-cookie");
    lines.map(|line| line.value().to_owned()).collect()
}

fn commit(
    manager: &SessionManager,
    session: &Session,
    now: OffsetDateTime,
) -> Result<Vec<String>, Error> {
    manager
        .commit(session, ResponseHead::new(200), now)
        .map(lines)
}

/// One request and its response; returns the names of the cookies that it set.
fn visit(
    browser: &mut Browser,
    manager: &SessionManager,
    now: OffsetDateTime,
    with: impl FnOnce(&Session),
) -> Vec<String> {
    let session = open(browser, manager, now);
    with(&session);
    let lines = commit(manager, &session, now).unwrap();
    lines.iter().for_each(|line| browser.keep(line));
    let name = |line: &String| line.split('=').next().unwrap().to_owned();
    lines.iter().map(name).collect()
}

fn name(session: &Session) -> Option<String> {
    session.get("name").unwrap()
}

#[test]
fn each_slot_has_a_cookie_a_ring_and_a_lifetime_of_its_own() {
    let manager = both(sign_in(), prefs());
    let mut browser = Browser::default();
    let set = visit(&mut browser, &manager, at(0), |session| {
        session.insert("name", "Ada").unwrap();
        of_prefs(session).insert("name", "dark").unwrap();
    });
    assert_eq!(set, [common::BASE, "__Host-prefs"]);
    visit(&mut browser, &manager, at(1_799), |session| {
        assert_eq!(name(session).as_deref(), Some("Ada"));
        assert_eq!(name(&of_prefs(session)).as_deref(), Some("dark"));
    });
    let session = open(&browser, &manager, at(YEAR - 1));
    assert_eq!(session.refusal(), Some(Refusal::AbsoluteExpired));
    assert_eq!(name(&of_prefs(&session)).as_deref(), Some("dark"));
    let session = open(&browser, &manager, at(YEAR));
    let refusal = of_prefs(&session).refusal();
    assert_eq!(refusal, Some(Refusal::AbsoluteExpired));
}

#[test]
fn what_one_slot_sealed_is_nothing_to_another() {
    // Under one ring, too: the name is bound.
    let one_ring =
        SessionManager::builder("prefs", ring()).budget(Budget::portable().with_total_limit(1_600));
    let manager = both(sign_in(), one_ring);
    let mut browser = Browser::default();
    visit(&mut browser, &manager, at(0), |session| {
        session.insert("name", "Ada").unwrap();
    });
    let line = browser.line().replace(common::BASE, "__Host-prefs");
    let session = manager.load(RequestHead::new([line.as_bytes()]), at(1));
    assert_eq!(session.refusal(), Some(Refusal::Absent));
    assert_eq!(of_prefs(&session).refusal(), Some(Refusal::Tampered));
}

#[test]
fn the_end_of_one_slot_leaves_the_other() {
    let manager = both(sign_in(), prefs());
    let mut browser = Browser::default();
    visit(&mut browser, &manager, at(0), |session| {
        session.sign_in("user-17", &[]).unwrap();
        of_prefs(session).insert("name", "dark").unwrap();
    });
    let set = visit(&mut browser, &manager, at(1), |session| {
        session.destroy().unwrap();
    });
    assert_eq!(set, [common::BASE, common::TOMBSTONE]);
    let session = open(&browser, &manager, at(2));
    assert!(!session.is_live());
    assert_eq!(name(&of_prefs(&session)).as_deref(), Some("dark"));
}

#[test]
fn every_request_keeps_every_slot_alive_unless_it_is_passive() {
    let briefly = Lifetime::new().with_idle_timeout(Duration::from_secs(1_200));
    let manager = both(sign_in(), prefs().lifetime(briefly));
    let mut browser = Browser::default();
    visit(&mut browser, &manager, at(0), |session| {
        session.insert("name", "Ada").unwrap();
        of_prefs(session).insert("name", "dark").unwrap();
    });
    let passive = |session: &Session| adapter::mark_passive(session);
    assert!(visit(&mut browser.clone(), &manager, at(200), passive).is_empty());
    let one = |session: &Session| of_prefs(session).mark_passive();
    let set = visit(&mut browser.clone(), &manager, at(200), one);
    assert_eq!(set, [common::TOUCH]);
    let set = visit(&mut browser, &manager, at(200), |_| {});
    assert_eq!(set, [common::TOUCH, "__Host-prefs.t"]);
    let session = open(&browser, &manager, at(1_399));
    assert!(session.is_live() && of_prefs(&session).is_live());
}

#[test]
fn one_slot_is_what_a_manager_alone_is() {
    let manager = sign_in().build().unwrap();
    let manager = manager.clone();
    assert!(
        manager
            .load(RequestHead::default(), at(0))
            .slot::<Prefs>()
            .is_err()
    );
    let mut browser = Browser::default();
    visit(&mut browser, &manager, at(0), |session| {
        session
            .slot::<Main>()
            .unwrap()
            .insert("name", "Ada")
            .unwrap();
    });
    let session = browser.open(&manager, at(1));
    assert_eq!(name(&session).as_deref(), Some("Ada"));
}

#[test]
fn split_lines_are_read_for_every_slot() {
    let manager = both(sign_in(), prefs());
    let mut browser = Browser::default();
    visit(&mut browser, &manager, at(0), |session| {
        session.insert("name", "Ada").unwrap();
        of_prefs(session).insert("name", "dark").unwrap();
    });
    let line = browser.line();
    let (first, second) = line.split_once("; ").unwrap();
    let request = RequestHead::new([second.as_bytes(), b"theme=x", first.as_bytes()]);
    let session = manager.load(request, at(1));
    assert_eq!(name(&session).as_deref(), Some("Ada"));
    assert_eq!(name(&of_prefs(&session)).as_deref(), Some("dark"));
}

#[test]
fn nothing_that_is_shown_holds_a_value() {
    let manager = both(sign_in(), prefs());
    let session = manager.load(RequestHead::default(), at(0));
    of_prefs(&session).insert("name", "correct-horse").unwrap();
    let shown = format!("{manager:?} {session:?}");
    assert!(shown.contains("Prefs") && shown.contains("__Host-prefs"));
    assert!(!shown.contains("correct-horse"), "{shown}");
}
