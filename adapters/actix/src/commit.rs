//! The commit, when the response head is ready, of a response or of an error that becomes one.

use std::rc::Rc;

use actix_web::body::EitherBody;
use actix_web::dev::ServiceResponse;
use actix_web::{Error as ActixError, HttpResponse};
use sealed_session::adapter::HeaderChange;
use sealed_session::{Error, Session};

use crate::committed::{CommittedError, Origin};
use crate::head::{self, Headers};
use crate::shared::Shared;

/// Commits the session of a request, in all slots, to its response, or to the page that says why that
/// cannot be.
pub(crate) fn commit<B>(
    shared: &Shared,
    session: &Session,
    response: ServiceResponse<B>,
) -> ServiceResponse<EitherBody<B>> {
    let (changes, failed) = changes(shared, session, response.response());
    let mut response = match failed {
        Some(Failed { page, .. }) => response.into_response(page.map_into_right_body()),
        None => response.map_into_left_body(),
    };
    for change in changes {
        change.apply(&mut Headers(response.headers_mut()));
    }
    response
}

/// Commits the session of a request to the response that `error` becomes.
pub(crate) fn commit_error(
    shared: &Rc<Shared>,
    session: &Session,
    error: ActixError,
) -> ActixError {
    let page = error.error_response();
    let (changes, failed) = changes(shared, session, &page);
    match failed {
        Some(Failed { error: why, page }) => {
            let (shared, session) = (Rc::clone(shared), session.clone());
            let again = move || shared.failure.respond(&why, &session);
            CommittedError::new(error, Origin::Failure(Box::new(again)), page, changes).into()
        }
        None => CommittedError::new(error, Origin::Error, page, changes).into(),
    }
}

/// Why nothing can be sent, and the page that says so.
struct Failed {
    error: Error,
    page: HttpResponse,
}

fn changes<B>(
    shared: &Shared,
    session: &Session,
    response: &HttpResponse<B>,
) -> (Vec<HeaderChange>, Option<Failed>) {
    let Shared {
        manager, failure, ..
    } = shared;
    let now = shared.clock.now();
    match manager.commit(session, head::of_response(response), now) {
        Ok(changes) => (changes, None),
        Err(error) => {
            let page = failure.respond(&error, session);
            let changes = manager.commit(session, head::of_response(&page), now);
            (changes.unwrap_or_default(), Some(Failed { error, page }))
        }
    }
}
