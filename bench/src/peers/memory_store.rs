//! `tower-sessions` with its `MemoryStore`: the cookie holds an id, and the process the sessions.

use axum::Router;
use sealed_session_paths::value::Value;
use tower_sessions::{MemoryStore, Session, SessionManagerLayer};

use super::attributes::{Attributes, AttributesOf, Page, failed};
use super::handler::{Handler, route};
use crate::Part;

/// Serves handlers with an empty store.
pub(super) fn router() -> impl Fn(Handler) -> Result<Router, String> {
    let layer = SessionManagerLayer::new(MemoryStore::default());
    move |handler| {
        let route = route::<AttributesOf<Session>>(handler)?;
        Ok(Router::new().route("/", route).layer(layer.clone()))
    }
}

impl Attributes for Session {
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
