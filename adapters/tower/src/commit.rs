//! The commit, when the response head is ready.

use http::Response;
use sealed_session::time::OffsetDateTime;
use sealed_session::{Session, adapter};

use crate::failure::CommitFailure;
use crate::head::{self, Headers};
use crate::shared::Shared;

/// Commits the session of a request, in all slots, to its response, or to the page that says why that
/// cannot be. What has to be awaited for the response was, and the page has nothing to wait for. The response stays
/// where it is, because it is large.
pub(crate) fn commit<B, F: CommitFailure<B>, P>(
    shared: &Shared<F, P>,
    session: &Session,
    response: &mut Response<B>,
    now: OffsetDateTime,
) {
    let Shared {
        manager, failure, ..
    } = shared;
    let changes = manager
        .commit(session, head::of_response(response), now)
        .or_else(|error| {
            *response = failure.respond(&error, &adapter::failed(session, &error));
            manager.commit(session, head::of_response(response), now)
        });
    for change in changes.into_iter().flatten() {
        change.apply(&mut Headers(response.headers_mut()));
    }
}
