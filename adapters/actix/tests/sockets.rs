//! Where actix-web's own server matters: panics, keep-alive, streams, upgrades, HTTP/2.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod support;
#[path = "support/wire.rs"]
mod wire;

use std::convert::Infallible;
use std::panic::resume_unwind;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::ErrorForbidden;
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Bytes, ServiceConfig, get};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use sealed_session_actix::{Error, Session};
use tokio::sync::Semaphore;
use wire::{Connection, serve};

/// What a change after the response head is told.
fn late(session: &Session) -> &'static str {
    match session.insert("late", true) {
        Ok(()) => "accepted",
        Err(error) if error.is_too_late() => "too late",
        Err(_) => "refused",
    }
}

async fn write(session: Session) -> Result<&'static str, Error> {
    session.insert("name", "Ada")?;
    Ok("written")
}

async fn read(session: Session) -> Result<String, Error> {
    let name = session.get::<String>("name")?;
    Ok(name.unwrap_or_else(|| "nobody".to_owned()))
}

async fn panics(session: Session) -> HttpResponse {
    session.insert("name", "Eve").unwrap();
    // A panic without a message on standard error.
    resume_unwind(Box::new(()))
}

/// Lets the stream go on.
static GATE: Semaphore = Semaphore::const_new(0);

async fn streams(session: Session) -> HttpResponse {
    session.insert("name", "Ada").unwrap();
    let piece = async move {
        GATE.acquire().await.unwrap().forget();
        Ok::<_, Infallible>(Bytes::from_static(late(&session).as_bytes()))
    };
    HttpResponse::Ok().streaming(stream::once(Box::pin(piece)))
}

async fn upgrades(
    session: Session,
    request: HttpRequest,
    body: web::Payload,
) -> actix_web::Result<HttpResponse> {
    session.insert("name", "Ada").map_err(Error::from)?;
    let (response, mut socket, mut messages) = actix_ws::handle(&request, body)?;
    actix_web::rt::spawn(async move {
        while let Some(Ok(actix_ws::Message::Text(_))) = messages.recv().await {
            let name: Option<String> = session.get("name").unwrap();
            let told = format!("{}, {}", name.unwrap(), late(&session));
            socket.text(told).await.unwrap();
        }
    });
    Ok(response)
}

async fn forbids(
    session: Session,
    _: ServiceRequest,
    _: Next<impl MessageBody>,
) -> actix_web::Result<ServiceResponse> {
    session.insert("name", "Ada").map_err(Error::from)?;
    Err(ErrorForbidden("not here"))
}

fn pages(config: &mut ServiceConfig) {
    let forbidden = web::scope("/forbidden").wrap(from_fn(forbids));
    config
        .service(
            web::resource("/write")
                .get(write)
                .route(web::head().to(write)),
        )
        .route("/read", get().to(read))
        .route("/panic", get().to(panics))
        .route("/stream", get().to(streams))
        .route("/socket", get().to(upgrades))
        .service(forbidden);
}

#[test]
fn a_panic_closes_the_connection_and_the_old_session_stays_whole() {
    let address = serve(pages);
    let mut connection = Connection::open(address);
    connection.write(&["GET /write HTTP/1.1"]);
    let cookie = format!("Cookie: {}", connection.answer().0.cookie());

    // The same connection, which worked until now, ends without a byte.
    connection.write(&["GET /panic HTTP/1.1", &cookie]);
    assert_eq!(connection.rest(), b"");

    let mut connection = Connection::open(address);
    connection.write(&["GET /read HTTP/1.1", &cookie]);
    assert_eq!(connection.answer().1, "Ada");
}

#[test]
fn requests_of_one_connection_share_nothing() {
    let mut connection = Connection::open(serve(pages));
    connection.write(&["HEAD /write HTTP/1.1"]);
    let head = connection.head();
    let cookie = format!("Cookie: {}", head.cookie());
    assert_eq!((head.status, head.all("content-length")), (200, vec!["7"]));
    // Pipelined, as a proxy may mix the requests of several visitors.
    connection.write(&["GET /read HTTP/1.1", "Cookie: a=b", &cookie]);
    connection.write(&["GET /read HTTP/1.1"]);
    connection.write(&["GET /read HTTP/1.1", &cookie]);
    let names = [(); 3].map(|()| connection.answer().1);
    assert_eq!(names, ["Ada", "nobody", "Ada"]);
}

#[test]
fn the_head_of_a_stream_carries_the_session_before_the_body_begins() {
    let mut connection = Connection::open(serve(pages));
    connection.write(&["GET /stream HTTP/1.1"]);
    assert!(connection.head().cookie().starts_with("__Host-session=A"));
    // Only now the first piece is made.
    GATE.add_permits(1);
    let length = usize::from_str_radix(&connection.line(), 16).unwrap();
    assert_eq!(connection.exactly(length), b"too late");
}

#[test]
fn the_head_of_an_upgrade_carries_the_session_and_what_comes_later_is_too_late() {
    let mut connection = Connection::open(serve(pages));
    connection.write(&[
        "GET /socket HTTP/1.1",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]);
    let head = connection.head();
    assert_eq!((head.status, head.all("upgrade")), (101, vec!["websocket"]));
    assert!(head.cookie().starts_with("__Host-session=A"));
    // RFC 6455, section 5.2: a whole text frame of two bytes, masked with zeros.
    connection.bytes(&[0x81, 0x82, 0, 0, 0, 0, b'h', b'i']);
    let frame = connection.exactly(2);
    assert_eq!(frame[0], 0x81);
    assert_eq!(connection.exactly(frame[1].into()), b"Ada, too late");
}

#[test]
fn the_error_of_a_middleware_carries_the_session_on_the_wire() {
    let mut connection = Connection::open(serve(pages));
    connection.write(&["GET /forbidden/page HTTP/1.1"]);
    let (head, body) = connection.answer();
    assert_eq!((head.status, body.as_str()), (403, "not here"));
    let cookie = format!("Cookie: {}", head.cookie());
    connection.write(&["GET /read HTTP/1.1", &cookie]);
    assert_eq!(connection.answer().1, "Ada");
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
