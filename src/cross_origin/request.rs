//! Reads from a request head which origin caused the request.

use super::foreign::Foreign;
use super::origin::Origin;

/// A look-up of header fields by name, for [`RequestHead::fields`](crate::adapter::RequestHead::fields). It gets a name
/// in lower case, and hands over the raw value of every field of that name, in order.
///
/// ```
/// use sealed_session::adapter::{HeaderFields, RequestHead};
///
/// let headers = [("accept", &b"*/*"[..]), ("x-session", b"AQ")];
/// let fields: &HeaderFields<'_> = &|wanted, take| {
///     for (_, value) in headers.iter().filter(|(name, _)| *name == wanted) {
///         take(value);
///     }
/// };
/// let request = RequestHead::default().fields(fields);
/// ```
pub type HeaderFields<'a> = dyn Fn(&str, &mut dyn FnMut(&[u8])) + 'a;

/// Makes a [look-up](HeaderFields) of a framework's: `values` returns the raw value of every field of a
/// name, in order.
///
/// ```
/// use sealed_session::adapter::{RequestHead, header_fields};
///
/// let headers = [("accept", &b"*/*"[..]), ("x-session", b"AQ")];
/// let fields = header_fields(|wanted| {
///     let wanted = wanted.to_owned();
///     headers.iter().filter(move |(name, _)| *name == wanted).map(|(_, value)| *value)
/// });
/// let request = RequestHead::default().fields(&fields);
/// ```
#[expect(
    clippy::type_complexity,
    reason = "an alias of the last argument has a lifetime too many for a closure"
)]
pub fn header_fields<'h, V>(values: impl Fn(&str) -> V) -> impl Fn(&str, &mut dyn FnMut(&[u8]))
where
    V: Iterator<Item = &'h [u8]>,
{
    move |name: &str, take: &mut dyn FnMut(&[u8])| values(name).for_each(take)
}

/// A request head without its cookies and its query.
#[derive(Clone, Copy, Default)]
pub(crate) struct RequestParts<'a> {
    pub(crate) method: Option<&'a str>,
    pub(crate) path: Option<&'a str>,
    pub(crate) host: Option<&'a str>,
    pub(crate) fields: Option<&'a HeaderFields<'a>>,
}

/// The origin that caused the request, by the browser's word (Fetch Metadata, section 2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FetchSite {
    SameOrigin,
    SameSite,
    CrossSite,
    /// The user, by the address bar or a bookmark.
    User,
    /// Another value, or two.
    Unclear,
}

/// Who caused a request, by the browser's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caused {
    /// This origin, the user, or no browser at all.
    Here,
    /// A page of this host and port that came over plain http. Browsers say so only where they send no
    /// `Sec-Fetch-Site`, which is anywhere but on this machine.
    HereInPlain,
    Elsewhere(Foreign),
}

/// The value of a field that may come once. An empty value counts as none.
pub(crate) enum FieldValue<T> {
    Absent,
    One(T),
    Several,
}

impl RequestParts<'_> {
    /// Returns whether the request must not change anything (RFC 9110 section 9.2.1), and opens no connection
    /// that could. A request whose method is not known may change something.
    // The first question about every request, and nearly always the last.
    #[inline]
    pub(crate) fn is_safe(&self) -> bool {
        match self.method {
            Some("GET") => !self.is_upgrade(),
            Some("HEAD" | "OPTIONS") => true,
            _ => false,
        }
    }

    /// Returns whether a request that is not [safe](RequestParts::is_safe) opens a WebSocket.
    pub(super) fn opens_socket(&self) -> bool {
        matches!(self.method, Some("GET" | "CONNECT"))
    }

    /// Returns whether the request opens a WebSocket (RFC 6455 section 4.1), which browsers let every origin
    /// open. Over HTTP/2 its method is `CONNECT` (RFC 8441 section 4).
    fn is_upgrade(&self) -> bool {
        let is_socket = |protocol: &[u8]| {
            let name = protocol.split(|byte| *byte == b'/').next();
            name.is_some_and(|name| name.trim_ascii().eq_ignore_ascii_case(b"websocket"))
        };
        let mut found = false;
        self.look_up("upgrade", &mut |value| {
            found |= value.split(|byte| *byte == b',').any(is_socket);
        });
        found
    }

    /// Returns who caused the request.
    pub(crate) fn caused(&self) -> Caused {
        // Without fields there is nothing to tell by.
        if self.fields.is_none() {
            return Caused::Here;
        }
        match self.fetch_site() {
            Some(FetchSite::SameOrigin | FetchSite::User) => return Caused::Here,
            Some(FetchSite::SameSite) => return Caused::Elsewhere(Foreign::SameSite),
            Some(FetchSite::CrossSite) => return Caused::Elsewhere(Foreign::OtherSite),
            Some(FetchSite::Unclear) => return Caused::Elsewhere(Foreign::UnclearSite),
            None => {}
        }
        match self.read("origin", |value| self.caused_by_origin(value)) {
            FieldValue::One(verdict) => return verdict,
            FieldValue::Several => return Caused::Elsewhere(Foreign::UnclearOrigin),
            FieldValue::Absent => {}
        }
        match self.read("referer", |value| self.caused_by_referer(value)) {
            FieldValue::One(verdict) => verdict,
            FieldValue::Several => Caused::Elsewhere(Foreign::UnclearOrigin),
            FieldValue::Absent => Caused::Here,
        }
    }

    /// Returns whether the request proves that a page of this origin caused it.
    pub(crate) fn is_from_here(&self) -> bool {
        if let Some(site) = self.fetch_site() {
            return site == FetchSite::SameOrigin;
        }
        let came = |name| !matches!(self.read(name, |_| ()), FieldValue::Absent);
        (came("origin") || came("referer")) && !matches!(self.caused(), Caused::Elsewhere(_))
    }

    /// Returns whether `Sec-Fetch-Site` says that another site caused the request, or says something that no
    /// browser does.
    pub(crate) fn is_cross_site(&self) -> bool {
        matches!(
            self.fetch_site(),
            Some(FetchSite::CrossSite | FetchSite::Unclear)
        )
    }

    /// Returns whether browsers send `SameSite=Lax` cookies along, even if another site caused the request: it
    /// shows a page at the top level, and its method is safe (RFC 6265bis section 5.2).
    pub(crate) fn brings_lax_cookies(&self) -> bool {
        let says = |name, wanted: &[u8]| {
            matches!(
                self.read(name, |value| value == wanted),
                FieldValue::One(true)
            )
        };
        matches!(self.method, Some("GET" | "HEAD"))
            && says("sec-fetch-mode", b"navigate")
            // A service worker that passes a navigation on makes its destination empty, and the browser
            // still sends the cookies (measured in Chromium).
            && (says("sec-fetch-dest", b"document") || says("sec-fetch-dest", b"empty"))
    }

    /// Returns whether the `Origin` field names one of these.
    pub(super) fn is_of(&self, origins: &[String]) -> bool {
        let is_one = |value: &[u8]| {
            let origin = str::from_utf8(value).ok().and_then(Origin::parse);
            let mut trusted = origins.iter().filter_map(|each| Origin::parse(each));
            origin.is_some_and(|origin| trusted.any(|each| each.is(&origin)))
        };
        !origins.is_empty() && matches!(self.read("origin", is_one), FieldValue::One(true))
    }

    /// Reads `Sec-Fetch-Site`. The field is a token, and tokens have a case (RFC 9651 section 3.3.4), so a word
    /// in another case is unclear.
    fn fetch_site(&self) -> Option<FetchSite> {
        let read = |value: &[u8]| match value {
            b"same-origin" => FetchSite::SameOrigin,
            b"same-site" => FetchSite::SameSite,
            b"cross-site" => FetchSite::CrossSite,
            b"none" => FetchSite::User,
            _ => FetchSite::Unclear,
        };
        match self.read("sec-fetch-site", read) {
            FieldValue::Absent => None,
            FieldValue::One(site) => Some(site),
            FieldValue::Several => Some(FetchSite::Unclear),
        }
    }

    fn caused_by_origin(&self, value: &[u8]) -> Caused {
        if value == b"null" {
            return Caused::Elsewhere(Foreign::OpaqueOrigin);
        }
        let origin = str::from_utf8(value).ok().and_then(Origin::parse);
        self.compared_with_host(origin, Foreign::OtherOrigin)
    }

    fn caused_by_referer(&self, value: &[u8]) -> Caused {
        let origin = str::from_utf8(value).ok().and_then(Origin::of_url);
        self.compared_with_host(origin, Foreign::OtherReferer)
    }

    fn compared_with_host(&self, origin: Option<Origin<'_>>, other: Foreign) -> Caused {
        let Some(origin) = origin else {
            return Caused::Elsewhere(Foreign::UnclearOrigin);
        };
        // A request with two `Host` fields must not be served at all (RFC 9112 section 3.2).
        let several = matches!(self.read("host", |_| ()), FieldValue::Several);
        let host = self.host.unwrap_or_default();
        if several || host.is_empty() {
            Caused::Elsewhere(Foreign::NoHost)
        } else if !origin.is_at(host) {
            Caused::Elsewhere(other)
        } else if origin.is_plain_http() {
            Caused::HereInPlain
        } else {
            Caused::Here
        }
    }

    /// Reads a field that may come once.
    pub(crate) fn read<T>(&self, name: &str, read: impl Fn(&[u8]) -> T) -> FieldValue<T> {
        let mut came = FieldValue::Absent;
        self.look_up(name, &mut |value| {
            let value = value.trim_ascii();
            if !value.is_empty() {
                came = match came {
                    FieldValue::Absent => FieldValue::One(read(value)),
                    FieldValue::One(_) | FieldValue::Several => FieldValue::Several,
                };
            }
        });
        came
    }

    /// Hands over every value of the field of this name.
    pub(crate) fn look_up(&self, name: &str, take: &mut dyn FnMut(&[u8])) {
        if let Some(fields) = self.fields {
            fields(name, take);
        }
    }
}
