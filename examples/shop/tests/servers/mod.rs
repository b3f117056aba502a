//! Both servers of the shop, in this process.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use sealed_session_axum::adapter::{Clock, SystemClock};
use sealed_session_axum::revocation::RevocationTable;
use sealed_session_axum::testing::ManualClock;
use sealed_session_axum::{Key, KeyRing};
use shop::{Accounts, Devices, Letter, Options, Passwords, Revoked, Server, app, sessions};
use time::OffsetDateTime;

pub(crate) const A: &str = "127.0.0.1:3001";
pub(crate) const B: &str = "127.0.0.1:3002";

/// Both servers, with managers of their own.
pub(crate) fn servers(ring: &KeyRing) -> (Router, Router) {
    serving(ring, &Arc::new(SystemClock), 100, Server::new)
}

/// Both servers as sites of their own.
pub(crate) fn sites() -> (Router, Router) {
    let site = |letter, other| {
        let own = match letter {
            Letter::A => A,
            Letter::B => B,
        };
        Server::new(letter, other).as_site(own.parse().unwrap())
    };
    serving(&ring(), &Arc::new(SystemClock), 100, site)
}

/// Both servers, and the clock that they go by.
pub(crate) fn servers_and_clock() -> (Router, Router, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(OffsetDateTime::now_utc()));
    let (a, b) = serving(&ring(), &clock, 100, Server::new);
    (a, b, clock)
}

/// Both servers, with room for so many revocations.
pub(crate) fn servers_with_room(room: usize) -> (Router, Router) {
    serving(&ring(), &Arc::new(SystemClock), room, Server::new)
}

fn serving<C: Clock + 'static>(
    ring: &KeyRing,
    clock: &Arc<C>,
    room: usize,
    made: impl Fn(Letter, SocketAddr) -> Server,
) -> (Router, Router) {
    let options = Options::default();
    let (devices, passwords) = (Devices::default(), Passwords::default());
    let revoked = Revoked::Here(RevocationTable::new(room));
    let server = |letter, other: &str| {
        let accounts = Accounts::new(revoked.clone(), devices.clone(), passwords.clone());
        let server = made(letter, other.parse().unwrap());
        let manager = sessions(server, ring.clone(), options.idle, revoked.clone()).unwrap();
        app(server, manager, clock.clone(), accounts, options.confirm).unwrap()
    };
    (server(Letter::A, B), server(Letter::B, A))
}

pub(crate) fn ring() -> KeyRing {
    KeyRing::new(Key::generate().unwrap())
}
