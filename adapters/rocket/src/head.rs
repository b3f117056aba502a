//! Rocket's heads as the core reads them, and the core's changes to one.
//!
//! Cookies are read from the raw `Cookie` lines and written as raw `Set-Cookie` lines. Rocket's
//! `CookieJar` decodes names, so that `%5F_Host-session` would pass for `__Host-session`, holds one
//! cookie of each name, and forgets on its way to an error catcher what was added to it.

use std::borrow::Cow;

use rocket::http::{Header, Status};
use rocket::{Request, Response};
use sealed_session::adapter::{HeadersMut, RequestHead, ResponseHead, header_fields};
use sealed_session::time::{Duration, OffsetDateTime};
use sealed_session::{Session, SessionManager};

/// Loads the session of a request that arrives at `now`.
pub(crate) fn load(
    manager: &SessionManager,
    request: &Request<'_>,
    now: OffsetDateTime,
) -> Session {
    let uri = request.uri();
    let fields = header_fields(|name| request.headers().get(name).map(str::as_bytes));
    let lines = cookie_lines(request);
    let mut head = RequestHead::new(lines.iter().map(|line| line.as_bytes()))
        .method(method(request))
        .path(uri.path().as_str())
        .fields(&fields);
    let host = host(request);
    if let Some(host) = host.as_deref() {
        head = head.host(host);
    }
    if let Some(query) = uri.query() {
        head = head.query(query.as_str());
    }
    manager.load(head, now)
}

/// Returns the request's `Cookie` lines. Rocket drops those that are no UTF-8 before anybody sees them.
///
/// Its local client writes no lines, and puts its cookies into the jar. The jar of a request from a
/// connection holds only what its lines say. So where there are no lines, its cookies come from a local
/// client, and none was decoded.
fn cookie_lines<'r>(request: &'r Request<'_>) -> Vec<Cow<'r, str>> {
    let lines: Vec<_> = request.headers().get("cookie").map(Cow::from).collect();
    if !lines.is_empty() {
        return lines;
    }
    let jar = request.cookies().iter();
    // The local client stores what a response removes.
    let kept = jar.filter(|cookie| cookie.max_age().is_none_or(Duration::is_positive));
    kept.map(|cookie| format!("{}={}", cookie.name(), cookie.value()).into())
        .collect()
}

/// Returns the host that the request names. HTTP/2 has no field for it, but an authority.
fn host<'r>(request: &'r Request<'_>) -> Option<Cow<'r, str>> {
    let field = request.headers().get_one("host").map(Cow::from);
    field.or_else(|| request.host().map(|host| host.to_string().into()))
}

/// Returns the method that the request was sent with. Rocket takes another one from the field `_method` of a
/// form before any fairing runs, and a form that says `GET` there was posted all the same: another site
/// can post it, and the browser keeps `SameSite=Lax` cookies back.
fn method(request: &Request<'_>) -> &'static str {
    match request.content_type().is_some_and(|kind| kind.is_form()) {
        true => "POST",
        false => request.method().as_str(),
    }
}

/// Returns what the core needs of a response with these `fields`.
pub(crate) fn of_response<'a>(
    status: Status,
    fields: &'a [Header<'a>],
) -> ResponseHead<'a, impl Iterator<Item = (&'a str, &'a [u8])>> {
    let fields = fields.iter();
    let fields = fields.map(|field| (field.name().as_str(), field.value().as_bytes()));
    ResponseHead::new(status.code).headers(fields)
}

/// The fields of a response, for [`HeaderChange::apply`](sealed_session::adapter::HeaderChange::apply). Rocket
/// has no mark for a secret value.
pub(crate) struct Headers<'r, 'h>(pub(crate) &'r mut Response<'h>);

impl HeadersMut for Headers<'_, '_> {
    fn append(&mut self, name: Cow<'static, str>, value: Cow<'static, str>, _: bool) {
        self.0.adjoin_raw_header(name, value);
    }

    fn replace(&mut self, name: Cow<'static, str>, value: Cow<'static, str>, _: bool) {
        self.0.set_raw_header(name, value);
    }

    fn remove(&mut self, name: &str) {
        self.0.remove_header(name);
    }
}
