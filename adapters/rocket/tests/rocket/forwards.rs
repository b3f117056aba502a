//! Routes that forward, and the handlers that other modules mount.

use rocket::http::Status;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};
use rocket::{Build, Request, Rocket, get, post, routes};
use sealed_session_rocket::flash::Level;
use sealed_session_rocket::{Error, Flashes, LiveSession, Session, SessionFairing};

use crate::support::{bare, builder, client, fairing, send};

#[post("/write")]
pub(crate) fn write(session: Session) -> Result<&'static str, Error> {
    session.insert("name", "Ada")?;
    Ok("written")
}

#[get("/read")]
pub(crate) fn read(session: Session) -> Result<String, Error> {
    let name = session.get::<String>("name")?;
    Ok(name.unwrap_or_else(|| "nobody".to_owned()))
}

#[get("/home")]
fn home(_session: LiveSession) -> &'static str {
    "somebody's home"
}

#[get("/home", rank = 2)]
fn front_door() -> &'static str {
    "the front door"
}

/// Counts, and is never there.
struct Forwards;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Forwards {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Forwards, ()> {
        let session = request.guard::<Session>().await.unwrap();
        session
            .update("tries", |tries: &mut u32| *tries += 1)
            .unwrap();
        Outcome::Forward(Status::NotFound)
    }
}

#[get("/tries")]
fn never(_forwards: Forwards) {}

#[get("/tries", rank = 2)]
fn never_either(_session: Session, _forwards: Forwards) {}

#[get("/tries", rank = 3)]
fn tries(session: Session) -> String {
    session.get::<u32>("tries").unwrap().unwrap().to_string()
}

#[post("/say")]
fn say(session: Session) -> Result<(), Error> {
    session.flash(Level::Success, "Saved.")
}

#[get("/page")]
fn takes(_flashes: Flashes, _forwards: Forwards) {}

#[get("/page", rank = 2)]
fn shows(flashes: Flashes) -> String {
    flashes.into_iter().map(|message| message.text).collect()
}

#[get("/early")]
pub(crate) fn early(session: Session) -> Result<(), Status> {
    session.insert("name", "Ada").unwrap();
    Err(Status::Forbidden)
}

/// One that writes, and one that reads.
pub(crate) fn app() -> Rocket<Build> {
    bare().mount("/", routes![write, read])
}

#[test]
fn a_visitor_without_a_session_is_forwarded() {
    let more = routes![home, front_door];
    let client = client(app().mount("/", more).attach(fairing()));
    assert_eq!(send(&client, "GET", "/home", &[]).body, "the front door");
    let cookie = send(&client, "POST", "/write", &[]).cookie();
    let home = send(&client, "GET", "/home", &[&cookie]);
    assert_eq!(home.body, "somebody's home");
}

#[test]
fn all_routes_of_a_forwarded_request_have_one_session() {
    let routes = routes![never, never_either, tries];
    let client = client(bare().mount("/", routes).attach(fairing()));
    let first = send(&client, "GET", "/tries", &[]);
    assert_eq!((first.body.as_str(), first.set_cookies().len()), ("2", 1));
    let second = send(&client, "GET", "/tries", &[&first.cookie()]);
    assert_eq!(second.body, "4");
}

#[test]
fn a_route_shows_the_messages_that_one_which_forwarded_took() {
    let fairing = SessionFairing::new(builder().flash().build().unwrap());
    let client = client(
        bare()
            .mount("/", routes![say, takes, shows])
            .attach(fairing),
    );
    let cookie = send(&client, "POST", "/say", &[]).cookie();
    // Each request shows its own: the local requests of one client share a cache.
    for _ in 0..2 {
        assert_eq!(send(&client, "GET", "/page", &[&cookie]).body, "Saved.");
    }
    assert_eq!(send(&client, "GET", "/page", &[]).body, "");
}
