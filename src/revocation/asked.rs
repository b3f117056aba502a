//! Revocations that somebody else knows of, who is asked.

use std::collections::HashMap;
use std::fmt;
use std::mem::take;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use super::flight::{End, Flights, Turn};
use super::known::{Answer, AsOf, Known};
use super::question::Question;
use super::target::SessionTargets;
use crate::lifetime::Timestamp;

/// Answers that are remembered, before older ones make room. Twice as many take some 4 MB.
const ROOM: usize = 10_000;

/// How many others' questions a request waits for, if they are given up, before it asks whatever others do.
const WAITS: usize = 2;

/// Asks an application, or a store, about one session after the other, and remembers the answers.
///
/// A session is asked about when an answer is older than the [bound](super::Staleness::bound), by the adapter, before
/// the handler runs; requests between wait for nothing. An answer goes for one session as it is: a sign-in, its subject,
/// whom they act as, and its labels. [`Answer::NotKnown`] is no answer: the one before counts for as long as it may. Requests that come
/// while a session is asked about wait for that answer, unless the bound is zero. The last 10,000 answers are remembered,
/// and up to as many before: beyond, a session is asked about again, and nobody knows of it while there is no answer.
///
/// Give the closure a time limit of its own. While it cannot answer, sessions are as
/// [`Staleness`](super::Staleness) says. A visitor who hangs up drops the question, and a panic is a failure of the one
/// request: those who waited ask once more.
///
/// ```
/// use sealed_session::revocation::{Answer, AskedRevocations, Question, Staleness};
/// use sealed_session::{Key, KeyRing, SessionManager};
/// # use std::time::Duration;
/// # use time::OffsetDateTime;
/// # struct User { sessions_valid_from: OffsetDateTime }
/// # async fn find_user(_: &str) -> Result<Option<User>, ()> { Ok(None) }
///
/// // A new password, or a suspension, sets `sessions_valid_from` anew.
/// async fn is_revoked(question: Question) -> Answer {
///     for (account, since) in question.accounts() {
///         match find_user(account).await {
///             Ok(Some(user)) if user.sessions_valid_from <= since => {}
///             Ok(_) => return Answer::Revoked,
///             Err(_) => return Answer::NotKnown,
///         }
///     }
///     Answer::Clear
/// }
///
/// let manager = SessionManager::builder("shop", KeyRing::new(Key::generate()?))
///     .revocations(AskedRevocations::new(is_revoked))
///     .staleness(Staleness::within(Duration::from_secs(60)))
///     .build()?;
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone)]
pub struct AskedRevocations {
    inner: Arc<Asking>,
}

struct Asking {
    ask: Box<Ask>,
    answers: Mutex<Answers>,
    flights: Flights,
}

type Ask = dyn Fn(Question) -> Pin<Box<dyn Future<Output = Answer> + Send>> + Send + Sync;

/// What was answered, in two halves: when the newer one is full, the older one is forgotten.
#[derive(Default)]
struct Answers {
    newer: HashMap<SessionTargets, Known>,
    older: HashMap<SessionTargets, Known>,
}

impl Answers {
    fn find(&self, targets: &SessionTargets) -> Option<Known> {
        let found = self.newer.get(targets);
        found.or_else(|| self.older.get(targets)).copied()
    }

    fn put(&mut self, targets: SessionTargets, known: Known) {
        if self.newer.len() >= ROOM {
            self.older = take(&mut self.newer);
        }
        self.newer.insert(targets, known);
    }
}

impl AskedRevocations {
    /// Asks `ask`. It may come out of order, and for several sessions of a request at once.
    pub fn new<F>(ask: impl Fn(Question) -> F + Send + Sync + 'static) -> AskedRevocations
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        AskedRevocations {
            inner: Arc::new(Asking {
                ask: Box::new(move |question| Box::pin(ask(question))),
                answers: Mutex::default(),
                flights: Flights::default(),
            }),
        }
    }

    /// Returns what was answered last.
    pub(super) fn known(&self, targets: &SessionTargets) -> Known {
        let answers = self.inner.answers.lock();
        let answers = answers.unwrap_or_else(PoisonError::into_inner);
        answers.find(targets).unwrap_or(Known::NOTHING)
    }

    /// Asks, unless another request of this session does, and remembers the answer as of `now`, the time of the request.
    /// Returns whether it was this request that asked. Nobody else's code runs under a lock.
    pub(crate) async fn ask(self, question: Question, within: u64, now: Timestamp) -> bool {
        let targets = question.targets.clone();
        let mut waits = 0;
        let leader = loop {
            // Somebody may have answered since this was found to be unknown.
            if self.known(&targets).as_of.is_younger(within, now) {
                return false;
            }
            let within = if waits < WAITS { within } else { 0 };
            match self.inner.flights.board(&targets, within, now) {
                Turn::Ask(leader) => break leader,
                Turn::Wait(follower) => match follower.await {
                    End::Answered => return false,
                    End::GivenUp => waits += 1,
                },
            }
        };
        let revoked = match (self.inner.ask)(question).await {
            Answer::Clear => Some(None),
            Answer::Revoked => Some(Some(Known::ALWAYS)),
            Answer::NotKnown => None,
        };
        match revoked {
            Some(revoked) => self.remember(targets, AsOf::Time(now), revoked),
            None if within == 0 => self.age(targets, now),
            None => {}
        }
        leader.answered();
        true
    }

    /// An answer of this very second was another request's, and does not count for one that got none.
    fn age(&self, targets: SessionTargets, now: Timestamp) {
        let mut answers = self
            .inner
            .answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let known = answers.find(&targets);
        if let Some(known) = known.filter(|known| known.as_of == AsOf::Time(now)) {
            let as_of = known.as_of.aged();
            answers.put(targets, Known { as_of, ..known });
        }
    }

    fn remember(&self, targets: SessionTargets, as_of: AsOf, revoked: Option<Timestamp>) {
        let mut answers = self
            .inner
            .answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // Of two requests the later one knows more.
        if answers
            .find(&targets)
            .is_none_or(|known| known.as_of <= as_of)
        {
            answers.put(targets, Known { as_of, revoked });
        }
    }
}

impl fmt::Debug for AskedRevocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AskedRevocations").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use smallvec::smallvec;

    use super::*;
    use crate::revocation::TargetId;

    #[test]
    fn answers_are_bounded_and_the_newer_half_stays() {
        let session = |number: usize| {
            let mut bytes = [0; 16];
            bytes[..8].copy_from_slice(&number.to_be_bytes());
            SessionTargets {
                sign_in: smallvec![TargetId::from_bytes(bytes)],
                wider: smallvec![],
                mask: None,
            }
        };
        let mut answers = Answers::default();
        for number in 0..=2 * ROOM {
            answers.put(session(number), Known::NOTHING);
            assert!(answers.newer.len() <= ROOM && answers.older.len() <= ROOM);
        }
        assert_eq!(answers.find(&session(0)), None);
        for number in ROOM..=2 * ROOM {
            assert!(answers.find(&session(number)).is_some(), "{number}");
        }
    }
}
