//! Compiles the code blocks of the repository's documents, so that they stay true.

#![forbid(unsafe_code)]

/// The README.
#[doc = include_str!("../../README.md")]
pub mod readme {}

/// Sessions in links.
#[doc = include_str!("../url-transport.md")]
pub mod url_transport {}

/// The README of the axum adapter.
#[doc = include_str!("../../adapters/axum/README.md")]
pub mod axum {}
