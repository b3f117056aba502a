//! Rocket resets its cookies on the way to a catcher; a session is what it was.

use rocket::form::Form;
use rocket::http::{CookieJar, Status};
use rocket::{Build, FromForm, Request, Rocket, catch, catchers, get, post, routes};
use sealed_session_rocket::Session;

use crate::forwards;
use crate::support::{client, fairing, send};

#[derive(FromForm)]
struct Order {
    number: u8,
}

#[post("/order", data = "<order>")]
fn order(order: Form<Order>, session: Session) {
    session.insert("number", order.number).unwrap();
}

#[get("/breaks")]
fn breaks(session: Session, jar: &CookieJar<'_>) -> Result<(), Status> {
    session.insert("name", "Eve").unwrap();
    jar.add(("theirs", "1"));
    Err(Status::InternalServerError)
}

#[catch(default)]
async fn caught(status: Status, request: &Request<'_>) -> String {
    let session = request.guard::<Session>().await.unwrap();
    let name = session.get::<String>("name").unwrap();
    session.insert("caught", status.code).unwrap();
    format!("{} {}", status.code, name.as_deref().unwrap_or("nobody"))
}

#[get("/caught")]
fn was_caught(session: Session) -> String {
    session.get::<u16>("caught").unwrap().unwrap().to_string()
}

fn app() -> Rocket<Build> {
    forwards::app()
        .mount("/", routes![order, breaks, was_caught, forwards::early])
        .register("/", catchers![caught])
}

#[test]
fn catchers_see_the_same_session_and_commit() {
    let client = client(app().attach(fairing()));
    let cookie = send(&client, "POST", "/write", &[]).cookie();
    for (method, path, status, seen_of_a_stranger, seen) in [
        ("GET", "/nowhere", 404, "nobody", "Ada"),
        ("OPTIONS", "/nowhere", 404, "nobody", "Ada"),
        ("HEAD", "/nowhere", 404, "nobody", "Ada"),
        ("POST", "/order", 415, "nobody", "Ada"),
        // What the handler wrote before it failed is there already.
        ("GET", "/early", 403, "Ada", "Ada"),
    ] {
        let reply = send(&client, method, path, &[]);
        assert_eq!(reply.status, status, "{method} {path}");
        if method != "HEAD" {
            assert_eq!(reply.body, format!("{status} {seen_of_a_stranger}"));
        }
        assert_eq!(reply.set_cookies().len(), 1, "{method} {path}");
        let next = send(&client, "GET", "/caught", &[&reply.cookie()]);
        assert_eq!(next.body, status.to_string());

        let known = send(&client, method, path, &[&cookie]);
        if method != "HEAD" {
            assert_eq!(known.body, format!("{status} {seen}"));
        }
        let next = send(&client, "GET", "/caught", &[&known.cookie()]);
        assert_eq!(next.body, status.to_string());
    }
}

/// A catcher sees what its handler wrote, although the response does not carry it.
#[test]
fn a_catcher_of_a_failure_commits_nothing() {
    let client = client(app().attach(fairing()));
    let reply = send(&client, "GET", "/breaks", &[]);
    assert_eq!((reply.status, reply.body.as_str()), (500, "500 Eve"));
    assert!(reply.set_cookies().is_empty());
}

#[test]
fn a_form_that_does_not_parse_commits() {
    let client = client(app().attach(fairing()));
    let order = client.post("/order").body("number=many");
    let reply = crate::support::Reply::of(order.header(rocket::http::ContentType::Form).dispatch());
    assert_eq!((reply.status, reply.body.as_str()), (422, "422 nobody"));
    assert_eq!(reply.set_cookies().len(), 1);
}

#[catch(404)]
async fn broken(request: &Request<'_>) -> Result<(), Status> {
    let session = request.guard::<Session>().await.unwrap();
    session.destroy().unwrap();
    Err(Status::BadGateway)
}

#[test]
fn a_catcher_that_fails_hands_its_session_on() {
    let client = client(app().register("/", catchers![broken]).attach(fairing()));
    let cookie = send(&client, "POST", "/write", &[]).cookie();
    let reply = send(&client, "GET", "/nowhere", &[&cookie]);
    // The catcher for 500 stores something after the end, and neither it nor the session is left.
    assert_eq!((reply.status, reply.body.as_str()), (500, "500 nobody"));
    let names: Vec<_> = reply
        .set_cookies()
        .iter()
        .map(|line| line.split('=').next().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["__Host-session", "__Host-session.x"]);
}
