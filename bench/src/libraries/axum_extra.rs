//! `axum-extra`: cookies and no sessions, so that the session is one JSON text in one cookie.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use axum_extra::extract::cookie::{Cookie, Key, PrivateCookieJar, SignedCookieJar};

use super::{Lines, reply};
use crate::Sample;

/// AES-256-GCM.
pub(super) fn private(sample: Arc<Sample>) -> Lines {
    let handler = async move |jar: PrivateCookieJar| cookie(&sample).map(|cookie| jar.add(cookie));
    reply::lines(
        Router::new()
            .route("/", get(handler))
            .with_state(Key::generate()),
    )
}

/// HMAC-SHA256.
pub(super) fn signed(sample: Arc<Sample>) -> Lines {
    let handler = async move |jar: SignedCookieJar| cookie(&sample).map(|cookie| jar.add(cookie));
    reply::lines(
        Router::new()
            .route("/", get(handler))
            .with_state(Key::generate()),
    )
}

fn cookie(sample: &Sample) -> Result<Cookie<'static>, (StatusCode, String)> {
    let text = sample
        .to_json()
        .map_err(|what| (StatusCode::INTERNAL_SERVER_ERROR, what))?;
    Ok(Cookie::new("session", text))
}
