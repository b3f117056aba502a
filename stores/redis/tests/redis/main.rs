//! Nodes that share a server: a real one, which the tests start, kill and stop.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod access;
mod asking;
mod chaos;
mod full;
mod losses;
mod node;
mod outages;
mod proxy;
mod server;
mod sharing;
mod sign_outs;
#[cfg(feature = "tls")]
mod tls;
mod trimming;
