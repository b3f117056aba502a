//! A process of its own that serves one subject of the load.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::Served;

/// A process that ends with this.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts `program`, which is `speed`, and waits until it listens.
    pub(crate) fn start(program: &Path, served: Served) -> Result<Server, String> {
        let place = Served::ALL.iter().position(|other| *other == served);
        let mut child = Command::new(program)
            .args(["--serve", &place.unwrap_or_default().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|cause| format!("{}: {cause}", program.display()))?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            let read = BufReader::new(output).read_line(&mut line);
            read.map_err(|cause| cause.to_string())?;
        }
        let address = line.trim().parse();
        let address = address.map_err(|_| format!("{} does not listen", served.name()))?;
        Ok(Server { child, address })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
