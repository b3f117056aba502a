//! Fields of others, caches, and fairings before and after.

use std::sync::Mutex;

use rocket::fairing::AdHoc;
use rocket::http::{CookieJar, Header};
use rocket::response::Responder;
use rocket::shield::{Referrer, Shield};
use rocket::{Build, Rocket, State, get, routes};
use sealed_session_rocket::Session;

use crate::guards;
use crate::support::{bare, client, fairing, send};

#[derive(Responder)]
struct Page {
    body: &'static str,
    caching: Header<'static>,
    vary: Header<'static>,
}

fn page() -> Page {
    Page {
        body: "x",
        caching: Header::new("Cache-Control", "public, max-age=60"),
        vary: Header::new("Vary", "Accept"),
    }
}

#[get("/public")]
fn public() -> Page {
    page()
}

#[get("/written-public")]
fn written_public(session: Session) -> Page {
    session.insert("name", "Ada").unwrap();
    page()
}

#[derive(Responder)]
struct Edge {
    body: &'static str,
    edge: Header<'static>,
}

#[get("/edge")]
fn edge(session: Session) -> Edge {
    session.insert("name", "Ada").unwrap();
    Edge {
        body: "x",
        edge: Header::new("CDN-Cache-Control", "public, max-age=60"),
    }
}

#[derive(Responder)]
struct Theirs {
    body: &'static str,
    line: Header<'static>,
}

#[get("/theirs")]
fn theirs(session: Session, jar: &CookieJar<'_>) -> Theirs {
    session.insert("name", "Ada").unwrap();
    jar.add(("jarred", "1"));
    Theirs {
        body: "x",
        line: Header::new("Set-Cookie", "raw=1"),
    }
}

fn app() -> Rocket<Build> {
    guards::app().mount("/", routes![public, written_public, edge, theirs])
}

#[test]
fn set_cookie_lines_of_others_stay() {
    let client = client(app().attach(fairing()));
    let reply = send(&client, "GET", "/theirs", &[]);
    let lines = reply.set_cookies();
    assert_eq!(lines.len(), 3);
    for start in ["raw=1", "jarred=1; ", "__Host-session="] {
        assert!(lines.iter().any(|line| line.starts_with(start)), "{start}");
    }
}

#[test]
fn caching_headers() {
    let client = client(app().attach(fairing()));
    let public = send(&client, "GET", "/public", &["__Host-session=A"]);
    assert_eq!(public.all("cache-control"), ["public, max-age=60"]);
    assert_eq!(public.all("vary"), ["Accept"]);
    assert!(public.set_cookies().is_empty());

    let looked = send(&client, "GET", "/read", &[]);
    assert_eq!(looked.all("vary"), ["Cookie"]);
    assert_eq!(looked.field("cache-control"), None);

    let written = send(&client, "GET", "/written-public", &[]);
    assert_eq!(written.all("cache-control"), ["private, max-age=60"]);
    assert_eq!(written.all("vary"), ["Accept", "Cookie"]);

    let edge = send(&client, "GET", "/edge", &[]);
    assert_eq!(edge.field("cdn-cache-control"), None);
    assert_eq!(edge.all("cache-control"), ["private"]);

    let live = send(&client, "GET", "/read", &[&written.cookie()]);
    assert_eq!(live.all("cache-control"), ["private"]);
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
    let app = guards::app().mount("/", routes![early]);
    let app = app.manage(Told(Mutex::default()));
    let before = client(app.attach(asking).attach(fairing()));
    let cookie = send(&before, "POST", "/write", &[]).cookie();
    assert_eq!(send(&before, "GET", "/early", &[]).body, "told");
    // Whoever asks after it gets the request's own.
    assert_eq!(send(&before, "GET", "/read", &[&cookie]).body, "Ada");
}
