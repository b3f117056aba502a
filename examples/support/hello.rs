//! A walk through a hello example, as a browser does it, by raw HTTP: the same for all of them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// A running example.
struct Hello {
    process: Child,
    address: String,
}

impl Hello {
    /// Waits for the URL that it prints.
    fn start(command: &mut Command) -> Hello {
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut told = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = told.find_map(|line| {
            let line = line.unwrap();
            let (_, url) = line.split_once("http://")?;
            Some(url.trim_end_matches('/').to_owned())
        });
        // Nobody reads on, and it must not wait for that.
        std::thread::spawn(move || told.for_each(drop));
        let hello = Hello {
            process,
            address: address.unwrap(),
        };
        assert!(hello.address.starts_with("127.0.0.1:"), "{}", hello.address);
        hello
    }

    /// The response, whole.
    fn send(&self, line: &str, cookies: &str, form: &str) -> String {
        let mut connection = TcpStream::connect(&self.address).unwrap();
        let request = format!(
            "{line} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: {cookies}\r\n\
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

/// Starts the example by `command`, which names a free port, signs in, reads, writes and signs out.
pub(crate) fn walk(command: &mut Command) {
    let hello = Hello::start(command);
    let stranger = hello.send("GET /", "", "");
    assert!(stranger.starts_with("HTTP/1.1 200 "), "{stranger}");
    assert!(stranger.contains("Who are you?") && cookies(&stranger).is_empty());
    let refused = hello.send("POST /note", "", "text=x");
    assert!(refused.starts_with("HTTP/1.1 401 "), "{refused}");
    assert!(cookies(&refused).is_empty(), "{refused}");

    let signed_in = hello.send("POST /sign-in", "", "name=Ada+%3C3");
    assert!(signed_in.starts_with("HTTP/1.1 303 "), "{signed_in}");
    assert!(signed_in.to_lowercase().contains("\r\nlocation: /\r\n"));
    let cookie = cookies(&signed_in);
    assert!(cookie.starts_with("session="), "{signed_in}");
    let home = hello.send("GET /", &cookie, "");
    assert!(home.contains("Hello, Ada &lt;3."), "{home}");
    assert!(home.contains("Your note: <form"), "{home}");
    assert!(cookies(&home).is_empty(), "reading wrote: {home}");

    let written = hello.send("POST /note", &cookie, "text=milk");
    assert!(written.starts_with("HTTP/1.1 303 "), "{written}");
    let cookie = cookies(&written);
    let home = hello.send("GET /", &cookie, "");
    assert!(home.contains("Your note: milk"), "{home}");

    let signed_out = hello.send("POST /sign-out", &cookie, "");
    assert!(signed_out.contains("session=; "), "{signed_out}");
    // Beside the tombstone the old cookie opens nothing any more.
    let both = format!("{cookie}; {}", cookies(&signed_out));
    let home = hello.send("GET /", &both, "");
    assert!(home.contains("Who are you?"), "{home}");
}
