//! Child processes that do not outlive a test, and ports for them.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Failure;

/// A running program; killed when dropped.
#[derive(Debug)]
pub(crate) struct Process(Child);

impl Process {
    /// Starts `command` and waits until it listens on every one of `addresses`.
    pub(crate) fn start(
        command: &mut Command,
        addresses: &[SocketAddr],
    ) -> Result<Process, Failure> {
        // In a group of its own, which ends with it: a browser has many processes.
        let mut process = Process(command.stdin(Stdio::null()).process_group(0).spawn()?);
        let deadline = Instant::now() + Duration::from_secs(60);
        for address in addresses {
            while TcpStream::connect(address).is_err() {
                if let Some(status) = process.0.try_wait()? {
                    return Err(format!("{command:?} ended with {status}").into());
                }
                if Instant::now() > deadline {
                    return Err(format!("{command:?} does not listen on {address}").into());
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        Ok(process)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A loopback address that nobody listens on.
pub(crate) fn free_address() -> Result<SocketAddr, Failure> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

/// Where cargo puts what it builds: the folder above that of the test's own program.
pub(crate) fn build_folder() -> Result<PathBuf, Failure> {
    let program = std::env::current_exe()?;
    let folder = program
        .ancestors()
        .nth(2)
        .ok_or("a test runs from its build folder")?;
    Ok(folder.to_owned())
}
