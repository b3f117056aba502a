//! `Session` and `LiveSession`, of whichever slot.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use sealed_session::Slot;

use crate::missing::{MissingMiddleware, NotLive};

sealed_session::__extractors! {
    /// The request's session. It is always there, opens its token on first use, and creates nothing
    /// by itself. It derefs to [`sealed_session::Session`].
    ///
    /// ```
    /// use sealed_session_actix::{Error, Session};
    ///
    /// async fn theme(session: Session) -> Result<String, Error> {
    ///     Ok(session.get::<String>("theme")?.unwrap_or_else(|| "light".to_owned()))
    /// }
    /// # let _ = actix_web::web::to(theme);
    /// ```
    ///
    /// `Session<Prefs>` is that of another [slot](sealed_session::slots):
    ///
    /// ```
    /// use sealed_session_actix::{Error, Session, Slot};
    ///
    /// enum Prefs {}
    /// impl Slot for Prefs {}
    ///
    /// async fn darken(session: Session, prefs: Session<Prefs>) -> Result<&'static str, Error> {
    ///     prefs.insert("theme", "dark")?;
    ///     Ok(if session.subject().is_some() { "For you." } else { "For everybody here." })
    /// }
    /// # let _ = actix_web::web::to(darken);
    /// ```
    pub struct Session;

    /// The request's session, if the browser brought one: a handler that asks for it is not called for
    /// a visitor who has none, and the answer is 401 with an empty body. `Option<LiveSession>` is `None`
    /// then. `LiveSession<Prefs>` is that of another [slot](sealed_session::slots).
    ///
    /// **That a session is there does not mean that anybody is signed in**: a cart alone makes one. A
    /// guard asks for the [`subject`](sealed_session::Session::subject).
    ///
    /// actix-web turns every failure of an extractor in an `Option` into `None`. So it is `None`, and an
    /// error in the log, also where no [`SessionMiddleware`](crate::SessionMiddleware) covers the route.
    ///
    /// ```
    /// use sealed_session_actix::LiveSession;
    ///
    /// async fn greeting(session: Option<LiveSession>) -> &'static str {
    ///     match session {
    ///         None => "Hello.",
    ///         Some(session) if session.subject().is_some() => "Welcome back.",
    ///         Some(_) => "Your cart is waiting.",
    ///     }
    /// }
    /// # let _ = actix_web::web::to(greeting);
    /// ```
    pub struct LiveSession;

    type Missing = MissingMiddleware;
}

/// Takes the session of a slot from what the middleware has put into the request's extensions.
pub(crate) fn session<S: Slot>(request: &HttpRequest) -> Result<Session<S>, MissingMiddleware> {
    let found = request.extensions().get().map(Session::of);
    // Nothing is borrowed meanwhile: subscribers of the log are the application's. Here and not where a
    // response is made, because an `Option` makes none.
    let session = found.unwrap_or_else(|| Err(MissingMiddleware::everything()));
    session.inspect_err(|missing| drop(missing.report()))
}

/// The trait's function, for a call that names no slot: where a value is made, Rust does not fall back
/// to the default type.
impl Session {
    /// Extracts the session of the main slot, for an extractor of your own.
    ///
    /// ```
    /// use actix_web::dev::Payload;
    /// use actix_web::{FromRequest, HttpRequest};
    /// use sealed_session_actix::{MissingMiddleware, Session};
    /// use std::future::{Ready, ready};
    ///
    /// struct User(Option<String>);
    ///
    /// impl FromRequest for User {
    ///     type Error = MissingMiddleware;
    ///     type Future = Ready<Result<User, MissingMiddleware>>;
    ///
    ///     fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
    ///         let session = Session::extract(request).into_inner();
    ///         ready(session.map(|session| User(session.subject())))
    ///     }
    /// }
    /// ```
    pub fn extract(request: &HttpRequest) -> Ready<Result<Session, MissingMiddleware>> {
        <Session as FromRequest>::extract(request)
    }
}

/// As with [`Session`].
impl LiveSession {
    /// Extracts the live session of the main slot, for an extractor of your own.
    ///
    /// ```
    /// use actix_web::test::TestRequest;
    /// use sealed_session_actix::LiveSession;
    ///
    /// let bare = TestRequest::get().to_http_request();
    /// let not_live = LiveSession::extract(&bare).into_inner().unwrap_err();
    /// assert!(not_live.to_string().contains("no session middleware"));
    /// ```
    pub fn extract(request: &HttpRequest) -> Ready<Result<LiveSession, NotLive>> {
        <LiveSession as FromRequest>::extract(request)
    }
}

impl<S: Slot> FromRequest for Session<S> {
    type Error = MissingMiddleware;
    type Future = Ready<Result<Session<S>, MissingMiddleware>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(session(request))
    }
}

impl<S: Slot> FromRequest for LiveSession<S> {
    type Error = NotLive;
    type Future = Ready<Result<LiveSession<S>, NotLive>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let session = session::<S>(request).map_err(NotLive::MissingMiddleware);
        ready(session.and_then(|session| session.live().ok_or(NotLive::Nobody)))
    }
}
