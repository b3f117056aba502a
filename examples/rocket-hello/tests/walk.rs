//! Starts the example and walks it as a browser does, by raw HTTP.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// The running example.
struct Hello {
    process: Child,
    address: String,
}

impl Hello {
    /// On a free port; it tells which.
    fn start() -> Hello {
        let mut process = Command::new(env!("CARGO_BIN_EXE_rocket-hello"))
            .env("ROCKET_PORT", "0")
            .env("ROCKET_CLI_COLORS", "false")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(process.stdout.take().unwrap()).lines();
        let launched = told.find_map(|line| {
            let line = line.unwrap();
            Some(line.split_once("launched from http://")?.1.to_owned())
        });
        // Nobody reads on, and it must not wait for that.
        std::thread::spawn(move || told.for_each(drop));
        Hello {
            process,
            address: launched.unwrap(),
        }
    }

    /// The response, whole.
    fn send(&self, method: &str, path: &str, cookies: &str, form: &str) -> String {
        let mut connection = TcpStream::connect(&self.address).unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: {cookies}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.address,
            form.len(),
        );
        connection.write_all(request.as_bytes()).unwrap();
        let mut response = String::new();
        connection.read_to_string(&mut response).unwrap();
        response
    }
}

impl Drop for Hello {
    fn drop(&mut self) {
        let ended = self.process.kill().and_then(|()| self.process.wait());
        assert!(ended.is_ok() || std::thread::panicking());
    }
}

/// The cookies that a response sets, as the next request sends them.
fn cookies(response: &str) -> String {
    let fields = response.lines().take_while(|line| !line.is_empty());
    let set = fields.filter_map(|field| {
        let (name, value) = field.split_once(": ")?;
        let set = name.eq_ignore_ascii_case("set-cookie") && !value.contains("Max-Age=0");
        set.then(|| value.split(';').next().unwrap().to_owned())
    });
    set.collect::<Vec<_>>().join("; ")
}

#[test]
fn sign_in_read_write_and_sign_out() {
    let hello = Hello::start();
    let stranger = hello.send("GET", "/", "", "");
    assert!(stranger.starts_with("HTTP/1.1 200 "), "{stranger}");
    assert!(stranger.contains("Who are you?") && cookies(&stranger).is_empty());
    let refused = hello.send("POST", "/note", "", "text=x");
    assert!(refused.starts_with("HTTP/1.1 401 "), "{refused}");

    let signed_in = hello.send("POST", "/sign-in", "", "name=Ada+%3C3");
    assert!(signed_in.starts_with("HTTP/1.1 303 "), "{signed_in}");
    let cookie = cookies(&signed_in);
    assert!(cookie.starts_with("hello="), "{signed_in}");
    let home = hello.send("GET", "/", &cookie, "");
    assert!(
        home.contains("Hello, Ada &lt;3.") && home.contains("Your note: <form"),
        "{home}"
    );

    let written = hello.send("POST", "/note", &cookie, "text=milk");
    let cookie = cookies(&written);
    let home = hello.send("GET", "/", &cookie, "");
    assert!(home.contains("Your note: milk"), "{home}");

    let signed_out = hello.send("POST", "/sign-out", &cookie, "");
    assert!(signed_out.contains("hello=; "), "{signed_out}");
    let home = hello.send("GET", "/", &cookies(&signed_out), "");
    assert!(home.contains("Who are you?"), "{home}");
}
