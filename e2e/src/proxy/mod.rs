//! Proxies with stock settings: they are told where to listen and where to forward to, and nothing
//! else unless a test says so.

mod apache;
mod caddy;
mod haproxy;
mod nginx;

use std::process::{Command, Stdio};

pub use apache::Apache;
pub use caddy::Caddy;
pub use haproxy::Haproxy;
pub use nginx::Nginx;

use crate::folder::Folder;
use crate::process::{Process, free_address};
use crate::{Failure, Site};

/// A running proxy; ends when dropped.
#[derive(Debug)]
pub struct Proxy {
    site: Site,
    _process: Process,
    _folder: Folder,
}

impl Proxy {
    /// Returns where it listens.
    #[must_use]
    pub fn site(&self) -> Site {
        self.site
    }

    fn start(command: &mut Command, site: Site, folder: Folder) -> Result<Proxy, Failure> {
        // What matters is in its log.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let process = Process::start(command, &[site.plain, site.tls]).map_err(|cause| {
            let log = std::fs::read_to_string(folder.path().join("error.log"));
            let log = log.unwrap_or_default();
            format!("{cause}; `cargo xtask e2e` installs what is missing\n{log}")
        })?;
        Ok(Proxy {
            site,
            _process: process,
            _folder: folder,
        })
    }
}

/// Finds two free addresses.
fn site() -> Result<Site, Failure> {
    Ok(Site {
        plain: free_address()?,
        tls: free_address()?,
    })
}
