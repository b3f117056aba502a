//! The error of an inner middleware, once the session is committed on its response.

use std::cell::RefCell;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{Error as ActixError, HttpResponse, ResponseError};
use sealed_session::adapter::HeaderChange;

use crate::head::Headers;

/// An error that passed the [`SessionMiddleware`](crate::SessionMiddleware): its response carries
/// what the session has to say, however often and by whichever way somebody asks for it.
///
/// Only the errors of middlewares become this; those of handlers and extractors are responses
/// already. A middleware outside of the sessions that looks for an error of its own finds it by
/// [`inner`](CommittedError::inner).
///
/// ```
/// use actix_web::dev::ServiceResponse;
/// use actix_web::error::ErrorForbidden;
/// use actix_web::middleware::from_fn;
/// use actix_web::test::{TestRequest, init_service, try_call_service};
/// use actix_web::{App, Error};
/// use sealed_session_actix::{CommittedError, Session, SessionMiddleware};
/// # use sealed_session_actix::{Key, KeyRing, SessionManager};
///
/// # #[actix_web::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sessions = SessionMiddleware::new(SessionManager::new("session", KeyRing::new(Key::generate()?))?);
/// let app = App::new()
///     .wrap(from_fn(async |session: Session, _, _| {
///         session.destroy()?;
///         Err::<ServiceResponse, Error>(ErrorForbidden("not here"))
///     }))
///     .wrap(sessions);
///
/// let service = init_service(app).await;
/// let request = TestRequest::get().insert_header(("cookie", "__Host-session=AQ")).to_request();
/// let error = try_call_service(&service, request).await.unwrap_err();
/// assert!(error.error_response().headers().contains_key("set-cookie"));
/// let committed: &CommittedError = error.as_error().expect("it passed the middleware");
/// assert_eq!(committed.inner().to_string(), "not here");
/// # Ok(())
/// # }
/// ```
pub struct CommittedError {
    inner: ActixError,
    origin: Origin,
    status: StatusCode,
    /// What the commit was made on. Some errors hand out their response once only.
    first: RefCell<Option<HttpResponse>>,
    changes: Vec<HeaderChange>,
}

/// Where the response comes from when it is asked for once more.
pub(crate) enum Origin {
    /// From the error.
    Error,
    /// From the page for a commit that failed.
    Failure(Box<dyn Fn() -> HttpResponse>),
}

impl CommittedError {
    pub(crate) fn new(
        inner: ActixError,
        origin: Origin,
        first: HttpResponse,
        changes: Vec<HeaderChange>,
    ) -> CommittedError {
        CommittedError {
            inner,
            origin,
            status: first.status(),
            first: RefCell::new(Some(first)),
            changes,
        }
    }

    /// Returns the error as the inner middleware made it. Its own response does not carry the session.
    ///
    /// ```
    /// use sealed_session_actix::CommittedError;
    ///
    /// fn is_io(error: &actix_web::Error) -> bool {
    ///     let committed = error.as_error::<CommittedError>();
    ///     let error = committed.map_or(error, CommittedError::inner);
    ///     error.as_error::<std::io::Error>().is_some()
    /// }
    ///
    /// assert!(is_io(&std::io::Error::other("disk").into()));
    /// ```
    #[must_use]
    pub fn inner(&self) -> &ActixError {
        &self.inner
    }
}

impl ResponseError for CommittedError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let first = self.first.take();
        let mut response = first.unwrap_or_else(|| match &self.origin {
            Origin::Error => self.inner.error_response(),
            Origin::Failure(page) => page(),
        });
        for change in &self.changes {
            change.clone().apply(&mut Headers(response.headers_mut()));
        }
        response
    }
}

impl fmt::Display for CommittedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl fmt::Debug for CommittedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommittedError")
            .field("inner", &self.inner)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Its `Display` is the inner error's, so there is no `source()` to print after it.
impl std::error::Error for CommittedError {}
