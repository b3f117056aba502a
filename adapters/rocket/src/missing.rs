//! The answer to a request without a session to extract, and what the log says of it.

use rocket::http::Status;
use rocket::outcome::Outcome;
use rocket::request;
use sealed_session::adapter;

sealed_session::__missing! {
    /// No [`SessionFairing`](crate::SessionFairing) is attached, or the one that is has no such slot.
    /// Rocket does not launch with a route that asks for a session then. What asks for one by
    /// [`Request::guard`](rocket::Request::guard) is answered 500, or `None`. The log names the fix in all
    /// cases.
    ///
    /// ```
    /// use rocket::outcome::Outcome;
    /// use rocket::request::{self, FromRequest};
    /// use rocket::Request;
    /// use sealed_session_rocket::{MissingFairing, Session};
    ///
    /// /// A guard whose error is this one.
    /// struct Visits(u32);
    ///
    /// #[rocket::async_trait]
    /// impl<'r> FromRequest<'r> for Visits {
    ///     type Error = MissingFairing;
    ///
    ///     async fn from_request(request: &'r Request<'_>) -> request::Outcome<Visits, MissingFairing> {
    ///         let session = request.guard::<Session>().await;
    ///         session.map(|session| Visits(session.get("visits").ok().flatten().unwrap_or(0)))
    ///     }
    /// }
    /// ```
    pub struct MissingFairing =
        "no session fairing is attached: add `.attach(SessionFairing::new(manager))` to the rocket";
}

impl MissingFairing {
    pub(crate) fn report(&self) {
        // Its catchers make the page.
        drop(adapter::tell_mistake(&self.mistake));
    }

    /// Reports this, and makes the answer of a guard.
    pub(crate) fn answer<T>(self) -> request::Outcome<T, MissingFairing> {
        self.report();
        Outcome::Error((Status::InternalServerError, self))
    }
}
