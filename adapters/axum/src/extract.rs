//! The extractors.

use std::fmt;
use std::ops::Deref;

use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use axum_core::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;

/// The request's session. It is always there, opens its token on first use, and creates nothing
/// by itself.
#[derive(Clone, Debug)]
pub struct Session(sealed_session::Session);

/// The request's session, if there is one: a handler that asks for it is not called for a visitor
/// who has none, and the answer is 401 with an empty body. `Option<LiveSession>` is `None` then.
///
/// ```
/// use sealed_session_axum::LiveSession;
///
/// async fn greeting(session: Option<LiveSession>) -> &'static str {
///     if session.is_some() { "Welcome back." } else { "Hello." }
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
