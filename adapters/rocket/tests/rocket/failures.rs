//! Sessions that do not fit, and what their visitors see.

use std::time::Duration;

use rocket::fairing::AdHoc;
use rocket::http::{CookieJar, Status};
use rocket::{Build, Request, Rocket, catch, catchers, get, routes};
use sealed_session_rocket::{Error, Lifetime, Session, SessionFairing, Transport};

use crate::forwards;
use crate::support::{builder, client, fairing, send};

#[get("/noise")]
fn noise(session: Session, jar: &CookieJar<'_>) -> Result<(Status, &'static str), Error> {
    for name in ["noise", "more noise"] {
        let seed = name.len() as u64;
        let noise: Vec<u64> = (0..170)
            .map(|n| (n + seed * 1_000).wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .collect();
        session.insert(name, noise)?;
    }
    jar.add(("stored", "yes"));
    Ok((Status::Created, "stored"))
}

#[get("/lump")]
fn lump(session: Session) -> Result<&'static str, Error> {
    // As with a commit that fails, nothing of this is sent.
    session.sign_in("mallory", &[])?;
    session.insert("lump", "x".repeat(100_000))?;
    Ok("stored")
}

#[get("/misread")]
fn misread(session: Session) -> Result<String, Error> {
    session.insert("before", 1)?;
    Ok(session.get::<u32>("name")?.unwrap_or_default().to_string())
}

#[catch(500)]
fn sorry() -> &'static str {
    "sorry"
}

fn app() -> Rocket<Build> {
    let shared = AdHoc::on_response("For every response", |_, response| {
        Box::pin(async move {
            response.set_raw_header("Access-Control-Allow-Origin", "https://a.example");
            response.set_raw_header("Content-Security-Policy", "default-src 'self'");
            response.set_raw_header("X-Handled-By", "a fairing");
        })
    });
    let routes = routes![noise, lump, misread];
    forwards::app().mount("/", routes).attach(shared)
}

#[test]
fn one_page_for_what_is_too_large_in_the_end_and_at_once() {
    let page = |error: &Error, session: &sealed_session::Session| {
        // It sees what the browser keeps.
        assert!(!session.contains("noise"));
        let sizes = error.sizes().unwrap();
        let over = sizes.needed - sizes.allowed;
        (Status::PayloadTooLarge, format!("{over} too many"))
    };
    let fairing = fairing().on_commit_failure(page);
    let client = client(app().register("/", catchers![sorry]).attach(fairing));
    let cookie = send(&client, "POST", "/write", &[]).cookie();
    for path in ["/noise", "/lump"] {
        let reply = send(&client, "GET", path, &[&cookie]);
        assert_eq!(reply.status, 413);
        assert!(reply.body.ends_with(" too many"), "{}", reply.body);
        assert!(reply.set_cookies().is_empty(), "{path}");
        assert_eq!(reply.all("cache-control"), ["private"]);
        assert_eq!(reply.all("vary"), ["Cookie"]);
        // Of the response whose place it takes, only what is on every response.
        assert_eq!(reply.all("x-content-type-options"), ["nosniff"]);
        assert_eq!(reply.all("x-frame-options"), ["SAMEORIGIN"]);
        assert_eq!(reply.all("server").len(), 1);
        assert_eq!(reply.all("access-control-allow-origin").len(), 1);
        assert_eq!(reply.all("content-security-policy"), ["default-src 'self'"]);
        assert_eq!(reply.field("x-handled-by"), None);
    }
    assert_eq!(send(&client, "GET", "/read", &[&cookie]).body, "Ada");
}

#[test]
fn without_a_page_the_catcher_answers_what_is_too_large_at_once() {
    let app = app().register("/", catchers![sorry]).attach(fairing());
    let client = client(app);
    let cookie = send(&client, "POST", "/write", &[]).cookie();
    let reply = send(&client, "GET", "/lump", &[&cookie]);
    assert_eq!((reply.status, reply.body.as_str()), (500, "sorry"));
    assert!(reply.set_cookies().is_empty());
}

#[catch(500)]
async fn tries(request: &Request<'_>) -> String {
    let session = request.guard::<Session>().await.unwrap();
    let link = session.encode_url("/read").unwrap().into_owned();
    let late = session.insert("tried", true).unwrap_err();
    format!("{} {link}", late.is_too_late())
}

#[test]
fn a_catcher_of_what_is_too_large_at_once_has_the_session_as_it_came() {
    let policy = Lifetime::new().with_idle_timeout(Duration::from_secs(600));
    let manager = builder().lifetime(policy);
    let manager = manager.transport(Transport::url_that_leaks("s")).build();
    let fairing = SessionFairing::new(manager.unwrap());
    let app = app().mount("/", routes![begin]);
    let client = client(app.register("/", catchers![tries]).attach(fairing));
    let link = send(&client, "GET", "/begin", &[]).body;
    let lump = link.replace("/read", "/lump");
    let reply = send(&client, "GET", &lump, &[]);
    assert_eq!(reply.body, format!("true {link}"));
    assert_eq!(reply.all("referrer-policy"), ["no-referrer"]);
    assert_eq!(send(&client, "GET", &link, &[]).body, "Ada");
}

#[get("/begin")]
fn begin(session: Session) -> Result<String, Error> {
    session.insert("name", "Ada")?;
    Ok(session.encode_url("/read")?.into_owned())
}

#[test]
fn a_page_that_fails_is_an_empty_answer_with_its_status() {
    let fails = |_: &Error, _: &sealed_session::Session| Status::ServiceUnavailable;
    let client = client(app().attach(fairing().on_commit_failure(fails)));
    let reply = send(&client, "GET", "/noise", &[]);
    assert_eq!((reply.status, reply.body.as_str()), (503, ""));
}

#[test]
fn other_errors_are_answered_by_the_catcher_and_commit_nothing() {
    let client = client(app().register("/", catchers![sorry]).attach(fairing()));
    let cookie = send(&client, "POST", "/write", &[]).cookie();
    let reply = send(&client, "GET", "/misread", &[&cookie]);
    assert_eq!((reply.status, reply.body.as_str()), (500, "sorry"));
    assert!(reply.set_cookies().is_empty());
}
