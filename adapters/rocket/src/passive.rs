//! Routes that do not count as a use of their session.

use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};
use rocket::{Ignite, Request, Rocket, Sentinel};

use crate::cached::Cached;
use crate::load::{is_lacking, sessions};
use crate::missing::MissingFairing;

/// Marks its request as [passive](sealed_session::Sessions::mark_passive): it does not keep its session
/// from idling out, in any slot. For polling, prefetches and health checks. A route that forwards
/// speaks for itself only: if another one answers, that is a use.
///
/// [`passive_when`](crate::SessionFairing::passive_when) marks requests that no route of yours answers,
/// and a handler marks a single request, or a single slot of it, by
/// [`Session::mark_passive`](sealed_session::Session::mark_passive).
///
/// ```
/// use rocket::get;
/// use sealed_session_rocket::Passive;
///
/// #[get("/unread")]
/// fn unread(_passive: Passive) -> &'static str {
///     "3"
/// }
/// # let _ = rocket::routes![unread];
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Passive;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Passive {
    type Error = MissingFairing;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Passive, MissingFairing> {
        match sessions(request) {
            Ok(sessions) => {
                Cached::of(request).mark_passive(&sessions, request);
                Outcome::Success(Passive)
            }
            Err(missing) => missing.answer(),
        }
    }
}

impl Sentinel for Passive {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_lacking(rocket, |_| Ok(()))
    }
}
