//! Applications, requests to them, and what comes back.

pub(crate) mod server;

use std::sync::Arc;

use rocket::config::{Config, LogLevel};
use rocket::http::{Header, Method};
use rocket::local::blocking::{Client, LocalRequest, LocalResponse};
use rocket::{Build, Rocket};
use sealed_session_rocket::adapter::Clock;
use sealed_session_rocket::testing::{Browser, ManualClock};
use sealed_session_rocket::{
    Budget, Key, KeyRing, SessionFairing, SessionManager, SessionManagerBuilder,
};
use time::OffsetDateTime;

/// Rocket without routes and without a fairing of ours, silent, on a free port.
pub(crate) fn bare() -> Rocket<Build> {
    let mut config = Config {
        address: std::net::Ipv4Addr::LOCALHOST.into(),
        port: 0,
        workers: 2,
        log_level: LogLevel::Off,
        ..Config::debug_default()
    };
    config.shutdown.ctrlc = false;
    rocket::custom(config)
}

pub(crate) fn builder() -> SessionManagerBuilder {
    SessionManager::builder("session", KeyRing::new(Key::new(&[1; 32]).unwrap()))
}

pub(crate) fn fairing() -> SessionFairing {
    SessionFairing::new(builder().build().unwrap())
}

/// One whose sessions may take two cookies.
pub(crate) fn wide() -> SessionFairing {
    SessionFairing::new(builder().budget(Budget::within_8k()).build().unwrap())
}

pub(crate) fn clocked() -> (Arc<ManualClock>, SessionFairing) {
    let start = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    let clock = Arc::new(ManualClock::new(start));
    let fairing = fairing().clock(Arc::clone(&clock) as Arc<dyn Clock>);
    (clock, fairing)
}

/// A client that keeps no cookies of its own.
pub(crate) fn client(rocket: Rocket<Build>) -> Client {
    Client::untracked(rocket).unwrap()
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn of(response: LocalResponse<'_>) -> Reply {
        let fields = response.headers().iter();
        let fields = fields.map(|field| (field.name.to_string(), field.value.to_string()));
        Reply {
            status: response.status().code,
            fields: fields.collect(),
            body: response.into_string().unwrap_or_default(),
        }
    }

    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let fields = self.fields.iter();
        let wanted = fields.filter(|(field, _)| field.eq_ignore_ascii_case(name));
        wanted.map(|(_, value)| value.as_str()).collect()
    }

    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.all(name).first().copied()
    }

    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        self.all("set-cookie")
    }

    /// The `Cookie` line that a browser without other cookies would send next.
    pub(crate) fn cookie(&self) -> String {
        let mut browser = Browser::default();
        browser.keep(self.set_cookies());
        browser.cookie()
    }
}

pub(crate) fn request<'c>(
    client: &'c Client,
    method: &str,
    path: &'c str,
    cookies: &[&str],
) -> LocalRequest<'c> {
    let mut request = client.req(method.parse::<Method>().unwrap(), path);
    for line in cookies {
        request.add_header(Header::new("Cookie", (*line).to_owned()));
    }
    request
}

/// Sends a request whose cookies are raw lines, as those of a connection are.
pub(crate) fn send(client: &Client, method: &str, path: &str, cookies: &[&str]) -> Reply {
    Reply::of(request(client, method, path, cookies).dispatch())
}
