//! What one request's session has to say, once the response head is ready.

use std::sync::atomic::Ordering;

use super::outgoing::{Packed, farewell, former_scopes, left_over};
use super::state::State;
use super::{Inner, Session, Slot};
use crate::error::Error;
use crate::event::Event;
use crate::lifetime::{Times, Timestamp};

/// What a response has to carry.
#[derive(Default)]
pub(crate) struct Outcome {
    /// `Set-Cookie` values.
    pub(crate) lines: Vec<String>,
    /// Whether the application asked for them. What it did not ask for can wait.
    pub(crate) asked: bool,
    /// Whether the response may depend on the session.
    pub(crate) looked_at: bool,
    /// Whether a live session was there to be looked at.
    pub(crate) live: bool,
}

impl Session {
    /// Closes the session and returns what is to be sent. `now` is the time of the commit, not
    /// of loading.
    pub(crate) fn commit(&self, now: Timestamp) -> Result<Outcome, Error> {
        let mut slot = self.lock();
        let again = std::mem::replace(&mut slot.committed, true);
        if self.inner.poisoned.load(Ordering::Acquire) {
            if !again {
                self.inner.context.observer.tell(&Event::Poisoned {});
            }
            return Ok(slot.seen());
        }
        if again {
            return Ok(slot.seen());
        }
        let result = self.inner.outcome(&slot, now);
        if let Err(error) = &result {
            self.inner
                .context
                .observer
                .tell(&Event::CommitFailed { error });
        }
        result
    }
}

impl Slot {
    /// Nothing to send; only what caches have to know.
    fn seen(&self) -> Outcome {
        let live = |state: &State| state.record.is_some() || state.held.is_some();
        Outcome {
            looked_at: self.state.is_some(),
            live: self.state.as_ref().is_some_and(live),
            ..Outcome::default()
        }
    }
}

impl Inner {
    fn outcome(&self, slot: &Slot, now: Timestamp) -> Result<Outcome, Error> {
        let Some(state) = &slot.state else {
            return Ok(Outcome::default());
        };
        let seen = slot.seen();
        if !state.changed || state.is_nothing() {
            let over = state.over.then(|| left_over(&self.context, &slot.jar, 0));
            return Ok(Outcome {
                lines: over.into_iter().flatten().collect(),
                ..seen
            });
        }
        self.check_alive(state, now)?;
        let mut lines = match &state.record {
            None => farewell(&self.context, &slot.jar),
            Some(record) => {
                let packed = Packed::of(&self.context, record)?;
                let issued = state.stamp(self.now);
                let lines = packed.lines(&self.context, &slot.jar, issued)?;
                self.report(state, packed.bytes());
                lines
            }
        };
        if state.started_over {
            lines.extend(former_scopes(&self.context, &slot.jar));
        }
        Ok(Outcome {
            lines,
            asked: true,
            ..seen
        })
    }

    /// A handler that ran for longer than its session lives revives nothing. A clock that was set
    /// back meanwhile does not count.
    fn check_alive(&self, state: &State, now: Timestamp) -> Result<(), Error> {
        let Some(record) = &state.record else {
            return Ok(());
        };
        let issued = state.stamp(self.now);
        let times = Times {
            created: record.created,
            issued,
        };
        let judged = self.context.lifetime.judge(times, now.max(issued));
        judged.map_err(|verdict| Error::expired(verdict.refusal))
    }

    fn report(&self, state: &State, bytes: usize) {
        let observer = &self.context.observer;
        if let Some(refusal) = state.refusal.filter(|refusal| refusal.may_live_elsewhere()) {
            observer.tell(&Event::Overwrote { refusal });
        }
        let warn_above = self.context.budget.warning_limit();
        if bytes > warn_above {
            observer.tell(&Event::NearBudget { bytes, warn_above });
        }
    }
}
