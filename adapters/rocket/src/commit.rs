//! The commit, when the response head is ready.

use rocket::{Request, Response};
use sealed_session::adapter::{self, HeaderChange, Pending};
use sealed_session::time::OffsetDateTime;
use sealed_session::{Error, Session, SessionManager};

use crate::cached::Cached;
use crate::failure;
use crate::guard;
use crate::head::{self, Headers};
use crate::shared::Shared;

/// Commits the session of a request, in all slots, to its response, or to the page that says why that
/// cannot be.
pub(crate) async fn commit(shared: &Shared, request: &Request<'_>, response: &mut Response<'_>) {
    if let Some(verdict) = Cached::of(request).verdict() {
        guard::answer(&verdict, response);
    }
    let Some(session) = Cached::of(request).close(request) else {
        return;
    };
    if adapter::close_unused(&session) {
        return;
    }
    let Shared {
        manager, failure, ..
    } = shared;
    let now = shared.clock.now();
    if let Some(pending) = pending(&session, response, now) {
        pending.await;
    }
    // The page has nothing to wait for.
    let changes = changes(manager, &session, response, now).or_else(|error| {
        match failure.page(&error, &session, request) {
            Some(page) => failure::replace(response, page),
            // A catcher's page says so by itself.
            None if response.status().class().is_server_error() => {}
            None => failure::replace(response, failure::empty()),
        }
        changes(manager, &session, response, now)
    });
    for change in changes.into_iter().flatten() {
        change.apply(&mut Headers(response));
    }
}

/// Returns what has to be awaited before the commit to this response.
fn pending(session: &Session, response: &Response<'_>, now: OffsetDateTime) -> Option<Pending> {
    let fields: Vec<_> = response.headers().iter().collect();
    adapter::pending_commit(session, head::of_response(response.status(), &fields), now)
}

/// Commits to this response. Rocket's fields are collected first: it hands out no bytes that live as long
/// as the response.
fn changes(
    manager: &SessionManager,
    session: &Session,
    response: &Response<'_>,
    now: OffsetDateTime,
) -> Result<Vec<HeaderChange>, Error> {
    let fields: Vec<_> = response.headers().iter().collect();
    manager.commit(session, head::of_response(response.status(), &fields), now)
}
