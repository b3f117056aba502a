//! Sessions, for `inspect` and `explain`: the library's verdict, what is shown of it, and what is advised.
//!
//! Reads no input, and prints nothing.

pub(crate) mod advice;
pub(crate) mod content;
pub(crate) mod fit;
pub(crate) mod judge;
pub(crate) mod looks;
pub(crate) mod pieces;
pub(crate) mod revoked;
