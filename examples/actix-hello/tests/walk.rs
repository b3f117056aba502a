//! Starts the program and walks through it as a browser would, over a real socket.

#![expect(clippy::unwrap_used, reason = "these are tests")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// The running program; dropped, it ends.
struct Hello {
    child: Child,
    host: String,
}

impl Hello {
    fn start() -> Hello {
        let mut command = Command::new(env!("CARGO_BIN_EXE_actix-hello"));
        let mut child = command.arg("0").stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let host = line.trim().strip_prefix("http://").unwrap();
        let host = host.strip_suffix('/').unwrap().to_owned();
        assert!(host.starts_with("127.0.0.1:"));
        Hello { child, host }
    }

    /// The whole answer, as text.
    fn send(&self, line: &str, cookie: &str, body: &str) -> String {
        let request = format!(
            "{line} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: {cookie}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.host,
            body.len(),
        );
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Hello {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// The cookies that an answer sets, as a browser would send them next.
fn cookies(answer: &str) -> String {
    let lines = answer
        .lines()
        .filter_map(|line| line.strip_prefix("set-cookie: "));
    let pairs: Vec<&str> = lines.filter_map(|line| line.split(';').next()).collect();
    pairs.join("; ")
}

#[test]
fn signing_in_visiting_and_signing_out() {
    let hello = Hello::start();
    let first = hello.send("GET /", "", "");
    assert!(
        first.contains("Sign in") && cookies(&first).is_empty(),
        "{first}"
    );

    let signed_in = hello.send("POST /sign-in", "", "user=Ada%3Cb%3E");
    assert!(signed_in.starts_with("HTTP/1.1 303") && signed_in.contains("location: /\r\n"));
    let cookie = cookies(&signed_in);
    assert!(cookie.starts_with("session="), "{signed_in}");

    let once = hello.send("GET /", &cookie, "");
    assert!(
        once.contains("Hello, Adab. You saw this page 1 times."),
        "{once}"
    );
    let cookie = cookies(&once);
    let twice = hello.send("GET /", &cookie, "");
    assert!(twice.contains("You saw this page 2 times."), "{twice}");

    let signed_out = hello.send("POST /sign-out", &cookies(&twice), "");
    assert!(signed_out.starts_with("HTTP/1.1 303"), "{signed_out}");
    // The cookie is removed, and a tombstone keeps it from coming back.
    assert!(signed_out.contains("set-cookie: session=;"), "{signed_out}");
    let last = hello.send("GET /", &format!("{cookie}; {}", cookies(&signed_out)), "");
    assert!(last.contains("Sign in"), "{last}");

    let nobody = hello.send("POST /sign-in", "", "user=%20");
    assert!(nobody.starts_with("HTTP/1.1 303") && cookies(&nobody).is_empty());
}
