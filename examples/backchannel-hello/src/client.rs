//! The client by which each end reaches the other.

use reqwest::Client;

/// Makes a client, and chooses what TLS is made of in this process, if nobody has.
pub(crate) fn new() -> Client {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    Client::new()
}
