//! The core's own words for HTTP: a request's head, a response's head, and a change of the latter.
//!
//! Owns what adapters hand over and what they carry out. It knows no framework's types, reads no body
//! and decides nothing.

mod host;
mod request;
mod response;
mod unseen;

pub(crate) use host::HostName;
pub use request::RequestHead;
pub use response::{HeaderChange, HeadersMut, ResponseHead};
pub(crate) use unseen::goes_unseen;
