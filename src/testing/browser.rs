//! A visitor's browser, as far as cookies go.

use std::fmt;
use std::sync::Arc;

use super::cookie::{Page, StoredCookie};
use crate::clock::{Clock, SystemClock};
use crate::error::Error;
use crate::head::{RequestHead, ResponseHead};
use crate::manager::SessionManager;
use crate::session::Session;

/// A browser that keeps cookies and sends them, as RFC 6265bis says: `Domain`, `Path`, `Secure`, `Max-Age`,
/// `Expires`, the prefixes of names, the limit of 4,096 bytes, and the order in which cookies are sent.
///
/// It belongs to no framework: `Set-Cookie` values go in, and a `Cookie` value comes out. A clone is another
/// browser with the same cookies, such as an attacker who copied them. The default one goes by the system's
/// clock.
///
/// ```
/// use sealed_session::testing::Browser;
///
/// let mut browser = Browser::default();
/// browser.keep(["theme=dark; Path=/", "__Host-session=AQ; Path=/; Secure", "lang=de; Path=/; Max-Age=0"]);
/// assert_eq!(browser.cookie(), "theme=dark; __Host-session=AQ");
/// ```
#[doc(alias("CookieJar", "cookie_jar"))]
#[derive(Clone)]
pub struct Browser {
    clock: Arc<dyn Clock>,
    page: Page,
    /// In the order in which they were first set.
    cookies: Vec<StoredCookie>,
}

impl Browser {
    /// Makes a browser without cookies, which end by this clock. It visits `https://localhost`.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::time::Duration;
    /// use sealed_session::testing::{Browser, ManualClock};
    /// use time::OffsetDateTime;
    ///
    /// let clock = Arc::new(ManualClock::new(OffsetDateTime::UNIX_EPOCH));
    /// let mut browser = Browser::new(clock.clone());
    /// browser.keep(["theme=dark; Max-Age=60"]);
    /// clock.advance(Duration::from_secs(60));
    /// assert_eq!(browser.cookie(), "");
    /// ```
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Browser {
        Browser {
            clock,
            page: Page::parse("https://localhost"),
            cookies: Vec::new(),
        }
    }

    /// Visits another origin, `scheme://host`. `Domain` attributes are compared with the host, and over
    /// plain http no `Secure` cookie is kept or sent, not even on this machine: so Safari does it.
    ///
    /// ```
    /// use sealed_session::testing::Browser;
    ///
    /// let mut browser = Browser::default().at("https://shop.example.com");
    /// browser.keep(["a=1; Domain=example.com; Secure", "b=2; Domain=example.org"]);
    /// assert_eq!(browser.cookie(), "a=1");
    /// assert_eq!(browser.clone().at("https://www.example.com").cookie(), "a=1");
    /// assert_eq!(browser.clone().at("https://example.org").cookie(), "");
    /// assert_eq!(browser.clone().at("http://www.example.com").cookie(), "");
    /// ```
    #[must_use]
    pub fn at(mut self, origin: &str) -> Browser {
        self.page = Page::parse(origin);
        self
    }

    /// Signs somebody in, as a handler does with [`Session::sign_in`], and keeps the cookies.
    ///
    /// # Errors
    ///
    /// As [`visit`](Browser::visit).
    ///
    /// ```
    /// use sealed_session::testing::Browser;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # let manager = SessionManager::new("session", KeyRing::new(Key::generate()?))?;
    ///
    /// let cookie = Browser::default().signed_in(&manager, "user-17")?.cookie();
    /// assert!(cookie.starts_with("__Host-session=")); // for the `Cookie` field of a request
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("force_login", "login_as"))]
    pub fn signed_in(mut self, manager: &SessionManager, subject: &str) -> Result<Browser, Error> {
        self.visit(manager, |session| session.sign_in(subject, &[]))?;
        Ok(self)
    }

    /// Makes a request to a handler, here the closure, and keeps the cookies of its response. So a test
    /// puts attributes into a session before it starts.
    ///
    /// # Errors
    ///
    /// Those of the handler, and those of [`SessionManager::commit`]. The browser keeps what it has.
    ///
    /// ```
    /// use sealed_session::testing::Browser;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # let manager = SessionManager::new("session", KeyRing::new(Key::generate()?))?;
    ///
    /// let mut browser = Browser::default().signed_in(&manager, "user-17")?;
    /// browser.visit(&manager, |session| session.insert("role", "staff"))?;
    /// assert_eq!(browser.session(&manager).get::<String>("role")?.as_deref(), Some("staff"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn visit<R>(
        &mut self,
        manager: &SessionManager,
        handler: impl FnOnce(&Session) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let session = self.session(manager);
        let result = handler(&session)?;
        let changes = manager.commit(&session, ResponseHead::new(200), self.clock.now())?;
        let cookies = changes
            .iter()
            .filter(|change| change.name() == "set-cookie");
        self.keep(cookies.map(|change| change.value().as_bytes()));
        Ok(result)
    }

    /// Keeps the `Set-Cookie` values of a response, or ignores them, as a browser does. One without a
    /// `Path` counts for the whole site. One that is not UTF-8 is ignored.
    ///
    /// With `http`'s types, pass `response.headers().get_all("set-cookie")`.
    ///
    /// ```
    /// use sealed_session::testing::Browser;
    ///
    /// let mut browser = Browser::default();
    /// browser.keep(["a=1; Path=/shop", "b=2"]);
    /// browser.keep(["__Host-c=3; Path=/"]); // not `Secure`, so the prefix forbids it
    /// browser.keep(["b=4"]);
    /// assert_eq!(browser.cookies().collect::<Vec<_>>(), [("a", "1"), ("b", "4")]);
    /// ```
    pub fn keep<V: AsRef<[u8]>>(&mut self, set_cookies: impl IntoIterator<Item = V>) {
        let now = self.clock.now();
        for line in set_cookies {
            let line = std::str::from_utf8(line.as_ref()).ok();
            let Some(new) = line.and_then(|line| StoredCookie::parse(line, &self.page, now)) else {
                continue;
            };
            self.cookies.retain(|cookie| !cookie.is_over(now));
            match self.cookies.iter_mut().find(|old| new.replaces(old)) {
                Some(old) => *old = new,
                None => self.cookies.push(new),
            }
        }
        self.cookies.retain(|cookie| !cookie.is_over(now));
    }

    /// Returns the value of the `Cookie` field of a request for `/`; empty without cookies.
    ///
    /// ```
    /// use sealed_session::testing::Browser;
    ///
    /// let mut browser = Browser::default();
    /// browser.keep(["theme=dark", "lang=de"]);
    /// assert_eq!(browser.cookie(), "theme=dark; lang=de");
    /// ```
    #[must_use]
    pub fn cookie(&self) -> String {
        self.cookie_for("/")
    }

    /// Returns the value of the `Cookie` field of a request for this path, which has no query: longer
    /// `Path`s first, and then in the order in which the cookies were first set.
    ///
    /// ```
    /// use sealed_session::testing::Browser;
    ///
    /// let mut browser = Browser::default();
    /// browser.keep(["theme=dark", "cart=7; Path=/shop"]);
    /// assert_eq!(browser.cookie_for("/shop/cart"), "cart=7; theme=dark");
    /// assert_eq!(browser.cookie_for("/shopping"), "theme=dark");
    /// ```
    #[must_use]
    pub fn cookie_for(&self, path: &str) -> String {
        let is_sent = |cookie: &&StoredCookie| cookie.is_sent(&self.page, path);
        let mut sent: Vec<&StoredCookie> = self.kept().filter(is_sent).collect();
        sent.sort_by_key(|cookie| std::cmp::Reverse(cookie.depth()));
        let pairs: Vec<String> = sent.into_iter().map(StoredCookie::pair).collect();
        pairs.join("; ")
    }

    /// Returns all cookies that it holds, for whatever path: names and values.
    ///
    /// ```
    /// use sealed_session::testing::Browser;
    ///
    /// let mut browser = Browser::default();
    /// browser.keep(["theme=dark", "cart=7; Path=/shop"]);
    /// assert!(browser.cookies().any(|(name, value)| name == "cart" && value == "7"));
    /// ```
    pub fn cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        self.kept()
            .map(|cookie| (cookie.name.as_str(), cookie.value.as_str()))
    }

    /// Returns the session that a request for `/` would carry now. Nothing is committed, so the browser
    /// keeps what it has, whatever a test does with the session.
    ///
    /// ```
    /// use sealed_session::testing::Browser;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # let manager = SessionManager::new("session", KeyRing::new(Key::generate()?))?;
    ///
    /// let browser = Browser::default().signed_in(&manager, "user-17")?;
    /// assert_eq!(browser.session(&manager).subject().as_deref(), Some("user-17"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn session(&self, manager: &SessionManager) -> Session {
        let line = self.cookie();
        let head = RequestHead::new([line.as_bytes()]).host(&self.page.host);
        manager.load(head, self.clock.now())
    }

    /// Closes the browser, and opens it again: cookies without `Max-Age` and `Expires` are gone.
    ///
    /// ```
    /// use sealed_session::testing::Browser;
    ///
    /// let mut browser = Browser::default();
    /// browser.keep(["theme=dark; Max-Age=86400", "cart=7"]);
    /// browser.restart();
    /// assert_eq!(browser.cookie(), "theme=dark");
    /// ```
    pub fn restart(&mut self) {
        self.cookies.retain(StoredCookie::is_lasting);
    }

    /// Returns the cookies that have not ended.
    fn kept(&self) -> impl Iterator<Item = &StoredCookie> {
        let now = self.clock.now();
        self.cookies
            .iter()
            .filter(move |cookie| !cookie.is_over(now))
    }
}

impl Default for Browser {
    fn default() -> Browser {
        Browser::new(Arc::new(SystemClock))
    }
}

/// Shows the names of cookies, and no values.
impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self
            .cookies
            .iter()
            .map(|cookie| cookie.name.as_str())
            .collect();
        f.debug_struct("Browser")
            .field("host", &self.page.host)
            .field("cookies", &names)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::ManualClock;
    use time::OffsetDateTime;

    #[test]
    fn cookies_are_replaced_removed_ordered_and_end() {
        let clock = Arc::new(ManualClock::new(OffsetDateTime::UNIX_EPOCH));
        let mut browser = Browser::new(clock.clone()).at("https://a.example.com");
        // What comes, and what a request for `/shop/cart` carries then.
        let table = [
            ("a=1", "a=1"),
            ("b=2; Max-Age=60", "a=1; b=2"),
            ("c=3; Path=/shop", "c=3; a=1; b=2"),
            ("a=4; Path=/shop", "c=3; a=4; a=1; b=2"),
            ("a=5; Path=/", "c=3; a=4; a=5; b=2"),
            ("a=6; Domain=a.example.com", "c=3; a=4; a=5; b=2; a=6"),
            ("a=; Path=/shop; Max-Age=0", "c=3; a=5; b=2; a=6"),
            ("A=7", "c=3; a=5; b=2; a=6; A=7"),
            ("c=; Max-Age=0", "c=3; a=5; b=2; a=6; A=7"),
            ("A=8; Secure; Partitioned", "c=3; a=5; b=2; a=6; A=7; A=8"),
            (
                "A=; Secure; Partitioned; Max-Age=0",
                "c=3; a=5; b=2; a=6; A=7",
            ),
        ];
        for (line, wanted) in table {
            browser.keep([line]);
            assert_eq!(browser.cookie_for("/shop/cart"), wanted, "{line}");
        }
        browser.keep([b"\xff=8"]);
        clock.set(OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(59));
        assert_eq!(browser.cookie(), "a=5; b=2; a=6; A=7");
        clock.set(OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(60));
        assert_eq!(browser.cookie(), "a=5; a=6; A=7");
        // What has ended takes a new place in the order.
        browser.keep(["b=8; Max-Age=60"]);
        assert_eq!(browser.cookie(), "a=5; a=6; A=7; b=8");
        assert!(!format!("{browser:?}").contains('8'));
        browser.restart();
        assert_eq!(browser.cookie(), "b=8");
    }
}
