//! Origins and hosts, compared as browsers do.

/// A scheme with an authority, as an `Origin` field or the front of a URL has them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin<'a> {
    scheme: &'a str,
    authority: &'a str,
}

impl<'a> Origin<'a> {
    pub(crate) fn new(scheme: &'a str, authority: &'a str) -> Origin<'a> {
        Origin { scheme, authority }
    }

    /// Reads `scheme://host` or `scheme://host:port`, with nothing behind it. It takes no name beyond ASCII,
    /// because browsers send those in punycode.
    pub(crate) fn parse(text: &'a str) -> Option<Origin<'a>> {
        let (scheme, authority) = text.split_once("://")?;
        let origin = Origin { scheme, authority };
        (origin.is_scheme_plain() && origin.is_authority_plain()).then_some(origin)
    }

    /// Reads the origin of a URL, such as a `Referer` field has.
    pub(crate) fn of_url(url: &'a str) -> Option<Origin<'a>> {
        let (scheme, rest) = url.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        let end = scheme.len() + "://".len() + authority.len();
        Origin::parse(url.get(..end)?)
    }

    /// Returns whether `host`, with or without a port, names the same host and port. A `Host` field does not
    /// name the scheme, so a missing port is the default one of this origin's scheme.
    pub(crate) fn is_at(&self, host: &str) -> bool {
        let Some(port) = self.own_port() else {
            return false;
        };
        let (wanted, host) = (without(self.authority, port), without(host, port));
        !host.is_empty() && host.bytes().all(is_plain) && host.eq_ignore_ascii_case(wanted)
    }

    /// Returns whether both are one origin.
    pub(crate) fn is(&self, other: &Origin<'_>) -> bool {
        let port = self.own_port().unwrap_or_default();
        self.scheme.eq_ignore_ascii_case(other.scheme)
            && without(self.authority, port).eq_ignore_ascii_case(without(other.authority, port))
    }

    /// Returns the origin as browsers write it (RFC 6454 section 6.2); `None` if its scheme is none of the web.
    pub(crate) fn written(&self) -> Option<String> {
        let authority = without(self.authority, self.own_port()?);
        Some(format!("{}://{authority}", self.scheme).to_ascii_lowercase())
    }

    /// Returns whether the page came over plain http.
    pub(crate) fn is_plain_http(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("http")
    }

    /// Returns the default port of a scheme of the web, which may be left out.
    fn own_port(&self) -> Option<&'static str> {
        if self.scheme.eq_ignore_ascii_case("https") {
            return Some(":443");
        }
        self.is_plain_http().then_some(":80")
    }

    /// Returns whether the scheme keeps to RFC 3986 section 3.1.
    fn is_scheme_plain(&self) -> bool {
        let letter = self.scheme.starts_with(|c: char| c.is_ascii_alphabetic());
        let good = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        letter && self.scheme.bytes().all(good)
    }

    fn is_authority_plain(&self) -> bool {
        let port = match self.authority.strip_prefix('[') {
            Some(rest) => rest.split_once(']').map(|(_, port)| port),
            None => self
                .authority
                .find(':')
                .and_then(|at| self.authority.get(at..)),
        };
        let digits =
            |port: &str| (1..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
        let is_port = |port: &str| port.is_empty() || port.strip_prefix(':').is_some_and(digits);
        let has_host = !self.authority.is_empty() && !self.authority.starts_with(':');
        has_host && self.authority.bytes().all(is_plain) && is_port(port.unwrap_or_default())
    }
}

fn without<'t>(authority: &'t str, port: &str) -> &'t str {
    authority.strip_suffix(port).unwrap_or(authority)
}

/// Returns whether a byte may stand in a host and port without a user name, and without being decoded first.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte)
}
