//! Rocket catches panics, answers 500, and runs the fairings. Nothing is committed then.

use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};
use rocket::{Build, Request, Rocket, catch, catchers, get, routes};
use sealed_session_rocket::Session;

use crate::forwards;
use crate::support::{client, fairing, send};

#[get("/at-once")]
fn at_once(session: Session) -> &'static str {
    session.insert("name", "Eve").unwrap();
    panic!("the handler fails");
}

#[get("/later")]
async fn later(session: Session) -> &'static str {
    session.insert("name", "Eve").unwrap();
    rocket::tokio::task::yield_now().await;
    panic!("the handler fails");
}

/// A guard that changes the session, and keeps it.
struct Counted {
    session: Session,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Counted {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Counted, ()> {
        let session = request.guard::<Session>().await.unwrap();
        session.update("seen", |seen: &mut u32| *seen += 1).unwrap();
        Outcome::Success(Counted { session })
    }
}

#[get("/guarded")]
fn guarded(counted: Counted) -> String {
    panic!("{:?} fails", counted.session.get::<u32>("seen"));
}

/// One that lets go of it.
struct Noted;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Noted {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Noted, ()> {
        Counted::from_request(request).await.map(|_| Noted)
    }
}

#[get("/empty-handed")]
fn empty_handed(_noted: Noted) -> &'static str {
    panic!("the handler fails");
}

#[catch(500)]
async fn too_late(request: &Request<'_>) -> String {
    let session = request.guard::<Session>().await.unwrap();
    let error = session.insert("caught", true).unwrap_err();
    assert!(session.get::<String>("name").is_ok());
    error.to_string()
}

#[catch(404)]
async fn panics(request: &Request<'_>) -> &'static str {
    let session = request.guard::<Session>().await.unwrap();
    session.insert("name", "Eve").unwrap();
    panic!("the catcher fails");
}

fn app() -> Rocket<Build> {
    let routes = routes![at_once, later, guarded, empty_handed];
    forwards::app().mount("/", routes).attach(fairing())
}

#[test]
fn a_panic_commits_nothing() {
    let client = client(app().register("/", catchers![panics]));
    let cookie = send(&client, "POST", "/write", &[]).cookie();
    for path in ["/at-once", "/later", "/guarded", "/nowhere"] {
        for cookies in [&[][..], &[cookie.as_str()]] {
            let reply = send(&client, "GET", path, cookies);
            assert_eq!(reply.status, 500, "{path}");
            assert!(reply.set_cookies().is_empty(), "{path}");
        }
    }
    assert_eq!(send(&client, "GET", "/read", &[&cookie]).body, "Ada");
}

#[test]
fn a_catcher_of_a_panic_is_told_that_its_changes_are_lost() {
    let client = client(app().register("/", catchers![too_late]));
    let cookie = send(&client, "POST", "/write", &[]).cookie();
    let reply = send(&client, "GET", "/at-once", &[&cookie]);
    assert!(reply.body.contains("panic"), "{}", reply.body);
    assert!(reply.set_cookies().is_empty());
}

/// Rocket does not tell such a panic from an answer of 500, which carries no change either.
#[test]
fn what_a_guard_let_go_of_is_given_up() {
    let client = client(app());
    let reply = send(&client, "GET", "/empty-handed", &[]);
    assert_eq!((reply.status, reply.set_cookies().len()), (500, 0));
}
