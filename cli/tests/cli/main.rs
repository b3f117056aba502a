//! Runs the command as a shell does.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod bad_rings;
mod check;
mod explain;
mod help;
mod inspect;
mod keygen;
mod pages;
mod paste;
mod revoked;
mod ring;
mod rotate;
mod run;
mod sessions;
mod size;
