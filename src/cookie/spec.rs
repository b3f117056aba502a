//! The name and attributes of a session's cookie.

use crate::error::Error;

use super::name;
use super::renderer::Renderer;
use super::scope::Scope;

/// The name and attributes of the session's cookie.
///
/// A text names the application: `"shop"` is the cookie `__Host-shop` with `Path=/; Secure; HttpOnly; SameSite=Lax`
/// and no `Domain`. Give each application of a host its own name, because browsers send the cookies of all of them
/// to each, whatever the port: two with one name sign each other's visitors out.
///
/// - The `__Host-` prefix keeps a sibling domain from planting a cookie here (RFC 6265bis section 4.1.3.2).
/// - `Lax` keeps a visitor signed in who follows a link, and keeps the cookie back from other sites' forms.
///   Those forms still arrive, and [`CrossOrigin`](crate::CrossOrigin) keeps them out.
/// - `HttpOnly` cannot be turned off, because no script can read a sealed token. `Secure` is turned off only
///   by [`development`](CookieSpec::development).
///
/// The cookie carries no `Max-Age` unless [`Lifetime::with_persistence`](crate::Lifetime::with_persistence) says so. Browsers
/// drop it when they close, and until then the server's [`Lifetime`](crate::Lifetime) counts.
///
/// The rules between name and attributes are checked when the manager is built.
///
/// ```
/// use sealed_session::{CookieSpec, Key, KeyRing, SameSite, SessionManager};
///
/// let ring = KeyRing::new(Key::generate()?);
/// assert!(SessionManager::new("shop", ring.clone()).is_ok());
///
/// let strict = CookieSpec::new("shop").same_site(SameSite::Strict);
/// assert!(SessionManager::new(strict, ring.clone()).is_ok());
///
/// // A `__Host-` cookie has no domain, so browsers would drop this one.
/// let dropped = CookieSpec::new("__Host-shop").domain("example.com");
/// let error = SessionManager::new(dropped, ring).unwrap_err();
/// assert!(error.is_configuration());
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[doc(alias("cookie_options", "cookie_params"))]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CookieSpec {
    name: String,
    /// Whether the name goes out as it was given.
    is_exact: bool,
    scope: Scope,
    same_site: SameSite,
    secure: bool,
    /// The hosts beside this machine that are served over plain http.
    plain_http_hosts: Vec<String>,
}

/// When a browser sends the cookie along with requests that other sites caused. Whether such a request is
/// served is another question, which [`CrossOrigin`](crate::CrossOrigin) decides. Sibling domains and other
/// ports of the host are the same site, and their requests always bring the cookie.
///
/// ```
/// use sealed_session::{CookieSpec, Key, KeyRing, SameSite, SessionManager};
///
/// // Browsers keep `SameSite=None` only together with `Secure`.
/// let dropped = CookieSpec::development("shop").same_site(SameSite::None);
/// let error = SessionManager::new(dropped, KeyRing::new(Key::generate()?)).unwrap_err();
/// assert!(error.is_configuration());
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SameSite {
    /// Only when it opens a page at the top level, as a link does. The default.
    #[default]
    Lax,
    /// Always. For pages embedded in other sites, and for sign-ins that come back by POST.
    None,
    /// Never. A visitor who follows a link from elsewhere is not recognised on the first page. Nothing that
    /// this page stores is sent, because it would replace the session that the browser has.
    Strict,
}

/// Names the application, as [`CookieSpec::new`] does.
impl From<&str> for CookieSpec {
    fn from(application: &str) -> CookieSpec {
        CookieSpec::new(application)
    }
}

/// Names the application, as [`CookieSpec::new`] does.
impl From<String> for CookieSpec {
    fn from(application: String) -> CookieSpec {
        CookieSpec::new(application)
    }
}

impl CookieSpec {
    /// Returns the cookie of the application of this name, with the default attributes.
    ///
    /// The cookie's name begins with the strongest prefix that its attributes allow: `__Host-`, or `__Secure-` with a
    /// [`domain`](CookieSpec::domain) or a [`path`](CookieSpec::path), or none in the profile of
    /// [`development`](CookieSpec::development). A name that has a prefix of its own is taken as it stands. An
    /// invalid name is an error when the manager is built.
    ///
    /// ```
    /// use sealed_session::{CookieSpec, Key, KeyRing, SessionManager};
    /// # use sealed_session::adapter::{RequestHead, ResponseHead};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// for (spec, name) in [
    ///     (CookieSpec::new("shop"), "__Host-shop"),
    ///     (CookieSpec::new("__Host-shop"), "__Host-shop"),
    ///     (CookieSpec::new("shop").domain("example.com"), "__Secure-shop"),
    /// ] {
    ///     let manager = SessionManager::new(spec, ring.clone())?;
    /// #   let session = manager.load(RequestHead::default(), now);
    ///     session.insert("theme", "dark")?;
    ///
    ///     let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    ///     assert!(changes[0].value().starts_with(&format!("{name}=")));
    /// }
    /// assert!(SessionManager::new("two words", ring).unwrap_err().is_configuration());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn new(application: impl Into<String>) -> CookieSpec {
        CookieSpec {
            name: application.into(),
            is_exact: false,
            scope: Scope::new(),
            same_site: SameSite::default(),
            secure: true,
            plain_http_hosts: Vec::new(),
        }
    }

    /// Returns a cookie of exactly this name, for one that is in use already. Without a prefix every sibling domain
    /// can plant one.
    ///
    /// ```
    /// use sealed_session::{CookieSpec, Key, KeyRing, SessionManager};
    ///
    /// let builder = SessionManager::builder("shop", KeyRing::new(Key::generate()?));
    /// let manager = builder.former_cookie(CookieSpec::exact("sid")).build()?;
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("cookie_name"))]
    #[must_use]
    pub fn exact(name: impl Into<String>) -> CookieSpec {
        CookieSpec {
            is_exact: true,
            ..CookieSpec::new(name)
        }
    }

    /// Returns a cookie without `Secure`, for a server that speaks plain http. Safari keeps no `Secure` cookie from
    /// such a server, and no browser does from another machine.
    ///
    /// **Never deploy this profile.** The check believes the `Host` field, and a proxy that rewrites it defeats
    /// the check; nginx does so unless told `proxy_set_header Host $http_host`.
    ///
    /// A request that names any host but `localhost`, `*.localhost`, `127.0.0.0/8` or `[::1]` gets no session,
    /// and changing one fails with [`Error::is_off_loopback`]. Name further hosts by
    /// [`plain_http_host`](CookieSpec::plain_http_host).
    ///
    /// ```
    /// use sealed_session::{CookieSpec, Key, KeyRing, Refusal, SessionManager};
    /// use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// let cookie = CookieSpec::development("shop");
    /// let manager = SessionManager::new(cookie, KeyRing::new(Key::generate()?))?;
    ///
    /// let here = manager.load(RequestHead::default().host("127.0.0.1:3000"), now);
    /// assert!(here.insert("visits", 1).is_ok());
    ///
    /// let elsewhere = manager.load(RequestHead::default().host("shop.example.com"), now);
    /// assert!(elsewhere.insert("visits", 1).unwrap_err().is_off_loopback());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("insecure", "with_secure"))]
    #[must_use]
    pub fn development(name: impl Into<String>) -> CookieSpec {
        CookieSpec {
            secure: false,
            ..CookieSpec::new(name)
        }
    }

    /// Serves this host over plain http, too, in the [development](CookieSpec::development) profile: a container's
    /// name, this machine's address in the local network, the 10.0.2.2 of an emulator, 0.0.0.0. Name each by itself,
    /// as the `Host` field has it and without a port: cookies are the same for all ports of a host. There is no
    /// pattern for many, which would sooner or later match a host of production.
    ///
    /// **Anybody on the way reads and takes over such a session.** In any other profile this is an error when the
    /// manager is built, and in this one the log then names the hosts.
    ///
    /// ```
    /// use sealed_session::{CookieSpec, Key, KeyRing, SessionManager};
    /// use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let cookie = CookieSpec::development("shop").plain_http_host("web");
    /// let manager = SessionManager::new(cookie, ring.clone())?;
    /// let in_compose = manager.load(RequestHead::default().host("web:8080"), now);
    /// assert!(in_compose.insert("visits", 1).is_ok());
    ///
    /// let production = CookieSpec::new("shop").plain_http_host("web");
    /// assert!(SessionManager::new(production, ring).unwrap_err().is_configuration());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn plain_http_host(mut self, host: impl Into<String>) -> CookieSpec {
        self.plain_http_hosts.push(host.into());
        self
    }

    /// Sends the cookie to this domain and all below it. Each of them can then plant one.
    ///
    /// ```
    /// use sealed_session::CookieSpec;
    ///
    /// let spec = CookieSpec::new("shop").domain(".Example.com");
    /// assert_eq!(spec, CookieSpec::new("shop").domain("example.com"));
    /// ```
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> CookieSpec {
        self.scope = self.scope.domain(domain);
        self
    }

    /// Sends the cookie only below this path; `/` if not set. Paths are no boundary between the applications of
    /// one host.
    ///
    /// ```
    /// use sealed_session::{CookieSpec, Key, KeyRing, SessionManager};
    ///
    /// let ring = KeyRing::new(Key::generate()?);
    /// assert!(SessionManager::new(CookieSpec::new("shop").path("/shop"), ring.clone()).is_ok());
    ///
    /// // A `__Host-` cookie has the path `/`.
    /// assert!(SessionManager::new(CookieSpec::new("__Host-shop").path("/shop"), ring).is_err());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> CookieSpec {
        self.scope = self.scope.path(path);
        self
    }

    /// Keeps one cookie for each site that embeds this one (CHIPS).
    ///
    /// ```
    /// use sealed_session::{CookieSpec, Key, KeyRing, SameSite, SessionManager};
    ///
    /// let embedded = CookieSpec::new("shop").same_site(SameSite::None).partitioned();
    /// assert!(SessionManager::new(embedded, KeyRing::new(Key::generate()?)).is_ok());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn partitioned(mut self) -> CookieSpec {
        self.scope = self.scope.partitioned();
        self
    }

    /// Sets when the cookie goes along with requests that other sites caused.
    ///
    /// ```
    /// use sealed_session::{CookieSpec, SameSite, SessionManager};
    /// # use sealed_session::{Key, KeyRing};
    /// # use sealed_session::adapter::{RequestHead, ResponseHead};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let spec = CookieSpec::new("shop").same_site(SameSite::Strict);
    /// let manager = SessionManager::new(spec, ring)?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// session.insert("theme", "dark")?;
    ///
    /// let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    /// let value = changes[0].value();
    /// assert!(value.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn same_site(mut self, same_site: SameSite) -> CookieSpec {
        self.same_site = same_site;
        self
    }

    /// Returns the cookie under its whole name, with the prefix that its attributes allow.
    pub(crate) fn resolved(mut self) -> CookieSpec {
        let prefix = match self.is_exact || name::is_prefixed(&self.name) || !self.secure {
            true => "",
            false if self.scope.is_whole_host() => "__Host-",
            false => "__Secure-",
        };
        self.name.insert_str(0, prefix);
        self.is_exact = true;
        self
    }

    /// Returns a cookie like this one, whose name has this at its end.
    pub(crate) fn beside(&self, suffix: &str) -> CookieSpec {
        let name = format!("{}{suffix}", self.name);
        CookieSpec {
            name,
            ..self.clone()
        }
    }

    /// Returns the name of the cookie, once it is [resolved](CookieSpec::resolved).
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns when browsers send the cookie along.
    pub(crate) fn sent(&self) -> SameSite {
        self.same_site
    }

    /// Returns whether only this machine may be served.
    pub(crate) fn is_development(&self) -> bool {
        !self.secure
    }

    /// Returns the hosts beside this machine that are served over plain http.
    pub(crate) fn plain_http_hosts(&self) -> &[String] {
        &self.plain_http_hosts
    }

    /// Returns whether a sibling domain, or a page under another path, can set a cookie of this name. The prefix
    /// is compared with its case, because not every client that knows it ignores the case.
    pub(crate) fn is_plantable(&self) -> bool {
        !self.name.starts_with("__Host-")
    }

    /// Refuses a cookie that browsers would drop in silence.
    pub(crate) fn check(&self) -> Result<(), Error> {
        name::check(&self.name)?;
        self.scope.check(&self.name, self.secure)?;
        if self.secure && !self.plain_http_hosts.is_empty() {
            return Err(Error::configuration(
                "a host over plain http belongs to `CookieSpec::development`: browsers drop the \
                 `Secure` cookie of any other profile there",
            ));
        }
        if self.same_site == SameSite::None && !self.secure {
            // RFC 6265bis section 5.7, step 18.
            return Err(Error::configuration("SameSite=None needs Secure"));
        }
        Ok(())
    }

    /// Returns whether the cookie is kept in this scope.
    pub(crate) fn is_kept_in(&self, scope: &Scope) -> bool {
        self.scope == *scope
    }

    /// Returns the same cookie in a former scope.
    pub(crate) fn rescoped(&self, scope: &Scope) -> CookieSpec {
        CookieSpec {
            scope: scope.clone(),
            ..self.clone()
        }
    }

    /// Returns the renderer of this cookie's lines.
    pub(crate) fn renderer(&self) -> Renderer {
        let mut attributes = self.scope.render(self.secure);
        attributes.push_str("; HttpOnly; SameSite=");
        attributes.push_str(match self.same_site {
            SameSite::Lax => "Lax",
            SameSite::None => "None",
            SameSite::Strict => "Strict",
        });
        Renderer::new(attributes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_in_full() {
        let spec = CookieSpec::new("session").renderer();
        assert_eq!(
            spec.set("__Host-session.1", "xyz", None),
            "__Host-session.1=xyz; Path=/; Secure; HttpOnly; SameSite=Lax"
        );
        assert_eq!(
            spec.set("__Host-session", "xyz", Some(34_560_000)),
            "__Host-session=xyz; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=34560000"
        );
        assert_eq!(
            spec.remove("__Host-session"),
            "__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"
        );
        let spec = CookieSpec::new("__Secure-s")
            .domain("example.com")
            .path("/app")
            .partitioned()
            .same_site(SameSite::None)
            .renderer();
        assert_eq!(
            spec.set("__Secure-s", "v", None),
            "__Secure-s=v; Path=/app; Domain=example.com; Secure; Partitioned; HttpOnly; \
             SameSite=None"
        );
        assert_eq!(
            CookieSpec::development("s").renderer().remove("s"),
            "s=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
        );
    }

    #[test]
    fn a_name_gets_the_strongest_prefix_that_its_attributes_allow() {
        let named = CookieSpec::new;
        for (spec, name) in [
            (named("shop"), "__Host-shop"),
            ("shop".into(), "__Host-shop"),
            (String::from("shop").into(), "__Host-shop"),
            (named("shop").same_site(SameSite::Strict), "__Host-shop"),
            (named("shop").partitioned(), "__Host-shop"),
            (named("shop").domain("example.com"), "__Secure-shop"),
            (named("shop").path("/shop"), "__Secure-shop"),
            (named("shop").path("/shop").path("/"), "__Host-shop"),
            (CookieSpec::development("shop"), "shop"),
            (named("__Host-shop"), "__Host-shop"),
            (named("__Secure-shop"), "__Secure-shop"),
            (named("__Http-shop"), "__Http-shop"),
            (named("__Host-Http-shop"), "__Host-Http-shop"),
            // Browsers ignore the case, and so it has a prefix.
            (named("__host-shop"), "__host-shop"),
            (named("_shop"), "__Host-_shop"),
            (named("__Host"), "__Host-__Host"),
            (CookieSpec::exact("sid"), "sid"),
            (CookieSpec::exact("sid").domain("example.com"), "sid"),
        ] {
            let spec = spec.resolved();
            assert_eq!(spec.name(), name);
            assert_eq!(spec.clone().resolved(), spec);
            assert!(spec.check().is_ok(), "{spec:?}");
            let moved = spec.rescoped(&Scope::new().domain("shop.example"));
            assert_eq!(moved.name(), name, "{spec:?}");
        }
        for nameless in ["", "__Host-", "__secure-", "__Host-Http-"] {
            let error = named(nameless).resolved().check().unwrap_err();
            assert!(error.is_configuration(), "{nameless}");
        }
    }

    #[test]
    fn rules_between_name_and_attributes() {
        let good = [
            CookieSpec::new("session"),
            CookieSpec::new("__Secure-s")
                .path("/a")
                .domain("example.com"),
            CookieSpec::new("__Http-s").path("/a"),
            CookieSpec::new("__Host-Http-s"),
            CookieSpec::exact("s")
                .same_site(SameSite::None)
                .partitioned(),
            CookieSpec::development("s").same_site(SameSite::Strict),
        ];
        for spec in good {
            assert!(spec.resolved().check().is_ok());
        }
        let bad = [
            CookieSpec::new("__Host-s").path("/a"),
            CookieSpec::new("__host-s").domain("example.com"),
            CookieSpec::new("__HOST-HTTP-s").path("/a"),
            CookieSpec::development("__Host-s"),
            CookieSpec::development("__Secure-s"),
            CookieSpec::development("__Http-s"),
            CookieSpec::development("s").partitioned(),
            CookieSpec::development("s").same_site(SameSite::None),
            CookieSpec::exact("s").path("app"),
            CookieSpec::exact("s").path("/a;b"),
            CookieSpec::exact("s").path(format!("/{}", "a".repeat(1_024))),
            CookieSpec::exact("s").domain(""),
            CookieSpec::exact("s").domain("exa mple"),
            CookieSpec::exact("s").domain("a\r\nb"),
            CookieSpec::exact("s.1"),
        ];
        for spec in bad {
            let spec = spec.resolved();
            assert!(spec.check().unwrap_err().is_configuration(), "{spec:?}");
        }
    }
}
