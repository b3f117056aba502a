//! What a request is answered that has no session to extract.

use std::fmt;

use axum_core::response::{IntoResponse, Response};
use http::StatusCode;

/// No [`SessionLayer`](crate::SessionLayer) covers the route, or the one that does has no such slot.
/// Answers 500 with an empty body; the log names the fix.
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
#[derive(Clone, Debug)]
pub struct MissingLayer(Missing);

#[derive(Clone, Debug)]
enum Missing {
    Layer,
    /// The core says which, and what to do.
    Slot(sealed_session::Error),
}

impl MissingLayer {
    pub(crate) fn layer() -> MissingLayer {
        MissingLayer(Missing::Layer)
    }

    pub(crate) fn slot(error: sealed_session::Error) -> MissingLayer {
        MissingLayer(Missing::Slot(error))
    }
}

impl fmt::Display for MissingLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Missing::Layer => f.write_str(
                "no session layer covers this route: add `.layer(SessionLayer::new(manager))` to \
                 the router, after the last `.route(..)` and `.fallback(..)`",
            ),
            Missing::Slot(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for MissingLayer {}

impl IntoResponse for MissingLayer {
    fn into_response(self) -> Response {
        tracing::error!(target: "sealed_session", "{self}");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

/// Why there is no [`LiveSession`](crate::LiveSession).
///
/// ```
/// use axum::response::IntoResponse;
/// use sealed_session_axum::NotLive;
///
/// assert_eq!(NotLive::Nobody.into_response().status(), 401);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum NotLive {
    /// No layer covers the route, or it has no such slot.
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
