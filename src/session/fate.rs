//! Whether the changes of a request may still be sent, and how far its visit has come.
//!
//! All slots of a request share one fate: a response carries all of their changes or none. The fate
//! stands apart from the locks, because a panic may hold one.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::error::Error;

/// What becomes of the changes of a request. It only gets worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Fate {
    /// They are sent.
    Whole = 0,
    /// A value was refused, or a commit failed.
    HeldBack = 1,
    /// A panic unwound past a handle.
    Poisoned = 2,
}

/// The fate of one request.
#[derive(Debug, Default)]
pub(super) struct Shared(AtomicU8);

impl Shared {
    pub(super) fn fate(&self) -> Fate {
        match self.0.load(Ordering::Acquire) {
            0 => Fate::Whole,
            1 => Fate::HeldBack,
            _ => Fate::Poisoned,
        }
    }

    pub(super) fn worsen(&self, fate: Fate) {
        self.0.fetch_max(fate as u8, Ordering::AcqRel);
    }
}

/// How far the visit of one session has come.
#[derive(Debug)]
pub(super) enum Phase {
    /// Changes are possible.
    Open,
    /// What was changed is gone, and the session reads as it came. The commit has not been told yet.
    HeldBack {
        /// Why, if it is this session's doing.
        error: Option<Error>,
        /// Whether there was something to send.
        lost: bool,
    },
    /// The response head is out.
    Closed {
        /// Whether it lacks what was to be sent.
        failed: bool,
    },
}

impl Phase {
    pub(super) fn is_open(&self) -> bool {
        matches!(self, Phase::Open)
    }

    pub(super) fn is_closed(&self) -> bool {
        matches!(self, Phase::Closed { .. })
    }
}
