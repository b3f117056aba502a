//! The own lifetimes of a session, which it asked for in place of the policy's.

use std::num::NonZero;

/// The lifetimes that a session asked for. The policy bounds them again at each reading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct OwnLifetimes {
    /// `None` stands for the policy's idle timeout.
    pub(crate) idle: Option<Idle>,
    /// In seconds. `None` stands for the policy's absolute lifetime.
    pub(crate) absolute: Option<NonZero<u32>>,
}

/// The idle timeout that a session asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Idle {
    /// In seconds.
    After(u32),
    Never,
}

impl OwnLifetimes {
    /// Returns whether the session asks for nothing of its own.
    pub(crate) fn is_none(self) -> bool {
        self == OwnLifetimes::default()
    }
}
