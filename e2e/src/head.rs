//! Heads of requests and responses with exactly as many bytes as a test wants.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use crate::{Failure, Reply};

/// The end of a head.
const END: &[u8] = b"\r\n\r\n";

/// Longer than any server here takes to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Starts a server that answers `/BYTES` with a response head of that many bytes, or the shortest it
/// has. It ends with the test.
///
/// # Errors
///
/// If nothing can be listened on.
pub fn serve_heads() -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A proxy may keep one open and come with another.
            std::thread::spawn(move || respond(stream));
        }
    });
    Ok(address)
}

fn respond(mut stream: TcpStream) -> Option<()> {
    let request = read_head(&mut stream)?;
    let path = request.split(' ').nth(1)?;
    let wanted: usize = path.trim_start_matches('/').parse().ok()?;
    let start = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\nSet-Cookie: a=";
    let filler = "v".repeat(wanted.saturating_sub(start.len() + END.len()));
    let response = format!("{start}{filler}\r\n\r\nok");
    stream.write_all(response.as_bytes()).ok()
}

/// Sends a request over plain HTTP/1.1 whose only `Cookie` value has `bytes` bytes.
///
/// # Errors
///
/// If nobody listens there.
pub fn send_cookie(address: SocketAddr, path: &str, bytes: usize) -> Result<Reply, Failure> {
    let start = start(path);
    let filler = "v".repeat(bytes.saturating_sub("a=".len()));
    send(address, &format!("{start}{filler}\r\n\r\n"))
}

/// Sends a request over plain HTTP/1.1 whose whole head has `bytes` bytes, most of them a cookie.
///
/// # Errors
///
/// If nobody listens there.
pub fn send_head(address: SocketAddr, path: &str, bytes: usize) -> Result<Reply, Failure> {
    let start = start(path);
    let filler = "v".repeat(bytes.saturating_sub(start.len() + END.len()));
    send(address, &format!("{start}{filler}\r\n\r\n"))
}

fn start(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: a=")
}

fn send(address: SocketAddr, head: &str) -> Result<Reply, Failure> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    // Whoever has read enough may close before the end.
    let _ = stream.write_all(head.as_bytes());
    let mut response = Vec::new();
    let _ = stream.read_to_end(&mut response);
    let response = String::from_utf8_lossy(&response);
    let status = response
        .split(' ')
        .nth(1)
        .and_then(|word| word.parse().ok());
    let body = response
        .split_once("\r\n\r\n")
        .map(|(_, body)| body.to_owned());
    Ok(Reply {
        status,
        protocol: "HTTP/1.1".to_owned(),
        body: body.unwrap_or_default(),
    })
}

/// Reads up to the empty line.
fn read_head(stream: &mut TcpStream) -> Option<String> {
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let (mut head, mut buffer) = (Vec::new(), [0; 4_096]);
    while !head.windows(END.len()).any(|window| window == END) {
        let read = stream.read(&mut buffer).ok()?;
        head.extend_from_slice(buffer.get(..read).filter(|part| !part.is_empty())?);
    }
    String::from_utf8(head).ok()
}
