//! curl with its cookie engine, which keeps its jar in a file between two runs.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Client;
use crate::certificate::Certificate;
use crate::folder::Folder;
use crate::{Failure, Protocol, Reply};

/// curl, which speaks plain http for HTTP/1.1 and TLS for HTTP/2.
#[derive(Debug)]
pub struct Curl {
    folder: Folder,
    protocol: Protocol,
    certificate: PathBuf,
}

impl Curl {
    /// Starts with an empty jar.
    ///
    /// # Errors
    ///
    /// If there is no room for the jar.
    pub fn new(protocol: Protocol, certificate: &Certificate) -> Result<Curl, Failure> {
        Ok(Curl {
            folder: Folder::new()?,
            protocol,
            certificate: certificate.file().to_owned(),
        })
    }

    /// Changes the protocol, and keeps the jar.
    pub fn speak(&mut self, protocol: Protocol) {
        self.protocol = protocol;
    }

    /// Posts a form as a page does, without following where the answer leads.
    ///
    /// # Errors
    ///
    /// If curl itself fails. A request that fails is a [`Reply`].
    pub fn post(&mut self, url: &str, form: &str) -> Result<Reply, Failure> {
        let mut command = self.with_jar();
        let accept = ["--header", "Accept: text/html"];
        fetch(command.args(accept).args(["--data-raw", form]), url)
    }

    /// Calls curl with the jar.
    fn with_jar(&self) -> Command {
        let jar = self.folder.path().join("jar");
        let mut command = command(self.protocol, &self.certificate);
        command
            .arg("--cookie")
            .arg(&jar)
            .arg("--cookie-jar")
            .arg(&jar);
        command
    }
}

impl Client for Curl {
    fn is_tls(&self) -> bool {
        self.protocol == Protocol::Http2
    }

    async fn get(&mut self, url: &str) -> Result<Reply, Failure> {
        fetch(&mut self.with_jar(), url)
    }

    async fn forget(&mut self) -> Result<(), Failure> {
        self.folder.write("jar", "").map(drop)
    }
}

/// Calls curl without the user's own settings.
pub(super) fn command(protocol: Protocol, certificate: &Path) -> Command {
    let mut command = Command::new("curl");
    command.args([
        "--disable",
        "--silent",
        "--max-time",
        "20",
        "--noproxy",
        "*",
    ]);
    command.arg("--cacert").arg(certificate);
    command.arg(match protocol {
        Protocol::Http1 => "--http1.1",
        Protocol::Http2 => "--http2",
    });
    command
}

/// Runs it, and reads what came.
pub(super) fn fetch(command: &mut Command, url: &str) -> Result<Reply, Failure> {
    let output = command
        .args(["--write-out", "\n%{http_code} %{http_version}", url])
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    let (body, end) = text.rsplit_once('\n').ok_or("curl said nothing")?;
    let (status, version) = end.split_once(' ').ok_or("curl said no status")?;
    if !output.status.success() {
        return Ok(Reply::none(format!("curl: {}", output.status)));
    }
    Ok(Reply {
        status: Some(status.parse()?),
        protocol: format!("HTTP/{version}"),
        body: body.to_owned(),
    })
}
