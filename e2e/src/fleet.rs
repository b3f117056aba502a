//! Servers of the shop, each with a copy of the ring of its own, as a deployment leaves them.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Failure;
use crate::folder::Folder;
use crate::process::{Process, build_folder, free_address};

/// Several servers of the shop.
#[derive(Debug)]
pub struct Fleet {
    servers: Vec<Server>,
    folder: Folder,
}

#[derive(Debug)]
struct Server {
    address: SocketAddr,
    ring: PathBuf,
    log: PathBuf,
    running: Option<Process>,
}

impl Fleet {
    /// Starts `count` servers, each with a copy of the ring in `keys`, which it reads again every second.
    ///
    /// # Errors
    ///
    /// If the program is not built, or does not come to listen.
    pub fn start(count: usize, keys: &Path) -> Result<Fleet, Failure> {
        let mut fleet = Fleet {
            servers: Vec::new(),
            folder: Folder::new()?,
        };
        for at in 0..count {
            let in_folder = |name: String| fleet.folder.path().join(name);
            let server = Server {
                address: free_address()?,
                ring: in_folder(format!("{at}.ring")),
                log: in_folder(format!("{at}.log")),
                running: None,
            };
            fleet.servers.push(server);
            fleet.deploy(at, keys)?;
            fleet.restart(at)?;
        }
        Ok(fleet)
    }

    /// Returns where the servers listen.
    #[must_use]
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.servers.iter().map(|server| server.address).collect()
    }

    /// Gives the server number `at` another ring, as deployments do it: whole or not at all.
    ///
    /// # Errors
    ///
    /// If there is no such server, or the file cannot be written.
    pub fn deploy(&self, at: usize, keys: &Path) -> Result<(), Failure> {
        let server = self.servers.get(at).ok_or("no such server")?;
        let beside = server.ring.with_extension("new");
        fs::copy(keys, &beside)?;
        Ok(fs::rename(beside, &server.ring)?)
    }

    /// Ends the server number `at` by `kill -9`, whatever it is doing.
    ///
    /// # Errors
    ///
    /// If there is no such server.
    pub fn kill(&mut self, at: usize) -> Result<(), Failure> {
        let server = self.servers.get_mut(at).ok_or("no such server")?;
        drop(server.running.take());
        Ok(())
    }

    /// Starts the server number `at` on the address that it had.
    ///
    /// # Errors
    ///
    /// If there is no such server, or it does not come to listen.
    pub fn restart(&mut self, at: usize) -> Result<(), Failure> {
        let server = self.servers.get_mut(at).ok_or("no such server")?;
        let log = File::options()
            .create(true)
            .append(true)
            .open(&server.log)?;
        let mut shop = Command::new(build_folder()?.join("shop"));
        shop.args(["--only", "a", "--a", &server.address.to_string()])
            .args(["--poll", "1", "--keys"])
            .arg(&server.ring);
        shop.env("RUST_LOG", "sealed_session=debug")
            .stdout(Stdio::null())
            .stderr(log);
        server.running = Some(Process::start(&mut shop, &[server.address])?);
        Ok(())
    }

    /// Returns what each server has logged.
    ///
    /// # Errors
    ///
    /// If a log cannot be read.
    pub fn logs(&self) -> Result<Vec<String>, Failure> {
        let logs = self
            .servers
            .iter()
            .map(|server| fs::read_to_string(&server.log));
        Ok(logs.collect::<Result<_, _>>()?)
    }
}
