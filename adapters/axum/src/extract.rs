//! `Session` and `LiveSession`, and what a request without them is answered.

use std::fmt;
use std::ops::Deref;

use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use axum_core::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;

/// The request's session. It is always there, opens its token on first use, and creates nothing
/// by itself. It derefs to [`sealed_session::Session`].
///
/// ```
/// use sealed_session_axum::{Error, Session};
///
/// async fn theme(session: Session) -> Result<String, Error> {
///     Ok(session.get::<String>("theme")?.unwrap_or_else(|| "light".to_owned()))
/// }
/// # let _: axum::routing::MethodRouter = axum::routing::get(theme);
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
/// ```
/// use sealed_session_axum::LiveSession;
///
/// async fn greeting(session: Option<LiveSession>) -> &'static str {
///     match session {
///         None => "Hello.",
///         Some(session) if session.subject().is_some() => "Welcome back.",
///         Some(_) => "Your cart is waiting.",
///     }
/// }
/// # let _: axum::routing::MethodRouter = axum::routing::get(greeting);
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

/// No [`SessionLayer`](crate::SessionLayer) covers the route. Answers 500 with an empty body; the
/// log names the fix.
///
/// ```
/// use axum::extract::{FromRequestParts, Request};
/// use sealed_session_axum::Session;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let (mut parts, ()) = Request::new(()).into_parts();
/// let missing = Session::from_request_parts(&mut parts, &()).await.unwrap_err();
/// assert!(missing.to_string().contains(".layer(SessionLayer::new(manager))"));
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MissingLayer;

impl fmt::Display for MissingLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "no session layer covers this route: add `.layer(SessionLayer::new(manager))` to the \
             router, after the last `.route(..)` and `.fallback(..)`",
        )
    }
}

impl std::error::Error for MissingLayer {}

impl IntoResponse for MissingLayer {
    fn into_response(self) -> Response {
        tracing::error!(target: "sealed_session", "{self}");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

/// Why there is no [`LiveSession`].
///
/// ```
/// use axum::response::IntoResponse;
/// use sealed_session_axum::NotLive;
///
/// assert_eq!(NotLive::Nobody.into_response().status(), 401);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum NotLive {
    /// No layer covers the route.
    MissingLayer(MissingLayer),
    /// The visitor has no session. Answers 401 with an empty body.
    Nobody,
}

impl fmt::Display for NotLive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotLive::MissingLayer(missing) => missing.fmt(f),
            NotLive::Nobody => f.write_str("the visitor has no session"),
        }
    }
}

impl std::error::Error for NotLive {}

impl IntoResponse for NotLive {
    fn into_response(self) -> Response {
        match self {
            NotLive::MissingLayer(missing) => missing.into_response(),
            NotLive::Nobody => StatusCode::UNAUTHORIZED.into_response(),
        }
    }
}

fn session(parts: &Parts) -> Result<sealed_session::Session, MissingLayer> {
    parts
        .extensions
        .get::<sealed_session::Session>()
        .cloned()
        .ok_or(MissingLayer)
}

impl<S: Send + Sync> FromRequestParts<S> for Session {
    type Rejection = MissingLayer;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Session, MissingLayer> {
        session(parts).map(Session)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for LiveSession {
    type Rejection = NotLive;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<LiveSession, NotLive> {
        let session = session(parts).map_err(NotLive::MissingLayer)?;
        if session.is_live() {
            Ok(LiveSession(session))
        } else {
            Err(NotLive::Nobody)
        }
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for LiveSession {
    type Rejection = MissingLayer;

    async fn from_request_parts(
        parts: &mut Parts,
        _: &S,
    ) -> Result<Option<LiveSession>, MissingLayer> {
        let session = session(parts)?;
        Ok(session.is_live().then_some(LiveSession(session)))
    }
}
