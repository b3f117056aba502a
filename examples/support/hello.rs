//! A walk through a hello example, as a browser does it, by raw HTTP: the same for all of them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use sealed_session::testing::Browser;

/// A running example, and its visitor.
struct Hello {
    process: Child,
    address: String,
    browser: Browser,
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
            browser: Browser::default().at("http://127.0.0.1"),
        };
        assert!(hello.address.starts_with("127.0.0.1:"), "{}", hello.address);
        hello
    }

    /// The response, whole. The browser sends what it has, and keeps what the response sets.
    fn send(&mut self, line: &str, form: &str) -> String {
        let mut connection = TcpStream::connect(&self.address).unwrap();
        let request = format!(
            "{line} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAccept: text/html\r\nCookie: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.address,
            self.browser.cookie(),
            form.len(),
        );
        connection.write_all(request.as_bytes()).unwrap();
        let mut response = String::new();
        connection.read_to_string(&mut response).unwrap();
        self.browser.keep(set_cookies(&response));
        response
    }
}

impl Drop for Hello {
    fn drop(&mut self) {
        let ended = self.process.kill().and_then(|()| self.process.wait());
        assert!(ended.is_ok() || std::thread::panicking());
    }
}

/// The `Set-Cookie` values of a response.
fn set_cookies(response: &str) -> Vec<&str> {
    let fields = response.lines().take_while(|line| !line.is_empty());
    let pairs = fields.filter_map(|field| field.split_once(": "));
    let set = pairs.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    set.map(|(_, value)| value).collect()
}

/// Whether a browser fetches the first page next. leptos says 302, of which a browser makes a `GET` as well.
fn leads_home(response: &str) -> bool {
    let moves = ["HTTP/1.1 302 ", "HTTP/1.1 303 "];
    moves.iter().any(|status| response.starts_with(status))
        && response.to_lowercase().contains("\r\nlocation: /\r\n")
}

/// Starts the example by `command`, which names a free port, signs in, reads, writes and signs out.
pub(crate) fn walk(command: &mut Command) {
    let mut hello = Hello::start(command);
    let stranger = hello.send("GET /", "");
    assert!(stranger.starts_with("HTTP/1.1 200 "), "{stranger}");
    assert!(stranger.contains("Who are you?") && set_cookies(&stranger).is_empty());
    let refused = hello.send("POST /note", "text=x");
    assert!(refused.starts_with("HTTP/1.1 401 "), "{refused}");
    assert!(set_cookies(&refused).is_empty(), "{refused}");

    let signed_in = hello.send("POST /sign-in", "name=Ada+%3C3");
    assert!(leads_home(&signed_in), "{signed_in}");
    let cookie = hello.browser.cookie();
    assert!(cookie.contains("-hello="), "{signed_in}");
    let home = hello.send("GET /", "");
    assert!(home.contains("Hello, Ada &lt;3."), "{home}");
    assert!(home.contains("Your note: <"), "{home}");
    assert!(set_cookies(&home).is_empty(), "reading wrote: {home}");

    let written = hello.send("POST /note", "text=milk");
    assert!(leads_home(&written), "{written}");
    let home = hello.send("GET /", "");
    assert!(home.contains("Your note: milk"), "{home}");

    let before = hello.browser.cookie();
    let signed_out = hello.send("POST /sign-out", "");
    assert!(signed_out.contains("-hello=; "), "{signed_out}");
    // Beside the tombstone the old cookie opens nothing any more.
    hello.browser.keep(before.split("; "));
    let home = hello.send("GET /", "");
    assert!(home.contains("Who are you?"), "{home}");
}
