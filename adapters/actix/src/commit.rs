//! The commit, when the response head is ready, of a response or of an error that becomes one.

use std::rc::Rc;

use actix_web::body::EitherBody;
use actix_web::dev::ServiceResponse;
use actix_web::{Error as ActixError, HttpResponse};
use sealed_session::adapter::{self, HeaderChange, Pending};
use sealed_session::time::OffsetDateTime;
use sealed_session::{Error, Session};

use crate::committed::{CommittedError, Origin};
use crate::head::{self, Headers};
use crate::shared::Shared;

/// What the inner service came to, which the session is committed to.
pub(crate) enum Outcome<B> {
    Response(ServiceResponse<B>),
    /// An error, and the response that it becomes.
    Error(ActixError, HttpResponse),
}

impl<B> Outcome<B> {
    pub(crate) fn of(result: Result<ServiceResponse<B>, ActixError>) -> Outcome<B> {
        match result {
            Ok(response) => Outcome::Response(response),
            Err(error) => {
                let page = error.error_response();
                Outcome::Error(error, page)
            }
        }
    }

    /// Returns what has to be awaited before the commit.
    pub(crate) fn pending(&self, session: &Session, now: OffsetDateTime) -> Option<Pending> {
        match self {
            Outcome::Response(response) => {
                let head = head::of_response(response.response());
                adapter::pending_commit(session, head, now)
            }
            Outcome::Error(_, page) => {
                adapter::pending_commit(session, head::of_response(page), now)
            }
        }
    }

    /// Commits the session of a request, in all slots, to this, or to the page that says why that cannot be. The page has
    /// nothing to wait for.
    pub(crate) fn commit(
        self,
        shared: &Rc<Shared>,
        session: &Session,
        now: OffsetDateTime,
    ) -> Result<ServiceResponse<EitherBody<B>>, ActixError> {
        match self {
            Outcome::Response(response) => Ok(commit(shared, session, response, now)),
            Outcome::Error(error, page) => Err(commit_error(shared, session, (error, page), now)),
        }
    }
}

fn commit<B>(
    shared: &Shared,
    session: &Session,
    response: ServiceResponse<B>,
    now: OffsetDateTime,
) -> ServiceResponse<EitherBody<B>> {
    let (changes, failed) = changes(shared, session, response.response(), now);
    let mut response = match failed {
        Some(Failed { page, .. }) => response.into_response(page.map_into_right_body()),
        None => response.map_into_left_body(),
    };
    for change in changes {
        change.apply(&mut Headers(response.headers_mut()));
    }
    response
}

fn commit_error(
    shared: &Rc<Shared>,
    session: &Session,
    (error, page): (ActixError, HttpResponse),
    now: OffsetDateTime,
) -> ActixError {
    let (changes, failed) = changes(shared, session, &page, now);
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
    now: OffsetDateTime,
) -> (Vec<HeaderChange>, Option<Failed>) {
    let Shared {
        manager, failure, ..
    } = shared;
    match manager.commit(session, head::of_response(response), now) {
        Ok(changes) => (changes, None),
        Err(error) => {
            let page = failure.respond(&error, session);
            let changes = manager.commit(session, head::of_response(&page), now);
            (changes.unwrap_or_default(), Some(Failed { error, page }))
        }
    }
}
