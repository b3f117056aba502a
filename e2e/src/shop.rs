//! The demo: two servers, each in a process of its own.

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
        let mut shop = Shop {
            a: free_address()?,
            b: free_address()?,
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
        for (only, address) in [("a", self.a), ("b", self.b)] {
            let mut command = Command::new(build_folder()?.join("shop"));
            command.args([
                "--only",
                only,
                "--a",
                &self.a.to_string(),
                "--b",
                &self.b.to_string(),
            ]);
            command.arg("--keys").arg(keys).args(&self.options);
            command.stdout(Stdio::null());
            self.running.push(Process::start(&mut command, &[address])?);
        }
        Ok(())
    }

    /// Returns the address of a page on server A.
    #[must_use]
    pub fn a(&self, path: &str) -> String {
        format!("http://{}{path}", self.a)
    }

    /// Returns the address of a page on server B.
    #[must_use]
    pub fn b(&self, path: &str) -> String {
        format!("http://{}{path}", self.b)
    }
}
