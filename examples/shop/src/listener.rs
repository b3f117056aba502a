//! The sockets: taken before anything is served, so that links name the ports that there are.

use std::fmt;
use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::options::Options;
use crate::server::{Letter, Server};

/// A server's socket, and the server to be.
#[derive(Debug)]
pub struct Listener {
    /// The server to run here.
    pub server: Server,
    /// Where it listens.
    pub address: SocketAddr,
    /// The socket.
    pub socket: TcpListener,
}

/// A socket that could not be had.
#[derive(Debug)]
pub struct BindError {
    letter: Letter,
    address: SocketAddr,
    cause: io::Error,
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BindError {
            letter,
            address,
            cause,
        } = self;
        let option = match letter {
            Letter::A => "--a",
            Letter::B => "--b",
        };
        let (ip, port) = (address.ip(), address.port());
        if cause.kind() == io::ErrorKind::AddrInUse {
            write!(
                f,
                "port {port} on {ip} is taken; stop what listens there, or give server {letter} \
                 another address with {option} ADDR"
            )
        } else {
            write!(
                f,
                "server {letter} cannot listen on {address} ({option}): {cause}"
            )
        }
    }
}

impl std::error::Error for BindError {}

/// Takes the sockets of all servers that `options` start.
///
/// # Errors
///
/// If one of them cannot be had.
pub async fn bind(options: &Options) -> Result<Vec<Listener>, BindError> {
    let mut taken = Vec::new();
    for letter in options.letters() {
        let address = options.address(letter);
        let failed = |cause| BindError {
            letter,
            address,
            cause,
        };
        let socket = TcpListener::bind(address).await.map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        taken.push((letter, address, socket));
    }
    let found: Vec<(Letter, SocketAddr)> = taken
        .iter()
        .map(|(letter, address, _)| (*letter, *address))
        .collect();
    let place = |letter: Letter| {
        let bound = found.iter().find(|(found, _)| *found == letter);
        bound.map_or_else(|| options.address(letter), |(_, address)| *address)
    };
    let listener = |(letter, address, socket): (Letter, SocketAddr, TcpListener)| {
        let server = Server::new(letter, place(letter.other()));
        Listener {
            server: match options.two_sites {
                true => server.as_site(address),
                false => server,
            },
            address,
            socket,
        }
    };
    Ok(taken.into_iter().map(listener).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn links_name_the_ports_that_there_are_and_a_taken_port_names_its_option() {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let options = Options {
            a: any,
            b: any,
            ..Options::default()
        };
        let listeners = bind(&options).await.unwrap();
        let [a, b] = &listeners[..] else {
            panic!("two servers")
        };
        assert_eq!(
            a.server.elsewhere(None, "/", false),
            format!("http://{}/", b.address)
        );
        assert_eq!(
            b.server.elsewhere(None, "/", false),
            format!("http://{}/", a.address)
        );

        let options = Options {
            b: a.address,
            only: Some(Letter::B),
            ..options
        };
        let error = bind(&options).await.unwrap_err().to_string();
        let wanted = format!("port {} on 127.0.0.1 is taken", a.address.port());
        assert!(
            error.starts_with(&wanted) && error.contains("--b"),
            "{error}"
        );
    }
}
