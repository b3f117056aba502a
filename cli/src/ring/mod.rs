//! Key rings, for `rotate` and `check`: the file and its text, what a rotation changes, and what is wrong with a ring.
//!
//! Knows nothing of cookies.

pub(crate) mod file;
pub(crate) mod finding;
pub(crate) mod plan;
pub(crate) mod rotation;
pub(crate) mod text;
pub(crate) mod timeline;
