//! The answer to a request without a session to extract.

use axum_core::response::{IntoResponse, Response};
use http::StatusCode;
use sealed_session::adapter;

sealed_session::__missing! {
    /// No [`SessionLayer`](crate::SessionLayer) covers the route, or the one that does has no such slot.
    /// Answers 500; the log names the fix, and so does the body in builds with debug assertions.
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
    pub struct MissingLayer =
        "no session layer covers this route: add `.layer(SessionLayer::new(manager))` to the \
         router, after the last `.route(..)` and `.fallback(..)`";
}

impl IntoResponse for MissingLayer {
    fn into_response(self) -> Response {
        let body = adapter::tell_mistake(&self.mistake);
        (StatusCode::INTERNAL_SERVER_ERROR, body).into_response()
    }
}

sealed_session::__not_live! {
    /// Why there is no [`LiveSession`](crate::LiveSession).
    ///
    /// ```
    /// use axum::response::IntoResponse;
    /// use sealed_session_axum::NotLive;
    ///
    /// assert_eq!(NotLive::Nobody.into_response().status(), 401);
    /// ```
    pub enum NotLive {
        /// No layer covers the route, or it has no such slot.
        MissingLayer,
        /// The visitor has no session. Answers 401 with an empty body.
        Nobody,
    }
}

impl IntoResponse for NotLive {
    fn into_response(self) -> Response {
        match self {
            NotLive::MissingLayer(missing) => missing.into_response(),
            NotLive::Nobody => StatusCode::UNAUTHORIZED.into_response(),
        }
    }
}
