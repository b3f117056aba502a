//! Sign-outs, which end every copy of a session where a table keeps them.

use super::opening::sign_ins;
use super::shared::Visit;
use super::slot::SlotVisit;
use super::state::{Change, SessionState};
use crate::event::Event;
use crate::lifetime::Timestamp;
use crate::payload::SessionId;
use crate::revocation::{Revocation, Target};

impl Visit {
    /// Returns what is revoked by `target`, and notes that this request revokes it: a session that begins in it comes
    /// afterwards, unless others revoked the same meanwhile.
    pub(crate) fn revocations_of(&self, target: Target<'_>, now: Timestamp) -> Vec<Revocation> {
        let all = self.slots.revocations_of(target, now);
        for at in 0..self.len() {
            if let Some(revoking) = &self.config(at).revoking {
                self.at(at, |slot| slot.slot.note_revoked(revoking, &all));
            }
        }
        all
    }

    /// Revokes the sign-ins that this request ended, so that copies of them end as well. Guests are left out: anybody
    /// can be one as often as they please.
    pub(super) fn revoke_what_ended(&self, now: Timestamp) {
        for at in 0..self.len() {
            let config = self.config(at);
            let Some(revoking) = config.revoking.as_ref() else {
                continue;
            };
            if !revoking.revocations.keeps() {
                continue;
            }
            for id in self.at(at, |slot| slot.sign_ins_ended()) {
                let revocations = config.revocations_of(Target::SignIn(id), now);
                // The browser loses its session all the same.
                if let Err(error) = revoking.revocations.sign_out(&revocations, now) {
                    let error = error.of_cookie(config.cookie());
                    self.slots.tell(at, &Event::NotRevoked { error });
                }
            }
        }
    }
}

impl SlotVisit<'_, '_> {
    /// Returns the sign-ins that came, if a `destroy` ended them.
    fn sign_ins_ended(&self) -> Vec<SessionId> {
        let is_ended = |state: &SessionState| state.change() == Change::Ended;
        if !self.opened().is_some_and(is_ended) {
            return Vec::new();
        }
        sign_ins(self.config, self.came(), self.now)
    }
}
