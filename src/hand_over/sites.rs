//! The sites that hand visitors over to each other.

use std::fmt;
use std::time::Duration;

use crate::cross_origin::{Origin, is_route};
use crate::error::Error;
use crate::head::HostName;

/// This site and its partners, between which visitors are [handed over](crate::hand_over).
///
/// Both sides know each other: a partner is its origin, and the path there to which this site sends browsers. At the site
/// that gives, that is where the partner takes [arrivals](crate::Session::arrive). At the one that asks, it is where the
/// partner [gives](crate::Session::hand_over). Two sites that do both use one path for both, and tell them apart
/// by the parameter `ticket`. No address of a request is ever redirected to.
///
/// ```
/// use sealed_session::SessionManager;
/// use sealed_session::hand_over::HandOver;
/// # use sealed_session::{Error, Key, KeyRing};
/// # let ring = KeyRing::new(Key::generate()?);
///
/// let sites = HandOver::new("https://b.example")?.with_partner("https://a.example", "/give")?;
/// let manager = SessionManager::builder("b", ring).audience("accounts").hand_over(sites).build()?;
/// # Ok::<(), Error>(())
/// ```
#[doc(alias("single_sign_on", "sso"))]
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct HandOver {
    /// As browsers write it.
    own: String,
    partners: Vec<Partner>,
    /// The longest that sessions live at partners.
    longest: Duration,
}

/// Another site, and the path there.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Partner {
    pub(crate) origin: String,
    pub(crate) path: String,
}

impl HandOver {
    /// Begins with the origin of this site, as visitors see it in the address bar: `https://b.example`, with a port if it is not
    /// 443, and in punycode. Plain http serves this machine only, because a ticket on the wire is worth a sign-in.
    ///
    /// # Errors
    ///
    /// [`Error::is_configuration`] if it is no such origin.
    ///
    /// ```
    /// use sealed_session::hand_over::HandOver;
    ///
    /// assert!(HandOver::new("https://b.example").is_ok());
    /// assert!(HandOver::new("http://localhost:3002").is_ok());
    /// for wrong in ["b.example", "http://b.example", "https://b.example/"] {
    ///     assert!(HandOver::new(wrong).unwrap_err().is_configuration());
    /// }
    /// ```
    pub fn new(origin: &str) -> Result<HandOver, Error> {
        Ok(HandOver {
            own: checked(origin)?,
            partners: Vec::new(),
            longest: Duration::ZERO,
        })
    }

    /// Adds another site, and the path there to which this one sends browsers.
    ///
    /// # Errors
    ///
    /// [`Error::is_configuration`] if the origin is none as in [`new`](HandOver::new), is this site's own, or is there already; or if
    /// the path is none such as `/give`, or has a query or a percent sign.
    ///
    /// ```
    /// use sealed_session::hand_over::HandOver;
    ///
    /// let sites = HandOver::new("https://a.example")?.with_partner("https://b.example", "/arrive")?;
    /// assert!(sites.clone().with_partner("https://b.example", "/other").is_err());
    /// assert!(sites.with_partner("https://c.example", "//evil.example").is_err());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn with_partner(mut self, origin: &str, path: &str) -> Result<HandOver, Error> {
        let origin = checked(origin)?;
        if origin == self.own || self.partner(&origin).is_some() {
            return Err(Error::configuration(format!(
                "`{origin}` is this site itself, or is among its partners already"
            )));
        }
        if !is_route(path) {
            return Err(Error::configuration(format!(
                "`{}` is no path at a partner: write one such as `/arrive`, without a query, percent signs or \
                 segments of dots",
                path.escape_default()
            )));
        }
        let path = path.to_owned();
        self.partners.push(Partner { origin, path });
        Ok(self)
    }

    /// Says how long a session lives at most at a partner that looks for [revocations](crate::revocation) where this site does, if
    /// that is longer than here. What is revoked here is kept for as long, so that no copy of a partner's cookie outlives it.
    ///
    /// ```
    /// use sealed_session::hand_over::HandOver;
    /// use std::time::Duration;
    ///
    /// let month = Duration::from_secs(30 * 86_400); // they remember visitors there
    /// let sites = HandOver::new("https://a.example")?
    ///     .with_partner("https://b.example", "/arrive")?
    ///     .with_sessions_up_to(month);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn with_sessions_up_to(mut self, longest: Duration) -> HandOver {
        self.longest = longest;
        self
    }

    /// Returns the longest that sessions live at partners, as far as it is known.
    pub(crate) fn longest(&self) -> Duration {
        self.longest
    }

    /// Returns the origin of this site, as tickets name it.
    pub(crate) fn own(&self) -> &str {
        &self.own
    }

    /// Returns the partner of this origin, however it is written.
    pub(crate) fn partner(&self, origin: &str) -> Option<&Partner> {
        let written = Origin::parse(origin)?.written()?;
        let mut partners = self.partners.iter();
        partners.find(|partner| partner.origin == written)
    }
}

impl Partner {
    /// Returns the URL there, without a query.
    pub(crate) fn url(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }
}

/// Shows what is configured. None of it is secret.
impl fmt::Debug for HandOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let partners: Vec<String> = self.partners.iter().map(Partner::url).collect();
        f.debug_struct("HandOver")
            .field("own", &self.own)
            .field("partners", &partners)
            .field("sessions_up_to", &self.longest)
            .finish()
    }
}

/// Checks an origin, and returns it as browsers write it.
fn checked(origin: &str) -> Result<String, Error> {
    let plain = Origin::parse(origin).and_then(|parsed| {
        let written = parsed.written()?;
        let host = HostName::parse(written.split_once("://")?.1)?;
        (!parsed.is_plain_http() || host.is_loopback()).then_some(written)
    });
    plain.ok_or_else(|| {
        Error::configuration(format!(
            "`{}` is no site to hand over to or from: write an origin such as `https://b.example`, with a port if it is \
             not the scheme's own, in punycode, and without a slash at the end; plain http serves this machine only",
            origin.escape_default()
        ))
    })
}
