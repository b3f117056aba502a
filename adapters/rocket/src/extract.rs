//! `Session` and `LiveSession`, of whichever slot.

use rocket::http::Status;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};
use rocket::{Ignite, Request, Rocket, Sentinel};
use sealed_session::Slot;

use crate::load::{is_lacking, main_session};
use crate::missing::MissingFairing;

sealed_session::__extractors! {
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
    ///
    /// `Session<Prefs>` is that of another [slot](sealed_session::slots):
    ///
    /// ```
    /// use rocket::post;
    /// use sealed_session_rocket::{Error, Session, Slot};
    ///
    /// enum Prefs {}
    /// impl Slot for Prefs {}
    ///
    /// #[post("/darken")]
    /// fn darken(session: Session, prefs: Session<Prefs>) -> Result<&'static str, Error> {
    ///     prefs.insert("theme", "dark")?;
    ///     Ok(if session.subject().is_some() { "For you." } else { "For everybody here." })
    /// }
    /// # let _ = rocket::routes![darken];
    /// ```
    pub struct Session;

    /// The request's session, if the browser brought one. For a visitor who has none the guard forwards,
    /// as Rocket's users know it of guards for users: the next route that matches is tried, and if there
    /// is none the answer is 401, made by the application's catcher. `Option<LiveSession>` is `None` then.
    /// `LiveSession<Prefs>` is that of another [slot](sealed_session::slots).
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
    pub struct LiveSession;

    type Missing = MissingFairing;
}

/// Takes the session of a slot from what the fairing has loaded.
fn session<S: Slot>(request: &Request<'_>) -> Result<Session<S>, MissingFairing> {
    main_session(request).and_then(|session| Session::of(&session))
}

/// The trait's function, for a call that names no slot: where a value is made, Rust does not fall back
/// to the default type.
impl Session {
    /// Extracts the session of the main slot, for a guard of your own; the same as
    /// `request.guard::<Session>()`.
    ///
    /// ```
    /// use rocket::outcome::{Outcome, try_outcome};
    /// use rocket::request::{self, FromRequest};
    /// use rocket::{Request, http::Status};
    /// use sealed_session_rocket::{MissingFairing, Session};
    ///
    /// struct User(String);
    ///
    /// #[rocket::async_trait]
    /// impl<'r> FromRequest<'r> for User {
    ///     type Error = MissingFairing;
    ///
    ///     async fn from_request(request: &'r Request<'_>) -> request::Outcome<User, MissingFairing> {
    ///         let session = try_outcome!(Session::from_request(request).await);
    ///         match session.subject() {
    ///             Some(name) => Outcome::Success(User(name)),
    ///             None => Outcome::Forward(Status::Unauthorized),
    ///         }
    ///     }
    /// }
    /// ```
    pub async fn from_request(request: &Request<'_>) -> request::Outcome<Session, MissingFairing> {
        request.guard().await
    }
}

/// As with [`Session`].
impl LiveSession {
    /// Extracts the live session of the main slot, for a guard of your own; the same as
    /// `request.guard::<LiveSession>()`.
    ///
    /// ```
    /// use rocket::outcome::{Outcome, try_outcome};
    /// use rocket::request::{self, FromRequest};
    /// use rocket::{Request, http::Status};
    /// use sealed_session_rocket::{LiveSession, MissingFairing};
    ///
    /// struct Admin;
    ///
    /// #[rocket::async_trait]
    /// impl<'r> FromRequest<'r> for Admin {
    ///     type Error = MissingFairing;
    ///
    ///     async fn from_request(request: &'r Request<'_>) -> request::Outcome<Admin, MissingFairing> {
    ///         let session = try_outcome!(LiveSession::from_request(request).await);
    ///         match session.contains("admin") {
    ///             true => Outcome::Success(Admin),
    ///             false => Outcome::Forward(Status::Forbidden),
    ///         }
    ///     }
    /// }
    /// ```
    pub async fn from_request(
        request: &Request<'_>,
    ) -> request::Outcome<LiveSession, MissingFairing> {
        request.guard().await
    }
}

#[rocket::async_trait]
impl<'r, S: Slot> FromRequest<'r> for Session<S> {
    type Error = MissingFairing;

    async fn from_request(
        request: &'r Request<'_>,
    ) -> request::Outcome<Session<S>, MissingFairing> {
        match session(request) {
            Ok(session) => Outcome::Success(session),
            Err(missing) => missing.answer(),
        }
    }
}

#[rocket::async_trait]
impl<'r, S: Slot> FromRequest<'r> for LiveSession<S> {
    type Error = MissingFairing;

    async fn from_request(
        request: &'r Request<'_>,
    ) -> request::Outcome<LiveSession<S>, MissingFairing> {
        match session::<S>(request).map(Session::live) {
            Ok(Some(live)) => Outcome::Success(live),
            Ok(None) => Outcome::Forward(Status::Unauthorized),
            Err(missing) => missing.answer(),
        }
    }
}

impl<S: Slot> Sentinel for Session<S> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_lacking(rocket, |session| session.slot::<S>().map(drop))
    }
}

impl<S: Slot> Sentinel for LiveSession<S> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_lacking(rocket, |session| session.slot::<S>().map(drop))
    }
}
