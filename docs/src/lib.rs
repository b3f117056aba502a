//! Compiles the code blocks of the repository's documents, so that they stay true.

/// The README.
#[doc = include_str!("../../README.md")]
pub mod readme {}
