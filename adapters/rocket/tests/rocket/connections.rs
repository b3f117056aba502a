//! What only a connection shows: bytes that are no text, and requests that Rocket cannot read.

use rocket::http::Status;
use rocket::{Build, Request, Rocket, catch, catchers, get, routes};
use sealed_session_rocket::{LiveSession, Session};

use crate::forwards;
use crate::support::fairing;
use crate::support::server::Server;

#[get("/refusal")]
fn refusal(session: Session) -> String {
    format!("{:?}", session.refusal())
}

fn app() -> Rocket<Build> {
    forwards::app()
        .mount("/", routes![refusal])
        .attach(fairing())
}

fn line(cookie: &str) -> Vec<u8> {
    format!("Cookie: {cookie}").into_bytes()
}

#[test]
fn rocket_drops_a_line_that_is_no_utf8_and_keeps_the_others() {
    let server = Server::start(app());
    let cookie = server.send("POST /write", &[b"Content-Length: 0"]).cookie();
    let odd = b"Cookie: theme=d\xe4mmrig";
    assert_eq!(server.send("GET /read", &[odd, &line(&cookie)]).body, "Ada");
    let same_line = [&line(&cookie), &b"; theme=d\xe4mmrig"[..]].concat();
    assert_eq!(
        server.send("GET /refusal", &[&same_line]).body,
        "Some(Absent)"
    );
}

#[catch(400)]
async fn unreadable(_: Status, request: &Request<'_>) -> String {
    let session = request.guard::<Session>().await.unwrap();
    let name = session.get::<String>("name").unwrap();
    let told = session.insert("caught", true).unwrap_err();
    let live = request.guard::<Option<LiveSession>>().await.unwrap();
    format!("{name:?} {} {}", live.is_some(), told.is_too_late())
}

/// Rocket runs no fairings for it, so nobody could tell a cache whose page it is.
#[test]
fn a_request_that_rocket_cannot_read_has_nobodys_session() {
    let server = Server::start(app().register("/", catchers![unreadable]));
    let cookie = server.send("POST /write", &[b"Content-Length: 0"]).cookie();
    let reply = server.send("BREW /read", &[&line(&cookie)]);
    assert_eq!(
        (reply.status, reply.body.as_str()),
        (400, "None false true")
    );
    assert!(reply.set_cookies().is_empty());
}
