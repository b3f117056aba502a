//! Sessions in header fields and in links: which counts, why one is refused, and what comes back.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

#[path = "../common/mod.rs"]
mod common;

mod client;
mod configuration;
mod exposure;
mod fields;
mod links;
mod precedence;
mod slots;
