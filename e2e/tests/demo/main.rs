//! The demo as visitors and operators have it: in a real browser, and as a fleet behind a load balancer.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod around;
mod attacks;
mod caller;
mod devices;
mod oidc;
mod rotation;
mod sites;
mod visitor;
mod walk;
