//! The core's error, as a response.

use std::fmt;

use axum_core::response::{IntoResponse, Response};
use http::StatusCode;

/// A [`sealed_session::Error`] that a handler can return with `?`. It answers 500 with an empty
/// body; the text goes to the log. What the handler had changed before is committed all the same,
/// as with any other response.
///
/// One is different: a value that can never fit is refused at its insert, and answered like a session
/// that does not fit in the end. Nothing is committed, and
/// [`on_commit_failure`](sealed_session_tower::SessionLayer::on_commit_failure) makes the page.
///
/// ```
/// use axum::response::IntoResponse;
/// use sealed_session_axum::Error;
/// use sealed_session_axum::sealed_session::Key;
///
/// let error = Error::from("not a key".parse::<Key>().unwrap_err());
/// assert_eq!(error.into_response().status(), 500);
/// ```
#[derive(Clone, Debug)]
pub struct Error(sealed_session::Error);

impl Error {
    /// The core's error, with its predicates.
    ///
    /// ```
    /// use sealed_session_axum::Error;
    /// use sealed_session_axum::sealed_session::Key;
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

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        // The layer reports what is too large: the commit fails with it.
        if !self.0.is_too_large() {
            tracing::error!(target: "sealed_session", error = %self.0, "session error in a handler");
        }
        self.0.hold_back();
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}
