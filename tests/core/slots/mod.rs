//! Several independent sessions of one application.

mod crossing;
mod merged;
mod refused;
mod whole;

use std::time::Duration;

use sealed_session::{
    Budget, CookieSpec, Error, HeaderChange, KeyRing, Lifetime, Main, Persistence, Refusal,
    RequestHead, ResponseHead, Session, SessionManager, SessionManagerBuilder, Sessions, Slot,
    Slots,
};
use time::OffsetDateTime;

use crate::common::{self, Browser, at, key, ring};

enum Prefs {}
impl Slot for Prefs {}

const YEAR: i64 = 365 * 86_400;

/// The default configuration.
fn sign_in() -> SessionManagerBuilder {
    SessionManager::builder(ring())
}

/// A year, under another ring, in what the default budget leaves.
fn prefs() -> SessionManagerBuilder {
    let year = Duration::from_secs(YEAR.unsigned_abs());
    let policy = Lifetime::new().idle(year).absolute(year);
    SessionManager::builder(KeyRing::new(key(2)))
        .cookie(CookieSpec::new("__Host-prefs"))
        .lifetime(policy.persist(Persistence::Always))
        .budget(Budget::compact().total(1_600))
}

fn both(main: SessionManagerBuilder, prefs: SessionManagerBuilder) -> Slots {
    Slots::new(main.build().unwrap())
        .with::<Prefs>(prefs.build().unwrap())
        .unwrap()
}

fn of_prefs(sessions: &Sessions) -> &Session {
    sessions.get::<Prefs>().unwrap()
}

fn open(browser: &Browser, slots: &Slots, now: OffsetDateTime) -> Sessions {
    slots.load(RequestHead::new([browser.line().as_bytes()]), now)
}

/// The `Set-Cookie` values.
fn lines(changes: Vec<HeaderChange>) -> Vec<String> {
    let lines = changes
        .iter()
        .filter(|change| change.name() == "set-cookie");
    lines.map(|line| line.value().to_owned()).collect()
}

fn commit(slots: &Slots, sessions: &Sessions, now: OffsetDateTime) -> Result<Vec<String>, Error> {
    slots
        .commit(sessions, ResponseHead::new(200), now)
        .map(lines)
}

/// One request and its response; returns the names of the cookies that it set.
fn visit(
    browser: &mut Browser,
    slots: &Slots,
    now: OffsetDateTime,
    with: impl FnOnce(&Sessions),
) -> Vec<String> {
    let sessions = open(browser, slots, now);
    with(&sessions);
    let lines = commit(slots, &sessions, now).unwrap();
    lines.iter().for_each(|line| browser.keep(line));
    let name = |line: &String| line.split('=').next().unwrap().to_owned();
    lines.iter().map(name).collect()
}

fn name(session: &Session) -> Option<String> {
    session.get("name").unwrap()
}

#[test]
fn each_slot_has_a_cookie_a_ring_and_a_lifetime_of_its_own() {
    let slots = both(sign_in(), prefs());
    let mut browser = Browser::default();
    let set = visit(&mut browser, &slots, at(0), |sessions| {
        sessions.main().insert("name", "Ada").unwrap();
        of_prefs(sessions).insert("name", "dark").unwrap();
    });
    assert_eq!(set, [common::BASE, "__Host-prefs"]);
    visit(&mut browser, &slots, at(1_799), |sessions| {
        assert_eq!(name(sessions.main()).as_deref(), Some("Ada"));
        assert_eq!(name(of_prefs(sessions)).as_deref(), Some("dark"));
    });
    let sessions = open(&browser, &slots, at(YEAR - 1));
    assert_eq!(sessions.main().refusal(), Some(Refusal::AbsoluteExpired));
    assert_eq!(name(of_prefs(&sessions)).as_deref(), Some("dark"));
    let sessions = open(&browser, &slots, at(YEAR));
    let refusal = of_prefs(&sessions).refusal();
    assert_eq!(refusal, Some(Refusal::AbsoluteExpired));
}

#[test]
fn what_one_slot_sealed_is_nothing_to_another() {
    // Under one ring, too: the name is bound.
    let one_ring = SessionManager::builder(ring())
        .cookie(CookieSpec::new("__Host-prefs"))
        .budget(Budget::compact().total(1_600));
    let slots = both(sign_in(), one_ring);
    let mut browser = Browser::default();
    visit(&mut browser, &slots, at(0), |sessions| {
        sessions.main().insert("name", "Ada").unwrap();
    });
    let line = browser.line().replace(common::BASE, "__Host-prefs");
    let sessions = slots.load(RequestHead::new([line.as_bytes()]), at(1));
    assert_eq!(sessions.main().refusal(), Some(Refusal::Absent));
    assert_eq!(of_prefs(&sessions).refusal(), Some(Refusal::Tampered));
}

#[test]
fn the_end_of_one_slot_leaves_the_other() {
    let slots = both(sign_in(), prefs());
    let mut browser = Browser::default();
    visit(&mut browser, &slots, at(0), |sessions| {
        sessions.main().sign_in_as("user-17", &[]).unwrap();
        of_prefs(sessions).insert("name", "dark").unwrap();
    });
    let set = visit(&mut browser, &slots, at(1), |sessions| {
        sessions.main().destroy().unwrap();
    });
    assert_eq!(set, [common::BASE, common::TOMBSTONE]);
    let sessions = open(&browser, &slots, at(2));
    assert!(!sessions.main().is_live());
    assert_eq!(name(of_prefs(&sessions)).as_deref(), Some("dark"));
}

#[test]
fn every_request_keeps_every_slot_alive_unless_it_is_passive() {
    let briefly = Lifetime::new().idle(Duration::from_secs(1_200));
    let slots = both(sign_in(), prefs().lifetime(briefly));
    let mut browser = Browser::default();
    visit(&mut browser, &slots, at(0), |sessions| {
        sessions.main().insert("name", "Ada").unwrap();
        of_prefs(sessions).insert("name", "dark").unwrap();
    });
    let passive = |sessions: &Sessions| sessions.mark_passive();
    assert!(visit(&mut browser.clone(), &slots, at(200), passive).is_empty());
    let one = |sessions: &Sessions| of_prefs(sessions).mark_passive();
    let set = visit(&mut browser.clone(), &slots, at(200), one);
    assert_eq!(set, [common::TOUCH]);
    let set = visit(&mut browser, &slots, at(200), |_| {});
    assert_eq!(set, [common::TOUCH, "__Host-prefs.t"]);
    let sessions = open(&browser, &slots, at(1_399));
    assert!(sessions.main().is_live() && of_prefs(&sessions).is_live());
}

#[test]
fn one_slot_is_what_a_manager_alone_is() {
    let manager = sign_in().build().unwrap();
    let slots = Slots::from(manager.clone());
    assert!(
        slots
            .load(RequestHead::default(), at(0))
            .get::<Prefs>()
            .is_none()
    );
    let mut browser = Browser::default();
    visit(&mut browser, &slots, at(0), |sessions| {
        sessions
            .get::<Main>()
            .unwrap()
            .insert("name", "Ada")
            .unwrap();
    });
    let session = browser.open(&manager, at(1));
    assert_eq!(name(&session).as_deref(), Some("Ada"));
}

#[test]
fn split_lines_are_read_for_every_slot() {
    let slots = both(sign_in(), prefs());
    let mut browser = Browser::default();
    visit(&mut browser, &slots, at(0), |sessions| {
        sessions.main().insert("name", "Ada").unwrap();
        of_prefs(sessions).insert("name", "dark").unwrap();
    });
    let line = browser.line();
    let (first, second) = line.split_once("; ").unwrap();
    let request = RequestHead::new([second.as_bytes(), b"theme=x", first.as_bytes()]);
    let sessions = slots.load(request, at(1));
    assert_eq!(name(sessions.main()).as_deref(), Some("Ada"));
    assert_eq!(name(of_prefs(&sessions)).as_deref(), Some("dark"));
}

#[test]
fn nothing_that_is_shown_holds_a_value() {
    let slots = both(sign_in(), prefs());
    let sessions = slots.load(RequestHead::default(), at(0));
    of_prefs(&sessions).insert("name", "correct-horse").unwrap();
    let shown = format!("{slots:?} {sessions:?}");
    assert!(shown.contains("Prefs") && shown.contains("__Host-prefs"));
    assert!(!shown.contains("correct-horse"), "{shown}");
}
