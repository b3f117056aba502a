//! The demo: two servers, each in a process of its own, or both in one.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Failure;
use crate::process::{Process, build_folder, free_address};

/// The two servers of the demo.
#[derive(Debug)]
pub struct Shop {
    a: SocketAddr,
    b: SocketAddr,
    /// Whether both are one process.
    together: bool,
    options: Vec<String>,
    running: Vec<Process>,
}

impl Shop {
    /// Starts both servers as separate processes that share nothing but the file `keys`, with
    /// these options of the command line besides.
    ///
    /// # Errors
    ///
    /// If the program is not built, or does not come to listen.
    pub fn start(keys: &Path, options: &[&str]) -> Result<Shop, Failure> {
        Shop::open(keys, options, false)
    }

    /// Starts both servers in one process, as `cargo run -p shop` does, with these options besides.
    ///
    /// # Errors
    ///
    /// As [`start`](Shop::start).
    pub fn start_together(keys: &Path, options: &[&str]) -> Result<Shop, Failure> {
        Shop::open(keys, options, true)
    }

    fn open(keys: &Path, options: &[&str], together: bool) -> Result<Shop, Failure> {
        let mut shop = Shop {
            a: free_address()?,
            b: free_address()?,
            together,
            options: options.iter().map(ToString::to_string).collect(),
            running: Vec::new(),
        };
        shop.restart(keys)?;
        Ok(shop)
    }

    /// Ends both servers and starts them again on the same addresses.
    ///
    /// # Errors
    ///
    /// As [`start`](Shop::start).
    pub fn restart(&mut self, keys: &Path) -> Result<(), Failure> {
        self.running.clear();
        let program = build_folder()?.join("shop");
        let start = |only: &[&str], addresses: &[SocketAddr]| {
            let mut command = Command::new(&program);
            command.args(["--a", &self.a.to_string(), "--b", &self.b.to_string()]);
            command.args(only).arg("--keys").arg(keys);
            command.args(&self.options).stdout(Stdio::null());
            Process::start(&mut command, addresses)
        };
        self.running = match self.together {
            true => vec![start(&[], &[self.a, self.b])?],
            false => vec![
                start(&["--only", "a"], &[self.a])?,
                start(&["--only", "b"], &[self.b])?,
            ],
        };
        Ok(())
    }

    /// Returns the address of a page on server A.
    #[must_use]
    pub fn a(&self, path: &str) -> String {
        format!("http://{}{path}", self.a)
    }

    /// Returns the origin of server A under another name of this machine.
    #[must_use]
    pub fn a_as(&self, host: &str) -> String {
        format!("http://{host}:{}", self.a.port())
    }

    /// Returns the origin of server B under another name of this machine, as it has one where it is a site of its own.
    #[must_use]
    pub fn b_as(&self, host: &str) -> String {
        format!("http://{host}:{}", self.b.port())
    }

    /// Returns the address of a page on server B.
    #[must_use]
    pub fn b(&self, path: &str) -> String {
        format!("http://{}{path}", self.b)
    }
}
