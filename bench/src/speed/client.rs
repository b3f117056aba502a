//! A client of a server on this machine, with connections that stay open.

use std::net::SocketAddr;

use axum::http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::peers::{DONE, FIELDS, Reply};

/// A connection that sends one request after another.
pub(crate) struct Client(SendRequest<Empty<Bytes>>);

impl Client {
    /// Connects; has to be called within a runtime.
    pub(crate) async fn connect(address: SocketAddr) -> Result<Client, String> {
        let stream = TcpStream::connect(address).await;
        let stream = stream.map_err(|cause| cause.to_string())?;
        let connected = handshake(TokioIo::new(stream)).await;
        let (sender, connection) = connected.map_err(|cause| cause.to_string())?;
        tokio::spawn(connection);
        Ok(Client(sender))
    }

    /// Sends a request, and reads all of its answer.
    pub(crate) async fn ask(&mut self, path: &str, cookie: &str) -> Result<Reply, String> {
        let mut request = Request::get(path);
        for (name, value) in FIELDS {
            request = request.header(name, value);
        }
        if !cookie.is_empty() {
            request = request.header(header::COOKIE, cookie);
        }
        let request = request.body(Empty::new());
        let request = request.map_err(|cause| cause.to_string())?;
        self.0.ready().await.map_err(|cause| cause.to_string())?;
        let response = self.0.send_request(request).await;
        let (head, body) = response.map_err(|cause| cause.to_string())?.into_parts();
        let body = body.collect().await.map_err(|cause| cause.to_string())?;
        let lines = head.headers.get_all(header::SET_COOKIE).iter();
        let lines = lines.map(|line| line.to_str().map(str::to_owned));
        let cookies: Result<_, _> = lines.collect();
        Ok(Reply {
            status: head.status,
            cookies: cookies.map_err(|cause| cause.to_string())?,
            body: String::from_utf8_lossy(&body.to_bytes()).into_owned(),
        })
    }

    /// Sends a request to a handler that has to find what it expects.
    pub(crate) async fn expect(&mut self, path: &str, cookie: &str) -> Result<Reply, String> {
        let reply = self.ask(path, cookie).await?;
        match reply.status == StatusCode::OK && reply.body == DONE {
            true => Ok(reply),
            false => Err(format!("{path} answers {} {}", reply.status, reply.body)),
        }
    }
}
