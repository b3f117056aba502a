//! actix-web's heads as the core reads them, and the core's changes to one: the one place that knows
//! `http` 0.2.
//!
//! Reads header fields as raw bytes, and all of them; never through the framework's cookie jar.

use std::borrow::Cow;

use actix_web::HttpResponse;
use actix_web::dev::RequestHead as ActixHead;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::uri::Authority;
use sealed_session::adapter::{HeadersMut, RequestHead, ResponseHead, header_fields};
use sealed_session::time::OffsetDateTime;
use sealed_session::{Session, SessionManager};

/// Loads the session of a request that arrives at `now`.
pub(crate) fn load(manager: &SessionManager, request: &ActixHead, now: OffsetDateTime) -> Session {
    let (headers, uri) = (&request.headers, &request.uri);
    let fields = header_fields(|name| headers.get_all(name).map(HeaderValue::as_bytes));
    let lines = headers.get_all(header::COOKIE);
    let mut head = RequestHead::new(lines.map(HeaderValue::as_bytes))
        .method(request.method.as_str())
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
    response: &HttpResponse<B>,
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
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    let mut value = match value {
        Cow::Borrowed(value) => HeaderValue::from_static(value),
        Cow::Owned(value) => HeaderValue::try_from(value).ok()?,
    };
    // Tokens stay out of HPACK's table and of `Debug`.
    value.set_sensitive(is_secret);
    Some((name, value))
}
