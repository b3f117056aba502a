//! Nodes that share a server: a real one, which the tests start, kill and stop.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod access;
mod asking;
mod ceremony;
mod chaos;
mod detour;
mod full;
mod losses;
mod node;
mod once;
mod outages;
mod overflow;
mod proxy;
mod server;
mod sharing;
mod shop;
mod sign_outs;
#[cfg(feature = "tls")]
mod tls;
mod trimming;
