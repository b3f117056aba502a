//! Where a server or a proxy listens, and what is spoken with it.

use std::fmt;
use std::net::SocketAddr;

/// The addresses of one server or proxy: over plain http, and over TLS.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    /// HTTP/1.1 only.
    pub plain: SocketAddr,
    /// HTTP/1.1 and HTTP/2.
    pub tls: SocketAddr,
}

impl Site {
    /// Returns an address by the name that browsers keep `Secure` cookies for.
    #[must_use]
    pub fn url(&self, is_tls: bool, path: &str) -> String {
        match is_tls {
            true => format!("https://localhost:{}{path}", self.tls.port()),
            false => format!("http://localhost:{}{path}", self.plain.port()),
        }
    }
}

/// What a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2, by ALPN.
    Http2,
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Protocol::Http1 => "HTTP/1.1",
            Protocol::Http2 => "HTTP/2",
        })
    }
}
