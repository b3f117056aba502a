//! One server for each framework.

use std::net::{SocketAddr, TcpListener};

use conformance::{Harness, Prefs, Server, Site as App};
use e2e::{Certificate, Failure, Nginx, Proxy, Site};
use sealed_session::{Budget, Key, KeyRing, SessionManager, Transport};

/// Makes a ring that nobody else has.
pub(crate) fn ring() -> Result<KeyRing, Failure> {
    Ok(KeyRing::new(Key::generate()?))
}

/// Configures a sign-in and preferences beside it, each in a header field or a cookie, as the client likes it.
pub(crate) fn manager(ring: &KeyRing) -> Result<SessionManager, Failure> {
    let main = SessionManager::builder("session", ring.clone())
        .budget(Budget::within_8k())
        .transport(Transport::bearer().or_cookie());
    let prefs = SessionManager::builder("prefs", ring.clone())
        .budget(Budget::portable().with_total_limit(1_000))
        .transport(Transport::header("x-prefs").or_cookie());
    Ok(main.build()?.with_slot::<Prefs>(prefs.build()?)?)
}

/// A server of one framework, and where it is reached: directly over plain http, and behind nginx
/// over TLS.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) name: &'static str,
    pub(crate) site: Site,
}

/// All servers.
pub(crate) struct Servers {
    pub(crate) places: Vec<Place>,
    running: Vec<Server>,
    proxies: Vec<Proxy>,
}

impl Servers {
    /// Starts them with one ring.
    pub(crate) fn start(certificate: &Certificate) -> Result<Servers, Failure> {
        let ring = ring()?;
        Servers::with_rings(certificate, |_| Ok(ring.clone()))
    }

    /// Starts them, each with the ring that the framework's name is given.
    pub(crate) fn with_rings(
        certificate: &Certificate,
        ring: impl Fn(&str) -> Result<KeyRing, Failure>,
    ) -> Result<Servers, Failure> {
        let mut servers = Servers {
            places: Vec::new(),
            running: Vec::new(),
            proxies: Vec::new(),
        };
        for harness in frameworks::ALL {
            let name = harness.name();
            let server = start(harness, App::of(manager(&ring(name)?)?))?;
            let proxy = Nginx::start(server.address(), certificate, "")?;
            let (plain, tls) = (server.address(), proxy.site().tls);
            let site = Site { plain, tls };
            servers.places.push(Place { name, site });
            servers.running.push(server);
            servers.proxies.push(proxy);
        }
        Ok(servers)
    }

    /// Stops them, and looks whether they have.
    pub(crate) fn stop(mut self) -> Result<(), Failure> {
        self.proxies.clear();
        self.running.clear();
        for Place { name, site } in &self.places {
            stopped(site.plain).map_err(|cause| format!("{name} still listens: {cause}"))?;
        }
        Ok(())
    }
}

/// Starts one.
pub(crate) fn start(harness: &dyn Harness, app: App) -> Result<Server, Failure> {
    let started = harness.start(app);
    Ok(started.map_err(|cause| format!("{} does not start: {cause}", harness.name()))?)
}

/// Fails unless an address is free again.
fn stopped(address: SocketAddr) -> std::io::Result<()> {
    TcpListener::bind(address).map(drop)
}
