//! The commit, when the response head is ready.

use rocket::{Request, Response};
use sealed_session::time::OffsetDateTime;
use sealed_session::{Error, HeaderChange, Sessions, Slots};

use crate::cached::Cached;
use crate::convert;
use crate::failure;
use crate::fairing::Shared;
use crate::guarded;

/// Commits the sessions of `request`. A response that speaks of what cannot be committed is replaced.
pub(crate) fn commit(shared: &Shared, request: &Request<'_>, response: &mut Response<'_>) {
    let Shared { slots, failure, .. } = shared;
    if let Some(verdict) = Cached::of(request).verdict() {
        guarded::answer(&verdict, response);
    }
    let Some(sessions) = Cached::of(request).close(request) else {
        return;
    };
    if sessions.close_unused() {
        return;
    }
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
        change.apply(&mut convert::Headers(response));
    }
}

fn changes(
    slots: &Slots,
    sessions: &Sessions,
    response: &Response<'_>,
    now: OffsetDateTime,
) -> Result<Vec<HeaderChange>, Error> {
    let fields: Vec<_> = response.headers().iter().collect();
    let head = convert::response_head(response.status(), &fields);
    slots.commit(sessions, head, now)
}
