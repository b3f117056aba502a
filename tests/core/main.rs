//! The library through its public interface, a folder for each subject.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

#[path = "../common/mod.rs"]
mod common;
mod configuration;
mod contents;
mod flash;
mod fleet;
mod grounds;
mod guards;
mod hand_over;
mod hostile;
mod lifetimes;
mod logged;
#[cfg(target_os = "linux")]
mod memory;
mod once;
mod overflow;
mod races;
mod reports;
mod revocation;
mod slots;
mod tickets;
mod transports;
