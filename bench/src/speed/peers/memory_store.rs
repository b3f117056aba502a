//! `tower-sessions` with its `MemoryStore`: the cookie holds an id, and the process the sessions.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{MethodRouter, get};
use serde::de::DeserializeOwned;
use tower_sessions::{MemoryStore, Session, SessionManagerLayer};

use crate::speed::handler::{DONE, Handler};
use crate::speed::kind::{DARK, Kind, THEME};
use crate::speed::seen::seen;
use crate::speed::value::{Changes, Value};
use crate::{Cart, Login, Tokens};

pub(super) fn router() -> impl Fn(Handler) -> Result<Router, String> {
    let layer = SessionManagerLayer::new(MemoryStore::default());
    move |handler| {
        let router = Router::new().route("/", route(handler)?);
        Ok(router.layer(layer.clone()))
    }
}

fn route(handler: Handler) -> Result<MethodRouter, String> {
    Ok(match handler {
        Handler::Untouched => get(async || DONE),
        Handler::Read(Kind::Login) => get(read::<Login>),
        Handler::Read(Kind::Cart) => get(read::<Cart>),
        Handler::Read(Kind::Oidc) => get(read::<Tokens>),
        Handler::Read(Kind::Large) => get(read_all),
        Handler::Theme => get(theme),
        Handler::Nothing(Kind::Login) => get(nothing::<Login>),
        Handler::Nothing(Kind::Cart) => get(nothing::<Cart>),
        Handler::Nothing(Kind::Oidc | Kind::Large) => get(nothing::<Tokens>),
        Handler::Store(Kind::Login) => write::<Login>(Changes::original()?),
        Handler::Store(Kind::Cart) => write::<Cart>(Changes::original()?),
        Handler::Store(Kind::Oidc) => write::<Tokens>(Changes::original()?),
        Handler::Store(Kind::Large) => store_all(Changes::original()?),
        Handler::Write(Kind::Login) => write::<Login>(Changes::new()?),
        Handler::Write(Kind::Cart) => write::<Cart>(Changes::new()?),
        Handler::Write(Kind::Oidc | Kind::Large) => write::<Tokens>(Changes::new()?),
    })
}

async fn found<T: DeserializeOwned>(session: &Session, name: &str) -> Result<T, StatusCode> {
    let value = session.get(name).await.map_err(failed)?;
    value.ok_or(StatusCode::NOT_FOUND)
}

async fn read<T: Value>(session: Session) -> Answer {
    seen(&found::<T>(&session, T::NAME).await?);
    Ok(DONE)
}

async fn read_all(session: Session) -> Answer {
    seen(&found::<Tokens>(&session, Tokens::NAME).await?);
    seen(&found::<String>(&session, THEME).await?);
    Ok(DONE)
}

async fn theme(session: Session) -> Answer {
    seen(&found::<String>(&session, THEME).await?);
    Ok(DONE)
}

async fn nothing<T: Value>(session: Session) -> Answer {
    match session.get::<T>(T::NAME).await.map_err(failed)? {
        Some(_) => Err(StatusCode::CONFLICT),
        None => Ok(DONE),
    }
}

fn write<T: Value>(changes: Changes<T>) -> MethodRouter {
    get(async move |session: Session| -> Answer {
        let value = changes.next().ok_or(StatusCode::NOT_FOUND)?;
        session.insert(T::NAME, value).await.map_err(failed)?;
        Ok(DONE)
    })
}

fn store_all(tokens: Changes<Tokens>) -> MethodRouter {
    get(async move |session: Session| -> Answer {
        let tokens = tokens.next().ok_or(StatusCode::NOT_FOUND)?;
        session.insert(Tokens::NAME, tokens).await.map_err(failed)?;
        session.insert(THEME, DARK).await.map_err(failed)?;
        Ok(DONE)
    })
}

fn failed<E>(_: E) -> StatusCode {
    StatusCode::INTERNAL_SERVER_ERROR
}

type Answer = Result<&'static str, StatusCode>;
