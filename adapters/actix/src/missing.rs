//! What a request without a session is answered, and what the log says of it.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

/// No [`SessionMiddleware`](crate::SessionMiddleware) covers the route, or the one that does has no
/// such slot. Answers 500 with an empty body; the log names the fix.
///
/// ```
/// use actix_web::test::TestRequest;
/// use sealed_session_actix::Session;
///
/// # #[actix_web::main]
/// # async fn main() {
/// let request = TestRequest::get().to_http_request();
/// let missing = Session::extract(&request).await.unwrap_err();
/// assert!(missing.to_string().contains(".wrap(SessionMiddleware::new(manager))"));
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct MissingMiddleware(Missing);

#[derive(Clone, Debug)]
enum Missing {
    Everything,
    /// The core says which, and what to do.
    Slot(sealed_session::Error),
}

impl MissingMiddleware {
    pub(crate) fn everything() -> MissingMiddleware {
        MissingMiddleware(Missing::Everything)
    }

    pub(crate) fn slot(error: sealed_session::Error) -> MissingMiddleware {
        MissingMiddleware(Missing::Slot(error))
    }

    pub(crate) fn report(&self, path: &str) {
        tracing::error!(target: "sealed_session", path, "{self}");
    }
}

impl fmt::Display for MissingMiddleware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Missing::Everything => f.write_str(
                "no session middleware covers this route: add \
                 `.wrap(SessionMiddleware::new(manager))` to the `App`",
            ),
            Missing::Slot(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for MissingMiddleware {}

impl ResponseError for MissingMiddleware {
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// Why there is no [`LiveSession`](crate::LiveSession).
///
/// ```
/// use actix_web::ResponseError;
/// use sealed_session_actix::NotLive;
///
/// assert_eq!(NotLive::Nobody.error_response().status(), 401);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum NotLive {
    /// No middleware covers the route, or it has no such slot.
    MissingMiddleware(MissingMiddleware),
    /// The visitor has no session. Answers 401 with an empty body.
    Nobody,
}

impl fmt::Display for NotLive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotLive::MissingMiddleware(missing) => missing.fmt(f),
            NotLive::Nobody => f.write_str("the visitor has no session"),
        }
    }
}

impl std::error::Error for NotLive {}

impl ResponseError for NotLive {
    fn status_code(&self) -> StatusCode {
        match self {
            NotLive::MissingMiddleware(missing) => missing.status_code(),
            NotLive::Nobody => StatusCode::UNAUTHORIZED,
        }
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}
