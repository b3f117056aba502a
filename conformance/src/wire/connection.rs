//! One connection, and one answer after the other.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::answer::Answer;
use super::request::Request;
use crate::failure::Failure;

/// Nothing that passes comes near it.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection that stays open between requests.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
}

/// What came of a request.
#[derive(Debug)]
pub(crate) enum Outcome {
    Answered(Answer),
    /// The connection was closed before there was a whole head.
    Closed,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Result<Connection, Failure> {
        let failed = |cause: std::io::Error| {
            Failure::new("connecting", "the app", "listens", format!("{cause}"))
        };
        let stream = TcpStream::connect(address).map_err(failed)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        Ok(Connection {
            stream: BufReader::new(stream),
        })
    }

    /// Sends a request and reads the whole answer.
    pub(crate) fn send(&mut self, request: &Request) -> Result<Outcome, Failure> {
        self.exchange(request).map_err(|cause| {
            Failure::new(
                request.label(),
                "the answer",
                "one in HTTP/1.1",
                cause.to_string(),
            )
        })
    }

    /// The same, in chunks of so many bytes, each in a segment of its own (RFC 9112 section 7.1).
    pub(crate) fn send_in_pieces(
        &mut self,
        request: &Request,
        bytes: usize,
    ) -> Result<Answer, Failure> {
        let failed = |cause: std::io::Error| {
            Failure::new(
                request.label(),
                "the answer",
                "one in HTTP/1.1",
                cause.to_string(),
            )
        };
        let mut exchange = || {
            let stream = self.stream.get_mut();
            stream.write_all(&request.chunked_head())?;
            for piece in request.sent_body().chunks(bytes) {
                stream.write_all(format!("{:x}\r\n", piece.len()).as_bytes())?;
                stream.write_all(piece)?;
                stream.write_all(b"\r\n")?;
            }
            stream.write_all(b"0\r\n\r\n")?;
            let mut answer = self.head(request)?;
            answer.body = self.body(&answer)?;
            Ok(answer)
        };
        exchange().map_err(failed)
    }

    fn exchange(&mut self, request: &Request) -> std::io::Result<Outcome> {
        match self.stream.get_mut().write_all(&request.bytes()) {
            Err(cause) if is_closed(cause.kind()) => return Ok(Outcome::Closed),
            written => written?,
        }
        let mut answer = match self.head(request) {
            Ok(answer) => answer,
            Err(cause) if is_closed(cause.kind()) => return Ok(Outcome::Closed),
            Err(cause) => return Err(cause),
        };
        let bodiless = request.method == "HEAD" || matches!(answer.status, 100..=199 | 204 | 304);
        if !bodiless {
            answer.body = self.body(&answer)?;
        }
        Ok(Outcome::Answered(answer))
    }

    fn head(&mut self, request: &Request) -> std::io::Result<Answer> {
        let line = self.line()?;
        let line = String::from_utf8_lossy(&line).into_owned();
        let status = line
            .strip_prefix("HTTP/1.1 ")
            .and_then(|rest| rest.get(..3));
        let status = status.and_then(|digits| digits.parse().ok());
        let mut answer = Answer::new(request.label(), status.ok_or_else(|| odd(&line))?);
        loop {
            let line = self.line()?;
            if line.is_empty() {
                return Ok(answer);
            }
            let line = String::from_utf8_lossy(&line).into_owned();
            let (name, value) = line.split_once(':').ok_or_else(|| odd(&line))?;
            answer.add(name, value.trim());
        }
    }

    fn body(&mut self, answer: &Answer) -> std::io::Result<Vec<u8>> {
        if answer.field("transfer-encoding").is_some() {
            return self.chunks();
        }
        let length = answer.field("content-length");
        let length: Option<usize> = length.and_then(|digits| digits.parse().ok());
        match length {
            Some(length) => self.exactly(length),
            None => {
                let mut rest = Vec::new();
                self.stream.read_to_end(&mut rest)?;
                Ok(rest)
            }
        }
    }

    fn chunks(&mut self) -> std::io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.line()?;
            let line = String::from_utf8_lossy(&line).into_owned();
            let length = usize::from_str_radix(line.trim(), 16).map_err(|_| odd(&line))?;
            body.extend(self.exactly(length)?);
            self.line()?;
            if length == 0 {
                return Ok(body);
            }
        }
    }

    fn exactly(&mut self, length: usize) -> std::io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// A line without its end.
    fn line(&mut self) -> std::io::Result<Vec<u8>> {
        let mut line = Vec::new();
        self.stream.read_until(b'\n', &mut line)?;
        match line.strip_suffix(b"\r\n") {
            Some(line) => Ok(line.to_vec()),
            None => Err(ErrorKind::UnexpectedEof.into()),
        }
    }
}

fn is_closed(kind: ErrorKind) -> bool {
    use ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(
        kind,
        BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof
    )
}

fn odd(line: &str) -> std::io::Error {
    std::io::Error::other(format!("the line {line:?}"))
}
