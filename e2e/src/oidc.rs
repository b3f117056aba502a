//! The application of examples/oidc and a certified provider, each in a process of its own.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Failure;
use crate::folder::Folder;
use crate::process::{Process, build_folder, free_address};

/// The two. To a browser they are two sites: 127.0.0.1 and localhost.
#[derive(Debug)]
pub struct Oidc {
    application: SocketAddr,
    provider: SocketAddr,
    folder: Folder,
    _running: Process,
    provides: Option<Process>,
}

impl Oidc {
    /// Starts both. Access tokens are good for `seconds`.
    ///
    /// # Errors
    ///
    /// If one is not built or installed, or does not come to listen.
    pub fn start(seconds: u32) -> Result<Oidc, Failure> {
        let (application, provider) = (free_address()?, free_address()?);
        let folder = Folder::new()?;
        let mut command = Command::new(build_folder()?.join("oidc"));
        command.arg(application.port().to_string());
        command.env(
            "OIDC_ISSUER",
            format!("http://localhost:{}", provider.port()),
        );
        command.env("OIDC_CLIENT_ID", "hello");
        command.env("OIDC_CLIENT_SECRET", "a-secret-for-this-machine-only");
        command.env("NO_COLOR", "1");
        command.env_remove("PUBLIC_URL");
        command.stdout(Stdio::null());
        command.stderr(File::create(folder.path().join("log"))?);
        let mut oidc = Oidc {
            application,
            provider,
            _running: Process::start(&mut command, &[application])?,
            folder,
            provides: None,
        };
        oidc.provide(seconds)?;
        Ok(oidc)
    }

    /// Ends the provider. It forgets everybody, and its keys.
    pub fn end_provider(&mut self) {
        drop(self.provides.take());
    }

    /// Starts a provider on the port of the last one, with other keys.
    ///
    /// # Errors
    ///
    /// As [`start`](Oidc::start).
    pub fn provide(&mut self, seconds: u32) -> Result<(), Failure> {
        self.end_provider();
        let script = Path::new("../examples/oidc/provider/provider.js");
        let mut command = Command::new("node");
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(script));
        command.env("PORT", self.provider.port().to_string());
        command.env("PUBLIC_URL", format!("http://{}", self.application));
        command.env("ACCESS_TOKEN_SECONDS", seconds.to_string());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let running = Process::start(&mut command, &[self.provider])
            .map_err(|cause| format!("node: {cause}; `cargo xtask e2e` installs it"))?;
        self.provides = Some(running);
        Ok(())
    }

    /// Returns the address of a page of the application.
    #[must_use]
    pub fn here(&self, path: &str) -> String {
        format!("http://{}{path}", self.application)
    }

    /// Returns the address of a page of the provider.
    #[must_use]
    pub fn there(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.provider.port())
    }

    /// Reads what the application has logged.
    ///
    /// # Errors
    ///
    /// If the file is gone.
    pub fn log(&self) -> Result<String, Failure> {
        Ok(fs::read_to_string(self.folder.path().join("log"))?)
    }
}
