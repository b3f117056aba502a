//! Apache httpd with mod_proxy.

use std::net::SocketAddr;
use std::process::Command;

use super::{Proxy, site};
use crate::Failure;
use crate::certificate::Certificate;
use crate::folder::Folder;
use crate::process::server;

/// Apache httpd.
#[derive(Debug)]
pub struct Apache;

/// Where Debian has them.
const MODULES: &str = "/usr/lib/apache2/modules";

impl Apache {
    /// Starts one in front of `upstream`, with `settings` for all hosts; none are stock.
    ///
    /// # Errors
    ///
    /// If it is not installed, or does not start.
    pub fn start(
        upstream: SocketAddr,
        certificate: &Certificate,
        settings: &str,
    ) -> Result<Proxy, Failure> {
        let (folder, site) = (Folder::new()?, site()?);
        let modules = [
            "mpm_event",
            "authz_core",
            "headers",
            "proxy",
            "proxy_http",
            "ssl",
            "http2",
        ]
        .map(|name| format!("LoadModule {name}_module {MODULES}/mod_{name}.so\n"))
        .concat();
        // Whoever is not root stays who they are.
        let configuration = format!(
            "ServerRoot {root}
            DefaultRuntimeDir {root}
            PidFile apache.pid
            ErrorLog error.log
            ServerName localhost
            User www-data
            Group www-data
            {modules}
            {settings}
            Listen {plain}
            Listen {tls}
            Protocols h2 http/1.1
            ProxyPass / http://{upstream}/
            <VirtualHost {tls}>
                SSLEngine on
                SSLCertificateFile {file}
                SSLCertificateKeyFile {key}
                ProxyPass / http://{upstream}/
            </VirtualHost>\n",
            root = folder.path().display(),
            plain = site.plain,
            tls = site.tls,
            file = certificate.file().display(),
            key = certificate.key_file().display(),
        );
        let configuration = folder.write("apache.conf", &configuration)?;
        let mut command = Command::new(server("apache2"));
        command.args(["-D", "FOREGROUND", "-f"]).arg(configuration);
        Proxy::start(&mut command, site, folder)
    }
}
