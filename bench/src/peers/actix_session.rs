//! `actix-session` with its cookie store.

use std::rc::Rc;
use std::sync::Arc;

use actix_session::storage::CookieSessionStore;
use actix_session::{Session, SessionMiddleware};
use actix_web::cookie::Key;
use actix_web::http::StatusCode;
use actix_web::rt::SystemRunner;
use actix_web::test::init_service;
use actix_web::web::ServiceConfig;
use actix_web::{App, Error, HttpResponse, Route, web};
use sealed_session_paths::value::{Changes, Value};

use super::actix_stack::ActixStack;
use super::handler::{DONE, Handler, Idiom, route};
use super::seen::seen;
use super::socket::Handlers;
use super::stack::Stack;
use crate::{Sample, Theme};

/// Makes a stack that seals cookies under `key` by AES-256-GCM, which is the default.
pub(super) fn stack(
    key: &Key,
    system: &Rc<SystemRunner>,
    handler: Handler,
    cookie: Option<&str>,
) -> Result<Box<dyn Stack>, String> {
    let middleware = SessionMiddleware::new(CookieSessionStore::default(), key.clone());
    let route = route::<Attributes>(handler)?;
    let service = system.block_on(init_service(App::new().wrap(middleware).route("/", route)));
    Ok(Box::new(ActixStack::new(system, service, cookie)?))
}

/// Serves each handler under its path, as [`stack`] does. A handler that cannot be made is not found.
pub(super) fn resources(
    key: Key,
    handlers: Handlers,
) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    move |config| {
        for (path, handler) in &handlers {
            let middleware = SessionMiddleware::new(CookieSessionStore::default(), key.clone());
            if let Ok(route) = route::<Attributes>(handler.clone()) {
                config.service(web::resource(*path).wrap(middleware).route(route));
            }
        }
    }
}

/// The idiom.
struct Attributes;

impl Idiom for Attributes {
    type Route = Route;

    fn untouched() -> Route {
        web::get().to(async || DONE)
    }

    fn read<T: Value>() -> Route {
        web::get().to(async |session: Session| answer(see::<T>(&session)?))
    }

    fn read_both<T: Value>() -> Route {
        web::get().to(async |session: Session| answer(see_both::<T>(&session)?))
    }

    fn beside<T: Value>(changes: Changes<Theme>) -> Route {
        web::get().to(move |session: Session| {
            let changes = changes.clone();
            async move {
                let done = see_both::<T>(&session)?;
                if let Some(value) = changes.next() {
                    session.insert(Theme::NAME, value)?;
                }
                answer(done)
            }
        })
    }

    fn theme() -> Route {
        Self::read::<Theme>()
    }

    fn nothing<T: Value>() -> Route {
        web::get().to(async |session: Session| answer(session.get::<T>(T::NAME)?.is_none()))
    }

    fn store(sample: Arc<Sample>) -> Route {
        web::get().to(move |session: Session| {
            let sample = Arc::clone(&sample);
            async move {
                for (name, part) in sample.parts() {
                    session.insert(name, part)?;
                }
                answer(true)
            }
        })
    }

    fn write<T: Value>(changes: Changes<T>) -> Route {
        web::get().to(move |session: Session| {
            let changes = changes.clone();
            async move {
                if let Some(value) = changes.next() {
                    session.insert(T::NAME, value)?;
                }
                answer(true)
            }
        })
    }
}

/// Shows an attribute to the check, and returns whether it is there.
fn see<T: Value>(session: &Session) -> Result<bool, Error> {
    let value: Option<T> = session.get(T::NAME)?;
    if let Some(value) = &value {
        seen(value);
    }
    Ok(value.is_some())
}

fn see_both<T: Value>(session: &Session) -> Result<bool, Error> {
    Ok(see::<T>(session)? && see::<Theme>(session)?)
}

fn answer(done: bool) -> Result<HttpResponse, Error> {
    Ok(match done {
        true => HttpResponse::Ok().body(DONE),
        false => HttpResponse::new(StatusCode::NOT_FOUND),
    })
}
