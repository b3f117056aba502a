//! Upgrades and HTTP/2, on sockets of actix-web's own server.

use std::time::Duration;

use actix_web::web::{self, ServiceConfig, get};
use actix_web::{HttpRequest, HttpResponse};
use actix_ws::{CloseCode, Message};
use sealed_session_actix::{Error, Session};

use crate::wire::{Connection, serve};

async fn write(session: Session) -> Result<&'static str, Error> {
    session.insert("name", "Ada")?;
    Ok("written")
}

async fn read(session: Session) -> Result<String, Error> {
    let name = session.get::<String>("name")?;
    Ok(name.unwrap_or_else(|| "nobody".to_owned()))
}

async fn upgrades(
    session: Session,
    request: HttpRequest,
    body: web::Payload,
) -> actix_web::Result<HttpResponse> {
    session.insert("name", "Ada")?;
    let (response, mut socket, mut messages) = actix_ws::handle(&request, body)?;
    actix_web::rt::spawn(async move {
        while let Some(Ok(Message::Text(_))) = messages.recv().await {
            let name: Option<String> = session.get("name").unwrap();
            let late = session.insert("late", true).unwrap_err();
            let told = format!("{} {}", name.unwrap(), late.is_too_late());
            socket.text(told).await.unwrap();
        }
    });
    Ok(response)
}

/// Answers each message, which says how many seconds later it is, with how long the session lives then.
async fn watches(
    session: Session,
    request: HttpRequest,
    body: web::Payload,
) -> actix_web::Result<HttpResponse> {
    session.sign_in("ada", &[])?;
    let began = session.times().unwrap().loaded_at;
    let (response, mut socket, mut messages) = actix_ws::handle(&request, body)?;
    actix_web::rt::spawn(async move {
        while let Some(Ok(Message::Text(later))) = messages.recv().await {
            let later = Duration::from_secs(later.parse().unwrap());
            match session.time_left(began + later) {
                Ok(left) => socket.text(format!("{} s", left.as_secs())).await.unwrap(),
                Err(refusal) => {
                    let reason = (CloseCode::Policy, refusal.label());
                    return socket.close(Some(reason.into())).await.unwrap();
                }
            }
        }
    });
    Ok(response)
}

fn pages(config: &mut ServiceConfig) {
    config
        .route("/write", get().to(write))
        .route("/read", get().to(read))
        .route("/socket", get().to(upgrades))
        .route("/watches", get().to(watches));
}

#[test]
fn the_head_of_an_upgrade_carries_the_session_and_what_comes_later_is_too_late() {
    let mut socket = Socket::open("/socket");
    assert_eq!(socket.ask("hi"), (0x81, "Ada true".to_owned()));
}

#[test]
fn a_socket_hears_when_its_session_is_over() {
    let mut socket = Socket::open("/watches");
    assert_eq!(socket.ask("0"), (0x81, "1800 s".to_owned()));
    assert_eq!(socket.ask("1799"), (0x81, "1 s".to_owned()));
    // Close code 1008 (RFC 6455 section 7.4.1).
    let close = "\u{3}\u{fffd}idle_expired".to_owned();
    assert_eq!(socket.ask("1800"), (0x88, close));
}

struct Socket(Connection);

impl Socket {
    fn open(path: &str) -> Socket {
        let mut connection = Connection::open(serve(pages));
        connection.write(&[
            &format!("GET {path} HTTP/1.1"),
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ]);
        let head = connection.head();
        assert_eq!((head.status, head.all("upgrade")), (101, vec!["websocket"]));
        assert!(head.cookie().starts_with("__Host-session=A"));
        Socket(connection)
    }

    /// Sends a text, and returns the first byte and the content of the frame that comes back.
    fn ask(&mut self, text: &str) -> (u8, String) {
        let Socket(connection) = self;
        // RFC 6455, section 5.2: a whole text frame, masked with zeros.
        let length = 0x80 | u8::try_from(text.len()).unwrap();
        connection.bytes(&[&[0x81, length, 0, 0, 0, 0], text.as_bytes()].concat());
        let frame = connection.exactly(2);
        let content = connection.exactly(frame[1].into());
        (frame[0], String::from_utf8_lossy(&content).into_owned())
    }
}

#[actix_web::test]
async fn http_2_may_split_the_cookies() {
    let stream = tokio::net::TcpStream::connect(serve(pages)).await.unwrap();
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    actix_web::rt::spawn(connection);
    let mut client = client.ready().await.unwrap();
    let get = |path: &str| http::Request::get(format!("http://localhost{path}"));

    let (response, _) = client
        .send_request(get("/write").body(()).unwrap(), true)
        .unwrap();
    let response = response.await.unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap();

    // RFC 9113, section 8.2.3: a field for each pair.
    let request = get("/read")
        .header("cookie", "a=b")
        .header("cookie", cookie);
    let request = request.header("cookie", "c=d").body(()).unwrap();
    let (response, _) = client.send_request(request, true).unwrap();
    let mut body = response.await.unwrap().into_body();
    assert_eq!(body.data().await.unwrap().unwrap(), "Ada");
}
