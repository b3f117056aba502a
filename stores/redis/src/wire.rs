//! A connection that many use at the same time, made when it is first needed, and made anew when it breaks.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redis::{Cmd, Pipeline, Value};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::connection::{Connection, in_runtime};
use crate::error::Error;
use crate::server::Server;

/// How many connections one call tries: that which was there may have been dead for a while.
const ATTEMPTS: u32 = 2;

/// A connection whose commands wait for no others.
pub(crate) struct Wire {
    server: Server,
    current: Mutex<Option<Arc<Connection>>>,
    /// The connection that a task makes, so that after somebody who gives up half-way nobody begins anew.
    opening: tokio::sync::Mutex<Option<JoinHandle<Result<Connection, Error>>>>,
}

impl Wire {
    pub(crate) fn new(server: Server) -> Wire {
        Wire {
            server,
            current: Mutex::default(),
            opening: tokio::sync::Mutex::default(),
        }
    }

    pub(crate) fn server(&self) -> &Server {
        &self.server
    }

    /// Runs a command. It runs once more if the connection breaks before the answer, so a second run must do no harm.
    pub(crate) async fn command(&self, command: &Cmd) -> Result<Value, Error> {
        self.run(|mut connection| async move { connection.command(command).await })
            .await
    }

    /// Runs commands that have to succeed, as one transaction, and likewise once more.
    pub(crate) async fn all(&self, commands: &Pipeline) -> Result<Vec<Value>, Error> {
        self.run(|mut connection| async move { connection.all(commands).await })
            .await
    }

    /// Asks, within the time limit in all, and likewise once more.
    pub(crate) async fn run<T, F>(&self, ask: impl Fn(Connection) -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        in_runtime()?;
        let deadline = Instant::now() + self.server.limit;
        let late = || Error::late(&self.server.address, self.server.limit);
        let mut attempt = 1;
        loop {
            let taken = timeout_at(deadline, self.take()).await;
            let (connection, is_new) = taken.map_err(|_| late())??;
            let answer = timeout_at(deadline, ask(Connection::clone(&connection))).await;
            match answer {
                Ok(Err(error)) if error.is_unreachable() => {
                    self.forget(&connection);
                    if attempt == ATTEMPTS {
                        return Err(error);
                    }
                    attempt += 1;
                }
                Ok(answer) => return answer,
                Err(_) => {
                    // Making it took a part of the time: it is for the next call.
                    if !is_new {
                        self.forget(&connection);
                    }
                    return Err(late());
                }
            }
        }
    }

    /// Returns the connection, and whether it is made for this call.
    async fn take(&self) -> Result<(Arc<Connection>, bool), Error> {
        if let Some(connection) = self.current().clone() {
            return Ok((connection, false));
        }
        let mut opening = self.opening.lock().await;
        if let Some(connection) = self.current().clone() {
            return Ok((connection, false));
        }
        // First one for which somebody waited who gave up. If it fails, it was begun when the server was not there.
        if let Some(task) = opening.as_mut() {
            let opened = task.await;
            *opening = None;
            if let Ok(Ok(connection)) = opened {
                return Ok((self.keep(connection), true));
            }
        }
        let server = self.server.clone();
        let open = async move { Connection::open(&server).await };
        let opened = opening.insert(tokio::spawn(open)).await;
        *opening = None;
        let none = |cause| Error::unreachable(format!("no connection: {cause}"));
        Ok((self.keep(opened.map_err(none)??), true))
    }

    fn keep(&self, connection: Connection) -> Arc<Connection> {
        let connection = Arc::new(connection);
        *self.current() = Some(Arc::clone(&connection));
        connection
    }

    /// Forgets a connection that failed, unless there is another one already.
    fn forget(&self, failed: &Arc<Connection>) {
        let mut current = self.current();
        if current.as_ref().is_some_and(|one| Arc::ptr_eq(one, failed)) {
            *current = None;
        }
    }

    /// No call of ours panics under the lock.
    fn current(&self) -> MutexGuard<'_, Option<Arc<Connection>>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
