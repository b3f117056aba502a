//! Holds what one session says in a response.

use smallvec::SmallVec;

use super::config::Parting;
use super::fitting::WriteSize;
use crate::carrier::Carriers;
use crate::head::HeaderChange;

/// What one session says in a response.
pub(super) struct Said<'c> {
    pub(super) carriers: &'c Carriers,
    pub(super) lines: Vec<HeaderChange>,
    pub(super) deed: Deed<'c>,
    pub(super) sight: Sight,
    /// Whether a token is in the response's URL, or in its links: no cache may keep it, and it must
    /// not give them away.
    pub(super) is_exposed: bool,
    /// What else the response says, if the application ended a session that came.
    pub(super) parting: Option<&'c Parting>,
}

/// What the application asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deed<'c> {
    /// Nothing. What the lines say can wait.
    Nothing,
    /// A session that may not begin: another site caused the request, and the browser may have one.
    Withheld,
    /// A session that is written.
    Wrote(WriteSize<'c>),
    /// The end of a session, or one that links carry already.
    Settled,
}

/// What a handler can have seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// It did not look.
    Nothing,
    /// There was no session.
    NoSession,
    Session,
    /// It wrote something of the session's into the page.
    Told,
}

/// All that is said, in the order of the slots.
pub(super) type AllSaid<'c> = SmallVec<[Said<'c>; 1]>;
