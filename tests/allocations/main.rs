//! What a request allocates, counted: time differs with the machine, and this does not.
//!
//! A binary of its own, because the counting allocator serves the whole process. It counts for each
//! thread, so tests do not disturb each other.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod ceiling;
#[path = "../common/mod.rs"]
mod common;
mod requests;
mod revocations;
