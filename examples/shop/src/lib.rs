//! The demo: one shop on two servers that share nothing but a key ring.
//!
//! Sign in at one, and the other knows; fill the cart at one, and the other has it; restart both,
//! and nothing is lost. The session lives in the browser's cookies, sealed.
//!
//! ```
//! use std::time::Duration;
//!
//! use sealed_session_axum::{Key, KeyRing};
//! use shop::{Letter, Server, app, sessions};
//!
//! let ring = KeyRing::new(Key::generate()?);
//! let (a, b) = ("127.0.0.1:3001".parse().unwrap(), "127.0.0.1:3002".parse().unwrap());
//! let idle = Duration::from_secs(30 * 60);
//! let first = app(Server::new(Letter::A, b), sessions(ring.clone(), idle)?);
//! let second = app(Server::new(Letter::B, a), sessions(ring, idle)?);
//! # Ok::<(), sealed_session_axum::Error>(())
//! ```

#![forbid(unsafe_code)]

mod app;
pub mod cart;
pub mod catalogue;
mod figures;
mod listener;
mod options;
mod page;
mod pages;
mod server;
mod sessions;

pub use app::app;
pub use listener::{BindError, Listener, bind};
pub use options::{Command, HELP, Options, UsageError};
pub use server::{Letter, Server};
pub use sessions::sessions;
