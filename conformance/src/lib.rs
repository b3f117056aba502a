//! What every adapter of [`sealed-session`](sealed_session) does, as one list of scenarios.
//!
//! A [`Harness`] starts an app under one framework. The list sends it requests over real sockets,
//! byte by byte where that matters, keeps what comes back as a browser would, and moves the clock.
//! An adapter that passes moves the core's bytes as they are; what the bytes are is the core's own
//! business, and tested there.
//!
//! [`run`] gives a [`Report`]; [`assert_conforms`] is the same for a `#[test]`.

#![forbid(unsafe_code)]

mod action;
mod caller;
mod exchange;
mod failure;
pub mod guards;
mod harness;
mod log;
mod oracle;
mod pieces;
mod reply;
mod report;
mod scenario;
mod scenarios;
mod site;
mod stage;
mod store;
mod support;
mod table;
mod wire;

pub use caller::Caller;
pub use exchange::{opened_by, written_by};
pub use failure::Failure;
pub use harness::{Harness, Server};
pub use pieces::Pieces;
pub use reply::Reply;
pub use report::{Report, assert_conforms, run, run_only};
pub use scenario::Scenario;
pub use sealed_session;
pub use site::{Catch, Page, Prefs, Site};
pub use support::{Doubled, Missing, OddBytes, Optional, Panics, Support};
pub use table::table;
