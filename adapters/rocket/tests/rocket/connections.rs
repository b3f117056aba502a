//! What only a connection shows: raw lines, bodies, and requests that Rocket cannot read.

use rocket::http::Status;
use rocket::response::stream::{Event, EventStream, TextStream};
use rocket::{Build, Request, Rocket, catch, catchers, get, routes};
use sealed_session_rocket::sealed_session::CookieSpec;
use sealed_session_rocket::{LiveSession, Session, SessionFairing};

use crate::guards;
use crate::support::server::{Server, exchange};
use crate::support::{bare, builder, fairing};

#[get("/refusal")]
fn refusal(session: Session) -> String {
    format!("{:?}", session.refusal())
}

#[get("/hello")]
fn hello(session: Session) -> &'static str {
    session.insert("name", "Ada").unwrap();
    "hello"
}

#[get("/events")]
fn events(session: Session) -> EventStream![] {
    session.insert("name", "Ada").unwrap();
    let events = EventStream! {
        yield Event::data(session.get::<String>("name").unwrap().unwrap());
        yield Event::data(session.insert("late", true).unwrap_err().is_too_late().to_string());
    };
    events.heartbeat(None)
}

#[get("/stream")]
fn stream(session: Session) -> TextStream![&'static str] {
    session.insert("name", "Ada").unwrap();
    TextStream! {
        for part in ["one ", "two ", "three"] {
            rocket::tokio::task::yield_now().await;
            yield part;
        }
    }
}

#[get("/panics")]
fn panics(session: Session) -> &'static str {
    session.insert("name", "Eve").unwrap();
    panic!("the handler fails");
}

fn app() -> Rocket<Build> {
    let routes = routes![refusal, hello, events, stream, panics];
    guards::app().mount("/", routes).attach(fairing())
}

fn line(cookie: &str) -> Vec<u8> {
    format!("Cookie: {cookie}").into_bytes()
}

#[test]
fn every_cookie_line_is_read_and_none_is_decoded() {
    let server = Server::start(app());
    let written = server.send("POST /write", &[b"Content-Length: 0"]);
    assert_eq!(written.set_cookies().len(), 1);
    let cookie = written.cookie();
    let (name, token) = cookie.split_once('=').unwrap();
    let read = |lines: &[&[u8]]| server.send("GET /read", lines).body;

    assert_eq!(
        read(&[b"Cookie: a=b", &line(&cookie), b"cookie: c=d"]),
        "Ada"
    );
    assert_eq!(read(&[&line(&format!("a=b;{cookie};c=d"))]), "Ada");

    // Rocket's jar decodes this name; a browser lets any sibling domain set it.
    let planted = cookie.replace("__Host-", "%5F_Host-");
    for planted in [planted, format!("{name}\u{a0}={token}")] {
        let seen = server.send("GET /refusal", &[&line(&planted)]);
        assert_eq!(seen.body, "Some(Absent)", "{planted}");
    }
    // And it keeps one of two cookies of a name.
    assert_eq!(read(&[&line(&format!("{cookie}; {name}=A"))]), "Ada");
    assert_eq!(read(&[&line(&format!("{name}=A; {cookie}"))]), "Ada");
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

#[test]
fn streams_heads_and_panics_on_one_connection() {
    let server = Server::start(app());
    let mut connection = server.connect();
    let stream = exchange(&mut connection, "GET /stream", &[]);
    assert_eq!(
        (stream.body.as_str(), stream.set_cookies().len()),
        ("one two three", 1)
    );

    let events = exchange(&mut connection, "GET /events", &[]);
    assert_eq!(
        (events.body.as_str(), events.set_cookies().len()),
        ("data:Ada\n\ndata:true\n\n", 1)
    );

    let head = exchange(&mut connection, "HEAD /hello", &[]);
    assert_eq!((head.status, head.set_cookies().len()), (200, 1));
    assert_eq!(head.all("vary"), ["Cookie"]);

    let cookie = head.cookie();
    let panic = exchange(&mut connection, "GET /panics", &[&line(&cookie)]);
    assert_eq!((panic.status, panic.set_cookies().len()), (500, 0));
    assert_eq!(
        exchange(&mut connection, "GET /read", &[&line(&cookie)]).body,
        "Ada"
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

#[test]
fn a_development_profile_serves_loopback_only() {
    let manager = builder()
        .cookie(CookieSpec::development("session"))
        .build()
        .unwrap();
    let app = bare().mount("/", routes![refusal]);
    let server = Server::start(app.attach(SessionFairing::new(manager)));
    assert_eq!(server.send("GET /refusal", &[]).body, "Some(Absent)");
}
