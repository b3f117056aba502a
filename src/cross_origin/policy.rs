//! The policy: which origins and routes an application excuses from the check, and whether it asks for form tokens.

use super::form::Brought;
use super::origin::Origin;
use super::request::{Caused, RequestParts};
use crate::error::Error;

/// Decides which requests that other origins caused an application serves. By default it serves none.
///
/// Browsers send cookies along with requests that other pages caused. `SameSite` keeps out other *sites* at
/// best, and no sibling domain. Nor does it keep a request that brings no session from ending one. So every
/// adapter answers such a request with an empty 403 before a handler runs. You put nothing into your forms, unless
/// you ask for [form tokens](CrossOrigin::with_form_tokens) as well.
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
    form_tokens: bool,
    without_session: bool,
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

    /// Asks for a form token beside the check, or, with [`unchecked`](CrossOrigin::unchecked), in its place: for an
    /// application whose auditor wants one. It is no use against another origin that the check would let pass.
    ///
    /// A request that may change something, and whose session came in a cookie or a link, has to bring a token of the same
    /// sign-in: as the field `csrf_token`, which is the **first** of a form
    /// ([`Session::form_field`](crate::Session::form_field)), or as the header field `X-CSRF-Token`
    /// ([`Session::form_token`](crate::Session::form_token)). The header field counts if both came. Without a token the
    /// answer is an empty 403, an [event](crate::Event::ForeignRequest) says why, and no handler runs.
    ///
    /// At most 512 bytes of a body are looked at, and it arrives whole, so an upload may be of any size. That is why the
    /// field has to be the first.
    ///
    /// There is none to bring for
    ///
    /// - `GET`, `HEAD` and `OPTIONS`, and WebSockets: a browser sets no field there, so the origin decides;
    /// - a [trusted](CrossOrigin::trust) origin or an [exempt](CrossOrigin::exempt) route;
    /// - a session in a header field, which no other page can set;
    /// - a request without a session in any [slot](crate::slots), or with one that is over, so that a guard sends the visitor
    ///   to the sign-in page. See [`also_without_session`](CrossOrigin::also_without_session). Messages for the next page are
    ///   none.
    ///
    /// Pages that are shown already have no token when this is deployed, and their forms are refused. Deploy the fields
    /// first, and this afterwards.
    ///
    /// ```
    /// use sealed_session::adapter::{self, FormCheck, RequestHead};
    /// use sealed_session::{CrossOrigin, Key, KeyRing, SessionManager};
    /// # use sealed_session::adapter::{HeaderFields, ResponseHead};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let policy = CrossOrigin::new().with_form_tokens();
    /// let builder = SessionManager::builder("shop", KeyRing::new(Key::generate()?));
    /// let manager = builder.cross_origin(policy).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// # session.sign_in("user-17", &[])?;
    /// # let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    /// # let cookie = changes[0].value().split(';').next().unwrap_or_default().as_bytes();
    ///
    /// let page = manager.load(RequestHead::new([cookie]).method("GET"), now);
    /// let token = page.form_token()?;
    ///
    /// let scripted: &HeaderFields<'_> = &|name, take| if name == "x-csrf-token" { take(token.as_bytes()) };
    /// let posted = RequestHead::new([cookie]).method("POST");
    /// let with_token = manager.load(posted.clone().fields(scripted), now);
    /// assert!(matches!(adapter::form_check(&with_token), FormCheck::Passes));
    /// let without = manager.load(posted, now);
    /// assert!(matches!(adapter::form_check(&without), FormCheck::Refused(_)));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("csrf_token", "authenticity_token", "csrfmiddlewaretoken"))]
    #[must_use]
    pub fn with_form_tokens(mut self) -> CrossOrigin {
        self.form_tokens = true;
        self
    }

    /// Asks for a [form token](CrossOrigin::with_form_tokens) of requests without a session, too: of the form that signs
    /// somebody in. The origin check refuses such a form from another site by itself, so nobody is signed in to an
    /// attacker's account (login CSRF) without this either.
    ///
    /// There has to be something that a token is bound to. So [`Session::form_token`](crate::Session::form_token) then
    /// begins a session where there is none, and each page with a form sets a cookie.
    ///
    /// Clients that are no browser have to show a form before they post one. [Exempt](CrossOrigin::exempt) their routes.
    ///
    /// ```
    /// use sealed_session::{CrossOrigin, Key, KeyRing, SessionManager};
    ///
    /// let ring = KeyRing::new(Key::generate()?);
    /// let policy = CrossOrigin::new().with_form_tokens().also_without_session();
    /// assert!(SessionManager::builder("shop", ring.clone()).cross_origin(policy).build().is_ok());
    ///
    /// // The check covers requests without a session as it is.
    /// let policy = CrossOrigin::new().also_without_session();
    /// let error = SessionManager::builder("shop", ring).cross_origin(policy).build().unwrap_err();
    /// assert!(error.is_configuration());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("login_csrf"))]
    #[must_use]
    pub fn also_without_session(mut self) -> CrossOrigin {
        self.without_session = true;
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
        // A form token that no browser can bring stands in for no check.
        let is_unchecked = self.unchecked && !(self.form_tokens && request.opens_socket());
        let passes = || is_unchecked || self.excuses(request) || is_beyond();
        match request.caused() {
            Caused::Elsewhere(_) if passes() => Caused::Here,
            caused => caused,
        }
    }

    /// Returns the place of the form token in a request that has to bring one if it has a session. `is_beyond` is that of
    /// [`judge`](CrossOrigin::judge).
    #[inline]
    pub(crate) fn form_token(
        &self,
        request: &RequestParts<'_>,
        is_beyond: impl FnOnce() -> bool,
    ) -> Option<Brought> {
        // Nobody else pays for more than this.
        if !self.form_tokens || request.is_safe() {
            return None;
        }
        let is_excused = request.opens_socket() || self.excuses(request) || is_beyond();
        (!is_excused).then(|| Brought::of(request))
    }

    /// Returns whether a request has to bring a form token even if it has no session.
    pub(crate) fn asks_without_session(&self) -> bool {
        self.without_session
    }

    /// Returns whether the application excuses the origin or the route of a request.
    fn excuses(&self, request: &RequestParts<'_>) -> bool {
        self.exempts(request.path) || request.is_of(&self.trusted)
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

    /// Refuses trusted origins and exempt paths that could never match, and what means nothing.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.without_session && !self.form_tokens {
            return Err(Error::configuration(
                "`also_without_session` is about form tokens, and none are asked for: the check of origins covers \
                 requests without a session as it is; remove it, or add `with_form_tokens`",
            ));
        }
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
            if !is_route(path) {
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

/// Returns whether this is a path that means the same to every reader, and not the root.
pub(crate) fn is_route(path: &str) -> bool {
    let inside = path.strip_prefix('/').unwrap_or_default();
    !inside.is_empty() && is_plain(inside)
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
