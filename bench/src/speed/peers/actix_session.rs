//! `actix-session` with its cookie store.

use std::rc::Rc;

use actix_session::storage::CookieSessionStore;
use actix_session::{Session, SessionMiddleware};
use actix_web::cookie::Key;
use actix_web::http::StatusCode;
use actix_web::rt::SystemRunner;
use actix_web::test::init_service;
use actix_web::{App, Error, HttpResponse, Route, web};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::speed::actix_stack::ActixStack;
use crate::speed::handler::{DONE, Handler};
use crate::speed::kind::{DARK, Kind, THEME};
use crate::speed::seen::seen;
use crate::speed::stack::Stack;
use crate::speed::value::{Changes, Value};
use crate::{Cart, Login, Tokens};

/// An application's key.
#[derive(Clone)]
pub(super) struct Keyed(Key);

impl Keyed {
    pub(super) fn new() -> Keyed {
        Keyed(Key::generate())
    }

    pub(super) fn stack(
        &self,
        system: &Rc<SystemRunner>,
        handler: Handler,
        cookie: Option<&str>,
    ) -> Result<Box<dyn Stack>, String> {
        let middleware = SessionMiddleware::new(CookieSessionStore::default(), self.0.clone());
        let app = App::new().wrap(middleware).route("/", route(handler)?);
        let service = system.block_on(init_service(app));
        Ok(Box::new(ActixStack::new(system, service, cookie)?))
    }
}

fn route(handler: Handler) -> Result<Route, String> {
    let get = web::get();
    Ok(match handler {
        Handler::Untouched => get.to(async || DONE),
        Handler::Read(Kind::Login) => get.to(read::<Login>),
        Handler::Read(Kind::Cart) => get.to(read::<Cart>),
        Handler::Read(Kind::Oidc) => get.to(read::<Tokens>),
        Handler::Read(Kind::Large) => get.to(read_all),
        Handler::Theme => get.to(theme),
        Handler::Nothing(Kind::Login) => get.to(nothing::<Login>),
        Handler::Nothing(Kind::Cart) => get.to(nothing::<Cart>),
        Handler::Nothing(Kind::Oidc | Kind::Large) => get.to(nothing::<Tokens>),
        Handler::Store(Kind::Login) => write::<Login>(Changes::original()?),
        Handler::Store(Kind::Cart) => write::<Cart>(Changes::original()?),
        Handler::Store(Kind::Oidc) => write::<Tokens>(Changes::original()?),
        Handler::Store(Kind::Large) => store_all(Changes::original()?),
        Handler::Write(Kind::Login) => write::<Login>(Changes::new()?),
        Handler::Write(Kind::Cart) => write::<Cart>(Changes::new()?),
        Handler::Write(Kind::Oidc | Kind::Large) => write::<Tokens>(Changes::new()?),
    })
}

/// Sees the attribute `name`.
fn see<T: Serialize + DeserializeOwned>(session: &Session, name: &str) -> Result<bool, Error> {
    let value: Option<T> = session.get(name)?;
    if let Some(value) = &value {
        seen(value);
    }
    Ok(value.is_some())
}

fn answer(done: bool) -> HttpResponse {
    match done {
        true => HttpResponse::Ok().body(DONE),
        false => HttpResponse::new(StatusCode::NOT_FOUND),
    }
}

async fn read<T: Value>(session: Session) -> Result<HttpResponse, Error> {
    Ok(answer(see::<T>(&session, T::NAME)?))
}

async fn read_all(session: Session) -> Result<HttpResponse, Error> {
    let tokens = see::<Tokens>(&session, Tokens::NAME)?;
    Ok(answer(tokens && see::<String>(&session, THEME)?))
}

async fn theme(session: Session) -> Result<HttpResponse, Error> {
    Ok(answer(see::<String>(&session, THEME)?))
}

async fn nothing<T: Value>(session: Session) -> Result<HttpResponse, Error> {
    Ok(answer(session.get::<T>(T::NAME)?.is_none()))
}

fn write<T: Value>(changes: Changes<T>) -> Route {
    web::get().to(move |session: Session| {
        let changes = changes.clone();
        async move {
            if let Some(value) = changes.next() {
                session.insert(T::NAME, value)?;
            }
            Ok::<HttpResponse, Error>(answer(true))
        }
    })
}

fn store_all(tokens: Changes<Tokens>) -> Route {
    web::get().to(move |session: Session| {
        let tokens = tokens.clone();
        async move {
            if let Some(tokens) = tokens.next() {
                session.insert(Tokens::NAME, tokens)?;
            }
            session.insert(THEME, DARK)?;
            Ok::<HttpResponse, Error>(answer(true))
        }
    })
}
