//! Fairings before and after ours, and their fields.

use std::sync::Mutex;

use rocket::fairing::AdHoc;
use rocket::http::Header;
use rocket::response::Responder;
use rocket::shield::{Referrer, Shield};
use rocket::{Build, Rocket, State, get, routes};
use sealed_session_rocket::Session;

use crate::forwards;
use crate::support::{bare, client, fairing, send};

#[derive(Responder)]
struct Page {
    body: &'static str,
    caching: Header<'static>,
}

#[get("/written-public")]
fn written_public(session: Session) -> Page {
    session.insert("name", "Ada").unwrap();
    Page {
        body: "x",
        caching: Header::new("Cache-Control", "public, max-age=60"),
    }
}

fn app() -> Rocket<Build> {
    forwards::app().mount("/", routes![written_public])
}

#[test]
fn rockets_shield_keeps_its_fields_before_and_after() {
    let shield = || Shield::default().enable(Referrer::NoReferrer);
    for app in [
        app().attach(shield()).attach(fairing()),
        app().attach(fairing()).attach(shield()),
    ] {
        let client = client(app);
        let reply = send(&client, "GET", "/written-public", &[]);
        assert_eq!(reply.set_cookies().len(), 1);
        assert_eq!(reply.all("cache-control"), ["private, max-age=60"]);
        assert_eq!(reply.all("x-content-type-options"), ["nosniff"]);
        assert_eq!(reply.all("x-frame-options"), ["SAMEORIGIN"]);
        assert_eq!(reply.all("referrer-policy"), ["no-referrer"]);
        assert_eq!(reply.all("permissions-policy").len(), 1);
    }
}

/// Counts requests, and marks their responses as everybody's.
fn counting() -> AdHoc {
    AdHoc::on_request("Counts", |request, _| {
        Box::pin(async move {
            let session = request.guard::<Session>().await.unwrap();
            session.update("seen", |seen: &mut u32| *seen += 1).unwrap();
        })
    })
}

fn sharing() -> AdHoc {
    AdHoc::on_response("Shares", |request, response| {
        Box::pin(async move {
            let session = request.guard::<Session>().await.unwrap();
            let told = match session.insert("shared", true) {
                Ok(()) => "kept",
                Err(error) if error.is_too_late() => "too late",
                Err(_) => "failed",
            };
            response.set_raw_header("X-Told", told);
            response.set_raw_header("Cache-Control", "public, max-age=60");
        })
    })
}

#[get("/seen")]
fn seen(session: Session) -> String {
    session.get::<u32>("seen").unwrap().unwrap().to_string()
}

#[test]
fn fairings_before_and_after_it_take_part_in_the_response() {
    let app = || bare().mount("/", routes![seen]);
    for app in [
        app().attach(sharing()).attach(fairing()),
        app().attach(fairing()).attach(sharing()),
    ] {
        let reply = send(&client(app), "GET", "/nowhere", &[]);
        assert_eq!(reply.field("x-told"), Some("kept"));
        assert_eq!(reply.all("cache-control"), ["private, max-age=60"]);
        assert_eq!(reply.set_cookies().len(), 1);
    }
}

#[get("/early")]
fn early(told: &State<Told>) -> &'static str {
    told.0.lock().unwrap().take().unwrap()
}

/// What a fairing saw in a request that the session's had not seen.
struct Told(Mutex<Option<&'static str>>);

#[test]
fn request_fairings_use_the_session_after_it_and_are_told_before_it() {
    let client_of = |app: Rocket<Build>| client(app.mount("/", routes![seen]));
    let after = client_of(bare().attach(fairing()).attach(counting()));
    let first = send(&after, "GET", "/seen", &[]);
    assert_eq!(first.body, "1");
    let second = send(&after, "GET", "/seen", &[&first.cookie()]);
    assert_eq!(second.body, "2");

    let asking = AdHoc::on_request("Asks too early", |request, _| {
        Box::pin(async move {
            let session = request.guard::<Session>().await.unwrap();
            let error = session.insert("seen", 1).unwrap_err();
            let told = if error.is_too_late() { "told" } else { "?" };
            let cell = request.rocket().state::<Told>().unwrap();
            *cell.0.lock().unwrap() = Some(told);
        })
    });
    let app = forwards::app().mount("/", routes![early]);
    let app = app.manage(Told(Mutex::default()));
    let before = client(app.attach(asking).attach(fairing()));
    let cookie = send(&before, "POST", "/write", &[]).cookie();
    assert_eq!(send(&before, "GET", "/early", &[]).body, "told");
    // Whoever asks after it gets the request's own.
    assert_eq!(send(&before, "GET", "/read", &[&cookie]).body, "Ada");
}
