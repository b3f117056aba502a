//! One of the two servers: its letter, and what it knows of the other.

use std::fmt;
use std::net::SocketAddr;

use sealed_session_axum::ReturnPath;

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

impl Letter {
    /// The origin of a site of this letter. Browsers keep the cookies of `localhost` and of its address apart.
    fn origin(self, address: SocketAddr) -> String {
        match self {
            Letter::A => format!("http://{address}"),
            Letter::B => format!("http://localhost:{}", address.port()),
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
    /// Where it listens, if it is a site of its own.
    site: Option<SocketAddr>,
}

impl Server {
    /// The server of this letter; `other` is the other one's address, for links.
    #[must_use]
    pub fn new(letter: Letter, other: SocketAddr) -> Server {
        Server {
            letter,
            other,
            site: None,
        }
    }

    /// Makes it a site of its own, which listens at `own`: its cookies have another name, and so has its host. A is the
    /// site where visitors type their passwords.
    ///
    /// ```
    /// use shop::{Letter, Server};
    ///
    /// let b = Server::new(Letter::B, ([127, 0, 0, 1], 3001).into()).as_site(([127, 0, 0, 1], 3002).into());
    /// let origins = b.origins().unwrap();
    /// assert_eq!(origins, ("http://localhost:3002".to_owned(), "http://127.0.0.1:3001".to_owned()));
    /// ```
    #[must_use]
    pub fn as_site(self, own: SocketAddr) -> Server {
        Server {
            site: Some(own),
            ..self
        }
    }

    /// Returns the origin of this site and that of the other one; `None` if both servers are one site.
    #[must_use]
    pub fn origins(&self) -> Option<(String, String)> {
        let own = self.site?;
        Some((
            self.letter.origin(own),
            self.letter.other().origin(self.other),
        ))
    }

    /// The name of its cookie.
    pub(crate) fn cookie(&self) -> &'static str {
        match (self.site, self.letter) {
            (None, _) => "shop",
            (Some(_), Letter::A) => "shop-a",
            (Some(_), Letter::B) => "shop-b",
        }
    }

    /// What it calls itself, before its letter.
    pub(crate) fn kind(&self) -> &'static str {
        self.site.map_or("server", |_| "site")
    }

    /// Its letter.
    #[must_use]
    pub fn letter(&self) -> Letter {
        self.letter
    }

    /// The same page on the other server. `host` is how the visitor names this one. Between sites somebody who
    /// `is_signed_in` is handed over.
    pub(crate) fn elsewhere(&self, host: Option<&str>, path: &str, is_signed_in: bool) -> String {
        if let Some((_, other)) = self.origins() {
            let back = ReturnPath::parse(path).filter(|_| is_signed_in && self.letter == Letter::A);
            return match back {
                Some(back) => format!("{other}/enter?{}={}", ReturnPath::PARAMETER, back.encoded()),
                None => format!("{other}{path}"),
            };
        }
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
            assert_eq!(server.elsewhere(host, "/cart", true), link);
        }
    }
    #[test]
    fn between_sites_only_somebody_who_is_signed_in_at_a_is_handed_over() {
        let (a, b) = (([127, 0, 0, 1], 3001).into(), ([127, 0, 0, 1], 3002).into());
        let (at_a, at_b) = (
            Server::new(Letter::A, b).as_site(a),
            Server::new(Letter::B, a).as_site(b),
        );
        for (server, is_signed_in, link) in [
            (at_a, false, "http://localhost:3002/cart?x=1"),
            (at_a, true, "http://localhost:3002/enter?next=/cart%3Fx%3D1"),
            (at_b, true, "http://127.0.0.1:3001/cart?x=1"),
        ] {
            let found = server.elsewhere(Some("evil.example"), "/cart?x=1", is_signed_in);
            assert_eq!(found, link);
        }
    }
}
