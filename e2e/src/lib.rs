//! Servers and clients that the end-to-end tests start, and stop when they are dropped.
//!
//! Everything listens on 127.0.0.1. What is missing is installed by `cargo xtask e2e`.

#![forbid(unsafe_code)]

mod browser;
mod process;
mod shop;

pub use browser::Browser;
pub use shop::Shop;

/// Anything that goes wrong; a test passes it on.
pub type Failure = Box<dyn std::error::Error>;
