//! The core's error, as a response.

use actix_web::{HttpResponse, ResponseError};

sealed_session::__error! {
    /// A [`sealed_session::Error`] that a handler can return with `?`. It answers 500 with an empty
    /// body; the text goes to the log. What the handler had changed before is given up, as with any
    /// response of 500 or above; an end is sent.
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
    pub struct Error;

    /// Returns the core's error, with its predicates.
    ///
    /// ```
    /// use sealed_session_actix::Error;
    /// use sealed_session_actix::sealed_session::Key;
    ///
    /// let error = Error::from("not a key".parse::<Key>().unwrap_err());
    /// assert!(error.inner().is_key());
    /// ```
    pub fn inner;
}

impl ResponseError for Error {
    fn error_response(&self) -> HttpResponse {
        self.settle();
        HttpResponse::InternalServerError().finish()
    }
}
