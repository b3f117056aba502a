//! Servers, proxies and clients that the end-to-end tests start, and stop when they are dropped.
//!
//! Everything listens on 127.0.0.1. What is missing is installed by `cargo xtask e2e`.

#![forbid(unsafe_code)]

mod answer;
mod browser;
mod certificate;
mod client;
mod command;
mod fleet;
mod folder;
mod head;
mod observed;
mod oidc;
mod origin;
mod preset;
mod process;
mod proxy;
mod redis;
mod reply;
mod shop;
mod site;
mod trust;

pub use answer::{Answer, Holds, Refused};
pub use browser::Browser;
pub use certificate::Certificate;
pub use client::{Bearer, Chromium, Client, Curl, Python, Rust};
pub use command::command;
pub use fleet::Fleet;
pub use folder::Folder;
pub use head::{send_cookie, send_head, serve_heads};
pub use observed::observe;
pub use oidc::Oidc;
pub use origin::Origin;
pub use preset::Preset;
pub use process::version;
pub use proxy::{Apache, Caddy, Haproxy, Nginx, Proxy};
pub use redis::Redis;
pub use reply::Reply;
pub use shop::Shop;
pub use site::{Protocol, Site};
pub use trust::use_ring;

/// Anything that goes wrong; a test passes it on.
pub type Failure = Box<dyn std::error::Error>;
