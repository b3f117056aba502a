//! Lifetimes that one session asked for instead of the policy's.

/// What a record says of its own lifetimes. The policy bounds it again at each reading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct OwnLifetimes {
    /// `None`: the policy's idle timeout.
    pub(crate) idle: Option<Idle>,
    /// In seconds; `None`: the policy's absolute lifetime.
    pub(crate) absolute: Option<u32>,
}

/// An idle timeout of a session's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Idle {
    /// In seconds.
    After(u32),
    Never,
}

impl OwnLifetimes {
    /// Whether the session asks for nothing of its own.
    pub(crate) fn is_none(self) -> bool {
        self == OwnLifetimes::default()
    }
}
