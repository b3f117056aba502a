//! curl without a cookie engine: what an app or a script does that keeps its sessions itself.

use std::path::PathBuf;

use super::{Client, curl};
use crate::certificate::Certificate;
use crate::folder::Folder;
use crate::{Failure, Protocol, Reply};

/// curl with `Authorization: Bearer`, and a second session in `x-prefs`.
#[derive(Debug)]
pub struct Bearer {
    folder: Folder,
    protocol: Protocol,
    certificate: PathBuf,
    /// Empty if there is none: it asks for one by an empty field.
    token: String,
    prefs: String,
}

impl Bearer {
    /// Starts without a token.
    ///
    /// # Errors
    ///
    /// If there is no room for heads of responses.
    pub fn new(protocol: Protocol, certificate: &Certificate) -> Result<Bearer, Failure> {
        Ok(Bearer {
            folder: Folder::new()?,
            protocol,
            certificate: certificate.file().to_owned(),
            token: String::new(),
            prefs: String::new(),
        })
    }

    /// Changes the protocol, and keeps the tokens.
    pub fn speak(&mut self, protocol: Protocol) {
        self.protocol = protocol;
    }

    /// Keeps the tokens that came.
    fn keep(&mut self, head: &str) -> Result<(), Failure> {
        for (name, value) in head.lines().filter_map(|line| line.split_once(':')) {
            match name.to_ascii_lowercase().as_str() {
                "x-session" => value.trim().clone_into(&mut self.token),
                "x-prefs" => value.trim().clone_into(&mut self.prefs),
                "set-cookie" => return Err("a request with tokens was answered in cookies".into()),
                _ => {}
            }
        }
        Ok(())
    }
}

impl Client for Bearer {
    fn is_tls(&self) -> bool {
        self.protocol == Protocol::Http2
    }

    async fn get(&mut self, url: &str) -> Result<Reply, Failure> {
        let head = self.folder.write("head", "")?;
        let mut command = curl::command(self.protocol, &self.certificate);
        command.arg("--dump-header").arg(&head);
        let authorization = format!("Authorization: Bearer {}", self.token);
        let prefs = match self.prefs.as_str() {
            // curl's way to say that a field is empty, and not to be left out.
            "" => "x-prefs;".to_owned(),
            prefs => format!("x-prefs: {prefs}"),
        };
        command.args(["--header", &authorization, "--header", &prefs]);
        let reply = curl::fetch(&mut command, url)?;
        self.keep(&std::fs::read_to_string(head)?)?;
        Ok(reply)
    }

    async fn forget(&mut self) -> Result<(), Failure> {
        self.token.clear();
        self.prefs.clear();
        Ok(())
    }
}
