//! Holds a session that came, and its token.

use crate::error::Refusal;
use crate::lifetime::{OwnLifetimes, SessionTimes, Timestamp};
use crate::payload::{Record, SessionId};
use crate::seal::TokenImprint;

/// The verdict on what came: a live session, or why there is none.
pub(super) type Opening = Result<Box<Authentic>, Refusal>;

/// An authentic session, and the token that it came in. Both are large, so they are handed on behind a pointer.
pub(crate) struct Authentic {
    pub(crate) record: Record,
    pub(crate) held: Held,
}

/// The accepted token, as the browser holds it. It never changes.
#[derive(Clone, Copy)]
pub(crate) struct Held {
    /// The number of the family that it came from.
    pub(super) family: usize,
    pub(crate) imprint: TokenImprint,
    /// The characters of its text.
    pub(super) text: u32,
    pub(super) id: SessionId,
    pub(super) created: Timestamp,
    /// When it was sealed.
    pub(crate) issued: Timestamp,
    /// The latest touch of it.
    pub(crate) touched: Option<Timestamp>,
    pub(crate) own: OwnLifetimes,
    /// Whether it is accepted although nobody knows recently enough what was revoked.
    pub(super) is_stale: bool,
}

impl Held {
    /// Returns when the session was last used before this request.
    pub(crate) fn used(&self) -> Timestamp {
        self.touched.unwrap_or(self.issued)
    }

    /// Returns the times that the session is judged by, if it was last used at `used`.
    pub(crate) fn times(&self, used: Timestamp) -> SessionTimes {
        SessionTimes {
            created: self.created,
            used,
            own: self.own,
        }
    }

    /// Returns whether both are of different sign-ins.
    pub(super) fn is_stranger_to(&self, other: &Held) -> bool {
        !self.id.is_same_sign_in(&other.id)
    }
}
