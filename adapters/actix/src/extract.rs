//! `Session` and `LiveSession`, of whichever slot.

use std::fmt;
use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use sealed_session::{Main, Sessions, Slot};

use crate::missing::{MissingMiddleware, NotLive};

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
/// use sealed_session_actix::sealed_session::Slot;
/// use sealed_session_actix::{Error, Session};
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
pub struct Session<S: Slot = Main> {
    session: sealed_session::Session,
    slot: PhantomData<fn() -> S>,
}

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
pub struct LiveSession<S: Slot = Main>(Session<S>);

impl<S: Slot> Session<S> {
    fn of(request: &HttpRequest) -> Result<Session<S>, MissingMiddleware> {
        let extensions = request.extensions();
        let session = match extensions.get::<Sessions>() {
            Some(sessions) => sessions.require::<S>().map_err(MissingMiddleware::slot),
            None => Err(MissingMiddleware::everything()),
        };
        // Here and not where a response is made, because an `Option` makes none.
        let session = session.inspect_err(|missing| missing.report(request.path()))?;
        Ok(Session {
            session: session.in_hand(),
            slot: PhantomData,
        })
    }
}

/// The trait's functions, for a call that names no slot: where a value is made, Rust does not fall back
/// to the default type.
impl Session {
    /// The session of the main slot, in an extractor of one's own.
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
    /// The live session of the main slot, in an extractor of one's own.
    ///
    /// ```
    /// use actix_web::test::TestRequest;
    /// use sealed_session_actix::LiveSession;
    ///
    /// let bare = TestRequest::get().to_http_request();
    /// let not_live = LiveSession::extract(&bare).into_inner().unwrap_err();
    /// assert!(not_live.to_string().starts_with("no session middleware"));
    /// ```
    pub fn extract(request: &HttpRequest) -> Ready<Result<LiveSession, NotLive>> {
        <LiveSession as FromRequest>::extract(request)
    }
}

impl<S: Slot> FromRequest for Session<S> {
    type Error = MissingMiddleware;
    type Future = Ready<Result<Session<S>, MissingMiddleware>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Session::of(request))
    }
}

impl<S: Slot> FromRequest for LiveSession<S> {
    type Error = NotLive;
    type Future = Ready<Result<LiveSession<S>, NotLive>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let session = Session::of(request).map_err(NotLive::MissingMiddleware);
        ready(session.and_then(|session| match session.is_live() {
            true => Ok(LiveSession(session)),
            false => Err(NotLive::Nobody),
        }))
    }
}

impl<S: Slot> Deref for Session<S> {
    type Target = sealed_session::Session;

    fn deref(&self) -> &sealed_session::Session {
        &self.session
    }
}

impl<S: Slot> Deref for LiveSession<S> {
    type Target = sealed_session::Session;

    fn deref(&self) -> &sealed_session::Session {
        &self.0
    }
}

impl<S: Slot> Clone for Session<S> {
    fn clone(&self) -> Session<S> {
        Session {
            session: self.session.clone(),
            slot: PhantomData,
        }
    }
}

impl<S: Slot> Clone for LiveSession<S> {
    fn clone(&self) -> LiveSession<S> {
        LiveSession(self.0.clone())
    }
}

impl<S: Slot> fmt::Debug for Session<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.session.fmt(f)
    }
}

impl<S: Slot> fmt::Debug for LiveSession<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LiveSession").field(&self.0).finish()
    }
}
