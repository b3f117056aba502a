//! What a server of the load answers, whichever framework it has.

use std::io::{self, Write as _, stdout};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use super::handler::Handler;
use crate::{Kind, Sample};

/// Where it tells the processor time that it has had, and what its handlers saw.
pub(crate) const CPU: &str = "/cpu";
pub(crate) const SEEN: &str = "/seen";

/// A free port of this machine.
pub(super) const ANYWHERE: (&str, u16) = ("127.0.0.1", 0);

/// What is requested of a session.
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

pub(super) fn handlers() -> Result<Handlers, String> {
    let all = Action::ALL.into_iter();
    all.map(|action| Ok((action.path(), action.handler()?)))
        .collect()
}

pub(super) fn announce(address: SocketAddr) -> io::Result<()> {
    writeln!(stdout(), "{address}")
}

/// Returns the nanoseconds that this process has had of the processors.
pub(super) fn cpu() -> String {
    let time = Duration::try_from(clock_gettime(ClockId::ProcessCPUTime));
    time.unwrap_or_default().as_nanos().to_string()
}
