//! `Session`, `LiveSession` and `Passive`, and what a request without them is answered.

use std::fmt;
use std::ops::Deref;

use rocket::http::Status;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};
use rocket::{Ignite, Request, Rocket, Sentinel};

use crate::cached::Cached;
use crate::fairing::Shared;
use crate::load::load;

/// The request's session. It is always there, opens its token on first use, and creates nothing
/// by itself. It derefs to [`sealed_session::Session`].
///
/// ```
/// use rocket::get;
/// use sealed_session_rocket::{Error, Session};
///
/// #[get("/theme")]
/// fn theme(session: Session) -> Result<String, Error> {
///     Ok(session.get::<String>("theme")?.unwrap_or_else(|| "light".to_owned()))
/// }
/// # let _ = rocket::routes![theme];
/// ```
///
/// Guards of your own and error catchers ask for it, too, and get the same one:
///
/// ```
/// use rocket::{Request, catch};
/// use sealed_session_rocket::Session;
///
/// #[catch(404)]
/// async fn missing(request: &Request<'_>) -> &'static str {
///     match request.guard::<Session>().await.succeeded() {
///         Some(session) if session.subject().is_some() => "No such page. Back to your account?",
///         _ => "No such page.",
///     }
/// }
/// # let _ = rocket::catchers![missing];
/// ```
#[derive(Clone, Debug)]
pub struct Session(sealed_session::Session);

/// The request's session, if the browser brought one. For a visitor who has none the guard forwards,
/// as Rocket's users know it of guards for users: the next route that matches is tried, and if there
/// is none the answer is 401, made by the application's catcher. `Option<LiveSession>` is `None` then.
///
/// **That a session is there does not mean that anybody is signed in**: a cart alone makes one. A
/// guard asks for the [`subject`](sealed_session::Session::subject).
///
/// ```
/// use rocket::get;
/// use sealed_session_rocket::LiveSession;
///
/// #[get("/")]
/// fn greeting(session: LiveSession) -> &'static str {
///     match session.subject() {
///         Some(_) => "Welcome back.",
///         None => "Your cart is waiting.",
///     }
/// }
///
/// #[get("/", rank = 2)]
/// fn hello() -> &'static str {
///     "Hello."
/// }
/// # let _ = rocket::routes![greeting, hello];
/// ```
#[derive(Clone, Debug)]
pub struct LiveSession(sealed_session::Session);

/// Marks its request as [passive](sealed_session::Session::mark_passive): it does not keep its session
/// from idling out. For polling, prefetches and health checks;
/// [`passive_when`](crate::SessionFairing::passive_when) marks requests that no route of yours answers.
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

impl Deref for Session {
    type Target = sealed_session::Session;

    fn deref(&self) -> &sealed_session::Session {
        &self.0
    }
}

impl Deref for LiveSession {
    type Target = sealed_session::Session;

    fn deref(&self) -> &sealed_session::Session {
        &self.0
    }
}

/// No [`SessionFairing`](crate::SessionFairing) is attached. Rocket does not launch with a route that
/// asks for a session then. What asks for one by [`Request::guard`] is answered 500, or `None`. The log
/// names the fix in all cases.
///
/// ```
/// use sealed_session_rocket::{MissingFairing, Session};
/// use rocket::request::FromRequest;
///
/// fn is_the_error_of<'r, G: FromRequest<'r, Error = MissingFairing>>(_: Option<G>) {}
/// is_the_error_of(None::<Session>);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MissingFairing;

impl fmt::Display for MissingFairing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "no session fairing is attached: add `.attach(SessionFairing::new(manager))` to the \
             rocket, after other fairings",
        )
    }
}

impl std::error::Error for MissingFairing {}

type Guarded<T> = request::Outcome<T, MissingFairing>;

fn session(request: &Request<'_>) -> Guarded<sealed_session::Session> {
    match request.rocket().state::<Shared>() {
        Some(shared) => Outcome::Success(Cached::of(request).session(|| load(shared, request))),
        None => {
            tracing::error!(target: "sealed_session", "{MissingFairing}");
            Outcome::Error((Status::InternalServerError, MissingFairing))
        }
    }
}

/// Whether Rocket has to give up launching, because a route asks for what is not there.
fn is_missing(rocket: &Rocket<Ignite>) -> bool {
    let missing = rocket.state::<Shared>().is_none();
    if missing {
        tracing::error!(target: "sealed_session", "{MissingFairing}");
    }
    missing
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Session {
    type Error = MissingFairing;

    async fn from_request(request: &'r Request<'_>) -> Guarded<Session> {
        session(request).map(Session)
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for LiveSession {
    type Error = MissingFairing;

    async fn from_request(request: &'r Request<'_>) -> Guarded<LiveSession> {
        session(request).and_then(|session| match session.is_live() {
            true => Outcome::Success(LiveSession(session)),
            false => Outcome::Forward(Status::Unauthorized),
        })
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Passive {
    type Error = MissingFairing;

    async fn from_request(request: &'r Request<'_>) -> Guarded<Passive> {
        session(request).map(|session| {
            session.mark_passive();
            Passive
        })
    }
}

impl Sentinel for Session {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_missing(rocket)
    }
}

impl Sentinel for LiveSession {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_missing(rocket)
    }
}

impl Sentinel for Passive {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_missing(rocket)
    }
}
