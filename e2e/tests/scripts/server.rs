//! The server of docs/clients-without-cookies.md, which shows the lines below as they are.

use axum::extract::ws::{Message, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::{Router, get, post};
use sealed_session_axum::time::OffsetDateTime;
use sealed_session_axum::{
    Error, KeyRing, LiveSession, Session, SessionLayer, SessionManager, Transport,
};
use tokio::time::timeout;

async fn sign_in(session: Session, name: String) -> Result<String, Error> {
    // After the password was checked.
    session.sign_in(&name, &[])?;
    Ok(format!("Hello, {name}."))
}

async fn account(session: LiveSession) -> Result<String, Error> {
    let name = session.subject().unwrap_or_default();
    let note = session.get::<String>("note")?.unwrap_or_default();
    Ok(format!("{name} notes: {note}"))
}

async fn write(session: LiveSession, note: String) -> Result<&'static str, Error> {
    session.insert("note", note)?;
    Ok("noted")
}

async fn sign_out(session: Session) -> Result<&'static str, Error> {
    session.destroy()?;
    Ok("Goodbye.")
}

async fn socket(session: LiveSession, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async move |mut socket| {
        // The session as it was when the socket was opened.
        let name = session.subject().unwrap_or_default();
        while let Ok(left) = session.time_left(OffsetDateTime::now_utc()) {
            let Ok(message) = timeout(left, socket.recv()).await else {
                continue; // ask again
            };
            let Some(Ok(Message::Text(text))) = message else {
                return;
            };
            let echo = Message::text(format!("{name} says: {text}"));
            if socket.send(echo).await.is_err() {
                return;
            }
        }
    })
}

pub(crate) fn pages() -> Router {
    Router::new()
        .route("/sign-in", post(sign_in))
        .route("/account", get(account))
        .route("/note", post(write))
        .route("/sign-out", post(sign_out))
        .route("/socket", get(socket))
}

pub(crate) fn sessions(ring: KeyRing) -> Result<SessionLayer, Error> {
    let manager = SessionManager::builder("shop", ring)
        .transport(Transport::bearer().or_cookie())
        .build()?;
    Ok(SessionLayer::new(manager))
}
