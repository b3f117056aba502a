//! Where a server is, and how long anybody waits for it. It shows no password.

use std::sync::Arc;
use std::time::Duration;

use redis::{ConnectionAddr, ConnectionInfo};

use crate::error::Error;

/// A server, and how to wait for it.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) client: redis::Client,
    /// Host and port, for texts.
    pub(crate) address: Arc<str>,
    /// For a connection, and for each answer.
    pub(crate) limit: Duration,
    /// Whether a server that was started again holds all that it held.
    pub(crate) is_durable: bool,
}

impl Server {
    pub(crate) fn new(info: ConnectionInfo) -> Result<Server, Error> {
        let address: Arc<str> = info.addr().to_string().into();
        if matches!(info.addr(), ConnectionAddr::TcpTls { insecure: true, .. }) {
            return Err(Error::configuration(format!(
                "the store at {address} is to be reached by TLS with whatever certificate: leave out `#insecure`, and \
                 name your own authority's certificates by SSL_CERT_FILE",
            )));
        }
        #[cfg(feature = "tls")]
        if let ConnectionAddr::TcpTls { .. } = info.addr() {
            choose_provider();
        }
        // One command less that a user has to be allowed.
        let settings = info.redis_settings().clone().set_skip_set_lib_name();
        let client = redis::Client::open(info.set_redis_settings(settings))
            .map_err(|cause| Error::of(&cause, &address))?;
        Ok(Server {
            client,
            address,
            limit: Duration::from_secs(1),
            is_durable: false,
        })
    }
}

/// Chooses what TLS is made of for this process, if nobody has: rustls panics where it could be several.
#[cfg(feature = "tls")]
fn choose_provider() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Somebody else may be first.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
    }
}
