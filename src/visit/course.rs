//! The part of a visit that changes, under its lock.

use super::config::SlotList;
use super::phase::{Cause, Closing, HeldBack, Phase};
use super::slot_state::SlotState;
use super::state::SessionState;
use crate::event::Event;
use crate::lifetime::Timestamp;

/// What changes in the course of a visit.
pub(super) struct Course {
    pub(super) phase: Phase,
    pub(super) main: SlotState,
    /// The other slots, in their order.
    pub(super) others: Vec<SlotState>,
    pub(super) notes: Notes,
}

/// What is told when the lock is released, with the number of the slot that it happened to.
pub(super) type Notes = Vec<(usize, Event)>;

impl Course {
    /// Returns the slots, the main one first.
    pub(super) fn slots(&self) -> impl Iterator<Item = &SlotState> {
        std::iter::once(&self.main).chain(&self.others)
    }

    /// Returns the slots, the main one first.
    pub(super) fn slots_mut(&mut self) -> impl Iterator<Item = &mut SlotState> {
        std::iter::once(&mut self.main).chain(&mut self.others)
    }

    /// Sends nothing of what was changed, in any slot.
    pub(super) fn hold_back(&mut self, list: &SlotList, now: Timestamp, cause: Cause) {
        let is_missed = |slot: &SlotState| {
            let session = slot.session.as_ref();
            session.is_some_and(SessionState::has_to_be_sent)
        };
        let lost = self.slots().position(is_missed);
        self.phase = Phase::HeldBack(HeldBack { cause, lost });
        self.reset(list, now);
    }

    /// Goes back to the sessions as they came: an error page is to see what the browser keeps.
    pub(super) fn reset(&mut self, list: &SlotList, now: Timestamp) {
        for (at, slot) in self.slots_mut().enumerate() {
            slot.reset(list.at(at), now);
        }
    }

    /// Gives up what was stored, because the response is a server error: its handler may have
    /// stopped half-way. An end is sent all the same: a visitor who signed out is signed out.
    pub(super) fn give_up(&mut self, list: &SlotList, now: Timestamp) {
        let Course {
            main,
            others,
            notes,
            ..
        } = self;
        for (at, slot) in std::iter::once(main).chain(others).enumerate() {
            if slot.give_up(list.at(at), now) {
                notes.push((at, Event::GivenUp {}));
            }
        }
    }

    /// Holds everything back, because a panic unwinds past a handle.
    pub(super) fn poison(&mut self, list: &SlotList, now: Timestamp) {
        match &mut self.phase {
            Phase::Open => self.hold_back(list, now, Cause::Panic(None)),
            Phase::HeldBack(HeldBack { cause, .. }) => {
                if let Cause::Refused(at, error) = cause {
                    *cause = Cause::Panic(Some((*at, error.clone())));
                }
            }
            Phase::Closed(closing @ Closing::Failed) => *closing = Closing::Panicked,
            Phase::Closed(Closing::Sent | Closing::Panicked | Closing::Refused) => {}
        }
    }
}
