//! What only Rocket does, by its local client, and over connections where that differs; every adapter runs
//! the list of conformance besides.

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
mod forwards;
mod guards;
mod headers;
mod jars;
mod panics;
mod passive;
mod refusals;
mod slots;
mod support;
mod transports;
