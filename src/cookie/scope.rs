//! The scope in which a browser keeps a cookie: domain, path and partition.

use super::name::{has_prefix, is_prefixed};
use crate::error::Error;

/// The scope in which a browser keeps a cookie. Two cookies of one name in different scopes are two cookies.
///
/// If you move your session to another scope, list the old one. A stale cookie there is then expired when
/// somebody signs in or out.
///
/// ```
/// use sealed_session::{CookieSpec, Key, KeyRing, Scope, SessionManager};
///
/// let cookie = CookieSpec::exact("sid");
/// let manager = SessionManager::builder(cookie, KeyRing::new(Key::generate()?))
///     .former_scope(Scope::new().domain("example.com"))
///     .former_scope(Scope::new().path("/shop"))
///     .build()?;
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    domain: Option<String>,
    path: String,
    partitioned: bool,
}

impl Default for Scope {
    fn default() -> Scope {
        Scope {
            domain: None,
            path: "/".to_owned(),
            partitioned: false,
        }
    }
}

impl Scope {
    /// Returns the scope of this host and every path, not partitioned.
    ///
    /// ```
    /// use sealed_session::Scope;
    ///
    /// assert_eq!(Scope::new(), Scope::new().path("/"));
    /// ```
    #[must_use]
    pub fn new() -> Scope {
        Scope::default()
    }

    /// Keeps the cookie for this domain and all below it.
    ///
    /// ```
    /// use sealed_session::Scope;
    ///
    /// // As browsers compare them.
    /// assert_eq!(Scope::new().domain(".Example.com"), Scope::new().domain("example.com"));
    /// assert_ne!(Scope::new().domain("example.com"), Scope::new());
    /// ```
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Scope {
        // Browsers compare domains in this form (RFC 6265bis section 5.6.3), and so equal scopes are equal.
        self.domain = Some(domain.into().trim_start_matches('.').to_ascii_lowercase());
        self
    }

    /// Keeps the cookie for this path and all below it.
    ///
    /// ```
    /// use sealed_session::{CookieSpec, Key, KeyRing, Scope, SessionManager};
    ///
    /// let cookie = CookieSpec::exact("sid");
    /// let error = SessionManager::builder(cookie, KeyRing::new(Key::generate()?))
    ///     .former_scope(Scope::new().path("shop")) // it begins with `/`
    ///     .build()
    ///     .unwrap_err();
    /// assert!(error.is_configuration());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Scope {
        self.path = path.into();
        self
    }

    /// Keeps one cookie for each site that embeds this one (CHIPS).
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, Scope, SessionManager};
    ///
    /// // After partitioning was turned off, the old cookies are expired.
    /// let manager = SessionManager::builder("shop", KeyRing::new(Key::generate()?))
    ///     .former_scope(Scope::new().partitioned())
    ///     .build();
    /// assert!(manager.is_ok());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn partitioned(mut self) -> Scope {
        self.partitioned = true;
        self
    }

    /// Returns whether a `__Host-` cookie may be kept here: this host only, and every path of it.
    pub(super) fn is_whole_host(&self) -> bool {
        self.domain.is_none() && self.path == "/"
    }

    /// Renders the attributes of a `Set-Cookie` line that make up this scope.
    pub(super) fn render(&self, secure: bool) -> String {
        let mut text = format!("; Path={}", self.path);
        if let Some(domain) = &self.domain {
            text.push_str("; Domain=");
            text.push_str(domain);
        }
        if secure {
            text.push_str("; Secure");
        }
        if self.partitioned {
            text.push_str("; Partitioned");
        }
        text
    }

    /// Refuses a scope in which browsers would not keep a cookie of this name.
    pub(crate) fn check(&self, name: &str, secure: bool) -> Result<(), Error> {
        // A path and a domain that browsers would ignore or misread (RFC 6265bis section 5.6, step 6: a longer
        // attribute value is ignored, and the scope with it).
        const ATTRIBUTE_MAX: usize = 1_024;
        let visible = |text: &str| {
            text.bytes()
                .all(|b| (b'!'..=b'~').contains(&b) && b != b';')
        };
        if !self.path.starts_with('/') || self.path.len() > ATTRIBUTE_MAX || !visible(&self.path) {
            return Err(Error::configuration(format!(
                "the cookie path `{}` does not begin with `/`, or holds a space, `;` or more than \
                 {ATTRIBUTE_MAX} characters",
                self.path.escape_debug()
            )));
        }
        let host = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
        if let Some(domain) = &self.domain
            && (domain.is_empty() || domain.len() > 253 || !domain.bytes().all(host))
        {
            return Err(Error::configuration(format!(
                "the cookie domain `{}` is no host name",
                domain.escape_debug()
            )));
        }
        let host = has_prefix(name, "__Host-");
        // The rules of the name's prefix (RFC 6265bis section 5.7, steps 20 and 21). The cookie is always
        // HttpOnly.
        if !secure && is_prefixed(name) {
            return Err(Error::configuration(format!(
                "the name `{name}` needs Secure"
            )));
        }
        if host && !self.is_whole_host() {
            return Err(Error::configuration(format!(
                "the name `{name}` needs `Path=/` and no Domain; browsers drop it otherwise"
            )));
        }
        if self.partitioned && !secure {
            return Err(Error::configuration("a partitioned cookie needs Secure"));
        }
        Ok(())
    }
}
