//! `Session` and `LiveSession`, and what a request without them is answered.

use std::fmt;
use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError};

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
#[derive(Clone, Debug)]
pub struct Session(sealed_session::Session);

/// The request's session, if the browser brought one: a handler that asks for it is not called for
/// a visitor who has none, and the answer is 401 with an empty body. `Option<LiveSession>` is `None`
/// then.
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
#[derive(Clone, Debug)]
pub struct LiveSession(sealed_session::Session);

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

/// No [`SessionMiddleware`](crate::SessionMiddleware) covers the route. Answers 500 with an empty
/// body; the log names the fix.
///
/// ```
/// use actix_web::{FromRequest, test::TestRequest};
/// use sealed_session_actix::Session;
///
/// # #[actix_web::main]
/// # async fn main() {
/// let request = TestRequest::get().to_http_request();
/// let missing = Session::extract(&request).await.unwrap_err();
/// assert!(missing.to_string().contains(".wrap(SessionMiddleware::new(manager))"));
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MissingMiddleware;

impl fmt::Display for MissingMiddleware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "no session middleware covers this route: add \
             `.wrap(SessionMiddleware::new(manager))` to the `App`",
        )
    }
}

impl std::error::Error for MissingMiddleware {}

impl ResponseError for MissingMiddleware {
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// Why there is no [`LiveSession`].
///
/// ```
/// use actix_web::ResponseError;
/// use sealed_session_actix::NotLive;
///
/// assert_eq!(NotLive::Nobody.error_response().status(), 401);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum NotLive {
    /// No middleware covers the route.
    MissingMiddleware(MissingMiddleware),
    /// The visitor has no session. Answers 401 with an empty body.
    Nobody,
}

impl fmt::Display for NotLive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotLive::MissingMiddleware(missing) => missing.fmt(f),
            NotLive::Nobody => f.write_str("the visitor has no session"),
        }
    }
}

impl std::error::Error for NotLive {}

impl ResponseError for NotLive {
    fn status_code(&self) -> StatusCode {
        match self {
            NotLive::MissingMiddleware(missing) => missing.status_code(),
            NotLive::Nobody => StatusCode::UNAUTHORIZED,
        }
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

fn session(request: &HttpRequest) -> Result<sealed_session::Session, MissingMiddleware> {
    let session = request.extensions().get().cloned();
    session.ok_or_else(|| {
        // Here and not where the response is made, because an `Option` makes none.
        tracing::error!(target: "sealed_session", path = request.path(), "{MissingMiddleware}");
        MissingMiddleware
    })
}

impl FromRequest for Session {
    type Error = MissingMiddleware;
    type Future = Ready<Result<Session, MissingMiddleware>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(session(request).map(Session))
    }
}

impl FromRequest for LiveSession {
    type Error = NotLive;
    type Future = Ready<Result<LiveSession, NotLive>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let session = session(request).map_err(NotLive::MissingMiddleware);
        ready(session.and_then(|session| match session.is_live() {
            true => Ok(LiveSession(session)),
            false => Err(NotLive::Nobody),
        }))
    }
}
