//! A process that serves one library's handlers over a socket, for the load.

use std::{io, thread};

use crate::Peer;
use crate::peers::Runtimes;

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
            io::copy(&mut io::stdin(), &mut io::sink()).ok();
            std::process::exit(0);
        });
        let runtimes = Runtimes::new()?;
        match self {
            Served::Axum => Peer::Here.application(&runtimes)?.serve_bare(),
            Served::Actix => Peer::ActixSession.application(&runtimes)?.serve_bare(),
            Served::Library(peer) => peer.application(&runtimes)?.serve(),
        }
    }
}
