#![forbid(unsafe_code)]
//! Revocations that several nodes share. This crate owns the wire: what is written to a store, how each node reads it, and
//! what happens when a store loses something. It judges no session; that is `sealed_session`, by the table that this feeds.
//!
#![doc = include_str!("../README.md")]

mod about;
mod connection;
mod entry;
mod error;
mod feed;
mod keys;
mod line;
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

pub use error::Error;
pub use revocations::SharedRevocations;
pub use status::Status;
pub use store::RedisStore;
