//! An application on a port of its own, and raw requests to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::mpsc;

use rocket::fairing::AdHoc;
use rocket::tokio::runtime::Runtime;
use rocket::{Build, Rocket};

use super::Reply;

/// A running application. It ends when this is dropped.
pub(crate) struct Server {
    port: u16,
    _runtime: Runtime,
}

impl Server {
    pub(crate) fn start(rocket: Rocket<Build>) -> Server {
        let (sender, receiver) = mpsc::channel();
        let liftoff = AdHoc::on_liftoff("Where it listens", move |rocket| {
            let port = rocket.config().port;
            Box::pin(async move { sender.send(port).unwrap() })
        });
        let runtime = Runtime::new().unwrap();
        runtime.spawn(rocket.attach(liftoff).launch());
        Server {
            port: receiver.recv().unwrap(),
            _runtime: runtime,
        }
    }

    pub(crate) fn connect(&self) -> BufReader<TcpStream> {
        BufReader::new(TcpStream::connect(("127.0.0.1", self.port)).unwrap())
    }

    /// One request on a connection of its own; `lines` come after the request line.
    pub(crate) fn send(&self, start: &str, lines: &[&[u8]]) -> Reply {
        exchange(&mut self.connect(), start, lines)
    }
}

/// One request, and its response, on a connection that stays open.
pub(crate) fn exchange(
    connection: &mut BufReader<TcpStream>,
    start: &str,
    lines: &[&[u8]],
) -> Reply {
    let mut request = format!("{start} HTTP/1.1\r\nHost: localhost\r\n").into_bytes();
    for line in lines {
        request.extend_from_slice(line);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    connection.get_mut().write_all(&request).unwrap();
    read(connection, start.starts_with("HEAD "))
}

fn read(connection: &mut BufReader<TcpStream>, without_body: bool) -> Reply {
    let status = line(connection);
    let status = status.split(' ').nth(1).unwrap().parse().unwrap();
    let mut fields = Vec::new();
    loop {
        let field = line(connection);
        let Some((name, value)) = field.split_once(": ") else {
            break;
        };
        fields.push((name.to_owned(), value.to_owned()));
    }
    let mut reply = Reply {
        status,
        fields,
        body: String::new(),
    };
    if !without_body {
        reply.body = body(connection, &reply);
    }
    reply
}

fn body(connection: &mut BufReader<TcpStream>, reply: &Reply) -> String {
    let mut take = |length: usize| {
        let mut bytes = vec![0; length];
        connection.read_exact(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    if let Some(length) = reply.field("content-length") {
        return take(length.parse().unwrap());
    }
    let mut body = String::new();
    loop {
        let mut size = String::new();
        while !size.ends_with("\r\n") {
            size.push_str(&take(1));
        }
        match usize::from_str_radix(size.trim_end(), 16).unwrap() {
            0 => {
                take(2);
                return body;
            }
            length => {
                body.push_str(&take(length));
                take(2);
            }
        }
    }
}

fn line(connection: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    connection.read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}
