//! The core's error, as a response.

use axum_core::response::{IntoResponse, Response};
use http::StatusCode;

sealed_session::__error! {
    /// A [`sealed_session::Error`] that a handler can return with `?`. It answers 500 with an empty
    /// body; the text goes to the log. What the handler had changed before is given up, as with any
    /// response of 500 or above; an end is sent.
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
    pub struct Error;

    /// Returns the core's error, with its predicates.
    ///
    /// ```
    /// use sealed_session_axum::Error;
    /// use sealed_session_axum::sealed_session::Key;
    ///
    /// let error = Error::from("not a key".parse::<Key>().unwrap_err());
    /// assert!(error.inner().is_key());
    /// ```
    pub fn inner;
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        self.settle();
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}
