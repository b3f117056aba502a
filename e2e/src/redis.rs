//! A store that servers share: Redis, with nothing on disk.

use std::net::SocketAddr;
use std::process::{Command, Stdio};

use crate::Failure;
use crate::process::{Process, free_address};

/// A server of Redis.
#[derive(Debug)]
pub struct Redis {
    address: SocketAddr,
    running: Option<Process>,
}

impl Redis {
    /// Starts one on a free port of this machine.
    ///
    /// # Errors
    ///
    /// If it is not installed, or does not come to listen.
    pub fn start() -> Result<Redis, Failure> {
        let mut redis = Redis {
            address: free_address()?,
            running: None,
        };
        redis.restart()?;
        Ok(redis)
    }

    /// Returns the URL by which it is reached.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// Ends it by `kill -9`. All that it held is lost.
    pub fn kill(&mut self) {
        drop(self.running.take());
    }

    /// Starts it, empty, on the port that it had.
    ///
    /// # Errors
    ///
    /// As [`start`](Redis::start).
    pub fn restart(&mut self) -> Result<(), Failure> {
        let (ip, port) = (self.address.ip().to_string(), self.address.port());
        let mut command = Command::new("redis-server");
        command.args(["--bind", &ip, "--port", &port.to_string()]);
        command.args(["--save", "", "--appendonly", "no"]);
        command.stdout(Stdio::null());
        let running = Process::start(&mut command, &[self.address])
            .map_err(|cause| format!("redis-server: {cause}; `cargo xtask e2e` installs it"))?;
        self.running = Some(running);
        Ok(())
    }
}
