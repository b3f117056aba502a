//! The routes of one server, and what is around them.

use axum::Router;
use axum::routing::{get, post};
use sealed_session_axum::{Error, PassiveLayer, Session, SessionLayer};

use crate::pages::{cart, health, inspect, missing, oversize, shelf, sign_in, style, tour};
use crate::server::Server;

/// The whole application of one server, with its [`sessions`](crate::sessions()).
pub fn app(server: Server, sessions: SessionLayer) -> Router {
    let sessions = sessions.on_commit_failure(move |error: &Error, session: &_| {
        oversize::answer(server, error, &Session::from(session.clone()))
    });
    // A health check keeps no session alive.
    let health = get(health::check).route_layer(PassiveLayer::new());
    Router::new()
        .route("/", get(tour::show))
        .route("/catalogue", get(shelf::show))
        .route("/cart", get(cart::show))
        .route("/cart/add", post(cart::add))
        .route("/cart/set", post(cart::set))
        .route("/cart/remove", post(cart::remove))
        .route("/cart/fill", post(cart::fill))
        .route("/cart/empty", post(cart::empty))
        .route("/sign-in", get(sign_in::show).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/session", get(inspect::show))
        .route("/style.css", get(style::serve))
        .route("/healthz", health)
        .fallback(missing::show)
        .method_not_allowed_fallback(missing::wrong_method)
        // Last, so that it covers the fallback as well.
        .layer(sessions)
        .with_state(server)
}
