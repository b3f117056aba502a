//! Where revocations are looked for, as the configuration says.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::state::SessionState;
use crate::event::Event;
use crate::lifetime::Timestamp;
use crate::revocation::{Heard, Revocations, Staleness};

/// Where revocations are looked for, and what happens if nobody knows.
#[derive(Debug)]
pub(crate) struct Revoking {
    pub(super) revocations: Revocations,
    pub(super) staleness: Staleness,
    /// Whether an operator was told that nobody knows recently enough, and it has not changed since.
    told: AtomicBool,
}

impl Revoking {
    pub(crate) fn new(revocations: Revocations, staleness: Staleness) -> Revoking {
        Revoking {
            revocations,
            staleness,
            told: AtomicBool::new(false),
        }
    }

    /// Returns whether there is somebody to ask.
    pub(super) fn asks(&self) -> bool {
        self.revocations.asks()
    }

    /// Returns what a request has heard that begins now.
    pub(super) fn heard(&self) -> Heard {
        Heard {
            changes: self.revocations.changes(),
            ..Heard::default()
        }
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
        let as_of = self.revocations.as_of();
        let age = as_of.and_then(|as_of| as_of.age(now));
        note(Event::Stale {
            age: age.map(|seconds| Duration::from_secs(seconds.into())),
            is_accepted,
            again: self.told.swap(true, Ordering::Relaxed),
        });
    }
}
