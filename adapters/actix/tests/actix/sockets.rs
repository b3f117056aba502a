//! Upgrades and HTTP/2, on sockets of actix-web's own server.

use actix_web::web::{self, ServiceConfig, get};
use actix_web::{HttpRequest, HttpResponse};
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
    session.insert("name", "Ada").map_err(Error::from)?;
    let (response, mut socket, mut messages) = actix_ws::handle(&request, body)?;
    actix_web::rt::spawn(async move {
        while let Some(Ok(actix_ws::Message::Text(_))) = messages.recv().await {
            let name: Option<String> = session.get("name").unwrap();
            let late = session.insert("late", true).unwrap_err();
            let told = format!("{} {}", name.unwrap(), late.is_too_late());
            socket.text(told).await.unwrap();
        }
    });
    Ok(response)
}

fn pages(config: &mut ServiceConfig) {
    config
        .route("/write", get().to(write))
        .route("/read", get().to(read))
        .route("/socket", get().to(upgrades));
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
    assert_eq!(connection.exactly(frame[1].into()), b"Ada true");
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
