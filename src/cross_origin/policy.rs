//! The policy: which origins and routes an application excuses from the check.

use super::origin::Origin;
use super::request::{Caused, RequestParts};
use crate::error::Error;

/// Decides which requests that other origins caused an application serves. By default it serves none.
///
/// Browsers send cookies along with requests that other pages caused. `SameSite` keeps out other *sites* at
/// best, and no sibling domain. Nor does it keep a request that brings no session from ending one. So every
/// adapter answers such a request with an empty 403 before a handler runs. You put nothing into your forms.
///
/// The check goes in this order:
///
/// 1. `GET`, `HEAD` and `OPTIONS` pass, because they must not change anything. A `GET` that opens a WebSocket
///    goes on below, like every other method.
/// 2. A request passes if `Sec-Fetch-Site` says `same-origin` or `none`, and is refused if it says anything
///    else, such as `same-site`. All browsers have sent it since March 2023, to https and to this machine.
/// 3. Without it `Origin` has to be of the host and port that `Host` names. `null` is refused.
/// 4. Without both, `Referer` has to be of this host.
/// 5. A request without any of the three comes from no browser, and passes.
///
/// A request that would be refused still passes if its origin is [trusted](CrossOrigin::trust), if its route
/// is [exempt](CrossOrigin::exempt), or if its session comes in a header field, which no other page can set.
/// It also passes if no session of the application travels in cookies or links.
///
/// The algorithm is that of Go 1.25's `net/http.CrossOriginProtection`, with `Referer`, WebSockets and
/// header fields added.
///
/// # Sessions that are not begun
///
/// A browser may have kept the session's cookies back from a request that another site caused (`SameSite`).
/// Such a request begins no session, even if its handler stores something, because it would replace the
/// session that the visitor has. An [event](crate::Event::Withheld) reports it. [Exempt](CrossOrigin::exempt)
/// routes may begin sessions.
///
/// ```
/// use sealed_session::{CrossOrigin, Key, KeyRing, SessionManager};
///
/// let manager = SessionManager::builder("shop", KeyRing::new(Key::generate()?))
///     .cross_origin(
///         CrossOrigin::new()
///             .trust("https://app.example.com") // may act for visitors
///             .exempt("/webhooks/"),            // has a signature of its own
///     )
///     .build()?;
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[doc(alias("csrf", "protect_from_forgery", "xsrf"))]
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CrossOrigin {
    trusted: Vec<String>,
    exempt: Vec<String>,
    unchecked: bool,
}

impl CrossOrigin {
    /// Serves no request that another origin caused. The default.
    ///
    /// ```
    /// use sealed_session::CrossOrigin;
    ///
    /// assert_eq!(CrossOrigin::new(), CrossOrigin::default());
    /// ```
    #[must_use]
    pub fn new() -> CrossOrigin {
        CrossOrigin::default()
    }

    /// Serves every request, for an application with a check of its own, such as a token in every form.
    /// **Without such a check other sites act for visitors who are signed in.** A request from which a browser
    /// may have kept the session's cookies back still begins no session.
    ///
    /// ```
    /// use sealed_session::CrossOrigin;
    ///
    /// assert_ne!(CrossOrigin::unchecked(), CrossOrigin::new());
    /// ```
    #[doc(alias("disable_csrf"))]
    #[must_use]
    pub fn unchecked() -> CrossOrigin {
        CrossOrigin {
            unchecked: true,
            ..CrossOrigin::default()
        }
    }

    /// Serves requests that pages of this origin cause. Write it as `https://app.example.com`, with a port if it
    /// is not the scheme's default, and nothing behind it. Write names beyond ASCII as browsers send them, in
    /// punycode.
    ///
    /// Every page there can act for every visitor whose cookies come along. A request without them begins no
    /// session; for that, [`exempt`](CrossOrigin::exempt) the route, and give the slot `SameSite=None`. A layer
    /// for CORS decides what scripts of that origin may read of the answers.
    ///
    /// ```
    /// use sealed_session::{CrossOrigin, Key, KeyRing, SessionManager};
    ///
    /// let builder = SessionManager::builder("shop", KeyRing::new(Key::generate()?));
    /// let policy = CrossOrigin::new().trust("https://app.example.com/"); // an origin has no path
    /// assert!(builder.cross_origin(policy).build().unwrap_err().is_configuration());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("CSRF_TRUSTED_ORIGINS", "trusted_origins"))]
    #[must_use]
    pub fn trust(mut self, origin: impl Into<String>) -> CrossOrigin {
        self.trusted.push(origin.into());
        self
    }

    /// Serves every request to this path, and lets it begin sessions: for webhooks, which bring a signature, and
    /// for callbacks of identity providers that come by POST, which bring a `state`.
    ///
    /// A path that ends with `/` exempts all paths below it, too. Paths are compared byte by byte, as the layer
    /// sees them. A path below it with a percent sign, with `//` or with a segment of dots is not exempt, because
    /// another reader may take it elsewhere.
    ///
    /// ```
    /// use sealed_session::{CrossOrigin, Key, KeyRing, SessionManager};
    /// use sealed_session::adapter::{self, RequestHead};
    /// # use sealed_session::adapter::HeaderFields;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let cross_site: &HeaderFields<'_> = &|name, take| if name == "sec-fetch-site" { take(b"cross-site") };
    ///
    /// let policy = CrossOrigin::new().exempt("/saml/acs").exempt("/hooks/");
    /// let builder = SessionManager::builder("shop", KeyRing::new(Key::generate()?));
    /// let manager = builder.cross_origin(policy).build()?;
    ///
    /// let passes = |path| {
    ///     let request = RequestHead::default().method("POST").path(path).fields(cross_site);
    ///     adapter::foreign(&manager.load(request, now)).is_none()
    /// };
    /// assert!(passes("/saml/acs") && passes("/hooks/") && passes("/hooks/payment"));
    /// assert!(!passes("/saml/acs/") && !passes("/hooks") && !passes("/hooks/../transfer"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("csrf_exempt", "skip_csrf"))]
    #[must_use]
    pub fn exempt(mut self, path: impl Into<String>) -> CrossOrigin {
        self.exempt.push(path.into());
        self
    }

    /// Returns who caused a request, as far as it matters: one that passes counts as caused here. `is_beyond` says
    /// whether no other origin can gain anything by it, and is asked last.
    pub(crate) fn judge(
        &self,
        request: &RequestParts<'_>,
        is_beyond: impl FnOnce() -> bool,
    ) -> Caused {
        if request.is_safe() {
            return Caused::Here;
        }
        let passes = || {
            self.unchecked
                || self.exempts(request.path)
                || request.is_of(&self.trusted)
                || is_beyond()
        };
        match request.caused() {
            Caused::Elsewhere(_) if passes() => Caused::Here,
            caused => caused,
        }
    }

    /// Returns whether the route of this path is exempt.
    pub(crate) fn exempts(&self, path: Option<&str>) -> bool {
        let covers = |exempt: &String, path: &str| match path.strip_prefix(exempt.as_str()) {
            Some("") => true,
            Some(below) => exempt.ends_with('/') && is_plain(below),
            None => false,
        };
        path.is_some_and(|path| self.exempt.iter().any(|exempt| covers(exempt, path)))
    }

    /// Returns whether this is the default policy.
    pub(crate) fn is_default(&self) -> bool {
        *self == CrossOrigin::default()
    }

    /// Refuses trusted origins and exempt paths that could never match.
    pub(crate) fn check(&self) -> Result<(), Error> {
        for origin in &self.trusted {
            if Origin::parse(origin).is_none() {
                return Err(Error::configuration(format!(
                    "`{}` is not an origin: write `https://app.example.com`, with a port if it is not \
                     the scheme's own, in punycode, and without a slash at the end",
                    origin.escape_default()
                )));
            }
        }
        for path in &self.exempt {
            let inside = path.strip_prefix('/').unwrap_or_default();
            if inside.is_empty() || !is_plain(inside) {
                return Err(Error::configuration(format!(
                    "`{}` is not the path of an exempt route: write `/webhooks/payment`, or \
                     `/webhooks/` for all below it, without a query, percent signs or segments of dots; \
                     to check no route at all use `CrossOrigin::unchecked`",
                    path.escape_default()
                )));
            }
        }
        Ok(())
    }
}

/// Returns whether the part of a path behind a slash means the same to every reader.
fn is_plain(below: &str) -> bool {
    let is_odd = |byte: u8| !byte.is_ascii_graphic() || b"%\\?#;".contains(&byte);
    let (last, others) = match below.rsplit_once('/') {
        Some((others, last)) => (last, Some(others)),
        None => (below, None),
    };
    let mut others = others.into_iter().flat_map(|others| others.split('/'));
    let is_dots = |segment: &str| [".", ".."].contains(&segment);
    !below.bytes().any(is_odd)
        && !is_dots(last)
        && others.all(|segment| !segment.is_empty() && !is_dots(segment))
}
