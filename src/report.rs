//! For those who look closer: the types by which a session, an error and a key tell of themselves.
//!
//! Applications read them and seldom name them: [`Session::size`], [`Session::times`],
//! [`Session::log_id`], [`Session::opened_from`], [`Error::sizes`] and their like return them.

pub use crate::carrier::Source;
pub use crate::error::{AttributeSize, Measure, Oversize};
pub use crate::event::Persons;
pub use crate::keys::{KeyId, KeyText, RingKey};
pub use crate::payload::{LogId, SessionId};
pub use crate::session::{LineSize, Renewal, Size, Times};

#[cfg(doc)]
use crate::error::Error;
#[cfg(doc)]
use crate::session::Session;
