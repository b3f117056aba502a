//! The commit, when the response head is ready.

use rocket::{Request, Response};
use sealed_session::time::OffsetDateTime;
use sealed_session::{Error, HeaderChange, Sessions, Slots};

use crate::cached::Cached;
use crate::convert;
use crate::failure;
use crate::fairing::Shared;
use crate::guarded;

/// Closes the sessions of `request`, whose handler gave up with `error`, at once: the links of a catcher's
/// page carry what came, and what a catcher would change is an error.
pub(crate) fn give_up(request: &Request<'_>, error: Error) {
    let Some(shared) = request.rocket().state::<Shared>() else {
        return;
    };
    let cached = Cached::of(request);
    let sessions = cached.sessions(shared, request);
    shared.slots.abandon(&sessions, &error);
    cached.give_up(error);
}

/// Commits the sessions of `request`. A response that speaks of what cannot be committed is replaced.
pub(crate) fn commit(shared: &Shared, request: &Request<'_>, response: &mut Response<'_>) {
    let Shared { slots, failure, .. } = shared;
    if let Some(verdict) = Cached::of(request).verdict() {
        guarded::answer(&verdict, response);
    }
    let Some((sessions, too_large)) = Cached::of(request).close(request) else {
        return;
    };
    if sessions.close_unused() {
        return;
    }
    if let Some(error) = too_large {
        // Without a page for it, the catcher's answer stands.
        if let Some(page) = failure.page(&error, &sessions, request) {
            failure::replace(response, page);
        }
    }
    let now = shared.clock.now();
    let changes = changes(slots, &sessions, response, now).or_else(|error| {
        let page = failure.page(&error, &sessions, request);
        failure::replace(response, page.unwrap_or_else(failure::empty));
        changes(slots, &sessions, response, now)
    });
    for change in changes.into_iter().flatten() {
        convert::apply(response, change);
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
