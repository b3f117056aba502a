//! What a request says of itself, and of who caused it.

use super::foreign::Foreign;
use super::origin::Origin;

/// A look-up of header fields by name, for [`RequestHead::fields`](crate::RequestHead::fields): gets a
/// name in lower case, and hands over the raw value of every field of that name, in order.
///
/// ```
/// use sealed_session::{HeaderFields, RequestHead};
///
/// let headers = [("accept", &b"*/*"[..]), ("x-session", b"AQ")];
/// let fields: &HeaderFields<'_> = &|wanted, take| {
///     for (_, value) in headers.iter().filter(|(name, _)| *name == wanted) {
///         take(value);
///     }
/// };
/// let request = RequestHead::default().fields(fields);
/// ```
pub type HeaderFields<'a> = dyn Fn(&str, &mut Take<'_>) + 'a;

/// Who gets the values of a field.
type Take<'t> = dyn FnMut(&[u8]) + 't;

/// Makes a [look-up](HeaderFields) of a framework's: `values` returns the raw value of every field of a
/// name, in order.
///
/// ```
/// use sealed_session::{RequestHead, header_fields};
///
/// let headers = [("accept", &b"*/*"[..]), ("x-session", b"AQ")];
/// let fields = header_fields(|wanted| {
///     let wanted = wanted.to_owned();
///     headers.iter().filter(move |(name, _)| *name == wanted).map(|(_, value)| *value)
/// });
/// let request = RequestHead::default().fields(&fields);
/// ```
pub fn header_fields<'h, V>(values: impl Fn(&str) -> V) -> impl Fn(&str, &mut Take<'_>)
where
    V: Iterator<Item = &'h [u8]>,
{
    move |name: &str, take: &mut Take<'_>| values(name).for_each(take)
}

/// A request without its cookies.
#[derive(Clone, Copy, Default)]
pub(crate) struct RequestParts<'a> {
    pub(crate) method: Option<&'a str>,
    pub(crate) path: Option<&'a str>,
    pub(crate) host: Option<&'a str>,
    pub(crate) fields: Option<&'a HeaderFields<'a>>,
}

/// What a browser says of the origin that caused the request (Fetch Metadata, section 2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FetchSite {
    SameOrigin,
    SameSite,
    CrossSite,
    /// The user did, by the address bar or a bookmark.
    User,
    /// Another value, or two.
    Unclear,
}

/// The values of a field that may come once. An empty one says as much as none.
enum FieldValue<T> {
    Absent,
    One(T),
    Several,
}

impl RequestParts<'_> {
    /// Whether the request is one of those that have to change nothing (RFC 9110 section 9.2.1), and
    /// opens no connection that could. One whose method is not known is none of them.
    pub(crate) fn is_safe(&self) -> bool {
        match self.method {
            Some("GET") => !self.is_upgrade(),
            Some("HEAD" | "OPTIONS") => true,
            _ => false,
        }
    }

    /// Whether it opens a WebSocket (RFC 6455 section 4.1), for which browsers ask no other origin's
    /// leave. Over HTTP/2 its method is `CONNECT` (RFC 8441 section 4).
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

    /// How the request shows that another origin caused it; `None` if this one did, or no browser sent
    /// it.
    pub(crate) fn foreign(&self) -> Option<Foreign> {
        match self.fetch_site() {
            Some(FetchSite::SameOrigin | FetchSite::User) => return None,
            Some(FetchSite::SameSite) => return Some(Foreign::SameSite),
            Some(FetchSite::CrossSite) => return Some(Foreign::OtherSite),
            Some(FetchSite::Unclear) => return Some(Foreign::UnclearSite),
            None => {}
        }
        match self.read("origin", |value| self.foreign_origin(value)) {
            FieldValue::One(verdict) => return verdict,
            FieldValue::Several => return Some(Foreign::UnclearOrigin),
            FieldValue::Absent => {}
        }
        match self.read("referer", |value| self.foreign_referer(value)) {
            FieldValue::One(verdict) => verdict,
            FieldValue::Several => Some(Foreign::UnclearOrigin),
            FieldValue::Absent => None,
        }
    }

    /// Whether a page of this origin caused the request, for certain.
    pub(crate) fn is_from_here(&self) -> bool {
        if let Some(site) = self.fetch_site() {
            return site == FetchSite::SameOrigin;
        }
        let came = |name| !matches!(self.read(name, |_| ()), FieldValue::Absent);
        (came("origin") || came("referer")) && self.foreign().is_none()
    }

    /// Whether a browser says that another site caused the request, or what is none of its words.
    pub(crate) fn is_cross_site(&self) -> bool {
        matches!(
            self.fetch_site(),
            Some(FetchSite::CrossSite | FetchSite::Unclear)
        )
    }

    /// Whether the request shows a page in a window of its own, by a method for which browsers send
    /// `SameSite=Lax` cookies from wherever the visitor comes (RFC 6265bis section 5.2).
    pub(crate) fn is_visit(&self) -> bool {
        let says = |name, wanted: &[u8]| {
            matches!(
                self.read(name, |value| value == wanted),
                FieldValue::One(true)
            )
        };
        matches!(self.method, Some("GET" | "HEAD"))
            && says("sec-fetch-mode", b"navigate")
            // A service worker that passes a visit on makes its destination empty, and the browser
            // sends the cookies all the same (measured in Chromium).
            && (says("sec-fetch-dest", b"document") || says("sec-fetch-dest", b"empty"))
    }

    /// Whether the `Origin` field names one of these.
    pub(super) fn is_of(&self, origins: &[String]) -> bool {
        let is_one = |value: &[u8]| {
            let origin = str::from_utf8(value).ok().and_then(Origin::parse);
            let mut trusted = origins.iter().filter_map(|each| Origin::parse(each));
            origin.is_some_and(|origin| trusted.any(|each| each.is(&origin)))
        };
        !origins.is_empty() && matches!(self.read("origin", is_one), FieldValue::One(true))
    }

    /// Words in another case are no words of a browser: the field is a token, and tokens have a case
    /// (RFC 9651 section 3.3.4).
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

    fn foreign_origin(&self, value: &[u8]) -> Option<Foreign> {
        if value == b"null" {
            return Some(Foreign::OpaqueOrigin);
        }
        let origin = str::from_utf8(value).ok().and_then(Origin::parse);
        self.foreign_to_host(origin, Foreign::OtherOrigin)
    }

    fn foreign_referer(&self, value: &[u8]) -> Option<Foreign> {
        let origin = str::from_utf8(value).ok().and_then(Origin::of_url);
        self.foreign_to_host(origin, Foreign::OtherReferer)
    }

    fn foreign_to_host(&self, origin: Option<Origin<'_>>, other: Foreign) -> Option<Foreign> {
        let Some(origin) = origin else {
            return Some(Foreign::UnclearOrigin);
        };
        // Two of them are a request that must not be served at all (RFC 9112 section 3.2).
        let several = matches!(self.read("host", |_| ()), FieldValue::Several);
        match self.host.filter(|host| !several && !host.is_empty()) {
            None => Some(Foreign::NoHost),
            Some(host) => (!origin.is_at(host)).then_some(other),
        }
    }

    fn read<T>(&self, name: &str, read: impl Fn(&[u8]) -> T) -> FieldValue<T> {
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

    fn look_up(&self, name: &str, take: &mut dyn FnMut(&[u8])) {
        if let Some(fields) = self.fields {
            fields(name, take);
        }
    }
}
