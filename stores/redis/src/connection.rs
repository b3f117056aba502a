//! A connection whose every answer has a time limit.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Cmd, Pipeline, RedisError, Value};
use tokio::time::timeout;

use crate::error::Error;
use crate::store::Server;

/// A connection to a server that is the same one until it ends.
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

    /// Runs commands as one transaction. Each has an answer of its own, which may be an error.
    pub(crate) async fn atomically(
        &mut self,
        commands: &mut Pipeline,
    ) -> Result<Vec<Result<Value, RedisError>>, Error> {
        let commands = commands.atomic().ignore_errors();
        let answer = commands.query_async(&mut self.inner);
        limited(&self.server, self.server.limit, answer).await
    }

    /// Runs commands as one transaction that has to succeed. Returns the answers.
    pub(crate) async fn all(&mut self, commands: &mut Pipeline) -> Result<Vec<Value>, Error> {
        let answers = self.atomically(commands).await?;
        let answers = answers.into_iter().collect::<Result<Vec<_>, _>>();
        answers.map_err(|cause| Error::of(&cause, &self.server.address))
    }
}

/// Waits for an answer, and no longer than that.
async fn limited<T>(
    server: &Server,
    limit: Duration,
    answer: impl Future<Output = Result<T, RedisError>>,
) -> Result<T, Error> {
    match timeout(limit, answer).await {
        Ok(answer) => answer.map_err(|cause| Error::of(&cause, &server.address)),
        Err(_) => Err(Error::unreachable(format!(
            "the store at {} gave no answer within {} ms",
            server.address,
            limit.as_millis()
        ))),
    }
}

/// Finds the name that a server has since it was started.
fn run_id(info: &Value) -> Option<String> {
    let info: String = redis::from_redis_value_ref(info).ok()?;
    let line = info.lines().find_map(|line| line.strip_prefix("run_id:"))?;
    let id = line.trim();
    (!id.is_empty() && id.len() <= 64).then(|| id.to_owned())
}
