//! What one request's session has to say, once the response head is ready.

use std::sync::atomic::Ordering;

use super::arrival::authentic;
use super::frame::Frame;
use super::line::Line;
use super::outgoing::{farewell, former_scopes, tombstones};
use super::packed::Packed;
use super::state::State;
use super::{Context, Inner, Session, Slot};
use crate::cookie::Jar;
use crate::error::Error;
use crate::event::Event;
use crate::lifetime::{Times, Timestamp};
use crate::transport::Source;

/// What a response has to carry.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) lines: Vec<Line>,
    /// Whether the application asked for them. What it did not ask for can wait.
    pub(crate) asked: bool,
    /// Whether the response may depend on the session.
    pub(crate) looked_at: bool,
    /// Whether a live session was there to be looked at.
    pub(crate) live: bool,
    /// Whether the application ended a session.
    pub(crate) destroyed: bool,
    /// Whether a token is there that no cache knows to be one.
    pub(crate) exposed: bool,
    /// Whether [`Session::touch`] is worth asking.
    pub(crate) touch_due: bool,
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
            // What could not be sent was used all the same.
            return Ok(Outcome {
                touch_due: slot.failed && self.inner.is_touch_due(&slot),
                ..slot.seen()
            });
        }
        let result = self.inner.outcome(&slot, now);
        if let Err(error) = &result {
            self.fail(&mut slot, error);
        }
        result
    }

    /// Closes the session as if its commit had failed with `error`.
    pub(crate) fn abandon(&self, error: &Error) {
        let mut slot = self.lock();
        if !std::mem::replace(&mut slot.committed, true) {
            self.fail(&mut slot, error);
        }
    }

    fn fail(&self, slot: &mut Slot, error: &Error) {
        slot.failed = true;
        let failed = Event::CommitFailed { error };
        self.inner.context.observer.tell(&failed);
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
        let seen = slot.seen();
        let Some(state) = slot.state.as_ref().filter(|state| state.has_to_be_sent()) else {
            return Ok(Outcome {
                lines: self.orphans(slot, now),
                touch_due: self.is_touch_due(slot),
                ..seen
            });
        };
        let (context, jar, source) = (&self.context, &slot.jar, slot.jar.source());
        let mut lines = match &state.record {
            None => farewell(context, jar),
            Some(record) => {
                let issued = state.issued(self.now, slot.passive);
                let times = Times {
                    created: record.created,
                    used: issued,
                    own: record.own,
                };
                self.check_alive(&times, now)?;
                // What it asked for in this request must not revive it either.
                if let Some(held) = state.held.filter(|_| !state.started_over) {
                    self.check_alive(&held.times(issued), now)?;
                }
                let max_age = context.lifetime.max_age(&times, self.now);
                let packed = Packed::of(context, record, Frame::of(context, source, max_age))?;
                let lines = packed.lines(context, jar, issued)?;
                self.report(state, &packed, jar);
                lines
            }
        };
        if state.started_over && source == Source::Cookie {
            // The one that counted last: its tombstones come in front.
            let mut ended = authentic(context, jar, self.now);
            ended.extend(state.held);
            let former = former_scopes(context, jar).into_iter();
            let behind = former.chain(tombstones(context, jar, &ended, self.now));
            lines.extend(behind.map(Line::Cookie));
        }
        Ok(Outcome {
            lines,
            asked: true,
            destroyed: state.destroyed,
            exposed: source == Source::Header && state.record.is_some(),
            ..seen
        })
    }

    /// A handler that ran for longer than its session lives revives nothing. A clock that was set
    /// back meanwhile does not count.
    fn check_alive(&self, times: &Times, now: Timestamp) -> Result<(), Error> {
        let judged = self.context.lifetime.judge(times, now.max(times.used));
        judged.map_err(Error::expired)
    }

    fn report(&self, state: &State, packed: &Packed, jar: &Jar) {
        let Context {
            observer, budget, ..
        } = &*self.context;
        if let Some(refusal) = state.refusal.filter(|refusal| refusal.may_live_elsewhere()) {
            observer.tell(&Event::Overwrote { refusal });
        }
        let (bytes, warn_above) = (packed.bytes(), budget.warning_limit());
        if bytes > warn_above {
            observer.tell(&Event::NearBudget { bytes, warn_above });
        }
        let bytes = packed.request_bytes(jar);
        let warn_above = budget.request_warning_limit();
        if bytes > warn_above {
            observer.tell(&Event::CrowdedRequest {
                bytes,
                others: jar.others().cookies,
                warn_above,
            });
        }
    }
}
