//! Records how far a visit has come.

use crate::error::Error;

/// The phase of a visit. All slots share it: a response carries all of their changes or none. Only a failure of the
/// server's carries their ends without the rest; it closes an open visit.
///
/// It moves down this list and never back. A panic may still replace why.
#[derive(Debug)]
pub(super) enum Phase {
    /// Changes are possible.
    Open,
    /// What was changed is gone, and every session reads as it came. The commit has not been told yet.
    HeldBack(HeldBack),
    /// The response head is out, or this request was refused.
    Closed(Closing),
}

/// Why changes are not sent, and whether anybody misses them.
#[derive(Debug)]
pub(super) struct HeldBack {
    pub(super) cause: Cause,
    /// The first slot that had something to send.
    pub(super) lost: Option<usize>,
}

/// Why changes are not sent.
#[derive(Debug)]
pub(super) enum Cause {
    /// The slot of this number refused a value, and its error became the response.
    Refused(usize, Error),
    /// A panic unwound past a handle that a handler was given. A value may have been refused before.
    Panic(Option<(usize, Error)>),
}

/// How a visit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closing {
    /// The response carries what was to be sent.
    Sent,
    /// It does not, and an error page may say so.
    Failed,
    /// It does not, because the handler panicked.
    Panicked,
    /// No handler ran: another origin caused the request.
    Refused,
}

impl Cause {
    /// Returns how a visit ends that was held back for this.
    pub(super) fn closing(&self) -> Closing {
        match self {
            Cause::Refused(..) => Closing::Failed,
            Cause::Panic(_) => Closing::Panicked,
        }
    }
}

impl Phase {
    pub(super) fn is_open(&self) -> bool {
        matches!(self, Phase::Open)
    }

    /// Returns whether nothing of what was changed is sent.
    pub(super) fn is_lost(&self) -> bool {
        match self {
            Phase::Open | Phase::Closed(Closing::Sent) => false,
            Phase::HeldBack(_)
            | Phase::Closed(Closing::Failed | Closing::Panicked | Closing::Refused) => true,
        }
    }

    /// Returns whether the response head is out.
    pub(super) fn is_closed(&self) -> bool {
        matches!(self, Phase::Closed(_))
    }
}
