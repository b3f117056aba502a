//! HAProxy.

use std::net::SocketAddr;
use std::process::Command;

use super::{Proxy, site};
use crate::Failure;
use crate::certificate::Certificate;
use crate::folder::Folder;
use crate::process::server;

/// HAProxy.
#[derive(Debug)]
pub struct Haproxy;

impl Haproxy {
    /// Starts one in front of `upstream`, with `settings` for the backend; none are stock.
    ///
    /// # Errors
    ///
    /// If it is not installed, or does not start.
    pub fn start(
        upstream: SocketAddr,
        certificate: &Certificate,
        settings: &str,
    ) -> Result<Proxy, Failure> {
        Haproxy::start_before(&[upstream], certificate, settings)
    }

    /// Starts one in front of several servers.
    ///
    /// # Errors
    ///
    /// If it is not installed, or does not start.
    pub fn start_before(
        upstreams: &[SocketAddr],
        certificate: &Certificate,
        settings: &str,
    ) -> Result<Proxy, Failure> {
        let server_line = |(at, address)| format!("server origin{at} {address}\n");
        let servers: String = upstreams.iter().enumerate().map(server_line).collect();
        let (folder, site) = (Folder::new()?, site()?);
        let configuration = format!(
            "defaults
                mode http
                timeout connect 5s
                timeout client 20s
                timeout server 20s
            frontend visitors
                bind {}
                bind {} ssl crt {} alpn h2,http/1.1
                default_backend origin
            backend origin
                {settings}
                {servers}",
            site.plain,
            site.tls,
            certificate.both_file().display()
        );
        let configuration = folder.write("haproxy.cfg", &configuration)?;
        let mut command = Command::new(server("haproxy"));
        Proxy::start(
            command.arg("-db").arg("-f").arg(configuration),
            site,
            folder,
        )
    }
}
