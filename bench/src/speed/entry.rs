//! Something that is timed, alone or over something else.

use std::fmt;

use super::kind::Kind;
use super::stage::{Stage, Times};
use super::workload::Workload;
use crate::Peer;

/// What is timed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Subject {
    /// A whole request through a library's service stack.
    Request(Peer, Workload),
    /// The first stages of a request in this library, without a framework.
    Stage(Stage, Kind),
    /// The least that any layer of sessions does with a request.
    Floor(Kind),
    /// A point of a curve: the curve, and the place along it.
    Point(usize, f64),
}

/// A subject, and how to run it.
pub(crate) struct Entry {
    pub(crate) subject: Subject,
    pub(crate) run: Times,
    /// What is subtracted.
    pub(crate) bare: Option<Times>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}
