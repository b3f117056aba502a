//! The answer to a commit that fails.

use std::sync::Arc;

use rocket::http::Status;
use rocket::response::{Body, Responder};
use rocket::{Request, Response};
use sealed_session::{Error, Session, Sessions};

type Page = dyn Fn(&Error, &Sessions, &Request<'_>) -> Response<'static> + Send + Sync;

/// The application's own page for a session that could not be committed, if it has one.
#[derive(Clone, Default)]
pub(crate) struct Failure(Option<Arc<Page>>);

impl Failure {
    pub(crate) fn new<R>(respond: impl Fn(&Error, &Session) -> R + Send + Sync + 'static) -> Failure
    where
        R: for<'r> Responder<'r, 'static>,
    {
        Failure(Some(Arc::new(move |error, sessions, request| {
            let page = respond(error, sessions.failed(error)).respond_to(request);
            page.unwrap_or_else(empty_with)
        })))
    }

    pub(crate) fn page(
        &self,
        error: &Error,
        sessions: &Sessions,
        request: &Request<'_>,
    ) -> Option<Response<'static>> {
        let page = self.0.as_ref()?;
        Some(page(error, sessions, request))
    }
}

/// Makes an empty answer. The sizes are in the log, and are nothing to a visitor; Rocket lets no fairing
/// ask a catcher for more.
pub(crate) fn empty() -> Response<'static> {
    empty_with(Status::InternalServerError)
}

pub(crate) fn empty_with(status: Status) -> Response<'static> {
    Response::build().status(status).finalize()
}

/// Puts `page` in place of `response`, and keeps what Rocket, its shield and other fairings have put
/// on this response as on every other.
pub(crate) fn replace(response: &mut Response<'_>, mut page: Response<'static>) {
    let is_kept = |name: &str| is_of_every_response(name) && !page.headers().contains(name);
    let fields = response.headers().iter();
    let kept: Vec<_> = fields
        .filter(|field| is_kept(field.name.as_str()))
        .collect();
    for field in kept {
        page.adjoin_raw_header(field.name.to_string(), field.value.into_owned());
    }
    *response = page;
}

/// Makes `response` an empty one with its own status, and drops the fields that spoke of its body. Those
/// of other fairings stay.
pub(crate) fn clear(response: &mut Response<'_>) {
    // RFC 9110 section 8, and what comes with it.
    const NAMES: [&str; 13] = [
        "accept-ranges",
        "content-digest",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-length",
        "content-location",
        "content-range",
        "content-type",
        "etag",
        "last-modified",
        "repr-digest",
        "transfer-encoding",
    ];
    *response.body_mut() = Body::default();
    NAMES.iter().for_each(|name| response.remove_header(name));
}

/// Returns whether a field speaks of the server or of who may see its pages, and not of one page.
fn is_of_every_response(name: &str) -> bool {
    // The server's name, what Rocket's shield knows, and what else a site says of all its pages.
    const NAMES: [&str; 17] = [
        "alt-svc",
        "content-security-policy",
        "content-security-policy-report-only",
        "expect-ct",
        "nel",
        "origin-agent-cluster",
        "permissions-policy",
        "referrer-policy",
        "report-to",
        "reporting-endpoints",
        "server",
        "strict-transport-security",
        "x-content-type-options",
        "x-dns-prefetch-control",
        "x-frame-options",
        "x-robots-tag",
        "x-xss-protection",
    ];
    // Without the former no script could read what went wrong.
    const STARTS: [&str; 2] = ["access-control-", "cross-origin-"];
    let name = name.to_ascii_lowercase();
    NAMES.contains(&name.as_str()) || STARTS.iter().any(|start| name.starts_with(start))
}
