//! The core's error, as a response.

use rocket::Request;
use rocket::http::Status;
use rocket::outcome::Outcome;
use rocket::request;
use rocket::response::{self, Responder};

sealed_session::__error! {
    /// A [`sealed_session::Error`] that a handler can return with `?`. It answers 500, by the application's
    /// catcher if there is one; the text goes to the log. What the handler had changed before is committed
    /// all the same, as with any other response.
    ///
    /// One is different: a value that can never fit is refused at its insert, and answered like a session
    /// that does not fit in the end. Nothing is committed, and
    /// [`on_commit_failure`](crate::SessionFairing::on_commit_failure) makes the page.
    ///
    /// ```
    /// use rocket::post;
    /// use sealed_session_rocket::{Error, Session};
    ///
    /// #[post("/note", data = "<text>")]
    /// fn note(session: Session, text: String) -> Result<&'static str, Error> {
    ///     session.insert("note", text)?;
    ///     Ok("Noted.")
    /// }
    /// # let _ = rocket::routes![note];
    /// ```
    pub struct Error;

    /// Returns the core's error, with its predicates.
    ///
    /// ```
    /// use sealed_session_rocket::Error;
    /// use sealed_session_rocket::sealed_session::Key;
    ///
    /// let error = Error::from("not a key".parse::<Key>().unwrap_err());
    /// assert!(error.inner().is_key());
    /// ```
    pub fn inner;
}

impl Error {
    /// Ends a guard of the application's own, by the catcher for `status`. A value that can never fit
    /// is treated as where this error is a handler's response: what the request had changed is
    /// [held back](sealed_session::Error::hold_back) before a catcher runs, and the fairing answers.
    /// After an `Outcome::Error` of other making nothing is sent either if it is a 5xx, but the catcher
    /// still sees what had been changed.
    ///
    /// ```
    /// use rocket::http::Status;
    /// use rocket::outcome::{Outcome, try_outcome};
    /// use rocket::request::{self, FromRequest, Request};
    /// use sealed_session_rocket::{Error, Session};
    ///
    /// struct Referred;
    ///
    /// #[rocket::async_trait]
    /// impl<'r> FromRequest<'r> for Referred {
    ///     type Error = Option<Error>;
    ///
    ///     async fn from_request(request: &'r Request<'_>) -> request::Outcome<Referred, Option<Error>> {
    ///         let session = request.guard::<Session>().await.map_error(|(status, _)| (status, None));
    ///         let session = try_outcome!(session);
    ///         match session.insert("referrer", request.headers().get_one("referer")) {
    ///             Ok(()) => Outcome::Success(Referred),
    ///             Err(error) => Error::from(error)
    ///                 .outcome(Status::BadRequest)
    ///                 .map_error(|(status, error)| (status, Some(error))),
    ///         }
    ///     }
    /// }
    /// ```
    pub fn outcome<T>(self, status: Status) -> request::Outcome<T, Error> {
        self.0.hold_back();
        Outcome::Error((status, self))
    }
}

impl<'r> Responder<'r, 'static> for Error {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        self.settle();
        Err(Status::InternalServerError)
    }
}
