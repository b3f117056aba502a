//! The commit, when the response head is ready, of a response or of an error that becomes one.

use std::rc::Rc;

use actix_web::body::EitherBody;
use actix_web::dev::ServiceResponse;
use actix_web::{Error as ActixError, HttpResponse};
use sealed_session::{Error, HeaderChange, Sessions};

use crate::committed::{CommittedError, Origin};
use crate::head;
use crate::middleware::Shared;

/// What is left to do for a request whose sessions are loaded.
pub(crate) struct Commit {
    pub(crate) shared: Rc<Shared>,
    pub(crate) sessions: Sessions,
}

/// Sessions that are closed.
struct Closed {
    changes: Vec<HeaderChange>,
    /// Why nothing could be sent, and the page that says so.
    failure: Option<(Error, HttpResponse)>,
}

impl Commit {
    pub(crate) fn on<B>(
        self,
        outcome: Result<ServiceResponse<B>, ActixError>,
    ) -> Result<ServiceResponse<EitherBody<B>>, ActixError> {
        match outcome {
            Ok(response) => Ok(self.on_response(response)),
            Err(error) => Err(self.on_error(error)),
        }
    }

    fn on_response<B>(self, response: ServiceResponse<B>) -> ServiceResponse<EitherBody<B>> {
        let Closed { changes, failure } = self.close(response.response());
        let mut response = match failure {
            Some((_, page)) => response.into_response(page.map_into_right_body()),
            None => response.map_into_left_body(),
        };
        for change in changes {
            change.apply(&mut head::Headers(response.headers_mut()));
        }
        response
    }

    fn on_error(self, error: ActixError) -> ActixError {
        let page = error.error_response();
        let Closed { changes, failure } = self.close(&page);
        match failure {
            Some((failure, page)) => {
                let Commit { shared, sessions } = self;
                let again = move || shared.respond(&failure, &sessions);
                CommittedError::new(error, Origin::Failure(Box::new(again)), page, changes).into()
            }
            None => CommittedError::new(error, Origin::Error, page, changes).into(),
        }
    }

    fn close<B>(&self, response: &HttpResponse<B>) -> Closed {
        let Commit { shared, sessions } = self;
        let slots = &shared.slots;
        let now = shared.clock.now();
        match slots.commit(sessions, head::of_response(response), now) {
            Ok(changes) => Closed {
                changes,
                failure: None,
            },
            Err(error) => {
                let page = shared.respond(&error, sessions);
                let changes = slots.commit(sessions, head::of_response(&page), now);
                Closed {
                    changes: changes.unwrap_or_default(),
                    failure: Some((error, page)),
                }
            }
        }
    }
}
