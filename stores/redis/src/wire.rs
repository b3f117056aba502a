//! A connection that many use at the same time, made when it is first needed, and made anew when it breaks.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redis::{Cmd, Pipeline, Value};
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
    /// One task connects, and the others wait for it.
    connecting: tokio::sync::Mutex<()>,
}

/// What is asked.
#[derive(Clone, Copy)]
enum Ask<'a> {
    One(&'a Cmd),
    All(&'a Pipeline),
}

impl Wire {
    pub(crate) fn new(server: Server) -> Wire {
        Wire {
            server,
            current: Mutex::default(),
            connecting: tokio::sync::Mutex::default(),
        }
    }

    pub(crate) fn server(&self) -> &Server {
        &self.server
    }

    /// Runs a command. It runs once more if the connection breaks before the answer, so a second run must do no harm.
    pub(crate) async fn command(&self, command: &Cmd) -> Result<Value, Error> {
        let answer = self.run(Ask::One(command)).await?;
        Ok(answer.into_iter().next().unwrap_or(Value::Nil))
    }

    /// Runs commands that have to succeed, as one transaction, and likewise once more.
    pub(crate) async fn all(&self, commands: &Pipeline) -> Result<Vec<Value>, Error> {
        self.run(Ask::All(commands)).await
    }

    /// Asks, within the time limit in all.
    async fn run(&self, ask: Ask<'_>) -> Result<Vec<Value>, Error> {
        in_runtime()?;
        let deadline = Instant::now() + self.server.limit;
        let late = || Error::late(&self.server.address, self.server.limit);
        let mut attempt = 1;
        loop {
            let connection = timeout_at(deadline, self.take()).await;
            let connection = connection.map_err(|_| late())??;
            let answer = timeout_at(deadline, ask.run(&connection)).await;
            match answer.unwrap_or_else(|_| Err(late())) {
                Err(error) if error.is_unreachable() => {
                    self.forget(&connection);
                    if attempt == ATTEMPTS || Instant::now() >= deadline {
                        return Err(error);
                    }
                    attempt += 1;
                }
                answer => return answer,
            }
        }
    }

    async fn take(&self) -> Result<Arc<Connection>, Error> {
        if let Some(connection) = self.current().clone() {
            return Ok(connection);
        }
        let _alone = self.connecting.lock().await;
        if let Some(connection) = self.current().clone() {
            return Ok(connection);
        }
        let connection = Arc::new(Connection::open(&self.server).await?);
        *self.current() = Some(Arc::clone(&connection));
        Ok(connection)
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

impl Ask<'_> {
    async fn run(self, connection: &Connection) -> Result<Vec<Value>, Error> {
        let mut connection = connection.clone();
        match self {
            Ask::One(command) => Ok(vec![connection.command(command).await?]),
            Ask::All(commands) => connection.all(commands).await,
        }
    }
}
