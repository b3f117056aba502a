//! This library behind axum, with nothing configured.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{MethodRouter, get};
use sealed_session::{Attribute, Key, KeyRing, SessionManager};
use sealed_session_axum::{Error, Session, SessionLayer};

use crate::speed::handler::{DONE, Handler};
use crate::speed::kind::{DARK, Kind, THEME};
use crate::speed::seen::seen;
use crate::speed::value::{Changes, Value};
use crate::{Cart, Login, Tokens};

/// Typed, like the attributes of the corpus.
const THEME_KEY: Attribute<String> = Attribute::new(THEME);

type Answer = Result<Result<&'static str, StatusCode>, Error>;

pub(super) fn router() -> Result<impl Fn(Handler) -> Result<Router, String>, String> {
    let manager = Key::generate().and_then(|key| SessionManager::new(KeyRing::new(key)));
    let layer = SessionLayer::new(manager.map_err(|error| error.to_string())?);
    Ok(move |handler| {
        let router = Router::new().route("/", route(handler)?);
        Ok(router.layer(layer.clone()))
    })
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

async fn read<T: Value>(session: Session) -> Answer {
    Ok(match session.get(T::KEY)? {
        Some(value) => {
            seen(&value);
            Ok(DONE)
        }
        None => Err(StatusCode::NOT_FOUND),
    })
}

async fn read_all(session: Session) -> Answer {
    Ok(match (session.get(Tokens::KEY)?, session.get(THEME_KEY)?) {
        (Some(tokens), Some(theme)) => {
            seen(&tokens);
            seen(&theme);
            Ok(DONE)
        }
        _ => Err(StatusCode::NOT_FOUND),
    })
}

async fn theme(session: Session) -> Answer {
    Ok(match session.get(THEME_KEY)? {
        Some(theme) => {
            seen(&theme);
            Ok(DONE)
        }
        None => Err(StatusCode::NOT_FOUND),
    })
}

async fn nothing<T: Value>(session: Session) -> Answer {
    Ok(match session.get(T::KEY)? {
        Some(_) => Err(StatusCode::CONFLICT),
        None => Ok(DONE),
    })
}

fn write<T: Value>(changes: Changes<T>) -> MethodRouter {
    get(async move |session: Session| -> Answer {
        if let Some(value) = changes.next() {
            session.insert(T::KEY, value)?;
        }
        Ok(Ok(DONE))
    })
}

fn store_all(tokens: Changes<Tokens>) -> MethodRouter {
    get(async move |session: Session| -> Answer {
        if let Some(tokens) = tokens.next() {
            session.insert(Tokens::KEY, tokens)?;
        }
        session.insert(THEME_KEY, DARK.to_owned())?;
        Ok(Ok(DONE))
    })
}
