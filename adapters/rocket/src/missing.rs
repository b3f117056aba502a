//! What a guard answers where there is no session to hand out.

use std::fmt;

use rocket::http::Status;
use rocket::outcome::Outcome;
use rocket::request;

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
#[derive(Clone, Debug)]
pub struct MissingFairing(Missing);

#[derive(Clone, Debug)]
enum Missing {
    Fairing,
    /// The core says which, and what to do.
    Slot(sealed_session::Error),
}

impl MissingFairing {
    pub(crate) fn fairing() -> MissingFairing {
        MissingFairing(Missing::Fairing)
    }

    pub(crate) fn slot(error: sealed_session::Error) -> MissingFairing {
        MissingFairing(Missing::Slot(error))
    }

    pub(crate) fn log(&self) {
        tracing::error!(target: "sealed_session", "{self}");
    }

    /// What a guard answers.
    pub(crate) fn answer<T>(self) -> request::Outcome<T, MissingFairing> {
        self.log();
        Outcome::Error((Status::InternalServerError, self))
    }
}

impl fmt::Display for MissingFairing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Missing::Fairing => f.write_str(
                "no session fairing is attached: add `.attach(SessionFairing::new(manager))` to the \
                 rocket",
            ),
            Missing::Slot(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for MissingFairing {}
