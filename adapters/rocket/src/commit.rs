//! The commit, when the response head is ready.

use rocket::{Request, Response};
use sealed_session::time::OffsetDateTime;
use sealed_session::{Error, HeaderChange, Sessions, Slots};

use crate::cached::Cached;
use crate::failure;
use crate::guard;
use crate::head::{self, Headers};
use crate::shared::Shared;

/// Commits the sessions of a request to its response, or to the page that says why they cannot be.
pub(crate) fn commit(shared: &Shared, request: &Request<'_>, response: &mut Response<'_>) {
    if let Some(verdict) = Cached::of(request).verdict() {
        guard::answer(&verdict, response);
    }
    let Some(sessions) = Cached::of(request).close(request) else {
        return;
    };
    let Shared { slots, failure, .. } = shared;
    let now = shared.clock.now();
    let changes = changes(slots, &sessions, response, now).or_else(|error| {
        match failure.page(&error, &sessions, request) {
            Some(page) => failure::replace(response, page),
            // A catcher's page says so by itself.
            None if response.status().class().is_server_error() => {}
            None => failure::replace(response, failure::empty()),
        }
        changes(slots, &sessions, response, now)
    });
    for change in changes.into_iter().flatten() {
        change.apply(&mut Headers(response));
    }
}

/// Commits to this response. Rocket's fields are collected first: it hands out no bytes that live as long
/// as the response.
fn changes(
    slots: &Slots,
    sessions: &Sessions,
    response: &Response<'_>,
    now: OffsetDateTime,
) -> Result<Vec<HeaderChange>, Error> {
    let fields: Vec<_> = response.headers().iter().collect();
    slots.commit(sessions, head::of_response(response.status(), &fields), now)
}
