//! Stores what fits in no cookie: before the commit, and without the lock.
//!
//! A session that is to be sent is sealed into a deposit under the lock, and put into the store without it. The commit
//! then sends the name and the key, if the deposit is there and the session is still the same.

use std::mem::replace;
use std::sync::Arc;

use time::OffsetDateTime;

use super::asking::Pending;
use super::config::Config;
use super::course::Course;
use super::depot::{Put, Stage};
use super::fitting::{Exit, Fitted};
use super::opening::deposits;
use super::revoked::outliving;
use super::shared::Visit;
use super::slot::SlotVisit;
use super::state::{Change, SessionState};
use crate::carrier::Incoming;
use crate::error::{Error, Unstored};
use crate::event::Event;
use crate::lifetime::Timestamp;
use crate::overflow::{Overflow, SPARE};
use crate::payload::Record;
use crate::seal::{Deposit, DepositName};

/// A deposit on its way into the store.
struct Underway {
    at: usize,
    name: DepositName,
    sealed: Vec<u8>,
    until: Timestamp,
}

/// A deposit that a response takes the place of.
struct Replaced {
    at: usize,
    name: DepositName,
    /// When the store is to forget it.
    forgotten: Timestamp,
}

impl Visit {
    /// Returns what has to be waited for before a response of this status is committed; `now` is the time of this call.
    pub(crate) fn pending_commit(
        self: &Arc<Self>,
        status: u16,
        now: OffsetDateTime,
    ) -> Option<Pending> {
        let mut slots = self.slots.iter();
        if !slots.any(|slot| slot.config.overflow.is_some()) {
            return None;
        }
        let now = Timestamp::of(now);
        let (puts, replaced) = self.locked(|course| course.deposit(self, status, now))?;
        if puts.is_empty() && replaced.is_empty() {
            return None;
        }
        let visit = Arc::clone(self);
        Some(Pending::new(async move {
            for put in puts {
                if !visit.put(put).await {
                    return;
                }
            }
            // The browser keeps what it has if nothing is sent.
            let would_commit = visit.locked(|course| course.would_commit(&visit, now));
            for old in replaced.into_iter().filter(|_| would_commit) {
                visit.expire(old).await;
            }
        }))
    }

    /// Puts a deposit into the store, and returns whether it is there.
    async fn put(&self, put: Underway) -> bool {
        let Underway {
            at,
            name,
            sealed,
            until,
        } = put;
        let Some(overflow) = &self.config(at).overflow else {
            return false;
        };
        let result = overflow.put(name, sealed, until.to_time()).await;
        // Without the lock: the text of an error is the store's own code.
        let result = result.map_err(|error| error.to_string());
        self.at(at, |slot| {
            let stage = match result {
                Ok(()) => Stage::Kept,
                Err(cause) => Stage::Failed(slot.note_failed("put", cause)),
            };
            let is_kept = matches!(stage, Stage::Kept);
            slot.slot.depot_mut().settle(&name, stage);
            is_kept
        })
    }

    async fn expire(&self, old: Replaced) {
        let Some(overflow) = &self.config(old.at).overflow else {
            return;
        };
        let expired = overflow.expire(old.name, old.forgotten.to_time()).await;
        if let Err(error) = expired {
            let cause = error.to_string();
            self.at(old.at, |slot| slot.note_failed("expire", cause));
        }
    }
}

impl Course {
    /// Seals what has to be stored, and lists what it replaces; `None` if nothing of this request is sent.
    fn deposit(
        &mut self,
        visit: &Visit,
        status: u16,
        now: Timestamp,
    ) -> Option<(Vec<Underway>, Vec<Replaced>)> {
        self.lose_what_failed(visit, status);
        if !self.phase.is_open() {
            return None;
        }
        let (mut puts, mut replaced) = (Vec::new(), Vec::new());
        for at in 0..visit.len() {
            let mut slot = SlotVisit::of(&visit.slots, visit.now, self, at);
            let Some(overflow) = &slot.config.overflow else {
                continue;
            };
            puts.extend(slot.deposit(overflow, now));
            replaced.extend(slot.replaced(now));
        }
        Some((puts, replaced))
    }
}

impl SlotVisit<'_, '_> {
    /// Notes that the store failed, and returns what it said.
    pub(super) fn note_failed(&mut self, call: &'static str, cause: String) -> Arc<str> {
        let told: Arc<str> = cause.as_str().into();
        self.note(Event::StoreFailed { call, cause });
        told
    }

    /// Returns whether a response carries the session, or its end.
    fn is_sent(&self) -> bool {
        let has_to_be_sent = self.opened().is_some_and(SessionState::has_to_be_sent);
        has_to_be_sent && !matches!(self.slot.came, Incoming::Withheld(_))
    }

    /// Seals the session into a deposit if it has to be stored, and takes the deposit out to be put.
    fn deposit(&mut self, overflow: &Overflow, now: Timestamp) -> Option<Underway> {
        let (config, source) = (self.config, self.source());
        let state = self.opened()?;
        if !self.is_sent() && self.made_link().is_none() {
            return None;
        }
        let record = state.record()?;
        let later = outliving(config, (state, self.slot.heard()), record, now);
        let record = later.as_deref().unwrap_or(record);
        let exit = Exit::of(config, source, state, self.now);
        let until = kept_until(config, record);
        // A link carries what it was made with.
        if exit.carrier.is_in_head() && !self.has_put() {
            let put = Put::of(exit, overflow, record)?;
            self.slot.depot_mut().put = Some(put);
        }
        let put = self.slot.depot_mut().put.as_mut()?;
        match replace(&mut put.stage, Stage::Asked) {
            Stage::Due(sealed) => Some(Underway {
                at: self.at,
                name: *put.deposit.name(),
                sealed,
                until,
            }),
            stage => {
                put.stage = stage;
                None
            }
        }
    }

    fn has_put(&self) -> bool {
        let depot = self.slot.depot();
        depot.is_some_and(|depot| depot.put.is_some())
    }

    /// Returns the deposits that the response takes the place of. What was ended is forgotten at once. What was written
    /// over may be what the browser goes on with.
    fn replaced(&self, now: Timestamp) -> Vec<Replaced> {
        let is_sent = self.is_sent() || self.has_put();
        let Some(state) = self.opened().filter(|_| is_sent) else {
            return Vec::new();
        };
        let (names, forgotten) = match state.change() {
            Change::None | Change::Edited | Change::Renewed => {
                let deposit = state.record().and_then(|record| record.deposit.as_ref());
                let name = deposit.map(|deposit| *deposit.name());
                (name.into_iter().collect(), now.after(SPARE.as_secs()))
            }
            Change::Dropped | Change::StartedOver | Change::Ended => {
                (deposits(self.config, &self.slot.came, true, self.now), now)
            }
        };
        let replaced = |name| Replaced {
            at: self.at,
            name,
            forgotten,
        };
        names.into_iter().map(replaced).collect()
    }

    /// Refuses to send links to what is not in the store.
    pub(super) fn check_linked(&self) -> Result<(), Error> {
        if !self.has_put() || self.made_link().is_none() {
            return Ok(());
        }
        let Some((state, record)) = self
            .opened()
            .and_then(|state| Some((state, state.record()?)))
        else {
            return Ok(());
        };
        let exit = Exit::of(self.config, self.source(), state, self.now);
        self.fit(exit, record).map(drop)
    }

    /// Fits a session into its budget, or what its cookie keeps of one that was stored.
    pub(super) fn fit<'c>(&self, exit: Exit<'c>, record: &Record) -> Result<Fitted<'c>, Error> {
        match exit.config.overflow {
            None => exit.fit(record, self.slot.compressed()),
            Some(_) => self.fit_or_find(exit, record),
        }
    }

    #[inline(never)]
    fn fit_or_find<'c>(&self, exit: Exit<'c>, record: &Record) -> Result<Fitted<'c>, Error> {
        let depot = self.slot.depot();
        let unstored = match depot.map_or(Err(Unstored::NotAsked), |depot| depot.kept()) {
            Ok(deposit) => return exit.fit_with(record, deposit),
            Err(unstored) => unstored,
        };
        exit.fit(record, self.slot.compressed())
            .map_err(|error| match error.sizes() {
                Some(sizes) if exit.can_be_stored(record) => {
                    Error::overflow(sizes.clone(), unstored).of_cookie(exit.config.cookie())
                }
                _ => error,
            })
    }
}

impl Put {
    /// Seals a session into a deposit; `None` if it fits without one, or not with one either.
    pub(super) fn of(exit: Exit<'_>, overflow: &Overflow, record: &Record) -> Option<Put> {
        if exit.fits(record) {
            return None;
        }
        let plain = record
            .attributes
            .encode_apart(exit.config.compression, overflow.limit());
        let plain = plain.ok()?;
        // Without random bytes the commit fails, and says so.
        let deposit = Deposit::draw().ok()?;
        let sealed = deposit.seal(exit.binding(), plain);
        Some(Put {
            deposit,
            stage: Stage::Due(sealed),
        })
    }
}

/// Returns when the store may forget a session: once it is over for the slowest clock.
fn kept_until(config: &Config, record: &Record) -> Timestamp {
    let lifetime = &config.lifetime;
    let skew = lifetime.clock_skew().as_secs();
    record
        .created
        .after(lifetime.absolute_of(record.own).saturating_add(skew))
}
