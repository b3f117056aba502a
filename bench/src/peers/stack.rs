//! A framework's service stack with one request to send through it, again and again.

use axum::http::StatusCode;

/// Sends requests in process.
pub(crate) trait Stack {
    /// Sends so many requests, one after the other.
    fn times(&mut self, count: u32);

    /// Sends one request, and returns what came back.
    fn once(&mut self) -> Result<Reply, String>;
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    /// The `Set-Cookie` lines.
    pub(crate) cookies: Vec<String>,
    pub(crate) body: String,
}

/// The fields that every request has besides its cookies.
pub(crate) const FIELDS: [(&str, &str); 3] = [
    ("host", "shop.example.com"),
    (
        "user-agent",
        "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    ),
    ("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"),
];
