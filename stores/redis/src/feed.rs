//! What the task that reads shares with the handles.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use redis::Pipeline;
use sealed_session::revocation::Revocation;
use tokio::sync::watch;

use crate::asking::{Asking, Refreshed};
use crate::entry::{EntryId, append};
use crate::error::Error;
use crate::keys::Keys;
use crate::place::Loss;
use crate::read::now;
use crate::replica::Replica;
use crate::server::Server;
use crate::wire::Wire;

/// A replica, and all that it takes to feed it.
pub(crate) struct Feed {
    pub(crate) server: Server,
    pub(crate) keys: Keys,
    pub(crate) replica: Replica,
    pub(crate) health: watch::Sender<Health>,
    /// Whether the table has revocations that could not be written.
    pub(crate) is_behind: AtomicBool,
    pub(crate) repairs: AtomicU64,
    /// For whoever writes, and for whoever asks and waits. The task that reads has a connection of its own.
    pub(crate) wire: Wire,
    asking: Asking,
}

/// How the reading goes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Health {
    pub(crate) is_connected: bool,
    pub(crate) is_whole: bool,
    pub(crate) error: Option<Error>,
}

impl Feed {
    pub(crate) fn new(server: Server, keys: Keys, room: usize) -> Feed {
        Feed {
            wire: Wire::new(server.clone()),
            asking: Asking::default(),
            server,
            keys,
            replica: Replica::new(room),
            health: watch::Sender::default(),
            is_behind: AtomicBool::new(false),
            repairs: AtomicU64::new(0),
        }
    }

    /// Takes note that the store has lost something, and says so once.
    pub(crate) fn lose(&self, loss: Loss, turn: u64) {
        let since = self.replica.table.known_as_of(now());
        if self.replica.lose(turn, now()) {
            self.health.send_modify(|health| health.is_whole = false);
            tracing::error!(
                target: "sealed_session",
                event = "store_lost",
                known_as_of = ?since,
                "the store at {} has lost revocations: {loss}; this node is in doubt, and writes again what it knows",
                self.server.address,
            );
        }
    }

    /// Writes what is in the table already. What fails, or is given up half-way, is left to the task that reads.
    pub(crate) async fn write(&self, revocations: &[Revocation]) -> Result<(), Error> {
        let behind = Behind(&self.is_behind);
        let mut commands = Pipeline::new();
        append(&mut commands, &self.keys.stream, revocations);
        let answers = self.wire.all(&commands).await?;
        let Some(entry) = answers.first().and_then(EntryId::read) else {
            return Err(Error::lost(format!(
                "the store at {} has lost its revocations; this node writes them again",
                self.server.address
            )));
        };
        // Until it is read, the store may lose it and nobody notice.
        if self.replica.wrote(entry) {
            std::mem::forget(behind);
        }
        Ok(())
    }

    /// Brings the replica up to date now. Returns whether it is.
    pub(crate) async fn refresh(&self) -> bool {
        let asking = &self.asking;
        match asking.refresh(&self.wire, &self.keys, &self.replica).await {
            Refreshed::Current => true,
            Refreshed::Lost(loss, turn) => {
                self.lose(loss, turn);
                false
            }
            Refreshed::Failed => false,
        }
    }
}

/// Leaves what was not written to the task that reads, unless it is forgotten.
struct Behind<'f>(&'f AtomicBool);

impl Drop for Behind<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}
