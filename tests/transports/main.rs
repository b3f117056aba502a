//! Sessions in header fields: precedence, refusals, the same token as in a cookie, touches, caches.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

#[path = "../common/mod.rs"]
mod common;

mod client;
mod configuration;
mod fields;
mod precedence;
