//! The core's error, as a response.

use std::fmt;

use actix_web::{HttpResponse, ResponseError};

/// A [`sealed_session::Error`] that a handler can return with `?`. It answers 500 with an empty
/// body; the text goes to the log. What the handler had changed before is committed all the same,
/// as with any other response.
///
/// One is different: a value that can never fit is refused at its insert, and answered like a session
/// that does not fit in the end. Nothing is committed, and
/// [`on_commit_failure`](crate::SessionMiddleware::on_commit_failure) makes the page.
///
/// In a handler with another error type, such as `actix_web::Error`, it takes one step more:
///
/// ```
/// use sealed_session_actix::{Error, Session};
///
/// async fn greet(session: Session) -> actix_web::Result<&'static str> {
///     session.insert("greeted", true).map_err(Error::from)?;
///     Ok("Hello.")
/// }
/// # let _ = actix_web::web::to(greet);
/// ```
#[derive(Clone, Debug)]
pub struct Error(sealed_session::Error);

impl Error {
    /// The core's error, with its predicates.
    ///
    /// ```
    /// use sealed_session_actix::Error;
    /// use sealed_session_actix::sealed_session::Key;
    ///
    /// let error = Error::from("not a key".parse::<Key>().unwrap_err());
    /// assert!(error.inner().is_key());
    /// ```
    #[must_use]
    pub fn inner(&self) -> &sealed_session::Error {
        &self.0
    }
}

impl From<sealed_session::Error> for Error {
    fn from(error: sealed_session::Error) -> Error {
        Error(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Error {}

impl ResponseError for Error {
    fn error_response(&self) -> HttpResponse {
        // The middleware reports what is too large: the commit fails with it.
        if !self.0.is_too_large() {
            tracing::error!(target: "sealed_session", error = %self.0, "session error in a handler");
        }
        self.0.hold_back();
        HttpResponse::InternalServerError().finish()
    }
}
