//! actix-web's heads as the core's: the one place that knows `http` 0.2.
//!
//! Reads header fields as raw bytes, all of them, and never through the framework's cookie jar.

use actix_web::HttpResponse;
use actix_web::dev::RequestHead as ActixHead;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::uri::Authority;
use sealed_session::{HeaderChange, RequestHead, ResponseHead};

pub(crate) fn of_request(head: &ActixHead) -> RequestHead<'_, impl Iterator<Item = &[u8]>> {
    let lines = head
        .headers
        .get_all(header::COOKIE)
        .map(HeaderValue::as_bytes);
    let field = head
        .headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    // HTTP/2 names the host in the URI.
    let host = field.or_else(|| head.uri.authority().map(Authority::as_str));
    let request = RequestHead::new(lines);
    match host {
        Some(host) => request.host(host),
        None => request,
    }
}

pub(crate) fn of_response<B>(
    response: &HttpResponse<B>,
) -> ResponseHead<'_, impl Iterator<Item = (&str, &[u8])>> {
    let headers = response.headers().iter();
    let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
    ResponseHead::new(response.status().as_u16()).headers(headers)
}

pub(crate) fn apply(headers: &mut HeaderMap, change: HeaderChange) {
    match change {
        HeaderChange::Append { name, value } => {
            if let Some(value) = header_value(name, value) {
                headers.append(HeaderName::from_static(name), value);
            }
        }
        HeaderChange::Replace { name, value } => {
            if let Some(value) = header_value(name, value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        HeaderChange::Remove { name } => {
            headers.remove(name.as_str());
        }
        _ => {
            tracing::error!(target: "sealed_session", ?change, "unknown change; update the adapter");
        }
    }
}

fn header_value(name: &'static str, value: String) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(value).ok()?;
    // Tokens stay out of HPACK's table and of `Debug`.
    value.set_sensitive(name == "set-cookie");
    Some(value)
}
