//! `tower-sessions-cookie-store`: the sessions of `tower-sessions`, sealed into the cookie.

use axum::{Extension, Router};
use sealed_session_paths::value::Value;
use tower_sessions_cookie_store::{CookieSessionConfig, CookieSessionManagerLayer, Key, Session};

use super::attributes::{Attributes, AttributesOf, Page, failed};
use super::handler::{Handler, route};
use crate::Part;

/// Serves handlers with the default configuration, but for the longest cookie that it sets.
pub(super) fn router(longest: Option<usize>) -> impl Fn(Handler) -> Result<Router, String> {
    let config = CookieSessionConfig::default();
    let config = match longest {
        Some(bytes) => config.with_max_cookie_bytes(bytes),
        None => config,
    };
    let layer = CookieSessionManagerLayer::private(Key::generate()).with_config(config);
    move |handler| {
        let route = route::<AttributesOf<Extension<Session>>>(handler)?;
        Ok(Router::new().route("/", route).layer(layer.clone()))
    }
}

impl Attributes for Extension<Session> {
    async fn fetch<T: Value>(&self) -> Page<Option<T>> {
        self.get(T::NAME).await.map_err(failed)
    }

    async fn put<T: Value>(&self, value: &T) -> Page<()> {
        self.insert(T::NAME, value).await.map_err(failed)
    }

    async fn put_part(&self, name: &str, part: Part<'_>) -> Page<()> {
        self.insert(name, part).await.map_err(failed)
    }
}
