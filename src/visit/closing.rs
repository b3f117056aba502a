//! Closes a visit: each session says once what its response carries.

use time::OffsetDateTime;

use super::caching::Response;
use super::course::Course;
use super::fitting::Exit;
use super::held::Held;
use super::opening::authentic;
use super::phase::{Cause, Closing, HeldBack, Phase};
use super::said::{AllSaid, Deed, Said, Sight};
use super::shared::Visit;
use super::slot::SlotVisit;
use super::slot_state::{SlotState, Usage};
use super::state::{Change, SessionState};
use super::tombstones::{Death, tombstones};
use super::touching;
use crate::carrier::Incoming;
use crate::error::Error;
use crate::event::Note;
use crate::head::{HeaderChange, ResponseHead};
use crate::lifetime::{SessionTimes, Timestamp};
use crate::payload::Record;

/// A failure, and the number of the slot that it happened to.
type Failure = (usize, Error);

impl Visit {
    /// Closes all sessions and returns the changes that the response needs. `now` is the time of this
    /// call.
    pub(crate) fn close<'a, I>(
        &self,
        response: ResponseHead<'a, I>,
        now: OffsetDateTime,
    ) -> Result<Vec<HeaderChange>, Error>
    where
        I: IntoIterator<Item = (&'a str, &'a [u8])>,
    {
        let mut fields = response.headers.into_iter();
        let mut response = Response::lazily(response.status, &mut fields, now);
        let mut said = self.locked(|course| course.try_close(self, &response, now));
        if let Attempt::AwaitsFields = said {
            response.read();
            said = self.locked(|course| course.try_close(self, &response, now));
        }
        match said {
            Attempt::Unused | Attempt::AwaitsFields => Ok(Vec::new()),
            Attempt::Said(said) => Ok(response.changes(said?)),
        }
    }
}

/// Returns whether the page of this status says that something went wrong on the server.
fn is_failure(status: u16) -> bool {
    status >= 500
}

/// What became of an attempt to close a visit.
enum Attempt<'v> {
    /// Nothing was looked at, and nothing is to be said.
    Unused,
    /// The fields of the response decide, and nobody has read them. Nothing was closed.
    AwaitsFields,
    Said(Result<AllSaid<'v>, Error>),
}

impl Course {
    /// Closes the visit, unless the fields of the response have to be read first: their iterator is an
    /// adapter's, and does not run under the lock.
    fn try_close<'v>(
        &mut self,
        visit: &'v Visit,
        response: &Response<'_, '_>,
        now: OffsetDateTime,
    ) -> Attempt<'v> {
        // Nearly every request for a file ends here.
        if self.is_unused(visit) {
            self.phase = Phase::Closed(Closing::Sent);
            return Attempt::Unused;
        }
        if !response.is_read() && self.may_say_unasked(visit) {
            return Attempt::AwaitsFields;
        }
        Attempt::Said(self.close(visit, response, Timestamp::of(now)))
    }

    /// Returns whether a line is possible that the application did not ask for.
    fn may_say_unasked(&self, visit: &Visit) -> bool {
        let mut slots = self.slots().enumerate();
        slots.any(|(at, slot)| touching::may_say(visit.config(at), slot, visit.now))
    }

    fn close<'v>(
        &mut self,
        visit: &'v Visit,
        response: &Response<'_, '_>,
        commit_time: Timestamp,
    ) -> Result<AllSaid<'v>, Error> {
        let says_so = is_failure(response.status());
        // An error of the application's own that wraps ours became this page.
        if self.phase.is_open()
            && says_so
            && let Some((at, error)) = self.take_refused()
        {
            self.hold_back(&visit.slots, visit.now, Cause::Refused(at, error));
        }
        // What a panic leaves behind counts as failed.
        let phase = std::mem::replace(&mut self.phase, Phase::Closed(Closing::Failed));
        let (closing, result) = match phase {
            Phase::Open => match self.say_all(visit, response, commit_time) {
                Ok(said) => (Closing::Sent, Ok(said)),
                Err(failure) => {
                    self.reset(&visit.slots, visit.now);
                    (Closing::Failed, Err(failure))
                }
            },
            Phase::HeldBack(held_back) => (
                held_back.cause.closing(),
                self.say_held_back(visit, held_back, says_so),
            ),
            Phase::Closed(closing) => (
                closing,
                Ok(self.say_again(visit, closing, response, commit_time)),
            ),
        };
        self.phase = Phase::Closed(closing);
        match result {
            Ok(said) => {
                self.report(&visit.config(0).budget, &said);
                Ok(said)
            }
            Err((at, error)) => {
                let error = error.of_cookie(visit.config(at).cookie());
                self.notes.push((at, Note::CommitFailed(error.clone())));
                Err(error)
            }
        }
    }

    /// Returns whether no session was looked at, and none is to be touched.
    fn is_unused(&self, visit: &Visit) -> bool {
        let is_unused = |at, slot: &SlotState| {
            slot.session.is_none()
                && !slot.links.as_ref().is_some_and(|links| links.is_exposed())
                && !touching::may_be_due(visit.config(at), slot, visit.now)
        };
        let mut others = (1..).zip(&self.others);
        self.phase.is_open()
            && is_unused(0, &self.main)
            && others.all(|(at, other)| is_unused(at, other))
    }

    /// Takes the first error of a value that was refused and that nothing took the place of.
    fn take_refused(&mut self) -> Option<Failure> {
        let mut slots = self.slots_mut().enumerate();
        slots.find_map(|(at, slot)| Some((at, slot.refused.take()?.error)))
    }

    /// Says what each session has to say.
    fn say_all<'v>(
        &mut self,
        visit: &'v Visit,
        response: &Response<'_, '_>,
        commit_time: Timestamp,
    ) -> Result<AllSaid<'v>, Failure> {
        let mut all = AllSaid::new();
        for at in 0..self.len() {
            let said = SlotVisit::of(&visit.slots, visit.now, self, at).say(response, commit_time);
            all.push(said.map_err(|error| (at, error))?);
        }
        Ok(all)
    }

    /// Says that changes were given up, unless the response does.
    fn say_held_back<'v>(
        &mut self,
        visit: &'v Visit,
        held_back: HeldBack,
        says_so: bool,
    ) -> Result<AllSaid<'v>, Failure> {
        let refused = match held_back.cause {
            Cause::Refused(at, error) => Some((at, error)),
            Cause::Panic(refused) => {
                self.notes.push((0, Note::Poisoned));
                let unsaid = if says_so { None } else { held_back.lost };
                refused.or(unsaid.map(|at| (at, Error::poisoned())))
            }
        };
        refused.map_or_else(|| Ok(self.seen(visit)), Err)
    }

    /// Says what is left to say in a second response head.
    fn say_again<'v>(
        &mut self,
        visit: &'v Visit,
        closing: Closing,
        response: &Response<'_, '_>,
        commit_time: Timestamp,
    ) -> AllSaid<'v> {
        let mut all = self.seen(visit);
        // What could not be sent was used all the same, unless its handler panicked.
        if closing == Closing::Failed {
            for (at, (said, slot)) in all.iter_mut().zip(self.slots()).enumerate() {
                let config = visit.config(at);
                if touching::may_be_due(config, slot, visit.now) && response.may_carry_unasked() {
                    let touch = touching::touch(config, slot, visit.now, commit_time);
                    said.lines.extend(touch);
                }
            }
        }
        all
    }

    /// Returns what caches have to know, and nothing to send.
    fn seen<'v>(&mut self, visit: &'v Visit) -> AllSaid<'v> {
        let slots = 0..self.len();
        slots
            .map(|at| SlotVisit::of(&visit.slots, visit.now, self, at).seen())
            .collect()
    }
}

impl<'v> SlotVisit<'v, '_> {
    /// Returns what caches have to know, and nothing to send.
    fn seen(&self) -> Said<'v> {
        let sight = match self.opened() {
            None => Sight::Nothing,
            Some(state) if state.record().is_some() || state.held().is_some() => Sight::Session,
            Some(_) => Sight::NoSession,
        };
        let links = self.slot.links.as_ref();
        Said {
            carriers: &self.config.carriers,
            lines: Vec::new(),
            deed: Deed::Nothing,
            sight,
            is_exposed: links.is_some_and(|links| links.is_exposed()),
            parting: None,
        }
    }

    /// Says what the response has to carry of this session.
    fn say(
        &mut self,
        response: &Response<'_, '_>,
        commit_time: Timestamp,
    ) -> Result<Said<'v>, Error> {
        let mut said = self.seen();
        let state = self.opened().filter(|state| state.has_to_be_sent());
        match (state, &self.slot.came) {
            // What is begun would replace a session that nobody here knows, and what is ended is
            // another one than that.
            (Some(state), Incoming::Withheld(_)) => {
                if state.record().is_some() {
                    said.deed = Deed::Withheld;
                }
            }
            (None, Incoming::Withheld(_)) => {}
            (Some(state), _) => {
                match state.record() {
                    Some(record) => self.write(&mut said, state, record, commit_time)?,
                    None => {
                        said.lines = said.carriers.of(self.source()).end(&self.slot.came);
                        said.deed = Deed::Settled;
                    }
                }
                // A request that brought nothing ends nothing: another site may have caused it.
                if state.change() == Change::Ended && !self.slot.came.is_empty() {
                    said.parting = Some(&self.config.parting);
                }
                self.bury(&mut said, state);
            }
            (None, _) => self.keep_alive(&mut said, response, commit_time),
        }
        Ok(said)
    }

    /// Keeps a session alive that was not changed, and cleans up after one that is gone, if the response
    /// may carry what nobody asked for.
    fn keep_alive(&self, said: &mut Said<'_>, response: &Response<'_, '_>, commit_time: Timestamp) {
        let (config, now) = (self.config, self.now);
        let orphans = touching::orphans(config, &self.slot.came, self.opened(), now, commit_time);
        let is_due = touching::may_be_due(config, self.slot, now);
        if (is_due || !orphans.is_empty()) && response.may_carry_unasked() {
            said.lines = orphans;
            if is_due {
                let touch = touching::touch(config, self.slot, now, commit_time);
                said.lines.extend(touch);
            }
        }
    }

    /// Writes a session that was changed.
    fn write(
        &self,
        said: &mut Said<'_>,
        state: &SessionState,
        record: &Record,
        commit_time: Timestamp,
    ) -> Result<(), Error> {
        let issued = state.issued(self.now, self.slot.usage == Usage::Passive);
        // A handler that ran for longer than its session lives revives nothing, and neither does what
        // it asked for in this request.
        let times = SessionTimes {
            created: record.created,
            used: issued,
            own: record.own,
        };
        self.check_alive(&times, commit_time)?;
        if let Some(held) = state.unbroken() {
            self.check_alive(&held.times(issued), commit_time)?;
        }
        let exit = Exit::of(self.config, self.source(), state, self.now);
        if !exit.carrier.is_in_head() {
            // It was packed and sealed for the first link.
            self.check_linked()?;
            said.deed = Deed::Settled;
            return Ok(());
        }
        let fitted = exit.fit(record)?;
        said.lines = fitted.lines(&self.slot.came, issued)?;
        said.deed = Deed::Wrote(fitted.write_size(state.unbroken()));
        Ok(())
    }

    /// Refuses a session whose time is over. A clock that was set back meanwhile does not count.
    fn check_alive(&self, times: &SessionTimes, commit_time: Timestamp) -> Result<(), Error> {
        let lifetime = &self.config.lifetime;
        let judged = lifetime.time_left(times, commit_time);
        judged.map(drop).map_err(Error::expired)
    }

    /// Adds the lines behind those of the session: what another scope may still hold, and tombstones.
    fn bury(&self, said: &mut Said<'_>, state: &SessionState) {
        let (config, came) = (self.config, &self.slot.came);
        let carrier = config.carriers.of(came.source());
        let Some(jar) = came.jar().filter(|_| carrier.buries()) else {
            return;
        };
        let bury = |death, dead: &[Held]| tombstones(config, came, (death, dead), self.now);
        match state.change() {
            Change::None | Change::Edited => {}
            // A response that is under way has what was there before, with its rights.
            Change::Renewed => {
                let held = state.held().map(std::slice::from_ref).unwrap_or_default();
                said.lines.extend(bury(Death::Renewed, held));
            }
            Change::Ended if jar.is_empty() => {}
            Change::StartedOver | Change::Ended => {
                // The one that counted comes last: its tombstones come in front.
                let mut ended = authentic(config, came, self.now);
                ended.extend(state.held().copied());
                said.lines
                    .extend(config.carriers.cookies().former_scopes(jar));
                said.lines.extend(bury(Death::Ended, &ended));
            }
        }
    }
}
