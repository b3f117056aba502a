//! Questions that are under way: who asks about the same session meanwhile waits for the answer.
//!
//! Asks nobody itself, and remembers no answer. A lock is held to look and to note, and never while somebody else's code
//! runs.

use std::collections::HashMap;
use std::mem::take;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::known::AsOf;
use super::target::SessionTargets;
use crate::lifetime::Timestamp;

/// The questions that are under way, the latest one about each session.
#[derive(Default)]
pub(super) struct Flights(Mutex<HashMap<SessionTargets, Arc<Flight>>>);

/// A question that is under way.
struct Flight {
    as_of: AsOf,
    progress: Mutex<Progress>,
}

enum Progress {
    /// With those who wait. One that waits no more leaves its place empty.
    Asking(Vec<Option<Waker>>),
    Over(End),
}

/// How a question ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Answered,
    /// Nobody waits for the answer any more: the visitor hung up, or the closure panicked.
    GivenUp,
}

/// What to do about a session that has to be asked about.
pub(super) enum Turn<'f> {
    Ask(Leader<'f>),
    Wait(Follower),
}

impl Flights {
    /// Waits for a question that is under way, if its answer is as recent as wanted, and asks otherwise. An answer is as of
    /// the request that asks: with zero nobody waits for another's.
    pub(super) fn board(&self, targets: &SessionTargets, within: u64, now: Timestamp) -> Turn<'_> {
        let mut flights = lock(&self.0);
        match flights.get(targets) {
            Some(flight) if flight.as_of.is_younger(within, now) => Turn::Wait(Follower {
                flight: Arc::clone(flight),
                place: None,
            }),
            _ => {
                let flight = Arc::new(Flight {
                    as_of: AsOf::Time(now),
                    progress: Mutex::new(Progress::Asking(Vec::new())),
                });
                flights.insert(targets.clone(), Arc::clone(&flight));
                Turn::Ask(Leader {
                    flights: self,
                    targets: targets.clone(),
                    flight,
                    end: End::GivenUp,
                })
            }
        }
    }
}

/// The request that asks. Dropped without an answer, it lets those who wait ask.
pub(super) struct Leader<'f> {
    flights: &'f Flights,
    targets: SessionTargets,
    flight: Arc<Flight>,
    end: End,
}

impl Leader<'_> {
    /// Ends the question, once the answer is remembered.
    pub(super) fn answered(mut self) {
        self.end = End::Answered;
    }
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        let mut flights = lock(&self.flights.0);
        // A later one may have taken its place.
        let own = flights.get(&self.targets);
        if own.is_some_and(|flight| Arc::ptr_eq(flight, &self.flight)) {
            flights.remove(&self.targets);
        }
        drop(flights);
        let progress =
            std::mem::replace(&mut *lock(&self.flight.progress), Progress::Over(self.end));
        if let Progress::Asking(waiting) = progress {
            waiting.into_iter().flatten().for_each(Waker::wake);
        }
    }
}

/// A request that waits for the answer to another's question.
pub(super) struct Follower {
    flight: Arc<Flight>,
    place: Option<usize>,
}

impl Future for Follower {
    type Output = End;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<End> {
        let this = &mut *self;
        let mut waker = Some(context.waker().clone());
        match &mut *lock(&this.flight.progress) {
            Progress::Over(end) => return Poll::Ready(*end),
            Progress::Asking(waiting) => {
                let place = *this.place.get_or_insert(waiting.len());
                match waiting.get_mut(place) {
                    // The one before is dropped without the lock.
                    Some(before) => std::mem::swap(before, &mut waker),
                    None => waiting.push(take(&mut waker)),
                }
            }
        }
        Poll::Pending
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let Some(place) = self.place else { return };
        let waker = match &mut *lock(&self.flight.progress) {
            Progress::Asking(waiting) => waiting.get_mut(place).and_then(take),
            Progress::Over(_) => None,
        };
        drop(waker);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
