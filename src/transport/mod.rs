//! The ways by which a session travels: names, and which of several counts.
//!
//! Owns what a request says outside of its cookies. It opens nothing: whether something is a token is
//! for `seal` to judge.

mod field;
mod source;
mod spec;
mod values;

pub(crate) use field::Field;
pub use source::Source;
pub use spec::Transport;
pub(crate) use values::Values;
