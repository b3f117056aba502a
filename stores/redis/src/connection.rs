//! A connection whose every answer has a time limit.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Cmd, Pipeline, RedisError, Value};
use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::about::About;
use crate::error::Error;
use crate::server::Server;

/// A connection to a server that is the same one until it ends. A clone is the same connection.
#[derive(Clone)]
pub(crate) struct Connection {
    server: Server,
    inner: MultiplexedConnection,
    /// The server's name for itself since it was started. `None` if it does not tell.
    pub(crate) run: Option<String>,
}

impl Connection {
    /// Connects, and asks the server who it is.
    pub(crate) async fn open(server: &Server) -> Result<Connection, Error> {
        // The limit of this crate is around everything, so the client has none.
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(None)
            .set_response_timeout(None);
        let connect = server
            .client
            .get_multiplexed_async_connection_with_config(&config);
        let inner = limited(server, server.limit, connect).await?;
        let mut connection = Connection {
            server: server.clone(),
            inner,
            run: None,
        };
        let info = connection.command(redis::cmd("INFO").arg("server")).await;
        connection.run = match info {
            Ok(info) => run_id(&info),
            // Not allowed to ask: nobody knows.
            Err(error) if error.is_refused() => None,
            Err(error) => return Err(error),
        };
        Ok(connection)
    }

    /// Returns whether a node that lived through has found the store to be whole since the server was started.
    pub(crate) fn vouches(&self, about: &About) -> bool {
        self.run.is_some() && about.run == self.run
    }

    pub(crate) fn server(&self) -> &Server {
        &self.server
    }

    /// Runs a command.
    pub(crate) async fn command(&mut self, command: &Cmd) -> Result<Value, Error> {
        self.wait(command, Duration::ZERO).await
    }

    /// Runs a command that may take so much longer than others.
    pub(crate) async fn wait(&mut self, command: &Cmd, longer: Duration) -> Result<Value, Error> {
        let limit = self.server.limit + longer;
        let answer = command.query_async(&mut self.inner);
        limited(&self.server, limit, answer).await
    }

    /// Runs commands one after the other. Each has an answer of its own, which may be an error.
    pub(crate) async fn together(
        &mut self,
        commands: &Pipeline,
    ) -> Result<Vec<Result<Value, Error>>, Error> {
        let answers = self.inner.send_packed_commands(commands, 0, commands.len());
        let answers = limited(&self.server, self.server.limit, answers).await?;
        let answers = answers.into_iter();
        Ok(answers
            .map(|answer| good(answer, &self.server.address))
            .collect())
    }

    /// Runs commands as one transaction that has to succeed. Returns the answers.
    ///
    /// The client's own transactions are not used: redis 1.8.1 counts below zero if MULTI itself is refused.
    pub(crate) async fn all(&mut self, commands: &Pipeline) -> Result<Vec<Value>, Error> {
        let mut all = Pipeline::with_capacity(commands.len() + 2);
        all.cmd("MULTI");
        for command in commands.cmd_iter() {
            all.add_command(command.clone());
        }
        all.cmd("EXEC");
        // What was refused before says more than that nothing was executed.
        let answers: Result<Vec<Value>, Error> = self.together(&all).await?.into_iter().collect();
        let address = &self.server.address;
        match answers?.pop() {
            Some(Value::Array(answers)) => answers
                .into_iter()
                .map(|answer| good(answer, address))
                .collect(),
            _ => Err(Error::refused(format!(
                "the store at {address} did not run a transaction"
            ))),
        }
    }
}

fn good(answer: Value, address: &str) -> Result<Value, Error> {
    match answer {
        Value::ServerError(cause) => Err(Error::of(&cause.into(), address)),
        answer => Ok(answer),
    }
}

/// Waits for an answer of the client, and no longer than that.
async fn limited<T>(
    server: &Server,
    limit: Duration,
    answer: impl Future<Output = Result<T, RedisError>>,
) -> Result<T, Error> {
    let answer = async {
        let answer = answer.await;
        answer.map_err(|cause| Error::of(&cause, &server.address))
    };
    within(server, limit, answer).await
}

/// Waits for an answer, and no longer than that.
pub(crate) async fn within<T>(
    server: &Server,
    limit: Duration,
    answer: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    in_runtime()?;
    match timeout(limit, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(Error::late(&server.address, limit)),
    }
}

/// Says so where nobody can wait: a clock of tokio's panics there.
pub(crate) fn in_runtime() -> Result<(), Error> {
    let runtime = Handle::try_current();
    let no_runtime = "a store is waited for by tokio: call this in a tokio runtime";
    runtime.map(drop).map_err(|_| Error::configuration(no_runtime))
}

/// Finds the name that a server has since it was started.
fn run_id(info: &Value) -> Option<String> {
    let info: String = redis::from_redis_value_ref(info).ok()?;
    let line = info.lines().find_map(|line| line.strip_prefix("run_id:"))?;
    let id = line.trim();
    (!id.is_empty() && id.len() <= 64).then(|| id.to_owned())
}
