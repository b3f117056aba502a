//! The second connection: for whoever writes, and for whoever asks and waits. It never waits for news.

use std::sync::atomic::{AtomicU64, Ordering};

use redis::Pipeline;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use crate::connection::{Connection, within};
use crate::error::Error;
use crate::keys::Keys;
use crate::place::Loss;
use crate::read::{Finding, read};
use crate::replica::{Replica, Standing};
use crate::server::Server;

/// A connection that tasks take turns with, made when it is first needed. A task that gives up half-way closes it.
pub(crate) struct Line {
    server: Server,
    turns: Mutex<Turns>,
    /// The rounds that were begun for those who ask.
    begun: AtomicU64,
}

#[derive(Default)]
struct Turns {
    connection: Option<Connection>,
    opening: Option<JoinHandle<Result<Connection, Error>>>,
    /// The last round that came to an end, and how.
    ended: u64,
    last: Refreshed,
}

impl Line {
    pub(crate) fn new(server: Server) -> Line {
        Line {
            server,
            turns: Mutex::default(),
            begun: AtomicU64::new(0),
        }
    }

    /// Runs commands that have to succeed, as one transaction. Up to twice the limit: for a turn with a connection, however
    /// many wait at a server that hangs, and for the answer.
    pub(crate) async fn all(&self, commands: &Pipeline) -> Result<Vec<redis::Value>, Error> {
        let turn = async {
            let mut turns = self.turns.lock().await;
            let connection = turns.take(&self.server).await?;
            Ok((turns, connection))
        };
        let (mut turns, mut connection) = within(&self.server, self.server.limit, turn).await?;
        let answers = connection.all(commands).await;
        turns.put(connection, &answers);
        answers
    }

    /// Brings a replica up to date, if it is whole. Those who ask together share a round, which begins after each of them
    /// has asked.
    pub(crate) async fn refresh(&self, keys: &Keys, replica: &Replica) -> Refreshed {
        let mine = self.begun.load(Ordering::SeqCst) + 1;
        let mut turns = self.turns.lock().await;
        if turns.ended < mine {
            let round = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
            turns.last = turns.refresh(&self.server, keys, replica).await;
            turns.ended = round;
        }
        turns.last
    }
}

/// What came of a round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Refreshed {
    Current,
    /// The store has lost something, which was found in this turn.
    Lost(Loss, u64),
    #[default]
    Failed,
}

impl Turns {
    async fn refresh(&mut self, server: &Server, keys: &Keys, replica: &Replica) -> Refreshed {
        // To begin and to repair are the reader's.
        if !matches!(replica.standing().0, Standing::Whole(_)) {
            return Refreshed::Failed;
        }
        let Ok(mut connection) = self.take(server).await else {
            return Refreshed::Failed;
        };
        let found = read(&mut connection, keys, replica).await;
        self.put(connection, &found);
        match found {
            Ok(Finding::Complete(complete)) if replica.confirm(&complete) => Refreshed::Current,
            Ok(Finding::Lost(loss, turn)) => Refreshed::Lost(loss, turn),
            _ => Refreshed::Failed,
        }
    }

    /// Takes the connection, or makes one. A task makes it, so that after one who gives up half-way nobody begins anew.
    async fn take(&mut self, server: &Server) -> Result<Connection, Error> {
        if let Some(connection) = self.connection.take() {
            return Ok(connection);
        }
        let server = server.clone();
        let open = async move { Connection::open(&server).await };
        let opening = self.opening.get_or_insert_with(|| tokio::spawn(open));
        let opened = opening.await;
        self.opening = None;
        opened.unwrap_or_else(|cause| Err(Error::unreachable(format!("no connection: {cause}"))))
    }

    /// Keeps a connection, unless it failed.
    fn put<T>(&mut self, connection: Connection, result: &Result<T, Error>) {
        if !result.as_ref().is_err_and(Error::is_unreachable) {
            self.connection = Some(connection);
        }
    }
}
