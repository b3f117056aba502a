//! A server of its own, for as long as the program runs.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::outcome::Outcome;

/// A `redis-server`, or what `SEALED_SESSION_REDIS_SERVER` names.
pub(crate) struct Server {
    child: Child,
    port: u16,
}

impl Server {
    pub(crate) fn start() -> Outcome<Server> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let program = std::env::var("SEALED_SESSION_REDIS_SERVER");
        let child = Command::new(program.as_deref().unwrap_or("redis-server"))
            .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
            .args(["--save", "", "--appendonly", "no"])
            .stdout(Stdio::null())
            .spawn()
            .map_err(|cause| format!("install the package redis-server: {cause}"))?;
        let server = Server { child, port };
        let begun = Instant::now();
        while server.ask("PING").is_err() {
            if begun.elapsed() > Duration::from_secs(10) {
                return Err("the server does not answer".into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Counts the rounds that clients have asked for.
    pub(crate) fn rounds(&self) -> Outcome<u64> {
        let stats = self.ask("INFO commandstats")?;
        let line = stats
            .lines()
            .find_map(|line| line.strip_prefix("cmdstat_xrange:calls="));
        let calls = line.and_then(|line| line.split(',').next());
        Ok(calls.unwrap_or("0").parse()?)
    }

    fn ask(&self, command: &str) -> Outcome<String> {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port))?;
        write!(connection, "{command}\r\nQUIT\r\n")?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
