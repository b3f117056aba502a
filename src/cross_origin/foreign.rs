//! Reasons for which a request counts as caused by another origin.

use std::fmt;

/// The way in which a request showed that another origin caused it; see
/// [`CrossOrigin`](crate::CrossOrigin).
///
/// It is for logs and metrics. It holds nothing of the request, so nothing that a sender chooses gets into a
/// log with it.
///
/// ```
/// use sealed_session::{Key, KeyRing, SessionManager};
/// use sealed_session::adapter::{self, Foreign, HeaderFields, RequestHead};
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
///
/// let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// let fields: &HeaderFields<'_> = &|name, take| match name {
///     "sec-fetch-site" => take(b"cross-site"),
///     _ => {}
/// };
/// let request = RequestHead::default().method("POST").path("/transfer").fields(fields);
/// assert_eq!(adapter::foreign(&manager.load(request, now)), Some(Foreign::OtherSite));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Foreign {
    /// `Origin` or `Referer` came, and no host that they could be compared with.
    NoHost,
    /// `Origin: null`, without a `Sec-Fetch-Site` that says more.
    OpaqueOrigin,
    /// `Origin` names another host or port than `Host`.
    OtherOrigin,
    /// `Referer` names another host or port than `Host`.
    OtherReferer,
    /// `Sec-Fetch-Site: cross-site`.
    OtherSite,
    /// `Sec-Fetch-Site: same-site`: a sibling domain, another port of this host, or plain http.
    SameSite,
    /// Two `Origin` or `Referer` fields, or one that names no origin.
    UnclearOrigin,
    /// Two `Sec-Fetch-Site` fields, or one with a value that is not known.
    UnclearSite,
}

impl Foreign {
    /// Returns the status of the answer to such a request: 403, with an empty body and
    /// `Cache-Control: no-store`.
    ///
    /// ```
    /// assert_eq!(sealed_session::adapter::Foreign::OtherSite.status(), 403);
    /// ```
    #[must_use]
    pub fn status(self) -> u16 {
        403
    }

    /// Returns a stable label for metrics: lower case, words joined by `_`.
    ///
    /// ```
    /// assert_eq!(sealed_session::adapter::Foreign::OtherSite.label(), "other_site");
    /// ```
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Foreign::NoHost => "no_host",
            Foreign::OpaqueOrigin => "opaque_origin",
            Foreign::OtherOrigin => "other_origin",
            Foreign::OtherReferer => "other_referer",
            Foreign::OtherSite => "other_site",
            Foreign::SameSite => "same_site",
            Foreign::UnclearOrigin => "unclear_origin",
            Foreign::UnclearSite => "unclear_site",
        }
    }
}

/// Writes one line for a log that says what came, and what to do if it was meant well.
impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Foreign::NoHost => {
                "the request names an origin and no host; have the proxy hand `Host` on"
            }
            Foreign::OpaqueOrigin => {
                "a page without an origin of its own sent it, such as a sandboxed frame; exempt the \
                 route by `CrossOrigin::exempt` if such pages may send it"
            }
            Foreign::OtherOrigin | Foreign::OtherReferer => {
                "its `Origin` or `Referer` is not its `Host`: another site caused it, or a proxy \
                 changed `Host`; trust the origin by `CrossOrigin::trust`, or have the proxy hand \
                 `Host` on (in nginx `proxy_set_header Host $http_host`)"
            }
            Foreign::OtherSite => {
                "another site caused it; if it may, trust its origin by `CrossOrigin::trust`, or \
                 exempt the route by `CrossOrigin::exempt`"
            }
            Foreign::SameSite => {
                "another origin of the same site caused it; if it may, trust it by \
                 `CrossOrigin::trust`"
            }
            Foreign::UnclearOrigin => "its `Origin` or `Referer` cannot be read",
            Foreign::UnclearSite => "its `Sec-Fetch-Site` cannot be read",
        })
    }
}
