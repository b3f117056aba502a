//! A process that serves one library's handlers over a socket, for the load.

use std::io::{Write as _, stdin, stdout};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use std::{io, thread};

use axum::Router;
use axum::routing::get;
use rustix::time::{ClockId, clock_gettime};
use tokio::net::TcpListener;

use super::handler::{DONE, Handler};
use super::seen::{begin_watching, end_watching};
use super::{Application, Peer, Runtimes, actix_session, actix_stack};
use crate::{Kind, Sample};

/// What a process serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Served {
    /// axum's routes without a session.
    Axum,
    /// actix-web's routes without a session.
    Actix,
    /// A library's.
    Library(Peer),
}

/// Where each is served, besides the handlers.
pub(crate) const CPU: &str = "/cpu";
pub(crate) const SEEN: &str = "/seen";

impl Served {
    /// All of them, in the order of the table.
    pub const ALL: [Served; 7] = [
        Served::Axum,
        Served::Library(Peer::Here),
        Served::Library(Peer::AxumExtra),
        Served::Library(Peer::CookieStore),
        Served::Library(Peer::MemoryStore),
        Served::Actix,
        Served::Library(Peer::ActixSession),
    ];

    /// Returns what it is called in the table.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Served::Axum => "axum, no session".to_owned(),
            Served::Actix => "actix-web, no session".to_owned(),
            Served::Library(peer) => peer.name(),
        }
    }

    /// Returns the same framework without a session.
    pub(crate) fn bare(self) -> Served {
        match self {
            Served::Actix | Served::Library(Peer::ActixSession) => Served::Actix,
            _ => Served::Axum,
        }
    }

    /// Serves on one thread, says where on the standard output, and ends with the standard input.
    ///
    /// # Errors
    ///
    /// If there is no socket.
    pub fn serve(self) -> Result<(), String> {
        thread::spawn(|| {
            io::copy(&mut stdin(), &mut io::sink()).ok();
            std::process::exit(0);
        });
        let (runtimes, handlers) = (Runtimes::new()?, handlers()?);
        let Served::Library(peer) = self else {
            return match self {
                Served::Actix => actix_stack::serve(&runtimes.actix, actix_stack::without_session),
                _ => with_axum(handlers, |_| {
                    Ok(Router::new().route("/", get(async || DONE)))
                }),
            };
        };
        match peer.application(&runtimes)? {
            Application::Actix(system, key) => {
                actix_stack::serve(&system, actix_session::resources(key, handlers))
            }
            Application::Axum(_, routers) => with_axum(handlers, routers),
        }
    }
}

/// What is requested, in this order: each reads or writes what the ones before left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Stores a login and a small attribute.
    Store,
    /// Reads both.
    Read,
    /// Reads both, and changes the small one.
    Change,
}

impl Action {
    /// All of them.
    pub const ALL: [Action; 3] = [Action::Store, Action::Read, Action::Change];

    pub(crate) fn path(self) -> &'static str {
        match self {
            Action::Store => "/store",
            Action::Read => "/read",
            Action::Change => "/change",
        }
    }

    fn handler(self) -> Result<Handler, String> {
        Ok(match self {
            Action::Store => Handler::Store(Arc::new(Sample::beside(Kind::Login)?)),
            Action::Read => Handler::ReadBoth(Kind::Login),
            Action::Change => Handler::Beside(Kind::Login),
        })
    }
}

/// Handlers by path.
pub(super) type Handlers = Vec<(&'static str, Handler)>;

fn handlers() -> Result<Handlers, String> {
    let all = Action::ALL.into_iter();
    all.map(|action| Ok((action.path(), action.handler()?)))
        .collect()
}

fn with_axum(
    handlers: Handlers,
    routers: impl Fn(Handler) -> Result<Router, String>,
) -> Result<(), String> {
    let mut router = Router::new()
        .route(CPU, get(async || cpu()))
        .route(SEEN, get(async || end_watching().join("\n")));
    for (path, handler) in handlers {
        router = router.nest(path, routers(handler)?);
    }
    begin_watching();
    let served = || -> io::Result<()> {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_io().build()?.block_on(async {
            let listener = TcpListener::bind(ANYWHERE).await?;
            announce(listener.local_addr()?)?;
            axum::serve(listener, router).await
        })
    };
    served().map_err(|cause| cause.to_string())
}

/// A free port of this machine.
pub(super) const ANYWHERE: (&str, u16) = ("127.0.0.1", 0);

pub(super) fn announce(address: SocketAddr) -> io::Result<()> {
    writeln!(stdout(), "{address}")
}

/// Returns the nanoseconds that this process has had of the processors.
pub(super) fn cpu() -> String {
    let time = Duration::try_from(clock_gettime(ClockId::ProcessCPUTime));
    time.unwrap_or_default().as_nanos().to_string()
}
