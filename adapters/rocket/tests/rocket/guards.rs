//! What handlers get, and what visitors without a session are answered.

use rocket::http::Status;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};
use rocket::response::Redirect;
use rocket::{Build, Request, Rocket, get, post, routes};
use sealed_session_rocket::{Error, LiveSession, Session};

use crate::support::{bare, client, fairing, send};

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

#[get("/live")]
fn live(session: LiveSession) -> Result<String, Error> {
    Ok(session.get::<String>("name")?.unwrap_or_default())
}

#[get("/maybe")]
fn maybe(session: Option<LiveSession>) -> String {
    session.is_some().to_string()
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

#[get("/see")]
fn see(session: Session) -> Redirect {
    session.insert("name", "Ada").unwrap();
    Redirect::to("/read")
}

#[get("/early")]
pub(crate) fn early(session: Session) -> Result<(), Status> {
    session.insert("name", "Ada").unwrap();
    Err(Status::Forbidden)
}

#[get("/fails")]
fn fails(session: Session) -> (Status, &'static str) {
    session.insert("name", "Ada").unwrap();
    (Status::InternalServerError, "failed, and says why")
}

/// One that writes, and one that reads.
pub(crate) fn app() -> Rocket<Build> {
    bare().mount("/", routes![write, read])
}

#[test]
fn two_apps_share_a_session() {
    let app = || app().mount("/", routes![live, maybe]).attach(fairing());
    let (here, there) = (client(app()), client(app()));
    let reply = send(&here, "POST", "/write", &[]);
    assert_eq!((reply.status, reply.body.as_str()), (200, "written"));
    let lines = reply.set_cookies();
    assert_eq!(lines.len(), 1);
    assert!(lines[0].starts_with("__Host-session=A"));
    assert!(lines[0].ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax"));

    let cookie = reply.cookie();
    for path in ["/read", "/live"] {
        let reply = send(&there, "GET", path, &["a=b", &cookie]);
        assert_eq!(
            (reply.body.as_str(), reply.set_cookies().len()),
            ("Ada", 0),
            "{path}"
        );
    }
    assert_eq!(send(&there, "GET", "/maybe", &[&cookie]).body, "true");
}

#[test]
fn nobody_is_forwarded_rejected_or_none() {
    let more = routes![live, maybe, home, front_door];
    let client = client(app().mount("/", more).attach(fairing()));
    assert_eq!(send(&client, "GET", "/live", &[]).status, 401);
    assert_eq!(send(&client, "GET", "/maybe", &[]).body, "false");
    assert_eq!(send(&client, "GET", "/read", &[]).body, "nobody");

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
fn error_responses_redirects_and_other_methods_commit_too() {
    let routes = routes![see, early, fails];
    let client = client(bare().mount("/", routes).attach(fairing()));
    for (method, path, status) in [
        ("GET", "/fails", 500),
        ("GET", "/see", 303),
        ("HEAD", "/see", 303),
        ("GET", "/early", 403),
    ] {
        let reply = send(&client, method, path, &[]);
        assert_eq!(reply.status, status);
        assert_eq!(reply.set_cookies().len(), 1, "{method} {path}");
    }
}
