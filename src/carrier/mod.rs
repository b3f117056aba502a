//! The ways by which a session travels: cookies, header fields and links, one file each.
//!
//! Owns what differs between them: how a token is read, how long it may be, which lines set, end and
//! touch it, what it is bound to, and what a response varies by. It opens nothing: whether a text is a
//! token is for `visit` to judge, by what `seal` says.

mod configured;
mod contract;
mod cookies;
mod family;
mod field;
mod incoming;
mod link;
mod own_link;
mod query;
mod reading;
mod registered;
mod source;
mod transport;
mod values;

pub(crate) use configured::{COOKIE, Carriers};
pub(crate) use contract::Carrier;
pub(crate) use cookies::Cookies;
pub(crate) use family::Family;
pub(crate) use field::FieldNames;
pub(crate) use incoming::Incoming;
pub(crate) use link::{LINK_MAX, LinkUse};
pub(crate) use own_link::{OwnLink, OwnOrigin, sent_length};
pub use source::Source;
pub use transport::Transport;
