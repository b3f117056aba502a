//! Reasons for which a request counts as caused by another origin, or as not proven to be caused by a page of this one.

use std::fmt;

/// The way in which a request showed that another origin caused it, or did not show that a page of this one did; see
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
    /// A form came whose first field is not `csrf_token`, or whose token does not end within 512 bytes.
    LateFormToken,
    /// A [form token](crate::CrossOrigin::with_form_tokens) is asked for, and neither the header field nor a form came.
    NoFormToken,
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
    /// A form came that is compressed, or that the layer cannot read.
    UnreadForm,
    /// A form token came that is none of this sign-in's.
    WrongFormToken,
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
            Foreign::LateFormToken => "late_form_token",
            Foreign::NoFormToken => "no_form_token",
            Foreign::NoHost => "no_host",
            Foreign::OpaqueOrigin => "opaque_origin",
            Foreign::OtherOrigin => "other_origin",
            Foreign::OtherReferer => "other_referer",
            Foreign::OtherSite => "other_site",
            Foreign::SameSite => "same_site",
            Foreign::UnclearOrigin => "unclear_origin",
            Foreign::UnclearSite => "unclear_site",
            Foreign::UnreadForm => "unread_form",
            Foreign::WrongFormToken => "wrong_form_token",
        }
    }
}

/// Writes one line for a log that says what came, and what to do if it was meant well.
impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Foreign::LateFormToken => {
                "its form does not begin with a form token; make `Session::form_field` the first field of the form"
            }
            Foreign::NoFormToken => {
                "it brings no form token; put `Session::form_field` first into the form, or have the script send \
                 `Session::form_token` as `X-CSRF-Token`; exempt the route by `CrossOrigin::exempt` if it needs none"
            }
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
            Foreign::UnreadForm => {
                "its form is compressed, or the session layer cannot read bodies; send the form token as \
                 `X-CSRF-Token`, or tell the layer how a body is put together again"
            }
            Foreign::WrongFormToken => {
                "its form token is not that of the sign-in: another site caused it, or the page was shown before \
                 somebody signed in or out, or before the session began; show the page again"
            }
        })
    }
}
