//! Requests of one session at the same moment: one asks, and the others wait for its answer.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use sealed_session::adapter::{self, HeaderFields, Pending, RequestHead, Verdict};
use sealed_session::revocation::{Answer, AskedRevocations, Staleness};
use sealed_session::{
    Budget, Guard, Refusal, Session, SessionManager, SessionManagerBuilder, Slot,
};

use crate::common::{Browser, at, ring};

/// Somebody who answers when it is time, and counts the questions. `None` is no answer yet.
#[derive(Clone, Default)]
struct Gate {
    answer: Arc<Mutex<Option<Answer>>>,
    asked: Arc<AtomicUsize>,
}

impl Gate {
    fn opens(&self, answer: Answer) {
        *self.answer.lock().unwrap() = Some(answer);
    }

    fn answer(&self) -> Option<Answer> {
        *self.answer.lock().unwrap()
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    fn revocations(&self) -> AskedRevocations {
        let gate = self.clone();
        AskedRevocations::new(move |_| {
            gate.asked.fetch_add(1, Ordering::Relaxed);
            let gate = gate.clone();
            poll_fn(move |_| match gate.answer() {
                Some(answer) => Poll::Ready(answer),
                None => Poll::Pending,
            })
        })
    }
}

/// A request that waits, and how often it was woken.
struct Request {
    session: Session,
    pending: Pending,
    woken: Arc<Woken>,
}

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Request {
    fn of(manager: &SessionManager, browser: &Browser, now: i64) -> Request {
        let session = browser.open(manager, at(now));
        let pending = adapter::pending(&session).expect("nobody knows yet");
        let woken = Arc::default();
        let mut request = Request {
            session,
            pending,
            woken,
        };
        assert!(!request.is_ready(), "there is no answer yet");
        request
    }

    fn is_ready(&mut self) -> bool {
        let waker = Waker::from(Arc::clone(&self.woken));
        let pending = std::pin::Pin::new(&mut self.pending);
        pending.poll(&mut Context::from_waker(&waker)).is_ready()
    }

    fn woken(&self) -> usize {
        self.woken.0.load(Ordering::Relaxed)
    }
}

fn asking(asked: AskedRevocations, within: u64) -> SessionManagerBuilder {
    let staleness = Staleness::within(Duration::from_secs(within)).or_refuse();
    let builder = SessionManager::builder("session", ring()).budget(Budget::within_8k());
    builder.revocations(asked).staleness(staleness)
}

fn ada(manager: &SessionManager) -> Browser {
    let mut browser = Browser::default();
    browser.visit(manager, at(0), |session| {
        session.sign_in("ada", &[]).unwrap()
    });
    browser
}

#[test]
fn one_request_of_a_session_asks_and_the_others_hear_the_answer() {
    for (answer, refusal) in [
        (Answer::Clear, None),
        (Answer::Revoked, Some(Refusal::Revoked)),
        // Nobody asks once more: each would wait as long again.
        (Answer::NotKnown, Some(Refusal::NotKnown)),
    ] {
        let gate = Gate::default();
        let manager = asking(gate.revocations(), 30).build().unwrap();
        let browser = ada(&manager);
        // The answer to a question of the second before is young enough.
        let mut first = Request::of(&manager, &browser, 1);
        let mut others = [(); 3].map(|()| Request::of(&manager, &browser, 2));
        let mut stranger = Request::of(&manager, &ada(&manager), 2);
        assert_eq!(gate.asked(), 2);
        gate.opens(answer);
        assert!(first.is_ready());
        for other in &mut others {
            assert_eq!(other.woken(), 1);
            assert!(other.is_ready());
            assert_eq!(other.session.refusal(), refusal);
        }
        assert_eq!(stranger.woken(), 0);
        assert!(stranger.is_ready());
        assert_eq!(gate.asked(), 2);
    }
}

#[test]
fn a_visitor_who_hangs_up_leaves_the_question_to_those_who_wait() {
    let gate = Gate::default();
    let manager = asking(gate.revocations(), 30).build().unwrap();
    let browser = ada(&manager);
    let first = Request::of(&manager, &browser, 1);
    let gone = Request::of(&manager, &browser, 1);
    let mut others = [(); 3].map(|()| Request::of(&manager, &browser, 1));
    let (before, at_gone) = (gate.asked(), Arc::clone(&gone.woken));
    drop(gone);
    drop(first);
    assert_eq!(at_gone.0.load(Ordering::Relaxed), 0);
    assert!(others.iter().all(|other| other.woken() == 1));
    assert!(others.iter_mut().all(|other| !other.is_ready()));
    assert_eq!((before, gate.asked()), (1, 2), "one of them asks");
    gate.opens(Answer::Clear);
    assert!(others.iter_mut().all(Request::is_ready));
    assert_eq!(gate.asked(), 2);
}

#[test]
fn nobody_waits_for_more_than_two_others() {
    let gate = Gate::default();
    let manager = asking(gate.revocations(), 30).build().unwrap();
    let browser = ada(&manager);
    let first = Request::of(&manager, &browser, 1);
    let mut last = Request::of(&manager, &browser, 1);
    let mut leader = first;
    for asked in [2, 3] {
        // It is woken before the one that waits for longer.
        let mut next = Request::of(&manager, &browser, 1);
        drop(leader);
        assert!(!next.is_ready());
        assert_eq!(gate.asked(), asked);
        assert!(!last.is_ready());
        leader = next;
    }
    assert_eq!(gate.asked(), 4, "it asks, although somebody else does");
    gate.opens(Answer::Clear);
    assert!(last.is_ready());
}

#[test]
fn a_closure_that_panics_fails_its_request_alone() {
    let gate = Gate::default();
    let (count, inner) = (Arc::new(AtomicUsize::new(0)), gate.clone());
    let asked = AskedRevocations::new(move |_| {
        let gate = inner.clone();
        let is_first = count.fetch_add(1, Ordering::Relaxed) == 0;
        poll_fn(move |_| match gate.answer() {
            None => Poll::Pending,
            Some(_) if is_first => std::panic::resume_unwind(Box::new(())),
            Some(answer) => Poll::Ready(answer),
        })
    });
    let manager = asking(asked, 30).build().unwrap();
    let browser = ada(&manager);
    let mut first = Request::of(&manager, &browser, 1);
    let mut other = Request::of(&manager, &browser, 1);
    gate.opens(Answer::Clear);
    assert!(catch_unwind(AssertUnwindSafe(|| first.is_ready())).is_err());
    assert_eq!(other.woken(), 1);
    assert!(other.is_ready() && other.session.is_live());
    // What it left behind is whole.
    assert!(adapter::pending(&browser.open(&manager, at(2))).is_none());
}

#[test]
fn an_answer_of_this_request_is_nobody_elses() {
    let gate = Gate::default();
    let manager = asking(gate.revocations(), 0).build().unwrap();
    let browser = ada(&manager);
    let mut requests = [(); 3].map(|()| Request::of(&manager, &browser, 1));
    // The question of the first may have been asked before the second came.
    assert_eq!(gate.asked(), 3);
    gate.opens(Answer::Clear);
    assert!(requests.iter_mut().all(Request::is_ready));
}

#[test]
fn a_guard_that_asks_for_an_answer_of_now_has_that_of_its_own_request() {
    let guard = Guard::signed_in().known_within(Duration::ZERO);
    let head = RequestHead::default().method("POST").path("/transfers");
    for (answer, verdict) in [
        (Answer::Clear, Verdict::Pass),
        (Answer::NotKnown, Verdict::Unavailable),
    ] {
        let gate = Gate::default();
        let manager = asking(gate.revocations(), 30).build().unwrap();
        let browser = ada(&manager);
        let mut first = Request::of(&manager, &browser, 1);
        let mut second = Request::of(&manager, &browser, 1);
        gate.opens(answer);
        assert!(first.is_ready() && second.is_ready());
        assert!(guard.pending(&first.session).unwrap().is_none());
        assert_eq!(guard.check(&first.session, &head).unwrap(), verdict);
        // The other one has heard what may be older than its request.
        second.pending = guard.pending(&second.session).unwrap().expect("it asks");
        assert!(second.is_ready());
        assert_eq!(gate.asked(), 2);
    }
}

#[test]
fn a_request_asks_about_all_its_slots_at_once() {
    enum Prefs {}
    impl Slot for Prefs {}

    let gate = Gate::default();
    let small = Budget::portable().with_total_limit(1_000);
    let prefs = SessionManager::builder("prefs", ring()).budget(small);
    let prefs = prefs.revocations(gate.revocations()).build().unwrap();
    let main = asking(gate.revocations(), 30).build().unwrap();
    let manager = main.with_slot::<Prefs>(prefs).unwrap();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| {
        session.sign_in("ada", &[]).unwrap();
        let prefs = session.slot::<Prefs>().unwrap();
        prefs.insert("theme", "dark").unwrap();
    });
    let mut request = Request::of(&manager, &browser, 1);
    assert_eq!(gate.asked(), 2);
    gate.opens(Answer::Revoked);
    assert!(request.is_ready());
    let prefs = request.session.slot::<Prefs>().unwrap();
    let refusals = [request.session.refusal(), prefs.refusal()];
    assert_eq!(refusals, [Some(Refusal::Revoked); 2]);
}

#[test]
fn nobody_is_asked_about_a_request_that_another_origin_caused() {
    let gate = Gate::default();
    let manager = asking(gate.revocations(), 30).build().unwrap();
    let browser = ada(&manager);
    let fields: &HeaderFields<'_> = &|name, take| {
        if name == "sec-fetch-site" {
            take(b"cross-site");
        }
    };
    let line = browser.line();
    let head = RequestHead::new([line.as_bytes()])
        .method("POST")
        .fields(fields);
    let session = manager.load(head, at(1));
    assert!(adapter::foreign(&session).is_some());
    assert!(adapter::pending(&session).is_none());
    let guard = Guard::signed_in().known_within(Duration::ZERO);
    assert!(guard.pending(&session).unwrap().is_none());
}
