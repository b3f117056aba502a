//! The part of a request that sessions are loaded from.

use std::fmt;

use super::host::HostName;
use super::line::CookieLine;
use crate::cross_origin::{HeaderFields, RequestParts};

/// The parts of a request head that a session is loaded from. A clone is cheap.
///
/// ```
/// use sealed_session::adapter::RequestHead;
///
/// let lines = [&b"__Host-session=AQ; theme=dark"[..], &b"lang=de"[..]];
/// let request = RequestHead::new(lines).method("GET").path("/cart").host("shop.example.com");
/// ```
#[derive(Clone)]
pub struct RequestHead<'a, I = [&'a [u8]; 0]> {
    cookie_lines: I,
    pub(crate) asked: RequestParts<'a>,
    pub(crate) query: Option<&'a str>,
}

impl<'a, I: IntoIterator<Item: CookieLine<'a>>> RequestHead<'a, I> {
    /// Makes a request with these values of its `Cookie` fields: raw, unsplit, as many as came.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, Refusal, SessionManager};
    /// use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let manager = SessionManager::new("session", KeyRing::new(Key::generate()?))?;
    ///
    /// let lines = [&b"theme=dark"[..], &b"lang=de; __Host-session=AQ"[..]];
    /// let session = manager.load(RequestHead::new(lines), now);
    /// assert_ne!(session.refusal(), Some(Refusal::Absent)); // found in the second line
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn new(cookie_lines: I) -> RequestHead<'a, I> {
        RequestHead {
            cookie_lines,
            asked: RequestParts::default(),
            query: None,
        }
    }

    /// Sets the method as it was sent. A request without one counts as one that may change
    /// something; see [`CrossOrigin`](crate::CrossOrigin).
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, SessionManager};
    /// use sealed_session::adapter::{self, HeaderFields, RequestHead};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let manager = SessionManager::new("session", KeyRing::new(Key::generate()?))?;
    /// # let cross_site: &HeaderFields<'_> = &|name, take| if name == "sec-fetch-site" { take(b"cross-site") };
    ///
    /// let linked = RequestHead::default().method("GET").fields(cross_site);
    /// assert_eq!(adapter::foreign(&manager.load(linked, now)), None);
    /// let posted = RequestHead::default().method("POST").fields(cross_site);
    /// assert!(adapter::foreign(&manager.load(posted, now)).is_some());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn method(mut self, method: &'a str) -> Self {
        self.asked.method = Some(method);
        self
    }

    /// Sets the path of the URI: raw, without the query.
    /// [`CrossOrigin::exempt`](crate::CrossOrigin::exempt) is compared with it.
    ///
    /// ```
    /// use sealed_session::adapter::RequestHead;
    ///
    /// let request = RequestHead::default().method("POST").path("/webhooks/payment");
    /// ```
    #[must_use]
    pub fn path(mut self, path: &'a str) -> Self {
        self.asked.path = Some(path);
        self
    }

    /// Sets the host that the request names, with or without a port: the `Host` field, or the
    /// authority of its URI. [`CookieSpec::development`](crate::CookieSpec::development) asks for
    /// it, and so do sessions in links, which go to this host only, and the
    /// [check](crate::CrossOrigin) of requests that name their origin.
    ///
    /// ```
    /// use sealed_session::{CookieSpec, Key, KeyRing, Refusal, SessionManager};
    /// use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let cookie = CookieSpec::development("shop");
    /// let manager = SessionManager::new(cookie, KeyRing::new(Key::generate()?))?;
    /// let here = RequestHead::default().host("localhost:3001");
    /// assert_eq!(manager.load(here, now).refusal(), Some(Refusal::Absent));
    ///
    /// let nowhere = RequestHead::default();
    /// assert_eq!(manager.load(nowhere, now).refusal(), Some(Refusal::OffLoopback));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn host(mut self, host: &'a str) -> Self {
        self.asked.host = Some(host);
        self
    }

    /// Sets the look-up of header fields: of the field that a session may come in, and of those by
    /// which browsers say who caused a request. For a `GET` with a session in its cookies, that is
    /// `Upgrade` alone.
    ///
    /// ```
    /// use sealed_session::adapter::{HeaderFields, RequestHead};
    /// # use sealed_session::{Key, KeyRing, Refusal, SessionManager};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let manager = SessionManager::new("session", KeyRing::new(Key::generate()?))?;
    ///
    /// // By default sessions come in cookies only.
    /// let fields: &HeaderFields<'_> = &|_, take| take(b"AQ");
    /// let session = manager.load(RequestHead::default().fields(fields), now);
    /// assert_eq!(session.refusal(), Some(Refusal::Absent));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn fields(mut self, fields: &'a HeaderFields<'a>) -> Self {
        self.asked.fields = Some(fields);
        self
    }

    /// Sets the query: raw, without the question mark. A session may come in it, if it comes in
    /// links, and a [`Guard`](crate::Guard) has visitors come back to it.
    ///
    /// ```
    /// use sealed_session::adapter::RequestHead;
    ///
    /// let request = RequestHead::default().query("page=2&sort=name");
    /// assert!(!format!("{request:?}").contains("sort"), "it may hold a session");
    /// ```
    #[must_use]
    pub fn query(mut self, query: &'a str) -> Self {
        self.query = Some(query);
        self
    }
}

impl<'a, I> RequestHead<'a, I> {
    /// Returns the host for a message, cut at 255 characters.
    pub(crate) fn host_name(&self) -> String {
        self.asked
            .host
            .unwrap_or("(no host)")
            .chars()
            .take(255)
            .collect()
    }

    /// Returns whether the request names this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        self.host_parsed().is_some_and(HostName::is_loopback)
    }

    /// Returns whether the request names one of these hosts, whatever the port: cookies do not tell ports apart
    /// (RFC 6265 section 8.5).
    pub(crate) fn is_at_one_of(&self, hosts: &[String]) -> bool {
        let Some(host) = self.host_parsed() else {
            return false;
        };
        let mut hosts = hosts.iter().filter_map(|each| HostName::parse(each));
        hosts.any(|each| each.is(host))
    }

    fn host_parsed(&self) -> Option<HostName<'a>> {
        self.asked.host.and_then(HostName::parse)
    }

    /// Splits the request into its cookies and all the rest.
    pub(crate) fn split(self) -> (I, RequestHead<'a, ()>) {
        let rest = RequestHead {
            cookie_lines: (),
            asked: self.asked,
            query: self.query,
        };
        (self.cookie_lines, rest)
    }
}

/// Cookies and the query are not shown.
impl<I> fmt::Debug for RequestHead<'_, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestHead")
            .field("method", &self.asked.method)
            .field("host", &self.asked.host)
            .finish_non_exhaustive()
    }
}

/// A request that brings nothing.
impl Default for RequestHead<'_> {
    fn default() -> Self {
        RequestHead::new([])
    }
}
