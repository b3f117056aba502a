//! nginx.

use std::net::SocketAddr;
use std::process::Command;

use super::{Proxy, site};
use crate::Failure;
use crate::certificate::Certificate;
use crate::folder::Folder;
use crate::process::server;

/// nginx.
#[derive(Debug)]
pub struct Nginx;

impl Nginx {
    /// Starts one in front of `upstream`. `settings` go beside `proxy_pass`; none are stock.
    ///
    /// # Errors
    ///
    /// If it is not installed, or does not start.
    pub fn start(
        upstream: SocketAddr,
        certificate: &Certificate,
        settings: &str,
    ) -> Result<Proxy, Failure> {
        Nginx::start_with(upstream, certificate, "", settings)
    }

    /// Does the same, with `variables` beside the server.
    ///
    /// # Errors
    ///
    /// If it is not installed, or does not start.
    pub fn start_with(
        upstream: SocketAddr,
        certificate: &Certificate,
        variables: &str,
        settings: &str,
    ) -> Result<Proxy, Failure> {
        let locations = format!("location / {{ proxy_pass http://{upstream}; {settings} }}");
        Nginx::start_locations(certificate, variables, &locations)
    }

    /// Starts one that has these `locations`, with `variables` beside the server.
    ///
    /// # Errors
    ///
    /// If it is not installed, or does not start.
    pub fn start_locations(
        certificate: &Certificate,
        variables: &str,
        locations: &str,
    ) -> Result<Proxy, Failure> {
        let (folder, site) = (Folder::new()?, site()?);
        let (file, key) = (
            certificate.file().display(),
            certificate.key_file().display(),
        );
        // Those paths need root by default.
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {name};"))
            .concat();
        let configuration = format!(
            "daemon off; pid nginx.pid; events {{}}
            http {{
                access_log off; {temporary}
                {variables}
                server {{
                    listen {};
                    listen {} ssl http2; ssl_certificate {file}; ssl_certificate_key {key};
                    {locations}
                }}
            }}",
            site.plain, site.tls
        );
        let configuration = folder.write("nginx.conf", &configuration)?;
        let mut command = Command::new(server("nginx"));
        command
            .arg("-p")
            .arg(folder.path())
            .args(["-e", "error.log"]);
        Proxy::start(command.arg("-c").arg(configuration), site, folder)
    }
}
