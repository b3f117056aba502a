//! This library behind axum.

use axum::Router;
use axum::response::IntoResponse;
use sealed_session::{Key, KeyRing, SessionManager, SessionManagerBuilder};
use sealed_session_axum::{Session, SessionLayer};
use sealed_session_paths::value::Value;

use super::attributes::{Attributes, AttributesOf, Page, failed};
use super::handler::{Handler, route};
use crate::{Cart, Login, Part, Theme, Tokens};

/// Serves handlers with what `configure` leaves of the defaults.
pub(super) fn router(
    configure: fn(SessionManagerBuilder) -> SessionManagerBuilder,
) -> Result<impl Fn(Handler) -> Result<Router, String>, String> {
    let manager = Key::generate()
        .and_then(|key| configure(SessionManager::builder("session", KeyRing::new(key))).build())
        .map_err(|error| error.to_string())?;
    let layer =
        SessionLayer::new(manager).on_commit_failure(|error, _| failed(error).into_response());
    Ok(move |handler| {
        let route = route::<AttributesOf<Session>>(handler)?;
        Ok(Router::new().route("/", route).layer(layer.clone()))
    })
}

impl Attributes for Session {
    async fn fetch<T: Value>(&self) -> Page<Option<T>> {
        self.get(T::KEY).map_err(failed)
    }

    async fn put<T: Value>(&self, value: &T) -> Page<()> {
        self.insert(T::KEY, value.clone()).map_err(failed)
    }

    /// Stores struct types under typed keys, and the members of further files under string keys.
    async fn put_part(&self, name: &str, part: Part<'_>) -> Page<()> {
        match part {
            Part::Cart(cart) => self.put::<Cart>(cart).await,
            Part::Json(value) => self.insert(name, value.clone()).map_err(failed),
            Part::Login(login) => self.put::<Login>(login).await,
            Part::Theme(theme) => self.put::<Theme>(theme).await,
            Part::Tokens(tokens) => self.put::<Tokens>(tokens).await,
        }
    }
}
