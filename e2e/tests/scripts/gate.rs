//! The route of docs/forward-auth.md, which shows the lines below as they are.

use axum::routing::{Router, get};
use sealed_session_axum::{Guard, GuardLayer};

/// Answers the proxy whether a request may pass.
pub(crate) fn gate() -> Router {
    Router::new()
        .route("/auth", get(async || ()))
        .route_layer(GuardLayer::new(Guard::signed_in()))
}
