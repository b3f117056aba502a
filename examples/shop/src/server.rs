//! One of the two servers: its letter, and what it knows of the other.

use std::fmt;
use std::net::SocketAddr;

/// Which of the two servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letter {
    /// The first.
    A,
    /// The second.
    B,
}

impl Letter {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Letter {
        match self {
            Letter::A => Letter::B,
            Letter::B => Letter::A,
        }
    }
}

impl fmt::Display for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Letter::A => "A",
            Letter::B => "B",
        })
    }
}

/// All that a server knows: who it is, and where the other one listens. Of visitors it knows
/// nothing.
#[derive(Clone, Copy, Debug)]
pub struct Server {
    letter: Letter,
    other: SocketAddr,
}

impl Server {
    /// The server of this letter; `other` is the other one's address, for links.
    #[must_use]
    pub fn new(letter: Letter, other: SocketAddr) -> Server {
        Server { letter, other }
    }

    /// Its letter.
    #[must_use]
    pub fn letter(&self) -> Letter {
        self.letter
    }

    /// The same page on the other server. `host` is how the visitor names this one.
    pub(crate) fn elsewhere(&self, host: Option<&str>, path: &str) -> String {
        let name = host
            .and_then(|host| host.split(':').next())
            .unwrap_or_default();
        // Browsers keep the cookies of `localhost` and of its address apart.
        if name.eq_ignore_ascii_case("localhost") {
            format!("http://localhost:{}{path}", self.other.port())
        } else {
            format!("http://{}{path}", self.other)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_server_goes_by_the_name_that_the_visitor_uses() {
        let server = Server::new(Letter::A, ([127, 0, 0, 1], 3002).into());
        for (host, link) in [
            (None, "http://127.0.0.1:3002/cart"),
            (Some("127.0.0.1:3001"), "http://127.0.0.1:3002/cart"),
            (Some("LocalHost:3001"), "http://localhost:3002/cart"),
            (Some("shop.example"), "http://127.0.0.1:3002/cart"),
        ] {
            assert_eq!(server.elsewhere(host, "/cart"), link);
        }
    }
}
