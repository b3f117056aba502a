//! How recently it has to be known what was revoked, and what happens beyond.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sealed_session::adapter::{self, RequestHead, Verdict};
use sealed_session::revocation::{
    Answer, AskedRevocations, RevocationTable, Revocations, Staleness, Target,
};
use sealed_session::{Event, Guard, Refusal, SessionManager};

use super::asked::wait;
use crate::common::{Browser, at, ring};

const BOUND: u64 = 30;

struct Node {
    manager: SessionManager,
    table: RevocationTable,
    events: Arc<Mutex<Vec<Event>>>,
}

/// A node whose table was confirmed at 0, with a session of that time.
fn node(beyond: fn(Staleness) -> Staleness) -> (Node, Browser) {
    let table = RevocationTable::new(100);
    let events = Arc::<Mutex<Vec<Event>>>::default();
    let told = Arc::clone(&events);
    let manager = SessionManager::builder("session", ring())
        .revocations(table.clone())
        .staleness(beyond(Staleness::within(Duration::from_secs(BOUND))))
        .on_event(move |event, _| told.lock().unwrap().push(event.clone()))
        .build()
        .unwrap();
    table.confirm(at(0));
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| {
        session.sign_in("ada", &[]).unwrap()
    });
    let node = Node {
        manager,
        table,
        events,
    };
    (node, browser)
}

impl Node {
    /// What was told of refusals and of old knowledge since the last time, shortened.
    fn told(&self) -> Vec<String> {
        let events = std::mem::take(&mut *self.events.lock().unwrap());
        let short = |event: &Event| match event {
            Event::Stale {
                age,
                is_accepted,
                again,
                ..
            } => {
                let age = age.map(|age| age.as_secs());
                Some(format!(
                    "stale {age:?}, accepted {is_accepted}, again {again}"
                ))
            }
            Event::Refused { refusal, .. } => Some(format!("refused {}", refusal.label())),
            _ => None,
        };
        events.iter().filter_map(short).collect()
    }
}

#[test]
fn beyond_the_bound_sessions_are_accepted_and_told_of() {
    let (node, browser) = node(Staleness::or_accept);
    let lives = |now| browser.open(&node.manager, at(now)).is_live();
    assert!(lives(30) && node.told().is_empty());
    assert!(lives(31));
    assert_eq!(node.told(), ["stale Some(31), accepted true, again false"]);
    assert!(lives(40));
    assert_eq!(node.told(), ["stale Some(40), accepted true, again true"]);
    node.table.confirm(at(40));
    assert!(lives(41) && node.told().is_empty());
    node.table.doubt();
    assert!(lives(42));
    assert_eq!(node.told(), ["stale None, accepted true, again false"]);
    // What was revoked stays revoked.
    let gone = node.manager.revocations_of(Target::Subject("ada"), at(0));
    node.table.add(gone, at(0)).unwrap();
    assert!(!lives(1_000));
    assert_eq!(node.told(), ["refused revoked"]);
}

#[test]
fn beyond_the_bound_sessions_are_refused_and_stay_in_the_browser() {
    let (node, mut browser) = node(Staleness::or_refuse);
    let session = browser.open(&node.manager, at(31));
    assert_eq!(session.refusal(), Some(Refusal::NotKnown));
    let told = [
        "refused not_known",
        "stale Some(31), accepted false, again false",
    ];
    assert_eq!(node.told(), told);
    assert!(
        browser
            .close(&node.manager, &session, at(31))
            .unwrap()
            .is_empty()
    );
    node.table.confirm(at(32));
    assert!(browser.open(&node.manager, at(32)).is_live());

    // Whoever signs out meanwhile is out.
    let kept = browser.line();
    node.table.confirm(at(0));
    browser.visit(&node.manager, at(40), |session| session.destroy().unwrap());
    node.table.confirm(at(41));
    browser.keep(&format!("{kept}; Path=/; Secure"));
    assert_eq!(
        browser.open(&node.manager, at(41)).refusal(),
        Some(Refusal::Destroyed)
    );
}

#[test]
fn a_guard_asks_for_newer_knowledge_than_others() {
    let request = RequestHead::default().method("GET").path("/account");
    let second = Duration::from_secs(1);
    let plain = Guard::signed_in().or_redirect("/sign-in").unwrap();
    let fresh = plain.clone().known_within(5 * second);
    let now = plain.clone().known_within(Duration::ZERO);

    let (lax, browser) = node(Staleness::or_accept);
    let check = |node: &Node, browser: &Browser, guard: &Guard, time| {
        guard
            .check(&browser.open(&node.manager, at(time)), &request)
            .unwrap()
    };
    let table = [
        // What was heard in this second is no answer of this request.
        (0, [Verdict::Pass, Verdict::Pass, Verdict::Unavailable]),
        (1, [Verdict::Pass, Verdict::Pass, Verdict::Unavailable]),
        (5, [Verdict::Pass, Verdict::Pass, Verdict::Unavailable]),
        (
            6,
            [Verdict::Pass, Verdict::Unavailable, Verdict::Unavailable],
        ),
        (
            100,
            [Verdict::Pass, Verdict::Unavailable, Verdict::Unavailable],
        ),
    ];
    for (time, wanted) in table {
        let found = [&plain, &fresh, &now].map(|guard| check(&lax, &browser, guard, time));
        assert_eq!(found, wanted, "{time}");
    }
    // Nobody is sent to sign in where that would not help, and nobody without a session is kept from it.
    let (strict, of_strict) = node(Staleness::or_refuse);
    assert_eq!(check(&strict, &of_strict, &plain, 31), Verdict::Unavailable);
    assert_eq!(
        check(&lax, &Browser::default(), &fresh, 100).status(),
        Some(401)
    );

    // A table that nobody else feeds knows, and what begins in this request was revoked by nobody.
    let own = SessionManager::builder("session", ring());
    let own = own.revocations(RevocationTable::new(10)).build().unwrap();
    assert_eq!(
        now.check(&browser.open(&own, at(900)), &request).unwrap(),
        Verdict::Pass
    );
    let session = Browser::default().open(&lax.manager, at(100));
    session.sign_in("bob", &[]).unwrap();
    assert_eq!(now.check(&session, &request).unwrap(), Verdict::Pass);

    // A guard that asks where nobody looks is a mistake, and lets nobody pass.
    let none = SessionManager::new("session", ring()).unwrap();
    let error = fresh
        .check(&browser.open(&none, at(1)), &request)
        .unwrap_err();
    assert!(
        error.is_misuse() && error.to_string().contains(".revocations("),
        "{error}"
    );
}

#[test]
fn what_began_before_revocations_may_be_missing_is_not_known() {
    let (strict, mut old) = node(Staleness::or_refuse);
    let refusal = |browser: &Browser, time| browser.open(&strict.manager, at(time)).refusal();
    // What the store held was lost at 10, and nobody knows what that was.
    strict.table.doubt();
    strict.table.remember_since(at(10));
    strict.table.confirm(at(10));
    assert_eq!(refusal(&old, 10), Some(Refusal::NotKnown));
    let stale = "stale None, accepted false, again false";
    assert_eq!(strict.told(), ["refused not_known", stale]);

    // A sign-in is good at once, on every node, and can be ended in the second in which it began.
    old.visit(&strict.manager, at(10), |session| {
        session.sign_in("ada", &[]).unwrap()
    });
    assert_eq!(refusal(&old, 10), None);
    let ada = strict
        .manager
        .revocations_of(Target::Subject("ada"), at(10));
    strict.table.add(ada, at(10)).unwrap();
    assert_eq!(refusal(&old, 10), Some(Refusal::Revoked));

    // By default such sessions are accepted, and told of; what is known to be revoked is over all the same.
    let (lax, old) = node(Staleness::or_accept);
    lax.table.remember_since(at(10));
    assert!(old.open(&lax.manager, at(11)).is_live());
    assert_eq!(lax.told(), ["stale None, accepted true, again false"]);
    // It is told once, and not whenever a session comes that is known.
    let mut new = Browser::default();
    new.visit(&lax.manager, at(11), |session| {
        session.sign_in("bob", &[]).unwrap()
    });
    assert!(new.open(&lax.manager, at(11)).is_live());
    assert!(old.open(&lax.manager, at(11)).is_live());
    assert_eq!(lax.told(), ["stale None, accepted true, again true"]);
    let ada = lax.manager.revocations_of(Target::Subject("ada"), at(11));
    lax.table.add(ada, at(11)).unwrap();
    assert!(!old.open(&lax.manager, at(11)).is_live());

    // Somebody who knows that nothing was lost says so.
    let (strict, old) = node(Staleness::or_refuse);
    strict.table.remember_since(at(10));
    strict
        .table
        .remember_since(time::OffsetDateTime::UNIX_EPOCH);
    assert!(old.open(&strict.manager, at(11)).is_live());
}

#[test]
fn somebody_who_is_asked_answers_for_what_a_table_does_not_remember() {
    let (strict, mut old) = node(Staleness::or_refuse);
    strict.table.remember_since(at(10));
    let asked = |answer| {
        let revocations = Revocations::from(strict.table.clone());
        let asked = AskedRevocations::new(move |_| std::future::ready(answer));
        let manager = SessionManager::builder("session", ring())
            .revocations(revocations.or_ask(asked))
            .staleness(Staleness::within(Duration::from_secs(BOUND)).or_refuse());
        manager.build().unwrap()
    };
    for (answer, wanted) in [
        (Answer::Clear, None),
        (Answer::Revoked, Some(Refusal::Revoked)),
        (Answer::NotKnown, Some(Refusal::NotKnown)),
    ] {
        let manager = asked(answer);
        let session = old.open(&manager, at(11));
        wait(adapter::pending(&session).unwrap());
        assert_eq!(session.refusal(), wanted, "{answer:?}");
    }
    // Of a session that the table remembers, nobody is asked.
    old.visit(&strict.manager, at(11), |session| {
        session.sign_in("ada", &[]).unwrap()
    });
    let session = old.open(&asked(Answer::Revoked), at(12));
    assert!(adapter::pending(&session).is_none());
}

#[test]
fn a_question_is_answered_by_a_table_as_it_is() {
    let (node, browser) = node(Staleness::or_refuse);
    let found = Arc::<Mutex<Option<Answer>>>::default();
    let asks = |table: &RevocationTable| {
        let table = table.clone();
        let told = Arc::clone(&found);
        let asked = AskedRevocations::new(move |question| {
            let answer = table.answer(&question);
            *told.lock().unwrap() = Some(answer);
            std::future::ready(answer)
        });
        let manager = SessionManager::builder("session", ring()).revocations(asked);
        let session = browser.open(&manager.build().unwrap(), at(100));
        wait(adapter::pending(&session).unwrap());
        found.lock().unwrap().take()
    };
    // However old that is.
    assert_eq!(asks(&node.table), Some(Answer::Clear));
    node.table.remember_since(at(0));
    assert_eq!(asks(&node.table), Some(Answer::NotKnown));
    node.table.remember_since(at(-200));
    assert_eq!(asks(&node.table), Some(Answer::Clear));
    node.table.doubt();
    assert_eq!(asks(&node.table), Some(Answer::NotKnown));
    let ada = node.manager.revocations_of(Target::Subject("ada"), at(5));
    node.table.add(ada, at(5)).unwrap();
    assert_eq!(asks(&node.table), Some(Answer::Revoked));
}
