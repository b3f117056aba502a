//! One slot of a visit under its lock: reading a session, and changing it.

use super::config::{Config, SlotList};
use super::course::{Course, Notes};
use super::fitting::{Checked, Exit};
use super::opening::{Looked, look, open};
use super::phase::{Cause, Closing, HeldBack, Phase};
use super::slot_state::{Seldom, SlotState, Usage};
use super::state::{Edit, SessionState};
use crate::carrier::{Incoming, Source};
use crate::error::{Error, Refusal};
use crate::event::Event;
use crate::lifetime::Timestamp;
use crate::payload::{Attributes, Entry, Placed};
use crate::seal::Format;

/// One slot of the visit `'v`, for as long as the lock is held.
pub(crate) struct SlotVisit<'v, 'l> {
    pub(super) config: &'v Config,
    pub(super) now: Timestamp,
    pub(super) phase: &'l Phase,
    pub(super) slot: &'l mut SlotState,
    list: &'v SlotList,
    notes: &'l mut Notes,
    pub(super) at: usize,
}

impl<'v, 'l> SlotVisit<'v, 'l> {
    pub(super) fn of(
        list: &'v SlotList,
        now: Timestamp,
        course: &'l mut Course,
        at: usize,
    ) -> SlotVisit<'v, 'l> {
        let Course {
            phase,
            main,
            others,
            notes,
        } = course;
        // A number comes from `Visit::find`.
        let (at, slot) = match at.checked_sub(1).and_then(|other| others.get_mut(other)) {
            Some(other) => (at, other),
            None => (0, main),
        };
        SlotVisit {
            config: list.at(at),
            now,
            phase,
            slot,
            list,
            notes,
            at,
        }
    }

    /// Returns whether anybody hears of everyday events.
    pub(super) fn hears_everyday(&self) -> bool {
        self.list.hears_everyday(self.at)
    }

    /// Notes what is told when the lock is released.
    pub(super) fn note(&mut self, event: Event) {
        self.notes.push((self.at, event));
    }

    /// Returns the session, which is opened on first use.
    pub(crate) fn open(&mut self) -> &mut SessionState {
        let SlotVisit {
            config,
            now,
            slot,
            list,
            notes,
            at,
            ..
        } = self;
        let SlotState {
            came,
            session,
            seldom,
            ..
        } = &mut **slot;
        session.get_or_insert_with(|| {
            let deposited = Seldom::deposited(seldom.as_deref());
            let state = SessionState::of(open(config, came, deposited, *now));
            match state.refusal() {
                None if list.hears_everyday(*at) => notes.push((*at, Event::Opened {})),
                None | Some(Refusal::Absent) => {}
                Some(refusal) => notes.push((*at, Event::Refused { refusal })),
            }
            if let Some(revoking) = &config.revoking {
                revoking.note_stale(&state, *now, |event| notes.push((*at, event)));
            }
            state
        })
    }

    /// Looks at each text that came, and changes nothing.
    pub(crate) fn look(&self) -> Vec<Looked> {
        look(self.config, self.came(), self.slot.depot(), self.now)
    }

    /// Returns the session, if it was looked at.
    pub(crate) fn opened(&self) -> Option<&SessionState> {
        self.slot.session.as_ref()
    }

    pub(crate) fn came(&self) -> &Incoming {
        &self.slot.came
    }

    pub(crate) fn source(&self) -> Source {
        self.slot.came.source()
    }

    pub(crate) fn usage(&self) -> Usage {
        self.slot.usage
    }

    pub(crate) fn set_usage(&mut self, usage: Usage) {
        self.slot.usage = usage;
    }

    /// Returns the way out for the session as it is now.
    pub(crate) fn exit(&mut self) -> Exit<'v> {
        let (config, source, now) = (self.config, self.source(), self.now);
        Exit::of(config, source, self.open(), now)
    }

    /// Changes the session, unless it is too late. `what` names the change in errors.
    pub(crate) fn apply(&mut self, what: &str, edit: Edit<'_>) -> Result<bool, Error> {
        self.check_open(what)?;
        self.check_secrets(&|name| edit.keeps(name))?;
        let (config, now) = (self.config, self.now);
        if let Edit::StartOver { .. } = edit {
            // An idle timeout may have been asked for a session that lives longer than the one that begins.
            config.lifetime.check_own(self.open().asked())?;
        }
        let is_change = self.open().apply(edit, now)?;
        self.slot.forget_put();
        self.slot.settle(|name| edit.settles(name));
        Ok(is_change)
    }

    /// Forgets that a value of this attribute was refused.
    pub(crate) fn settle(&mut self, name: &str) {
        self.slot.settle(|refused| refused == name);
    }

    /// Stores a value, if that changes anything and `allowed` agrees to what it replaces.
    pub(crate) fn put(
        &mut self,
        name: &str,
        entry: Entry<'_>,
        allowed: impl FnOnce(&SessionState, Option<Entry<'_>>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let now = self.now;
        let state = self.open();
        let placed = state.placed(entry);
        let replaced = state.attributes().and_then(|all| all.replaced(&placed));
        allowed(state, replaced)?;
        if !placed.is_change {
            return Ok(());
        }
        self.check_open(name)?;
        self.check_secrets(&|kept| kept != name.as_bytes())?;
        let checked = self.check_fits(name, &placed, SessionState::attributes)?;
        self.open()
            .put(&placed.with_text(checked.text.as_ref()), now)?;
        self.slot.forget_put();
        self.slot.note_compressed(checked.compressed);
        self.settle(name);
        Ok(())
    }

    /// Drops the session, and begins one that holds this value alone. Returns whether it did: it does not if its attribute is
    /// not as it was `before`.
    pub(crate) fn put_anew(
        &mut self,
        name: &str,
        entry: Entry<'_>,
        before: Option<Entry<'_>>,
    ) -> Result<bool, Error> {
        self.check_open(name)?;
        let there = self.open().attributes().and_then(|all| all.get(name));
        if there != before {
            return Ok(false);
        }
        let (placed, now) = (Placed::first(entry), self.now);
        let checked = self.check_fits(name, &placed, |_| None)?;
        let placed = placed.with_text(checked.text.as_ref());
        self.open().put_anew(&placed, now)?;
        self.slot.note_compressed(checked.compressed);
        self.settle(name);
        Ok(true)
    }

    /// Refuses a value with which no session could be sent, and remembers that. `beside` returns the attributes among
    /// which it takes its place.
    fn check_fits(
        &mut self,
        name: &str,
        placed: &Placed<'_>,
        beside: fn(&SessionState) -> Option<&Attributes>,
    ) -> Result<Checked, Error> {
        self.config.check_keeps_secrets(&placed.entry)?;
        let exit = self.exit();
        let checked = exit.check_fits(placed, self.opened().and_then(beside));
        checked.inspect_err(|error| {
            self.slot.refuse(name.to_owned(), error.clone());
        })
    }

    /// Refuses a change that comes too late, or that has nowhere to go.
    pub(super) fn check_open(&mut self, what: &str) -> Result<(), Error> {
        if let Incoming::Barred(host) = &self.slot.came {
            return Err(Error::off_loopback(host));
        }
        match self.phase {
            Phase::Open => {}
            Phase::HeldBack(HeldBack {
                cause: Cause::Panic(_),
                ..
            })
            | Phase::Closed(Closing::Panicked) => return Err(Error::poisoned()),
            Phase::HeldBack(HeldBack {
                cause: Cause::Refused(..),
                ..
            })
            | Phase::Closed(Closing::Refused) => return Err(Error::held_back(what)),
            Phase::Closed(Closing::Failed | Closing::Sent) => {
                self.note(Event::TooLate {
                    attribute: what.to_owned(),
                });
                return Err(Error::too_late(what));
            }
        }
        if self.made_link().is_some() {
            self.note(Event::TooLate {
                attribute: what.to_owned(),
            });
            return Err(Error::linked(what));
        }
        Ok(())
    }

    /// Refuses a change that a signed session could not be sent with, because it came encrypted and
    /// holds secrets which the change keeps.
    fn check_secrets(&mut self, is_kept: &dyn Fn(&[u8]) -> bool) -> Result<(), Error> {
        let config = self.config;
        if config.sealer.format() == Format::Encrypted {
            return Ok(());
        }
        let Some(attributes) = self.open().attributes() else {
            return Ok(());
        };
        // One secret after the other may go.
        let goes = |entry: Entry<'_>| entry.is_secret() && !is_kept(entry.name);
        if attributes.iter().any(goes) {
            return Ok(());
        }
        let mut kept = attributes.iter().filter(|entry| is_kept(entry.name));
        kept.try_for_each(|entry| config.check_keeps_secrets(&entry))
    }

    /// Returns the token that the links of this response carry, if one was made.
    pub(super) fn made_link(&self) -> Option<&str> {
        self.slot.links.as_ref()?.made()
    }
}
