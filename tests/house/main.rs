//! The laws of this house that no compiler holds.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod autotraits;
mod circles;
mod hooks;
mod layering;
mod modules;
mod names;
mod promises;
mod reading;
mod untested;
