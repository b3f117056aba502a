//! Runs the command as a shell does.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod help;
mod keygen;
mod run;
mod size;
