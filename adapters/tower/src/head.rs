//! The heads of `http` 1 as the core reads them, and the core's changes to one.
//!
//! Reads header fields as raw bytes, and all of them.

use std::borrow::Cow;

use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, header};
use sealed_session::adapter::{HeadersMut, RequestHead, ResponseHead, header_fields};
use sealed_session::time::OffsetDateTime;
use sealed_session::{Session, SessionManager};

/// Loads the session of a request that arrives at `now`.
pub(crate) fn load<B>(
    manager: &SessionManager,
    request: &Request<B>,
    now: OffsetDateTime,
) -> Session {
    let (headers, uri) = (request.headers(), request.uri());
    let fields = header_fields(|name| {
        let fields = match usual(name) {
            Some(name) => headers.get_all(name),
            None => headers.get_all(name),
        };
        fields.iter().map(HeaderValue::as_bytes)
    });
    let lines = headers.get_all(header::COOKIE).iter();
    let mut head = RequestHead::new(lines)
        .method(request.method().as_str())
        .path(uri.path())
        .fields(&fields);
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    // HTTP/2 names the host in the URI.
    if let Some(host) = host.or_else(|| uri.authority().map(Authority::as_str)) {
        head = head.host(host);
    }
    if let Some(query) = uri.query() {
        head = head.query(query);
    }
    manager.load(head, now)
}

/// Returns what the core needs of a response.
pub(crate) fn of_response<B>(
    response: &Response<B>,
) -> ResponseHead<'_, impl Iterator<Item = (&str, &[u8])>> {
    let headers = response.headers().iter();
    let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
    ResponseHead::new(response.status().as_u16()).headers(headers)
}

/// The fields of a response, for [`HeaderChange::apply`](sealed_session::adapter::HeaderChange::apply).
pub(crate) struct Headers<'r>(pub(crate) &'r mut HeaderMap);

impl HeadersMut for Headers<'_> {
    fn append(&mut self, name: Cow<'static, str>, value: Cow<'static, str>, is_secret: bool) {
        if let Some((name, value)) = field(&name, value, is_secret) {
            self.0.append(name, value);
        }
    }

    fn replace(&mut self, name: Cow<'static, str>, value: Cow<'static, str>, is_secret: bool) {
        if let Some((name, value)) = field(&name, value, is_secret) {
            self.0.insert(name, value);
        }
    }

    fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }
}

fn field(
    name: &str,
    value: Cow<'static, str>,
    is_secret: bool,
) -> Option<(HeaderName, HeaderValue)> {
    let name = match usual(name) {
        Some(name) => name,
        None => HeaderName::from_bytes(name.as_bytes()).ok()?,
    };
    let mut value = match value {
        Cow::Borrowed(value) => HeaderValue::from_static(value),
        Cow::Owned(value) => HeaderValue::try_from(value).ok()?,
    };
    // Tokens stay out of HPACK's table and of `Debug`.
    value.set_sensitive(is_secret);
    Some((name, value))
}

/// Returns the name of a field that nearly every request is asked for, or nearly every response gets. To parse it costs
/// more than to find it.
fn usual(name: &str) -> Option<HeaderName> {
    Some(match name {
        "cache-control" => header::CACHE_CONTROL,
        "set-cookie" => header::SET_COOKIE,
        "upgrade" => header::UPGRADE,
        "vary" => header::VARY,
        _ => return None,
    })
}
