//! Closes a visit: each session says once what its response carries.

use time::OffsetDateTime;

use super::caching::{Caching, changes};
use super::course::Course;
use super::fitting::Exit;
use super::held::Held;
use super::opening::authentic;
use super::phase::{Cause, Closing, HeldBack, Phase};
use super::revoked::outliving;
use super::said::{AllSaid, Deed, Said, Sight};
use super::shared::Visit;
use super::slot::SlotVisit;
use super::slot_state::{SlotState, Usage};
use super::state::{Change, SessionState};
use super::tombstones::{Death, tombstones};
use super::touching;
use crate::carrier::Incoming;
use crate::error::{Error, Refusal};
use crate::event::Event;
use crate::head::{HeaderChange, ResponseHead};
use crate::lifetime::{SessionTimes, Timestamp};
use crate::payload::Record;

/// A failure, and the number of the slot that it happened to.
type Failure = (usize, Error);

impl Visit {
    /// Closes all sessions, if the response needs no change, whatever it is. Returns whether it did.
    pub(crate) fn close_unused(&self) -> bool {
        self.locked(|course| course.close_unused(self))
    }

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
        let mut read = || Caching::of(response.status, fields.by_ref(), now);
        let (status, mut caching) = (response.status, None);
        let said = match self.locked(|course| course.try_close(self, status, now)) {
            Some(said) => said?,
            // The fields decide. Their iterator is an adapter's, and does not run under the lock.
            None => {
                let caching = &*caching.insert(read());
                self.locked(|course| course.close(self, status, Some(caching), now))?
            }
        };
        if said.iter().all(Said::is_silent) {
            return Ok(Vec::new());
        }
        if said.iter().any(|said| said.parting.is_some()) {
            self.revoke_what_ended(Timestamp::of(now));
        }
        Ok(changes(said, &caching.unwrap_or_else(read)))
    }
}

/// Returns whether the page of this status says that something went wrong on the server.
fn is_failure(status: u16) -> bool {
    status >= 500
}

impl Course {
    /// Closes the visit, unless the fields of the response have to be read first: then it returns `None`.
    fn try_close<'v>(
        &mut self,
        visit: &'v Visit,
        status: u16,
        now: OffsetDateTime,
    ) -> Option<Result<AllSaid<'v>, Error>> {
        if self.close_unused(visit) {
            return Some(Ok(AllSaid::new()));
        }
        self.lose_what_failed(visit, status);
        // Is a line possible that the application did not ask for?
        let may_say = |(at, slot)| touching::may_say(visit.config(at), slot, visit.now);
        if self.slots().enumerate().any(may_say) {
            return None;
        }
        Some(self.close(visit, status, None, now))
    }

    /// Closes the visit. Where the fields of the response were not read, the response carries no line that
    /// the application did not ask for.
    fn close<'v>(
        &mut self,
        visit: &'v Visit,
        status: u16,
        caching: Option<&Caching>,
        now: OffsetDateTime,
    ) -> Result<AllSaid<'v>, Error> {
        let commit_time = Timestamp::of(now);
        self.lose_what_failed(visit, status);
        // What a panic leaves behind counts as failed.
        let phase = std::mem::replace(&mut self.phase, Phase::Closed(Closing::Failed));
        let (closing, result) = match phase {
            Phase::Open => match self.say_each(visit, caching, commit_time) {
                Ok(said) => (Closing::Sent, Ok(said)),
                Err(failure) => {
                    self.reset(&visit.slots, visit.now);
                    (Closing::Failed, Err(failure))
                }
            },
            Phase::HeldBack(held_back) => (
                held_back.cause.closing(),
                self.say_held_back(visit, held_back, is_failure(status)),
            ),
            Phase::Closed(closing) => (
                closing,
                Ok(self.say_again(visit, closing, caching, commit_time)),
            ),
        };
        self.phase = Phase::Closed(closing);
        // A clone of the session may live on for as long as a WebSocket.
        self.slots_mut().for_each(|slot| slot.note_compressed(None));
        match result {
            Ok(said) => {
                self.report(visit, &said);
                self.report_dropped(visit, &said);
                Ok(said)
            }
            Err((at, error)) => {
                let error = error.of_cookie(visit.config(at).cookie());
                self.notes.push((
                    at,
                    Event::CommitFailed {
                        error: error.clone(),
                    },
                ));
                Err(error)
            }
        }
    }

    /// Closes each session, up to the first that cannot be sent.
    // Within what every request does, although it is asked before a deposit, too.
    #[inline(always)]
    fn say_each<'v>(
        &mut self,
        visit: &'v Visit,
        caching: Option<&Caching>,
        commit_time: Timestamp,
    ) -> Result<AllSaid<'v>, Failure> {
        let mut said = AllSaid::new();
        for at in 0..visit.len() {
            let mut slot = SlotVisit::of(&visit.slots, visit.now, self, at);
            said.push(
                slot.say(caching, commit_time)
                    .map_err(|error| (at, error))?,
            );
        }
        Ok(said)
    }

    /// Returns whether each session can be sent, at the time of this call.
    pub(super) fn would_commit(&mut self, visit: &Visit, now: Timestamp) -> bool {
        self.phase.is_open() && self.say_each(visit, None, now).is_ok()
    }

    /// Loses what was changed, if the response says that something went wrong on the server.
    pub(super) fn lose_what_failed(&mut self, visit: &Visit, status: u16) {
        if !self.phase.is_open() || !is_failure(status) {
            return;
        }
        match self.take_refused() {
            // An error of the application's own that wraps ours became this page.
            Some((at, error)) => {
                self.hold_back(&visit.slots, visit.now, Cause::Refused(at, error));
            }
            None => self.give_up(&visit.slots, visit.now),
        }
    }

    /// Closes the visit if no session was looked at, and none is to be touched. Nearly every request for a file ends
    /// here.
    fn close_unused(&mut self, visit: &Visit) -> bool {
        let is_unused = |at, slot: &SlotState| {
            slot.session.is_none()
                && !slot.links.as_ref().is_some_and(|links| links.is_exposed())
                && !touching::may_be_due(visit.config(at), slot, visit.now)
        };
        let mut others = (1..).zip(&self.others);
        let closes = self.phase.is_open()
            && is_unused(0, &self.main)
            && others.all(|(at, other)| is_unused(at, other));
        if closes {
            self.phase = Phase::Closed(Closing::Sent);
        }
        closes
    }

    /// Takes the first error of a value that was refused and that nothing took the place of.
    fn take_refused(&mut self) -> Option<Failure> {
        let mut slots = self.slots_mut().enumerate();
        slots.find_map(|(at, slot)| Some((at, slot.take_refused()?)))
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
                self.notes.push((0, Event::Poisoned {}));
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
        caching: Option<&Caching>,
        commit_time: Timestamp,
    ) -> AllSaid<'v> {
        let mut all = self.seen(visit);
        // What could not be sent was used all the same, unless its handler panicked.
        if closing == Closing::Failed {
            for (at, (said, slot)) in all.iter_mut().zip(self.slots()).enumerate() {
                let config = visit.config(at);
                if touching::may_be_due(config, slot, visit.now)
                    && caching.is_some_and(Caching::may_carry_unasked)
                {
                    let touch = touching::touch(config, slot, visit.now, commit_time);
                    said.lines.extend(touch);
                }
            }
        }
        all
    }

    /// Returns what caches have to know, and nothing to send.
    fn seen<'v>(&mut self, visit: &'v Visit) -> AllSaid<'v> {
        (0..visit.len())
            .map(|at| SlotVisit::of(&visit.slots, visit.now, self, at).seen())
            .collect()
    }
}

impl<'v> SlotVisit<'v, '_> {
    /// Returns what caches have to know, and nothing to send.
    fn seen(&self) -> Said<'v> {
        let sight = match self.opened() {
            None => Sight::Nothing,
            Some(_) if self.slot.is_told => Sight::Told,
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
        caching: Option<&Caching>,
        commit_time: Timestamp,
    ) -> Result<Said<'v>, Error> {
        let mut said = self.seen();
        self.check_linked()?;
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
            (None, _) => self.keep_alive(&mut said, caching, commit_time),
        }
        Ok(said)
    }

    /// Keeps a session alive that was not changed, and cleans up after one that is gone, if the response
    /// may carry what nobody asked for.
    fn keep_alive(&self, said: &mut Said<'_>, caching: Option<&Caching>, commit_time: Timestamp) {
        if !caching.is_some_and(Caching::may_carry_unasked) {
            return;
        }
        let (config, now) = (self.config, self.now);
        said.lines = touching::orphans(config, &self.slot.came, self.opened(), now, commit_time);
        if touching::may_be_due(config, self.slot, now) {
            let touch = touching::touch(config, self.slot, now, commit_time);
            said.lines.extend(touch);
        }
    }

    /// Writes a session that was changed.
    fn write(
        &self,
        said: &mut Said<'v>,
        state: &SessionState,
        record: &Record,
        commit_time: Timestamp,
    ) -> Result<(), Error> {
        let issued = state.issued(self.now, self.slot.usage == Usage::Passive);
        let later = outliving(self.config, (state, self.slot.heard()), record, commit_time);
        let record = later.as_deref().unwrap_or(record);
        // A handler that ran for longer than its session lives revives nothing, and neither does what
        // it asked for in this request.
        let times = SessionTimes {
            created: record.created,
            used: issued,
            own: record.own,
        };
        // A clock that was set back meanwhile does not count.
        let before = state.unbroken().map(|held| held.times(issued));
        for times in [Some(times), before].iter().flatten() {
            let left = self.config.lifetime.time_left(times, commit_time);
            left.map_err(Error::expired)?;
        }
        // An outage costs nobody a session.
        if state.refusal() == Some(Refusal::NotFetched) && !state.is_started_over() {
            return Err(Error::in_place_of_unfetched());
        }
        let exit = Exit::of(self.config, self.source(), state, self.now);
        if !exit.carrier.is_in_head() {
            // It was packed and sealed for the first link.
            if self.made_link().is_none() {
                return Err(Error::unlinked());
            }

            said.deed = Deed::Settled;
            return Ok(());
        }
        let fitted = self.fit(exit, record)?;
        said.lines = fitted.lines(&self.slot.came, issued)?;
        let held = state.held().filter(|_| !state.is_started_over());
        said.deed = Deed::Wrote(fitted.write_size(held));
        Ok(())
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
            Change::None | Change::Edited | Change::Dropped => {}
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
