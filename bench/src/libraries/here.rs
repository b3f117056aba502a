//! This library: struct types under typed keys, further files under string keys.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sealed_session::{
    Attribute, Compression, Error, Format, Key, KeyRing, Session, SessionManager,
    SessionManagerBuilder,
};
use sealed_session_axum::SessionLayer;

use super::{Lines, reply};
use crate::{Cart, Login, Part, Sample, Tokens};

const CART: Attribute<Cart> = Attribute::new("cart");
const LOGIN: Attribute<Login> = Attribute::new("login");
const TOKENS: Attribute<Tokens> = Attribute::new("oidc");

/// Nothing is configured.
pub(super) fn default(sample: Arc<Sample>) -> Lines {
    respond(sample, |builder| builder)
}

/// Neither packed nor compressed.
pub(super) fn uncompressed(sample: Arc<Sample>) -> Lines {
    respond(sample, |builder| builder.compression(Compression::Off))
}

/// Readable for everybody, and signed.
pub(super) fn signed(sample: Arc<Sample>) -> Lines {
    respond(sample, |builder| builder.format(Format::Signed))
}

/// Spends time to save bytes.
pub(super) fn smallest(sample: Arc<Sample>) -> Lines {
    respond(sample, |builder| builder.compression(Compression::Smallest))
}

fn respond(
    sample: Arc<Sample>,
    configure: fn(SessionManagerBuilder) -> SessionManagerBuilder,
) -> Lines {
    let manager = Key::generate()
        .and_then(|key| configure(SessionManager::builder(KeyRing::new(key))).build())
        .map_err(|error| error.to_string())?;
    let handler = async move |session: sealed_session_axum::Session| {
        store(&session, &sample).map_err(|error| page(&error))
    };
    let layer =
        SessionLayer::new(manager).on_commit_failure(|error: &Error, _: &Session| page(error));
    reply::lines(Router::new().route("/", get(handler)).layer(layer))
}

fn store(session: &Session, sample: &Sample) -> Result<(), Error> {
    for (name, part) in sample.parts() {
        match part {
            Part::Cart(cart) => session.insert(CART, cart)?,
            Part::Json(value) => session.insert(name, value)?,
            Part::Login(login) => session.insert(LOGIN, login)?,
            Part::Tokens(tokens) => session.insert(TOKENS, tokens)?,
        }
    }
    Ok(())
}

fn page(error: &Error) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response()
}
