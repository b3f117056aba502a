//! What only actix-web does; every adapter runs the list of conformance besides.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod applications;
mod errors;
mod forms;
mod guards;
mod nested;
mod passive;
mod reports;
mod sockets;
mod support;
mod waiting;
mod wire;
