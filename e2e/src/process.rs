//! Child processes that do not outlive a test, and ports for them.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
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
        let mut process = Process::spawn(command.stdin(Stdio::null()))?;
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

    /// Starts `command` in a group of its own, which ends with it: a browser has many processes.
    pub(crate) fn spawn(command: &mut Command) -> Result<Process, Failure> {
        Ok(Process(command.process_group(0).spawn()?))
    }

    /// Its standard input and output, once, if they are piped.
    pub(crate) fn pipes(&mut self) -> Option<(ChildStdin, ChildStdout)> {
        Some((self.0.stdin.take()?, self.0.stdout.take()?))
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

/// Finds a server's program, which is not in every user's path.
pub(crate) fn server(program: &str) -> PathBuf {
    let path = Path::new("/usr/sbin").join(program);
    if path.exists() { path } else { program.into() }
}

/// Reads the number in what a program says of its version.
///
/// # Errors
///
/// If it is not installed, or says none.
pub fn version(program: &str) -> Result<String, Failure> {
    let option = match program {
        "apache2" | "haproxy" | "nginx" => "-v",
        _ => "--version",
    };
    let output = Command::new(server(program)).arg(option).output()?;
    // nginx says it on standard error.
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text)?;
    let is_number = |word: &&str| word.contains(|letter: char| letter.is_ascii_digit());
    let word = text
        .split_whitespace()
        .find(is_number)
        .ok_or("no version")?;
    // As in `nginx/1.22.1`.
    Ok(word.rsplit('/').next().unwrap_or(word).to_owned())
}

/// Finds a loopback address that nobody listens on.
pub(crate) fn free_address() -> Result<SocketAddr, Failure> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

/// Returns where cargo puts what it builds: the folder above that of the test's own program.
pub(crate) fn build_folder() -> Result<PathBuf, Failure> {
    let program = std::env::current_exe()?;
    let folder = program
        .ancestors()
        .nth(2)
        .ok_or("a test runs from its build folder")?;
    Ok(folder.to_owned())
}
