//! Sessions about which somebody is asked: when, how often, and what an answer is worth.

use std::future::ready;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use sealed_session::adapter::{self, RequestHead, Verdict};
use sealed_session::revocation::{
    Answer, AskedRevocations, Question, RevocationTable, Revocations, Staleness, Target,
};
use sealed_session::{Guard, Refusal, Session, SessionManager, SessionManagerBuilder};

use crate::common::{Browser, at, ring};

/// Waits for what is ready at once.
pub(super) fn wait(future: impl Future<Output = ()>) {
    let mut future = pin!(future);
    let ready = future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    assert_eq!(ready, Poll::Ready(()));
}

/// Does what an adapter does before a handler. Returns whether there was something to wait for.
fn prepare(session: &Session) -> bool {
    let pending = adapter::pending(session);
    let waits = pending.is_some();
    pending.into_iter().for_each(wait);
    waits
}

/// Somebody who gives one answer to all, and counts the questions.
#[derive(Clone)]
struct Oracle {
    answer: Arc<Mutex<Answer>>,
    asked: Arc<AtomicUsize>,
}

impl Oracle {
    fn new() -> Oracle {
        Oracle {
            answer: Arc::new(Mutex::new(Answer::Clear)),
            asked: Arc::default(),
        }
    }

    fn says(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    fn count(&self) -> usize {
        self.asked.swap(0, Ordering::Relaxed)
    }

    fn revocations(&self) -> AskedRevocations {
        let oracle = self.clone();
        AskedRevocations::new(move |_| {
            oracle.asked.fetch_add(1, Ordering::Relaxed);
            ready(*oracle.answer.lock().unwrap())
        })
    }
}

fn within(seconds: u64) -> Staleness {
    Staleness::within(Duration::from_secs(seconds))
}

fn builder() -> SessionManagerBuilder {
    SessionManager::builder("session", ring())
}

/// A manager that looks there, and refuses sessions of which nobody has known for so many seconds.
fn strict(revocations: impl Into<Revocations>, seconds: u64) -> SessionManager {
    builder()
        .revocations(revocations)
        .staleness(within(seconds).or_refuse())
        .build()
        .unwrap()
}

fn ada(manager: &SessionManager) -> Browser {
    let mut browser = Browser::default();
    browser.visit(manager, at(0), |session| {
        session.sign_in("ada", &[]).unwrap()
    });
    browser
}

#[test]
fn a_session_is_asked_about_once_within_the_bound() {
    let oracle = Oracle::new();
    let manager = strict(oracle.revocations(), 60);
    let browser = ada(&manager);
    let visit = |now: i64| {
        let session = browser.open(&manager, at(now));
        let waits = prepare(&session);
        (waits, session.refusal())
    };
    assert_eq!(
        browser.open(&manager, at(1)).refusal(),
        Some(Refusal::NotKnown),
        "nobody waited"
    );
    assert_eq!(visit(1), (true, None));
    assert_eq!(visit(2), (false, None));
    assert_eq!(visit(60), (false, None));
    assert_eq!(oracle.count(), 1);
    oracle.says(Answer::Revoked);
    assert_eq!(visit(61), (true, Some(Refusal::Revoked)));
    assert_eq!(visit(62), (false, Some(Refusal::Revoked)));
    // Whoever is asked goes away: what was said counts for as long as it may, and what is over stays over.
    oracle.says(Answer::NotKnown);
    assert_eq!(visit(500), (true, Some(Refusal::Revoked)));
    oracle.says(Answer::Clear);
    assert_eq!(visit(501), (true, None));
    oracle.says(Answer::NotKnown);
    assert_eq!(visit(561), (true, None));
    assert_eq!(visit(562), (true, Some(Refusal::NotKnown)));
}

#[test]
fn with_a_bound_of_zero_each_request_asks() {
    let oracle = Oracle::new();
    let manager = strict(oracle.revocations(), 0);
    let browser = ada(&manager);
    for answer in [Answer::Clear, Answer::Revoked, Answer::Clear] {
        oracle.says(answer);
        let session = browser.open(&manager, at(5));
        assert!(prepare(&session));
        assert_eq!(session.is_live(), answer == Answer::Clear);
    }
    assert_eq!(oracle.count(), 3);
}

#[test]
fn with_a_bound_of_zero_nothing_counts_but_an_answer_of_this_request() {
    let (oracle, table) = (Oracle::new(), RevocationTable::new(10));
    let both = Revocations::from(table.clone()).or_ask(oracle.revocations());
    let manager = strict(both, 0);
    let browser = ada(&manager);
    let refusal = |answer| {
        oracle.says(answer);
        let session = browser.open(&manager, at(5));
        assert!(prepare(&session));
        session.refusal()
    };
    // Neither what a store was heard to say in this second, nor what it answered another request.
    table.confirm(at(5));
    assert_eq!(refusal(Answer::NotKnown), Some(Refusal::NotKnown));
    assert_eq!(refusal(Answer::Clear), None);
    assert_eq!(refusal(Answer::NotKnown), Some(Refusal::NotKnown));
    assert_eq!(refusal(Answer::Clear), None);
}

#[test]
fn there_is_nothing_to_wait_for_without_a_session_that_lives() {
    let oracle = Oracle::new();
    let manager = builder().revocations(oracle.revocations()).build().unwrap();
    let browser = ada(&manager);
    assert!(!prepare(&Browser::default().open(&manager, at(0))));
    assert!(!prepare(&browser.open(&manager, at(1_800))), "it idled out");
    let garbage = manager.load(RequestHead::new([&b"__Host-session=AAAA"[..]]), at(0));
    assert!(!prepare(&garbage));
    // Nor with a table alone, however old its knowledge is.
    let table = RevocationTable::new(10);
    let replica = builder().revocations(table.clone()).build().unwrap();
    table.doubt();
    assert!(!prepare(&browser.open(&replica, at(1))));
    let unasked = SessionManager::new("session", ring()).unwrap();
    assert!(!prepare(&browser.open(&unasked, at(1))));
    assert_eq!(oracle.count(), 0);
}

#[test]
fn a_question_has_what_a_users_table_needs_and_what_a_store_needs() {
    let seen = Arc::<Mutex<Vec<Question>>>::default();
    let questions = Arc::clone(&seen);
    let store = RevocationTable::new(10);
    let asked = AskedRevocations::new(move |question| {
        questions.lock().unwrap().push(question);
        ready(Answer::Clear)
    });
    let manager = builder().revocations(asked).build().unwrap();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| {
        session.sign_in("ada", &[]).unwrap();
        session.set_labels(&["sid:1"]).unwrap();
    });
    let session = browser.open(&manager, at(3));
    assert!(prepare(&session));
    let question = seen.lock().unwrap().pop().unwrap();
    assert_eq!(Some(question.id()), session.id());
    assert_eq!(
        (question.subject(), question.created_at()),
        (Some("ada"), at(0))
    );
    assert!(question.accounts().eq([("ada", at(0))]));
    assert_eq!(question.labels().collect::<Vec<_>>(), ["sid:1"]);
    assert_eq!(question.targets().count(), 4);
    assert!(!format!("{question:?}").contains("\"ada"));

    // A store that keeps revocations under those names answers by the same rule, in whatever order it finds them.
    let kept = |target, now: i64| manager.revocations_of(target, at(now))[0];
    let (subject, label) = (
        kept(Target::Subject("ada"), -119),
        kept(Target::Label("sid:1"), -121),
    );
    let (early, other) = (
        kept(Target::Everything, -500),
        kept(Target::Subject("bob"), 50),
    );
    let sign_in = kept(Target::SignIn(question.id()), -9_000);
    for (found, wanted) in [
        (vec![], Answer::Clear),
        (vec![label, early, other], Answer::Clear),
        (vec![label, subject], Answer::Revoked),
        (vec![subject, label, early], Answer::Revoked),
        (vec![early, sign_in], Answer::Revoked),
    ] {
        assert_eq!(question.answer(found), wanted);
    }
    assert!(store.is_empty());
}

#[test]
fn a_table_that_does_not_know_recently_enough_is_backed_by_who_is_asked() {
    let (oracle, table) = (Oracle::new(), RevocationTable::new(10));
    let both = Revocations::from(table.clone()).or_ask(oracle.revocations());
    let manager = strict(both, 30);
    let browser = ada(&manager);
    table.confirm(at(0));
    let visit = |now: i64| {
        let session = browser.open(&manager, at(now));
        (prepare(&session), session.refusal())
    };
    assert_eq!(visit(29), (false, None));
    assert_eq!(visit(30), (true, None));
    assert_eq!(oracle.count(), 1);
    // Both count.
    table
        .add(
            manager.revocations_of(Target::Subject("ada"), at(31)),
            at(31),
        )
        .unwrap();
    table.confirm(at(31));
    assert_eq!(visit(100), (true, Some(Refusal::Revoked)));
    table.doubt();
    assert_eq!(
        visit(100),
        (false, Some(Refusal::Revoked)),
        "it was answered in this second"
    );
}

#[test]
fn a_table_beside_somebody_who_is_asked_knows_nothing_before_it_is_confirmed() {
    let (oracle, table) = (Oracle::new(), RevocationTable::new(10));
    let both = Revocations::from(table.clone()).or_ask(oracle.revocations());
    let manager = strict(both, 30);
    let refusal = |answer, revoke: bool| {
        let browser = ada(&manager);
        oracle.says(answer);
        if revoke {
            let revoked = manager.revocations_of(Target::Subject("ada"), at(1));
            table.add(revoked, at(1)).unwrap();
        }
        let session = browser.open(&manager, at(1));
        assert!(prepare(&session), "{answer:?}");
        session.refusal()
    };
    assert_eq!(refusal(Answer::Clear, false), None);
    assert_eq!(refusal(Answer::Revoked, false), Some(Refusal::Revoked));
    assert_eq!(refusal(Answer::NotKnown, false), Some(Refusal::NotKnown));
    assert_eq!(refusal(Answer::Clear, true), Some(Refusal::Revoked));
}

#[test]
fn a_guard_has_an_answer_of_now_and_others_wait_for_nothing() {
    let (oracle, table) = (Oracle::new(), RevocationTable::new(10));
    let both = Revocations::from(table.clone()).or_ask(oracle.revocations());
    let manager = builder().revocations(both).build().unwrap();
    let browser = ada(&manager);
    table.confirm(at(10));
    let guard = Guard::signed_in().known_within(Duration::ZERO);
    let request = RequestHead::default().method("POST").path("/transfers");
    let pass = |session: &Session| {
        assert!(
            !prepare(session),
            "the table is recent enough for other routes"
        );
        let pending = guard.pending(session).unwrap();
        wait(pending.expect("the guard asks"));
        guard.check(session, &request).unwrap()
    };
    let session = browser.open(&manager, at(12));
    // Somebody in front of the guard has looked at it.
    assert!(session.is_live());
    assert_eq!(pass(&session), Verdict::Pass);
    assert_eq!(oracle.count(), 1);

    oracle.says(Answer::Revoked);
    let session = browser.open(&manager, at(12));
    assert!(session.is_live());
    assert_eq!(pass(&session), Verdict::Unauthorized);
    assert_eq!(session.refusal(), Some(Refusal::Revoked));

    // One that was changed already stays what it is, and does not pass.
    let session = ada(&manager).open(&manager, at(12));
    session.insert("seen", true).unwrap();
    assert_eq!(pass(&session), Verdict::Unauthorized);
    assert!(session.is_live());

    oracle.says(Answer::NotKnown);
    let unknown = ada(&manager);
    assert_eq!(pass(&unknown.open(&manager, at(13))), Verdict::Unavailable);
}
