//! The demo: one shop on two servers that share a key ring and no sessions. `cargo run -p shop` starts it.
//!
//! Sign in at one, and the other knows; fill the cart at one, and the other has it; restart both,
//! and nothing is lost. The session lives in the browser's cookies, sealed.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use sealed_session_axum::revocation::RevocationTable;
//! use sealed_session_axum::adapter::SystemClock;
//! use sealed_session_axum::{Key, KeyRing};
//! use shop::{Accounts, Devices, Letter, Passwords, Revoked, Server, app, sessions};
//!
//! let ring = KeyRing::new(Key::generate()?);
//! let (a, b) = ("127.0.0.1:3001".parse().unwrap(), "127.0.0.1:3002".parse().unwrap());
//! let (idle, confirmed) = (Duration::from_secs(30 * 60), Duration::from_secs(10 * 60));
//! let (devices, passwords) = (Devices::default(), Passwords::default());
//! let revoked = Revoked::Here(RevocationTable::new(100_000));
//! let server = |letter, other| {
//!     let server = Server::new(letter, other);
//!     let manager = sessions(server, ring.clone(), idle, revoked.clone())?;
//!     let accounts = Accounts::new(revoked.clone(), devices.clone(), passwords.clone());
//!     app(server, manager, Arc::new(SystemClock), accounts, confirmed)
//! };
//! let (first, second) = (server(Letter::A, b)?, server(Letter::B, a)?);
//! # Ok::<(), sealed_session_axum::Error>(())
//! ```

#![forbid(unsafe_code)]

mod accounts;
mod agent;
mod app;
pub mod cart;
pub mod catalogue;
mod devices;
mod figures;
mod form;
mod listener;
mod options;
mod page;
mod pages;
mod passwords;
mod resets;
mod revoked;
mod server;
mod sessions;
mod store_url;

pub use accounts::Accounts;
pub use agent::Agent;
pub use app::app;
pub use devices::{Device, Devices};
pub use listener::{BindError, Listener, bind};
pub use options::{Command, HELP, Options, UsageError};
pub use passwords::Passwords;
pub use revoked::Revoked;
pub use server::{Letter, Server};
pub use sessions::sessions;
pub use store_url::StoreUrl;
