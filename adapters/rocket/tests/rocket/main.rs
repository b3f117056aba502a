//! The fairing and the guards in real applications: by Rocket's local client, and over connections
//! where that differs.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod attaching;
mod catchers;
mod connections;
mod failures;
mod foreign;
mod guarded;
mod guards;
mod headers;
mod jars;
mod panics;
mod refusals;
mod renewal;
mod slots;
mod support;
mod transports;
