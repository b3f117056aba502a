//! What becomes of a request whose value was refused or whose handler panicked: in guards of an
//! application's own, before catchers, and where a handler is cut off.

use std::sync::Mutex;

use rocket::http::Status;
use rocket::outcome::{IntoOutcome, Outcome};
use rocket::request::{self, FromRequest};
use rocket::tokio::time::{Duration, timeout};
use rocket::{Build, Request, Rocket, catch, catchers, get, routes};
use sealed_session_rocket::{Error, Guard, Guarded, Policy, Session, SessionFairing};

use crate::forwards;
use crate::support::{bare, client, fairing, send};

/// Signs somebody in, and then stores what never fits.
fn overreaches(session: &Session) -> Result<(), Error> {
    session.sign_in("admin", &[])?;
    session.insert("lump", "x".repeat(100_000))
}

/// What people write in a guard: any error is a 500.
struct Counted;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Counted {
    type Error = Error;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Counted, Error> {
        let session = request.guard::<Session>().await.unwrap();
        let done = overreaches(&session).map(|()| Counted);
        done.or_error(Status::InternalServerError)
    }
}

#[get("/counted")]
fn counted(_counted: Counted) {}

/// One that answers otherwise.
struct Polite;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Polite {
    type Error = Error;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Polite, Error> {
        let session = request.guard::<Session>().await.unwrap();
        let done = overreaches(&session).inspect_err(Error::hold_back);
        done.map(|()| Polite).or_error(Status::PayloadTooLarge)
    }
}

#[get("/polite")]
fn polite(_polite: Polite) {}

#[get("/refused")]
fn refused(session: Session) -> Result<(), Error> {
    overreaches(&session)
}

/// An application's error that knows nothing of ours.
#[derive(rocket::Responder)]
#[response(status = 500)]
struct Opaque(String);

#[get("/opaque")]
fn opaque(session: Session) -> Result<(), Opaque> {
    overreaches(&session).map_err(|error| Opaque(error.to_string()))
}

#[get("/panics")]
fn panics(session: Session) {
    let _ = overreaches(&session);
    panic!("the handler fails");
}

#[get("/signs-in")]
fn signs_in(session: Session) {
    session.sign_in("user-1", &[]).unwrap();
}

#[get("/who")]
fn who(session: Session) -> String {
    session.subject().unwrap_or_default()
}

enum Admins {}

impl Policy for Admins {
    fn guard() -> Result<Guard, Error> {
        Ok(Guard::signed_in().subject(|who| who == "admin"))
    }
}

#[catch(default)]
async fn caught(status: Status, request: &Request<'_>) -> String {
    let session = request.guard::<Session>().await.unwrap();
    let who = session.subject().unwrap_or_default();
    let part = match request.guard::<Guarded<Admins>>().await {
        Outcome::Success(_) => "the admins' part",
        _ => "nothing more",
    };
    let told = session.insert("caught", true).is_err();
    let page = format!("{} for {who}, {part}, {told}", status.code);
    SEEN.lock().unwrap().push(page.clone());
    page
}

/// What the catcher answered, for where another page takes its place.
static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn app(fairing: SessionFairing) -> Rocket<Build> {
    let routes = routes![counted, polite, refused, opaque, panics, signs_in, who];
    let app = forwards::app().mount("/", routes).attach(fairing);
    app.register("/", catchers![caught])
}

#[test]
fn catchers_see_what_the_browser_keeps_and_so_do_guards() {
    let client = client(app(fairing()));
    let cookie = send(&client, "GET", "/signs-in", &[]).cookie();
    for path in ["/refused", "/panics"] {
        let reply = send(&client, "GET", path, &[&cookie]);
        assert_eq!(reply.body, "500 for user-1, nothing more, true", "{path}");
        assert!(reply.set_cookies().is_empty(), "{path}");
    }
    // A catcher's 413 would not say that changes were lost. It saw the same.
    let reply = send(&client, "GET", "/polite", &[&cookie]);
    assert_eq!((reply.status, reply.body.as_str()), (500, ""));
    let seen = std::mem::take(&mut *SEEN.lock().unwrap());
    assert!(seen.contains(&"413 for user-1, nothing more, true".to_owned()));
    // Whether a guard failed is not to be known before the commit, unless it says so.
    let reply = send(&client, "GET", "/counted", &[&cookie]);
    assert_eq!((reply.status, reply.set_cookies().len()), (500, 0));
    assert_eq!(send(&client, "GET", "/who", &[&cookie]).body, "user-1");
}

#[test]
fn a_value_refused_in_a_guard_or_behind_an_opaque_error_has_the_applications_page() {
    let page = |error: &Error, session: &sealed_session::Session| {
        assert!(error.is_too_large());
        let who = session.subject().unwrap_or_default();
        (Status::InsufficientStorage, format!("too much of {who}"))
    };
    let client = client(app(fairing().on_commit_failure(page)));
    let cookie = send(&client, "GET", "/signs-in", &[]).cookie();
    for path in ["/refused", "/counted", "/polite", "/opaque"] {
        let reply = send(&client, "GET", path, &[&cookie]);
        let (status, body) = (reply.status, reply.body.as_str());
        assert_eq!((status, body), (507, "too much of user-1"), "{path}");
        assert!(reply.set_cookies().is_empty(), "{path}");
    }
}

#[get("/limited")]
async fn limited(session: Session) -> Result<(), Status> {
    let work = async {
        session.insert("name", "Eve").unwrap();
        std::future::pending().await
    };
    let limited = timeout(Duration::from_millis(20), work).await;
    limited.map_err(|_| Status::RequestTimeout)
}

#[get("/limited-first")]
async fn limited_first(session: Session) -> Result<(), Status> {
    let work = std::future::pending::<&str>();
    let limited = timeout(Duration::from_millis(20), work).await;
    let name = limited.map_err(|_| Status::RequestTimeout)?;
    session.insert("name", name).unwrap();
    Ok(())
}

/// No fairing can cut a handler off, so a time limit is the handler's own.
#[test]
fn what_was_changed_within_a_time_limit_is_sent_and_what_comes_after_it_is_not() {
    let app = bare().mount("/", routes![limited, limited_first]);
    let client = client(app.attach(fairing()));
    for (path, sent) in [("/limited", 1), ("/limited-first", 0)] {
        let reply = send(&client, "GET", path, &[]);
        assert_eq!(
            (reply.status, reply.set_cookies().len()),
            (408, sent),
            "{path}"
        );
    }
}
