//! The ways by which a session travels: names, and which of several counts.
//!
//! Owns what a request says outside of its cookies. It opens nothing: whether something is a token is
//! for `seal` to judge.

mod field;
mod link;
mod query;
mod registered;
mod source;
mod spec;
mod values;

pub(crate) use field::Field;
pub(crate) use link::{LINK_MAX, Link, Own, sent_length};
pub(crate) use query::in_query;
pub use source::Source;
pub(crate) use spec::COOKIE;
pub use spec::Transport;
pub(crate) use values::Values;
