//! The second connection: for whoever writes, and for whoever asks and waits. It never waits for news.

use std::sync::atomic::{AtomicU64, Ordering};

use redis::Pipeline;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use crate::connection::{Connection, within};
use crate::error::Error;
use crate::feed::Feed;
use crate::read::{Finding, read};
use crate::replica::Standing;
use crate::store::Server;

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
    is_current: bool,
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

    /// Brings a replica up to date, if it is whole. Returns whether it is. Those who ask together share a round, which
    /// begins after each of them has asked.
    pub(crate) async fn refresh(&self, feed: &Feed) -> bool {
        let mine = self.begun.load(Ordering::SeqCst) + 1;
        let mut turns = self.turns.lock().await;
        if turns.ended >= mine {
            return turns.is_current;
        }
        let round = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        turns.is_current = turns.refresh(feed).await;
        turns.ended = round;
        turns.is_current
    }
}

impl Turns {
    async fn refresh(&mut self, feed: &Feed) -> bool {
        let replica = &feed.replica;
        // To begin and to repair are the reader's.
        if !matches!(replica.standing().0, Standing::Whole(_)) {
            return false;
        }
        let Ok(mut connection) = self.take(&feed.server).await else {
            return false;
        };
        let found = read(&mut connection, &feed.keys, replica).await;
        self.put(connection, &found);
        match found {
            Ok(Finding::Complete(complete)) => replica.confirm(&complete),
            Ok(Finding::Lost(loss, turn)) => {
                feed.lose(loss, turn);
                false
            }
            Ok(Finding::Full(_)) | Err(_) => false,
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
