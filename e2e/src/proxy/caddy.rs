//! Caddy.

use std::net::SocketAddr;
use std::process::Command;

use super::Proxy;
use crate::folder::Folder;
use crate::process::{free_address, server};
use crate::{Failure, Site};

/// Caddy.
#[derive(Debug)]
pub struct Caddy;

impl Caddy {
    /// Starts one that serves plain http by what `configuration` makes of its address.
    ///
    /// # Errors
    ///
    /// If it is not installed, or does not start.
    pub fn start(configuration: impl FnOnce(SocketAddr) -> String) -> Result<Proxy, Failure> {
        let (folder, plain) = (Folder::new()?, free_address()?);
        let options = "{\n\tadmin off\n\tauto_https off\n}\n";
        let configuration = format!("{options}{}", configuration(plain));
        let file = folder.write("Caddyfile", &configuration)?;
        let mut command = Command::new(server("caddy"));
        command
            .args(["run", "--adapter", "caddyfile", "--config"])
            .arg(file)
            // Where it keeps certificates and its last configuration.
            .env("XDG_DATA_HOME", folder.path())
            .env("XDG_CONFIG_HOME", folder.path());
        let site = Site { plain, tls: plain };
        Proxy::start(&mut command, site, folder)
    }
}
