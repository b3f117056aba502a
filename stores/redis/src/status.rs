//! How a node stands with its store, for whoever watches it.

use time::OffsetDateTime;

use crate::error::Error;

/// What a node knows, and how it stands with the store: for a health check.
///
/// [`SharedRevocations::status`](crate::SharedRevocations::status) returns it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Status {
    /// As of when this node knows everything. `None`: it is in doubt.
    pub as_of: Option<OffsetDateTime>,
    /// The revocations in its table.
    pub len: usize,
    /// How many the table holds at most.
    pub room: usize,
    /// What was revoked before may be missing, because the store was lost. 1970: nothing is.
    pub remembers_since: OffsetDateTime,
    /// Whether the task that reads is connected.
    pub is_connected: bool,
    /// What went wrong last, if it has not gone well since.
    pub error: Option<Error>,
    /// Whether this node has revocations that it could not write yet.
    pub is_behind: bool,
    /// How many times this node has written again what the store had lost.
    pub repairs: u64,
}
