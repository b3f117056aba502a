//! HTTP/1.1 over a real socket, where what the test service cannot show matters.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use actix_web::rt::System;
use actix_web::web::ServiceConfig;
use actix_web::{App, HttpServer};

use crate::support::sessions;

/// Serves `pages` behind the sessions until the tests end.
pub(crate) fn serve(pages: fn(&mut ServiceConfig)) -> SocketAddr {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let app = move || App::new().configure(pages).wrap(sessions());
        let server = HttpServer::new(app).workers(1).disable_signals();
        let server = server.bind_auto_h2c("127.0.0.1:0").unwrap();
        sender.send(server.addrs()).unwrap();
        System::new().block_on(server.run())
    });
    receiver.recv().unwrap().remove(0)
}

/// A connection that stays open between requests.
pub(crate) struct Connection(BufReader<TcpStream>);

/// The head of an answer.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) status: u16,
    fields: Vec<(String, String)>,
}

impl Head {
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let fields = self.fields.iter().filter(|(field, _)| field == name);
        fields.map(|(_, value)| value.as_str()).collect()
    }

    /// The session's pair, as a browser would send it back.
    pub(crate) fn cookie(&self) -> &str {
        let lines = self.all("set-cookie");
        assert_eq!(lines.len(), 1, "{self:?}");
        lines[0].split(';').next().unwrap()
    }
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Connection {
        let stream = TcpStream::connect(address).unwrap();
        // Nothing that passes comes near it.
        let patience = Some(Duration::from_secs(20));
        stream.set_read_timeout(patience).unwrap();
        Connection(BufReader::new(stream))
    }

    /// Sends a request of these lines, without their ends.
    pub(crate) fn write(&mut self, lines: &[&str]) {
        let request = format!("{}\r\nHost: localhost\r\n\r\n", lines.join("\r\n"));
        self.bytes(request.as_bytes());
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).unwrap();
    }

    pub(crate) fn head(&mut self) -> Head {
        let status = self.line();
        let status = status.split(' ').nth(1).unwrap().parse().unwrap();
        let mut fields = Vec::new();
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(": ") else {
                assert_eq!(line, "");
                return Head { status, fields };
            };
            fields.push((name.to_ascii_lowercase(), value.to_owned()));
        }
    }

    pub(crate) fn exactly(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.0.read_exact(&mut bytes).unwrap();
        bytes
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.strip_suffix("\r\n").unwrap().to_owned()
    }
}
