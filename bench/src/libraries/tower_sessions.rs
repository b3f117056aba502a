//! `tower-sessions-cookie-store`, with a layer of its own around the sessions of `tower-sessions`.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::routing::get;
use axum::{Extension, Router};
use tower_sessions_cookie_store::{CookieSessionManagerLayer, Key, Session};

use super::{Lines, reply};
use crate::Sample;

/// AES-256-GCM.
pub(super) fn private(sample: Arc<Sample>) -> Lines {
    let handler = async move |Extension(session): Extension<Session>| {
        for (name, part) in sample.parts() {
            let stored = session.insert(name, part).await;
            stored.map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
        }
        Ok::<(), (StatusCode, String)>(())
    };
    let layer = CookieSessionManagerLayer::private(Key::generate());
    reply::lines(Router::new().route("/", get(handler)).layer(layer))
}
