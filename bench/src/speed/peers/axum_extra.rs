//! `axum-extra`'s `PrivateCookieJar`: cookies and no sessions, so that a session is one JSON text
//! in one cookie.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{MethodRouter, get};
use axum_extra::extract::cookie::{Cookie, Key, PrivateCookieJar};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::speed::handler::{DONE, Handler};
use crate::speed::kind::{DARK, Kind, Large};
use crate::speed::seen::seen;
use crate::speed::value::{Changes, Value};
use crate::{Cart, Login, Tokens};

const COOKIE: &str = "session";

pub(super) fn router() -> impl Fn(Handler) -> Result<Router, String> {
    let key = Key::generate();
    move |handler| {
        let router = Router::new().route("/", route(handler)?);
        Ok(router.with_state(key.clone()))
    }
}

fn route(handler: Handler) -> Result<MethodRouter<Key>, String> {
    Ok(match handler {
        Handler::Untouched => get(async || DONE),
        Handler::Read(Kind::Login) => get(read::<Login>),
        Handler::Read(Kind::Cart) => get(read::<Cart>),
        Handler::Read(Kind::Oidc) => get(read::<Tokens>),
        Handler::Read(Kind::Large) => get(read_all),
        Handler::Theme => get(theme),
        Handler::Nothing(_) => get(nothing),
        Handler::Store(Kind::Login) => write::<Login>(Changes::original()?),
        Handler::Store(Kind::Cart) => write::<Cart>(Changes::original()?),
        Handler::Store(Kind::Oidc) => write::<Tokens>(Changes::original()?),
        Handler::Store(Kind::Large) => store_all(Large {
            oidc: Tokens::original()?,
            theme: DARK.to_owned(),
        }),
        Handler::Write(Kind::Login) => write::<Login>(Changes::new()?),
        Handler::Write(Kind::Cart) => write::<Cart>(Changes::new()?),
        Handler::Write(Kind::Oidc | Kind::Large) => write::<Tokens>(Changes::new()?),
    })
}

fn session<T: DeserializeOwned>(jar: &PrivateCookieJar) -> Result<T, StatusCode> {
    let cookie = jar.get(COOKIE).ok_or(StatusCode::NOT_FOUND)?;
    serde_json::from_str(cookie.value()).map_err(|_| StatusCode::BAD_REQUEST)
}

fn cookie<T: Serialize>(value: &T) -> Result<Cookie<'static>, StatusCode> {
    let text = serde_json::to_string(value).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(Cookie::new(COOKIE, text))
}

async fn read<T: Value>(jar: PrivateCookieJar) -> Result<&'static str, StatusCode> {
    seen(&session::<T>(&jar)?);
    Ok(DONE)
}

async fn read_all(jar: PrivateCookieJar) -> Result<&'static str, StatusCode> {
    let large: Large = session(&jar)?;
    seen(&large.oidc);
    seen(&large.theme);
    Ok(DONE)
}

async fn theme(jar: PrivateCookieJar) -> Result<&'static str, StatusCode> {
    seen(&session::<Large>(&jar)?.theme);
    Ok(DONE)
}

async fn nothing(jar: PrivateCookieJar) -> Result<&'static str, StatusCode> {
    match jar.get(COOKIE) {
        Some(_) => Err(StatusCode::CONFLICT),
        None => Ok(DONE),
    }
}

fn write<T: Value>(changes: Changes<T>) -> MethodRouter<Key> {
    get(async move |jar: PrivateCookieJar| {
        let value = changes.next().ok_or(StatusCode::NOT_FOUND)?;
        Ok::<_, StatusCode>((jar.add(cookie(value)?), DONE))
    })
}

fn store_all(large: Large) -> MethodRouter<Key> {
    get(async move |jar: PrivateCookieJar| Ok::<_, StatusCode>((jar.add(cookie(&large)?), DONE)))
}
