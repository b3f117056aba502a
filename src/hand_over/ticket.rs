//! What a ticket of a hand-over holds.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::slot::Slot;
use crate::ticket::{Bound, Purpose};

/// The tickets of hand-overs. A redirect takes no longer, and the shortest stay is the safest.
pub(crate) const TICKET: Purpose<Given, Bound> =
    Purpose::new("hand-over", Duration::from_secs(30)).bound();

/// The slot in which a browser keeps that it asked. It is private: a session of it holds a nonce, and nothing else.
pub(crate) enum Asking {}

impl Slot for Asking {}

/// A sign-in, as one site gives it to another.
#[derive(Serialize, Deserialize)]
pub(crate) struct Given {
    pub(crate) subject: String,
    pub(crate) labels: Vec<String>,
    /// When the session there begins, in seconds: now, or when the sign-in began by a clock that is ahead.
    pub(crate) begun: u32,
    /// When the visitor last confirmed who they are, in seconds.
    pub(crate) confirmed: Option<u32>,
    /// The half of the id that lasts for the sign-in.
    pub(crate) origin: [u8; 8],
    /// The path to come back to.
    pub(crate) back: String,
}
