//! Where revocations are looked for, as the configuration says.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::state::SessionState;
use crate::event::Event;
use crate::lifetime::Timestamp;
use crate::revocation::{Revocations, Staleness};

/// Where revocations are looked for, and what happens if nobody knows.
#[derive(Debug)]
pub(crate) struct Revoking {
    pub(super) revocations: Revocations,
    pub(super) staleness: Staleness,
    /// Whether an operator was told that nobody knows recently enough, and it has not changed since.
    told: AtomicBool,
    /// Whether an operator was told that what was revoked before a time may be missing, which does not change.
    told_missing: AtomicBool,
}

impl Revoking {
    pub(crate) fn new(revocations: Revocations, staleness: Staleness) -> Revoking {
        Revoking {
            revocations,
            staleness,
            told: AtomicBool::new(false),
            told_missing: AtomicBool::new(false),
        }
    }

    /// Returns whether there is somebody to ask.
    pub(super) fn asks(&self) -> bool {
        self.revocations.asks()
    }

    /// Returns how many changes the table has seen.
    pub(super) fn changes(&self) -> u32 {
        self.revocations.changes()
    }

    /// Returns how old knowledge may be.
    pub(super) fn bound(&self) -> Duration {
        self.staleness.bound()
    }

    /// Notes that somebody knows again.
    pub(super) fn is_known(&self) {
        // Nearly always it says so already, and nobody writes to what all threads read.
        if self.told.load(Ordering::Relaxed) {
            self.told.store(false, Ordering::Relaxed);
        }
    }

    /// Notes what is told of a session of which nobody knows recently enough.
    // Apart from what every request does.
    #[inline(never)]
    pub(super) fn note_stale(
        &self,
        state: &SessionState,
        now: Timestamp,
        note: impl FnOnce(Event),
    ) {
        let Some(is_accepted) = state.stale() else {
            return;
        };
        let age = self.revocations.as_of().and_then(|as_of| as_of.age(now));
        let age = age.map(|seconds| Duration::from_secs(seconds.into()));
        // Known recently enough, and not of this session: what was revoked before it began may be missing.
        let is_missing =
            self.revocations.since().is_some() && age.is_some_and(|age| age <= self.bound());
        let told = if is_missing {
            &self.told_missing
        } else {
            &self.told
        };
        note(Event::Stale {
            age: age.filter(|_| !is_missing),
            is_accepted,
            again: told.swap(true, Ordering::Relaxed),
        });
    }
}
