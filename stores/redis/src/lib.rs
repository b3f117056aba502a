#![forbid(unsafe_code)]
//! What several nodes share: revocations, what was used once, and sessions that fit in no cookie. This crate owns the wire: what is
//! written to a store, how each node reads it, and what happens when a store loses something. It judges no session; that is
//! `sealed_session`, by the table that this feeds. It seals and names nothing, and holds no key.
//!
#![doc = include_str!("../README.md")]

mod about;
mod asking;
mod connection;
mod deposits;
mod entry;
mod error;
mod feed;
mod hex;
mod keys;
mod memory;
mod once;
mod place;
mod read;
mod reader;
mod repair;
mod replica;
mod revocations;
mod round;
mod server;
mod sign_outs;
mod status;
mod store;
mod trim;
mod wire;

pub use error::Error;
pub use once::{Claim, Once};
pub use revocations::SharedRevocations;
pub use status::Status;
pub use store::RedisStore;
