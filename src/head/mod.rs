//! The core's own words for HTTP: a request's head, a response's head, and a change of the latter.
//!
//! Owns what adapters hand over and what they carry out. It names no framework's types but one, the value of a
//! field of `http` 1, reads no body and decides nothing.

mod host;
mod line;
mod request;
mod response;
mod unseen;

pub(crate) use host::HostName;
pub use line::CookieLine;
pub(crate) use line::{Line, SharedLine};
pub use request::RequestHead;
pub use response::{HeaderChange, HeadersMut, ResponseHead};
pub(crate) use unseen::goes_unseen;
