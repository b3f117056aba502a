//! A browser's cookies, as far as the cookies of one site need it.

use std::fmt;
use std::sync::Arc;

use sealed_session::Clock;
use sealed_session::time::{Duration, OffsetDateTime};

use crate::wire::Answer;

/// Cookies by name, in the order in which they were first set. They end with their `Max-Age`.
///
/// ```
/// let site = conformance::Site::usual()?;
/// assert_eq!(conformance::Jar::new(site.clock()).line(), "");
/// # Ok::<(), conformance::Failure>(())
/// ```
#[derive(Clone)]
pub struct Jar {
    clock: Arc<dyn Clock>,
    cookies: Vec<Cookie>,
}

#[derive(Clone)]
struct Cookie {
    name: String,
    value: String,
    until: Option<OffsetDateTime>,
}

impl Jar {
    /// An empty one.
    ///
    /// ```
    /// # let site = conformance::Site::usual()?;
    /// let jar = conformance::Jar::new(site.clock());
    /// # let _ = jar;
    /// # Ok::<(), conformance::Failure>(())
    /// ```
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Jar {
        Jar {
            clock,
            cookies: Vec::new(),
        }
    }

    /// Obeys what an answer says of cookies.
    pub(crate) fn obey(&mut self, answer: &Answer) {
        answer.fields("set-cookie").for_each(|line| self.keep(line));
    }

    /// Obeys a `Set-Cookie` value. One that breaks the rules of its name's prefix is not obeyed
    /// (RFC 6265bis section 4.1.3).
    pub(crate) fn keep(&mut self, line: &str) {
        let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
        let Some((name, value)) = pair.split_once('=') else {
            return;
        };
        let attributes: Vec<&str> = attributes.split(';').map(str::trim).collect();
        let strict = attributes.contains(&"Secure")
            && attributes.contains(&"Path=/")
            && !attributes.iter().any(|a| a.starts_with("Domain="));
        if name.starts_with("__Host-") && !strict {
            return;
        }
        let max_age = attributes.iter().find_map(|a| a.strip_prefix("Max-Age="));
        let max_age = max_age.and_then(|seconds| seconds.parse().ok());
        let until = max_age.map(|seconds| self.clock.now() + Duration::seconds(seconds));
        let cookie = Cookie {
            name: name.to_owned(),
            value: value.to_owned(),
            until,
        };
        match self.cookies.iter_mut().find(|cookie| cookie.name == name) {
            Some(found) => *found = cookie,
            None => self.cookies.push(cookie),
        }
        self.expire();
    }

    fn expire(&mut self) {
        let now = self.clock.now();
        self.cookies
            .retain(|cookie| cookie.until.is_none_or(|until| until > now));
    }

    /// The pairs that the next request carries, each `name=value`.
    pub(crate) fn pairs(&mut self) -> Vec<String> {
        self.expire();
        let pair = |cookie: &Cookie| format!("{}={}", cookie.name, cookie.value);
        self.cookies.iter().map(pair).collect()
    }

    /// The `Cookie` line of the next request; empty if there is none.
    ///
    /// ```
    /// # let site = conformance::Site::usual()?;
    /// let mut jar = conformance::Jar::new(site.clock());
    /// assert!(jar.line().is_empty());
    /// # Ok::<(), conformance::Failure>(())
    /// ```
    #[must_use]
    pub fn line(&mut self) -> String {
        self.pairs().join("; ")
    }

    /// The value of one cookie.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let found = self.cookies.iter().find(|cookie| cookie.name == name)?;
        Some(&found.value)
    }

    /// Changes the value of one cookie, as somebody might who owns the browser.
    pub(crate) fn alter(&mut self, name: &str, value: &str) {
        if let Some(found) = self.cookies.iter_mut().find(|cookie| cookie.name == name) {
            value.clone_into(&mut found.value);
        }
    }

    /// Loses one cookie.
    pub(crate) fn lose(&mut self, name: &str) {
        self.cookies.retain(|cookie| cookie.name != name);
    }
}

/// Names only.
impl fmt::Debug for Jar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.cookies.iter().map(|cookie| &cookie.name);
        f.debug_list().entries(names).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealed_session::ManualClock;

    #[test]
    fn cookies_are_kept_replaced_removed_and_end() {
        let clock = Arc::new(ManualClock::new(OffsetDateTime::UNIX_EPOCH));
        let mut jar = Jar::new(clock.clone());
        jar.keep("__Host-a=1; Path=/; Secure");
        jar.keep("b=2; Max-Age=60");
        jar.keep("__Host-c=3; Secure");
        jar.keep("__Host-c=3; Path=/; Secure; Domain=example.com");
        jar.keep("no pair");
        assert_eq!(jar.line(), "__Host-a=1; b=2");
        jar.keep("__Host-a=4; Path=/; Secure");
        assert_eq!(jar.line(), "__Host-a=4; b=2");
        clock.advance(Duration::seconds(59));
        assert_eq!(jar.line(), "__Host-a=4; b=2");
        clock.advance(Duration::SECOND);
        assert_eq!(jar.line(), "__Host-a=4");
        jar.keep("__Host-a=; Path=/; Secure; Max-Age=0");
        assert_eq!(jar.line(), "");
    }
}
