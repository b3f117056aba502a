//! What one request's session has to say, once the response head is ready.

use std::sync::{Arc, Weak};

use super::arrival::{Held, authentic};
use super::fate::{Fate, Phase, Shared};
use super::frame::Frame;
use super::line::Line;
use super::outgoing::{farewell, former_scopes};
use super::packed::Packed;
use super::report::Written;
use super::state::{Change, State};
use super::tombstones::{Death, tombstones};
use super::{Inner, Parting, Session, Slot};
use crate::error::{Error, HoldBack};
use crate::event::Note;
use crate::lifetime::{SessionTimes, Timestamp};
use crate::transport::{Source, Transport};

/// What a response has to carry.
#[derive(Default)]
pub(crate) struct Outcome<'s> {
    pub(crate) lines: Vec<Line>,
    /// Whether the application asked for them. What it did not ask for can wait.
    pub(crate) asked: bool,
    /// Whether the response may depend on the session.
    pub(crate) looked_at: bool,
    /// Whether a value was refused, and nothing took its place.
    pub(crate) refused: bool,
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
    /// of loading; `status` is that of the response.
    pub(crate) fn commit(&self, now: Timestamp, status: u16) -> Result<Outcome<'_>, Error> {
        self.inner
            .locked(|slot| self.inner.commit(slot, now, is_failure(status)))
    }

    /// Closes the session, unless it was used, or a touch is due, or a panic has to be told of.
    pub(crate) fn close_unused(&self) -> bool {
        self.inner.locked(|slot| {
            let is_unused = slot.phase.is_open()
                && slot.state.is_none()
                && !slot.seen().exposed
                && !self.inner.is_touch_due(slot);
            if is_unused {
                slot.phase = Phase::Closed { failed: false };
            }
            is_unused
        })
    }

    /// Closes the session without a word because another one of its request cannot be sent, or takes
    /// back what its commit has just said.
    pub(crate) fn withdraw(&self) {
        self.inner.locked(|slot| {
            self.inner.give_up(slot, None);
            slot.phase = Phase::Closed { failed: true };
        });
    }

    /// Where the session travels.
    pub(crate) fn travels_in(&self) -> &Transport {
        &self.inner.context.transport
    }

    /// The name of the session's cookie.
    pub(crate) fn cookie(&self) -> &str {
        self.inner.context.family.names.base()
    }
}

impl Session {
    /// An error that becomes the response holds back what this session changed.
    pub(super) fn refused(&self, error: Error) -> Error {
        let session: Weak<Inner> = Arc::downgrade(&self.inner);
        error.refused_by(session)
    }
}

/// Whether the page of this status says that something went wrong on the server.
fn is_failure(status: u16) -> bool {
    status >= 500
}

impl HoldBack for Inner {
    fn hold_back(&self, error: &Error) {
        self.locked(|slot| {
            if slot.phase.is_open() {
                self.give_up(slot, Some(error.clone()));
            }
        });
    }
}

impl Inner {
    pub(super) fn shared(&self) -> &Shared {
        self.main.as_ref().map_or(&self.fate, |main| &main.fate)
    }

    pub(super) fn fate(&self) -> Fate {
        self.shared().fate()
    }

    /// Sends nothing of what was changed, here and in the other slots, and goes back to the session as
    /// it came: an error page is to see what the browser keeps.
    pub(super) fn give_up(&self, slot: &mut Slot, error: Option<Error>) {
        self.shared().worsen(Fate::HeldBack);
        let lost = slot.state.as_ref().is_some_and(State::has_to_be_sent);
        slot.phase = Phase::HeldBack { error, lost };
        slot.written = None;
        slot.refused = None;
        // The links of the error page carry what came.
        slot.links.iter_mut().for_each(|links| links.forget());
        if slot.state.is_some() {
            slot.state = Some(self.state_of(&slot.jar));
        }
    }

    fn commit(&self, slot: &mut Slot, now: Timestamp, says_so: bool) -> Result<Outcome<'_>, Error> {
        if let Phase::Open = slot.phase
            && says_so
            && let Some(refused) = slot.refused.take()
        {
            // An error of the application's own that wraps ours became this page.
            self.give_up(slot, Some(refused.1));
        }
        let phase = std::mem::replace(&mut slot.phase, Phase::Closed { failed: false });
        let done = match phase {
            Phase::Open => self.outcome(slot, now),
            Phase::HeldBack { error, lost } => {
                slot.phase = Phase::Closed { failed: true };
                self.held_back(slot, error, lost && !says_so)
            }
            // What could not be sent was used all the same, unless its handler panicked.
            Phase::Closed { failed } => {
                slot.phase = Phase::Closed { failed };
                let is_used = failed && self.fate() != Fate::Poisoned;
                Ok(Outcome {
                    touch_due: is_used && self.is_touch_due(slot),
                    ..slot.seen()
                })
            }
        };
        done.map_err(|error| {
            let error = error.of_cookie(self.context.family.names.base());
            self.give_up(slot, None);
            slot.phase = Phase::Closed { failed: true };
            slot.notes.push(Note::CommitFailed(error.clone()));
            error
        })
    }

    /// What is said of changes that were given up. `silently` lost are those that no page tells of.
    fn held_back(
        &self,
        slot: &mut Slot,
        error: Option<Error>,
        silently: bool,
    ) -> Result<Outcome<'_>, Error> {
        let poisoned = self.fate() == Fate::Poisoned;
        // It is told once for all slots.
        if poisoned && self.main.is_none() {
            slot.notes.push(Note::Poisoned);
        }
        match error {
            Some(error) => Err(error),
            None if poisoned && silently => Err(Error::poisoned()),
            None => Ok(slot.seen()),
        }
    }
}

impl Slot {
    /// Nothing to send; only what caches have to know.
    fn seen(&self) -> Outcome<'static> {
        let live = |state: &State| state.record.is_some() || state.held.is_some();
        Outcome {
            looked_at: self.state.is_some(),
            refused: self.refused.is_some(),
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
                slot.notes.push(Note::Withheld);
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
                let times = SessionTimes {
                    created: record.created,
                    used: issued,
                    own: record.own,
                };
                self.check_alive(&times, now)?;
                // What it asked for in this request must not revive it either.
                if let Some(held) = state.held.filter(|_| !state.is_started_over()) {
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
        if source == Source::Cookie {
            let behind = self.behind(slot, state);
            lines.extend(behind.into_iter().map(Line::Cookie));
        }
        // A request that brought nothing ends nothing: another site may have caused it.
        let parting = state.change == Change::Ended && !jar.is_empty();
        let parting = parting.then_some(&context.parting);
        slot.written = written;
        Ok(Outcome {
            lines,
            asked: true,
            parting,
            ..seen
        })
    }

    /// The lines behind those of the session: what another scope may still hold, and tombstones.
    fn behind(&self, slot: &Slot, state: &State) -> Vec<String> {
        let (context, jar) = (&self.context, &slot.jar);
        let bury = |death, dead: &[Held]| tombstones(context, jar, (death, dead), self.now);
        match state.change {
            Change::None | Change::Edited => Vec::new(),
            // A response that is under way has what was there before, with its rights.
            Change::Renewed => bury(Death::Renewed, state.held.as_slice()),
            Change::Ended if jar.is_empty() => Vec::new(),
            Change::StartedOver | Change::Ended => {
                // The one that counted comes last: its tombstones come in front.
                let mut ended = authentic(context, jar, self.now);
                ended.extend(state.held);
                let mut lines = former_scopes(context, jar);
                lines.extend(bury(Death::Ended, &ended));
                lines
            }
        }
    }

    /// A handler that ran for longer than its session lives revives nothing. A clock that was set
    /// back meanwhile does not count.
    fn check_alive(&self, times: &SessionTimes, now: Timestamp) -> Result<(), Error> {
        let judged = self.context.lifetime.judge(times, now.max(times.used));
        judged.map_err(Error::expired)
    }
}
