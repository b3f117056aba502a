//! Every library that is timed: the same handlers, in its own idiom and its default configuration.

mod actix_session;
mod axum_extra;
mod cookie_store;
mod here;
mod memory_store;

use std::rc::Rc;

use actix_web::rt::SystemRunner;
use axum::Router;
use tokio::runtime::Runtime;

use super::actix_stack;
use super::axum_stack::AxumStack;
use super::handler::Handler;
use super::stack::Stack;
use crate::libraries::locked;

/// A library in one configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// This one.
    Here,
    /// `axum-extra`'s `PrivateCookieJar`.
    AxumExtra,
    /// `tower-sessions-cookie-store`, private.
    CookieStore,
    /// `actix-session`'s `CookieSessionStore`.
    ActixSession,
    /// `tower-sessions` with its `MemoryStore`.
    MemoryStore,
}

impl Peer {
    /// All of them, in the order of the tables.
    pub const ALL: [Peer; 5] = [
        Peer::Here,
        Peer::AxumExtra,
        Peer::CookieStore,
        Peer::ActixSession,
        Peer::MemoryStore,
    ];

    /// Those that keep everything in the cookie, as this library does.
    pub const COOKIE_PEERS: [Peer; 3] = [Peer::AxumExtra, Peer::CookieStore, Peer::ActixSession];

    /// The package, its version and what of it is used.
    #[must_use]
    pub fn name(self) -> String {
        let named = |package, what| {
            let version = locked(package).unwrap_or("?");
            format!("{package} {version}, {what}")
        };
        match self {
            Peer::Here => "sealed-session".to_owned(),
            Peer::AxumExtra => named("axum-extra", "PrivateCookieJar"),
            Peer::CookieStore => named("tower-sessions-cookie-store", "private"),
            Peer::ActixSession => named("actix-session", "CookieSessionStore"),
            Peer::MemoryStore => named("tower-sessions", "MemoryStore"),
        }
    }

    /// The package alone, for JSON and for what has little room.
    #[must_use]
    pub fn short_name(self) -> &'static str {
        match self {
            Peer::Here => "sealed-session",
            Peer::AxumExtra => "axum-extra",
            Peer::CookieStore => "tower-sessions-cookie-store",
            Peer::ActixSession => "actix-session",
            Peer::MemoryStore => "tower-sessions MemoryStore",
        }
    }

    /// An application with fresh keys and, where there is one, an empty store.
    pub(crate) fn application(self, runtimes: &Runtimes) -> Result<Application, String> {
        Ok(Application {
            runtimes: runtimes.clone(),
            kind: match self {
                Peer::Here => ApplicationKind::Axum(Box::new(here::router()?)),
                Peer::AxumExtra => ApplicationKind::Axum(Box::new(axum_extra::router())),
                Peer::CookieStore => ApplicationKind::Axum(Box::new(cookie_store::router())),
                Peer::MemoryStore => ApplicationKind::Axum(Box::new(memory_store::router())),
                Peer::ActixSession => ApplicationKind::Actix(actix_session::Keyed::new()),
            },
        })
    }
}

/// What runs requests, once for the whole program.
#[derive(Clone)]
pub(crate) struct Runtimes {
    axum: Rc<Runtime>,
    actix: Rc<SystemRunner>,
}

impl Runtimes {
    pub(crate) fn new() -> Result<Runtimes, String> {
        let axum = tokio::runtime::Builder::new_current_thread().build();
        Ok(Runtimes {
            axum: Rc::new(axum.map_err(|cause| cause.to_string())?),
            actix: Rc::new(actix_web::rt::System::new()),
        })
    }
}

/// A library's application: one set of keys for all of its handlers.
pub(crate) struct Application {
    runtimes: Runtimes,
    kind: ApplicationKind,
}

/// A router with this handler.
type Routers = dyn Fn(Handler) -> Result<Router, String>;

enum ApplicationKind {
    Actix(actix_session::Keyed),
    Axum(Box<Routers>),
}

impl Application {
    /// A stack with this handler and a request that brings these cookies.
    pub(crate) fn stack(
        &self,
        handler: Handler,
        cookie: Option<&str>,
    ) -> Result<Box<dyn Stack>, String> {
        match &self.kind {
            ApplicationKind::Actix(keyed) => keyed.stack(&self.runtimes.actix, handler, cookie),
            ApplicationKind::Axum(routers) => {
                let stack = AxumStack::new(&self.runtimes.axum, routers(handler)?, cookie)?;
                Ok(Box::new(stack))
            }
        }
    }

    /// The same framework with the same request, and without the library.
    pub(crate) fn bare(&self, cookie: Option<&str>) -> Result<Box<dyn Stack>, String> {
        match &self.kind {
            ApplicationKind::Actix(_) => actix_stack::bare(&self.runtimes.actix, cookie),
            ApplicationKind::Axum(_) => Ok(Box::new(AxumStack::bare(&self.runtimes.axum, cookie)?)),
        }
    }
}
