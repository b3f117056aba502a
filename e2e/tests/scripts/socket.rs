//! The WebSocket client of docs/clients-without-cookies.md, which shows the lines below as they are.

use axum::http::HeaderMap;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A socket, and the header of the answer: keep what it says, as with any other.
pub(crate) async fn open(
    url: &str,
    session: &str,
) -> Result<(WebSocketStream<MaybeTlsStream<TcpStream>>, HeaderMap), Box<dyn std::error::Error>> {
    let mut request = url.into_client_request()?;
    let bearer = format!("Bearer {session}").parse()?;
    request.headers_mut().insert("authorization", bearer);
    let (socket, answer) = connect_async(request).await?;
    Ok((socket, answer.headers().clone()))
}
