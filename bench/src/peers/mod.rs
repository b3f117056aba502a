//! Every library that is measured, with the same handlers in its own idiom.

mod actix_session;
mod actix_stack;
mod attributes;
mod axum_extra;
mod axum_stack;
mod cookie_store;
mod handler;
mod here;
mod memory_store;
mod seen;
mod socket;
mod stack;

use std::rc::Rc;

use actix_web::cookie::Key;
use actix_web::rt::SystemRunner;
use axum::Router;
use sealed_session::{Budget, Compression, Format};
use tokio::runtime::Runtime;

use axum_stack::AxumStack;

pub(crate) use handler::{DONE, Handler};
pub(crate) use seen::watch;
pub use socket::Action;
pub(crate) use socket::{CPU, SEEN};
pub(crate) use stack::{FIELDS, Reply, Stack};

/// A library in one configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// This library, with nothing configured.
    Here,
    /// This library where every byte counts.
    Smallest,
    /// This library, readable for everybody.
    Signed,
    /// This library without packing and compression.
    Uncompressed,
    /// `axum-extra`'s `PrivateCookieJar`.
    AxumExtra,
    /// `axum-extra`'s `SignedCookieJar`.
    AxumExtraSigned,
    /// `actix-session`'s `CookieSessionStore`.
    ActixSession,
    /// `tower-sessions-cookie-store`, private.
    CookieStore,
    /// The same, allowed to set cookies that browsers drop: the tokens of the corpus are too long
    /// for its default.
    CookieStoreLong,
    /// `tower-sessions` with its `MemoryStore`.
    MemoryStore,
}

/// What [`Peer::CookieStoreLong`] may set; the default is 4,096 bytes.
const LONGEST: usize = 16_384;

impl Peer {
    /// Those whose bytes are counted, in the order of the table.
    pub const SIZED: [Peer; 7] = [
        Peer::Here,
        Peer::Smallest,
        Peer::Signed,
        Peer::AxumExtra,
        Peer::AxumExtraSigned,
        Peer::ActixSession,
        Peer::CookieStore,
    ];

    /// Those whose requests are timed, in the order of the tables.
    pub const TIMED: [Peer; 5] = [
        Peer::Here,
        Peer::AxumExtra,
        Peer::CookieStoreLong,
        Peer::ActixSession,
        Peer::MemoryStore,
    ];

    /// Those of the timed ones that keep everything in the cookie, as this library does.
    pub const COOKIE_PEERS: [Peer; 3] =
        [Peer::AxumExtra, Peer::CookieStoreLong, Peer::ActixSession];

    /// Returns the package, its version unless it is this one, and its configuration.
    #[must_use]
    pub fn name(self) -> String {
        let package = match (self.is_ours(), locked(self.package())) {
            (false, Some(version)) => format!("{} {version}", self.package()),
            _ => self.package().to_owned(),
        };
        match self.configuration() {
            "" => package,
            configuration => format!("{package}, {configuration}"),
        }
    }

    /// Returns a name without versions, for the legend of a picture.
    #[must_use]
    pub fn short_name(self) -> &'static str {
        match self {
            // The one that is no cookie store, and whose package names another one, too.
            Peer::MemoryStore => "tower-sessions MemoryStore",
            _ => self.package(),
        }
    }

    /// Returns the name of the package.
    #[must_use]
    pub fn package(self) -> &'static str {
        match self {
            Peer::Here | Peer::Smallest | Peer::Signed | Peer::Uncompressed => "sealed-session",
            Peer::AxumExtra | Peer::AxumExtraSigned => "axum-extra",
            Peer::ActixSession => "actix-session",
            Peer::CookieStore | Peer::CookieStoreLong => "tower-sessions-cookie-store",
            Peer::MemoryStore => "tower-sessions",
        }
    }

    fn configuration(self) -> &'static str {
        match self {
            Peer::Here => "",
            Peer::Smallest => "smallest",
            Peer::Signed => "signed",
            Peer::Uncompressed => "uncompressed",
            Peer::AxumExtra => "PrivateCookieJar",
            Peer::AxumExtraSigned => "SignedCookieJar",
            Peer::ActixSession | Peer::CookieStore | Peer::CookieStoreLong => "private",
            Peer::MemoryStore => "MemoryStore",
        }
    }

    /// Returns whether it is this library.
    #[must_use]
    pub fn is_ours(self) -> bool {
        self.package() == Peer::Here.package()
    }

    /// Starts an application with fresh keys and, where there is one, an empty store.
    pub(crate) fn application(self, runtimes: &Runtimes) -> Result<Application, String> {
        let routers: Box<Routers> = match self {
            Peer::Here => Box::new(here::router(|builder| builder)?),
            Peer::Smallest => Box::new(here::router(|it| it.compression(Compression::Smallest))?),
            Peer::Signed => Box::new(here::router(|it| it.format(Format::Signed))?),
            Peer::Uncompressed => Box::new(here::router(|it| {
                it.compression(Compression::Off).budget(Budget::within_8k())
            })?),
            Peer::AxumExtra => Box::new(axum_extra::private()),
            Peer::AxumExtraSigned => Box::new(axum_extra::signed()),
            Peer::CookieStore => Box::new(cookie_store::router(None)),
            Peer::CookieStoreLong => Box::new(cookie_store::router(Some(LONGEST))),
            Peer::MemoryStore => Box::new(memory_store::router()),
            Peer::ActixSession => {
                let system = Rc::clone(&runtimes.actix);
                return Ok(Application::Actix(system, Key::generate()));
            }
        };
        Ok(Application::Axum(Rc::clone(&runtimes.axum), routers))
    }
}

/// Returns the version of `package` in the lock file.
fn locked(package: &str) -> Option<&'static str> {
    let entry = format!("name = \"{package}\"\nversion = \"");
    let (_, behind) = include_str!("../../Cargo.lock").split_once(&entry)?;
    behind.split('"').next()
}

/// What runs requests, one of each for a whole run.
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

    /// Makes a stack that does the least of what a layer of sessions has to do, and its bare route.
    pub(crate) fn floor(&self, cookie: &str) -> Result<(AxumStack, AxumStack), String> {
        let floor = AxumStack::floor(&self.axum, Some(cookie))?;
        Ok((floor, AxumStack::bare(&self.axum, Some(cookie))?))
    }
}

/// Makes a router with one handler.
type Routers = dyn Fn(Handler) -> Result<Router, String>;

/// A library's application: one set of keys for all of its handlers.
pub(crate) enum Application {
    Actix(Rc<SystemRunner>, Key),
    Axum(Rc<Runtime>, Box<Routers>),
}

impl Application {
    /// Makes a stack with this handler and a request that brings these cookies.
    pub(crate) fn stack(
        &self,
        handler: Handler,
        cookie: Option<&str>,
    ) -> Result<Box<dyn Stack>, String> {
        match self {
            Application::Actix(system, key) => actix_session::stack(key, system, handler, cookie),
            Application::Axum(runtime, routers) => Ok(Box::new(AxumStack::new(
                runtime,
                routers(handler)?,
                cookie,
            )?)),
        }
    }

    /// Serves all handlers of the load over a socket.
    pub(crate) fn serve(&self) -> Result<(), String> {
        let handlers = socket::handlers()?;
        match self {
            Application::Actix(system, key) => {
                actix_stack::serve(system, actix_session::resources(key.clone(), handlers))
            }
            Application::Axum(_, routers) => {
                let handlers = handlers.into_iter();
                let served = handlers.map(|(path, handler)| Ok((path, routers(handler)?)));
                axum_stack::serve(served.collect::<Result<_, String>>()?)
            }
        }
    }

    /// Serves the same without the library.
    pub(crate) fn serve_bare(&self) -> Result<(), String> {
        match self {
            Application::Actix(system, _) => {
                actix_stack::serve(system, actix_stack::without_session)
            }
            Application::Axum(..) => axum_stack::serve(axum_stack::without_session()),
        }
    }

    /// Makes the same stack without the library.
    pub(crate) fn bare(&self, cookie: Option<&str>) -> Result<Box<dyn Stack>, String> {
        match self {
            Application::Actix(system, _) => actix_stack::bare(system, cookie),
            Application::Axum(runtime, _) => Ok(Box::new(AxumStack::bare(runtime, cookie)?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::locked;

    #[test]
    fn versions_come_from_the_lock_file() {
        assert!(locked("axum-extra").unwrap().starts_with("0.12."));
        assert_eq!(locked("no-such-package"), None);
    }
}
