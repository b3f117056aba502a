//! What one request's session has to say, once the response head is ready.

use std::sync::atomic::Ordering;

use super::arrival::authentic;
use super::frame::Frame;
use super::line::Line;
use super::outgoing::{farewell, former_scopes, tombstones};
use super::packed::Packed;
use super::report::Written;
use super::state::State;
use super::{Inner, Parting, Session, Slot};
use crate::error::Error;
use crate::event::Event;
use crate::lifetime::{Times, Timestamp};
use crate::transport::Source;
use crate::transport::Transport;

/// What a response has to carry.
#[derive(Default)]
pub(crate) struct Outcome<'s> {
    pub(crate) lines: Vec<Line>,
    /// Whether the application asked for them. What it did not ask for can wait.
    pub(crate) asked: bool,
    /// Whether the response may depend on the session.
    pub(crate) looked_at: bool,
    /// Whether a live session was there to be looked at.
    pub(crate) live: bool,
    /// What else the response says, if the application ended a session.
    pub(crate) parting: Option<&'s Parting>,
    /// Whether a token is in the response's URL, or in its links: no cache may keep it, and it must
    /// not give them away.
    pub(crate) exposed: bool,
    /// Whether [`Session::touch`] is worth asking.
    pub(crate) touch_due: bool,
}

impl Session {
    /// Closes the session and returns what is to be sent. `now` is the time of the commit, not
    /// of loading.
    pub(crate) fn commit(&self, now: Timestamp) -> Result<Outcome<'_>, Error> {
        let mut slot = self.lock();
        let again = std::mem::replace(&mut slot.committed, true);
        if self.is_poisoned() {
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
        self.inner.outcome(&mut slot, now).map_err(|error| {
            let error = error.of_cookie(self.cookie());
            self.fail(&mut slot, &error);
            error
        })
    }

    /// Closes the session, unless it was used, or a touch is due, or a panic has to be told of.
    pub(crate) fn close_unused(&self) -> bool {
        let mut slot = self.lock();
        let is_unused = slot.state.is_none()
            && !slot.committed
            && !self.is_poisoned()
            && !slot.seen().exposed
            && !self.inner.is_touch_due(&slot);
        slot.committed |= is_unused;
        is_unused
    }

    /// Closes the session as if its commit had failed with `error`.
    pub(crate) fn abandon(&self, error: &Error) {
        let mut slot = self.lock();
        if !std::mem::replace(&mut slot.committed, true) {
            self.fail(&mut slot, error);
        }
    }

    /// Closes the session without a word because another one of its request cannot be sent, or takes
    /// back what its commit has just said.
    pub(crate) fn withdraw(&self) {
        let mut slot = self.lock();
        slot.committed = true;
        slot.give_up();
    }

    /// Whether a panic unwound past a handle.
    pub(crate) fn is_poisoned(&self) -> bool {
        self.inner.poisoned.load(Ordering::Acquire)
    }

    /// Sends nothing of this request and takes no more changes, as after a panic.
    pub(crate) fn poison(&self) {
        self.inner.poisoned.store(true, Ordering::Release);
    }

    /// Where the session travels.
    pub(crate) fn travels_in(&self) -> &Transport {
        &self.inner.context.transport
    }

    /// The name of the session's cookie.
    pub(crate) fn cookie(&self) -> &str {
        self.inner.context.family.names.base()
    }

    fn fail(&self, slot: &mut Slot, error: &Error) {
        slot.give_up();
        let failed = Event::CommitFailed { error };
        self.inner.context.observer.tell(&failed);
    }
}

impl Slot {
    /// Sends nothing of what was changed. The links of the error page carry what came.
    fn give_up(&mut self) {
        self.failed = true;
        self.written = None;
        self.links.iter_mut().for_each(|links| links.forget());
    }

    /// Nothing to send; only what caches have to know.
    fn seen(&self) -> Outcome<'static> {
        let live = |state: &State| state.record.is_some() || state.held.is_some();
        Outcome {
            looked_at: self.state.is_some(),
            live: self.state.as_ref().is_some_and(live),
            exposed: self.links.as_ref().is_some_and(|links| links.is_exposed()),
            ..Outcome::default()
        }
    }
}

impl Inner {
    fn outcome(&self, slot: &mut Slot, now: Timestamp) -> Result<Outcome<'_>, Error> {
        let seen = slot.seen();
        if slot.jar.is_withheld() {
            // What is begun would replace a session that nobody here knows, and what is ended is another
            // one than that.
            let state = slot.state.as_ref().filter(|state| state.has_to_be_sent());
            if state.is_some_and(|state| state.record.is_some()) {
                self.context.observer.tell(&Event::HeldBack {});
            }
            return Ok(seen);
        }
        let Some(state) = slot.state.as_ref().filter(|state| state.has_to_be_sent()) else {
            return Ok(Outcome {
                lines: self.orphans(slot, now),
                touch_due: self.is_touch_due(slot),
                ..seen
            });
        };
        let (context, jar, source) = (&self.context, &slot.jar, slot.jar.source());
        let (mut lines, written) = match &state.record {
            None => (farewell(context, jar), None),
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
                if source == Source::Url {
                    // It was packed and sealed for the first link.
                    slot.check_linked()?;
                    (Vec::new(), None)
                } else {
                    let packed = Packed::of(context, record, Frame::of(context, source, max_age))?;
                    let lines = packed.lines(context, jar, issued)?;
                    (lines, Some(Written::of(context, state, &packed)))
                }
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
        let parting = state.destroyed.then_some(&context.parting);
        slot.written = written;
        Ok(Outcome {
            lines,
            asked: true,
            parting,
            ..seen
        })
    }

    /// A handler that ran for longer than its session lives revives nothing. A clock that was set
    /// back meanwhile does not count.
    fn check_alive(&self, times: &Times, now: Timestamp) -> Result<(), Error> {
        let judged = self.context.lifetime.judge(times, now.max(times.used));
        judged.map_err(Error::expired)
    }
}
