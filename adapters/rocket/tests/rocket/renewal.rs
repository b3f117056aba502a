//! Lifetimes by the fairing's clock, touches, and requests that are no use of a session.

use rocket::http::{Header, Status};
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};
use rocket::{Build, Request, Rocket, get, post, routes};
use sealed_session_rocket::{Passive, Session, SessionFairing};
use std::time::Duration;

use crate::guards;
use crate::support::{Reply, client, clocked, request as local, send};

#[get("/page")]
fn page() -> &'static str {
    "a page"
}

#[get("/unchanged")]
fn unchanged() -> (Status, ()) {
    (Status::NotModified, ())
}

#[get("/poll")]
fn poll(_passive: Passive) -> &'static str {
    "3 unread"
}

#[get("/panel", rank = 1)]
fn polled_panel(_passive: Passive, _wanted: Scripted) -> &'static str {
    "3 unread"
}

#[get("/panel", rank = 2)]
fn panel() -> &'static str {
    "the panel"
}

#[get("/inbox", rank = 1)]
fn polled_inbox(_passive: Passive, session: Session, _wanted: Scripted) -> String {
    session.contains("name").to_string()
}

#[get("/inbox", rank = 2)]
fn inbox(session: Session) -> String {
    session.mark_passive();
    session.contains("name").to_string()
}

/// Forwards what no script asked for.
struct Scripted;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Scripted {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Scripted, ()> {
        match request.headers().contains("x-requested-with") {
            true => Outcome::Success(Scripted),
            false => Outcome::Forward(Status::NotFound),
        }
    }
}

#[get("/marks")]
fn marks(session: Session) {
    session.mark_passive();
}

#[post("/sign-out")]
fn sign_out(session: Session) {
    session.destroy().unwrap();
}

fn is_prefetch(request: &Request<'_>) -> bool {
    request.headers().contains("sec-purpose")
}

fn app(fairing: SessionFairing) -> Rocket<Build> {
    let routes = routes![page, unchanged, poll, marks, sign_out];
    guards::app().mount("/", routes).attach(fairing)
}

#[test]
fn every_request_is_judged_by_the_fairings_clock() {
    let (clock, fairing) = clocked();
    let client = client(app(fairing));
    let cookie = send(&client, "POST", "/write", &[]).cookie();
    clock.advance(Duration::from_secs(30 * 60) - Duration::from_secs(1));
    assert_eq!(send(&client, "GET", "/read", &[&cookie]).body, "Ada");
    clock.advance(Duration::from_secs(1));
    let late = send(&client, "GET", "/read", &[&cookie]);
    assert!(late.body == "nobody" && late.set_cookies().is_empty());
}

#[test]
fn a_page_that_never_looks_renews_its_session_and_stays_free_of_it() {
    let (clock, fairing) = clocked();
    let client = client(app(fairing.passive_when(is_prefetch)));
    let cookie = send(&client, "POST", "/write", &[]).cookie();
    assert!(
        send(&client, "GET", "/page", &[&cookie])
            .set_cookies()
            .is_empty()
    );

    clock.advance(Duration::from_secs(10 * 60));
    let prefetch = local(&client, "GET", "/page", &[&cookie]);
    let prefetch = prefetch.header(Header::new("Sec-Purpose", "prefetch"));
    let mut passive = vec![Reply::of(prefetch.dispatch())];
    for path in ["/poll", "/marks", "/unchanged"] {
        passive.push(send(&client, "GET", path, &[&cookie]));
    }
    for reply in passive {
        assert!(reply.set_cookies().is_empty());
    }

    let page = send(&client, "GET", "/page", &[&cookie]);
    assert_eq!((page.set_cookies().len(), page.field("vary")), (1, None));
    assert!(
        page.set_cookies()[0].starts_with("__Host-session.t="),
        "{}",
        page.cookie()
    );
    assert_eq!(page.all("cache-control"), ["private"]);
    clock.advance(Duration::from_secs(25 * 60));
    let touched = [cookie.as_str(), &page.cookie()].join("; ");
    assert_eq!(send(&client, "GET", "/read", &[&touched]).body, "Ada");
    assert_eq!(send(&client, "GET", "/read", &[&cookie]).body, "nobody");
}

#[test]
fn a_passive_route_that_forwards_speaks_for_itself_only() {
    let (clock, fairing) = clocked();
    let routes = routes![polled_panel, panel, polled_inbox, inbox];
    let app = app(fairing.passive_when(is_prefetch)).mount("/", routes);
    let client = client(app);
    let cookie = send(&client, "POST", "/write", &[]).cookie();
    clock.advance(Duration::from_secs(10 * 60));
    let touches = |path: &str, field: Option<Header<'static>>| {
        let mut asked = local(&client, "GET", path, &[&cookie]);
        field.into_iter().for_each(|field| asked.add_header(field));
        let reply = Reply::of(asked.dispatch());
        assert_eq!(reply.status, 200, "{path}");
        reply.set_cookies().len()
    };
    let script = || Some(Header::new("X-Requested-With", "fetch"));
    let prefetch = || Some(Header::new("Sec-Purpose", "prefetch"));
    assert_eq!(touches("/panel", script()), 0, "the passive route answers");
    assert_eq!(touches("/panel", None), 1, "another one does");
    assert_eq!(touches("/panel", prefetch()), 0, "the fairing's word stays");
    assert_eq!(touches("/inbox", script()), 0);
    assert_eq!(touches("/inbox", None), 0, "the other one said so itself");
}

#[test]
fn a_sign_out_stays() {
    let (_, fairing) = clocked();
    let client = client(app(fairing));
    let cookie = send(&client, "POST", "/write", &[]).cookie();
    let out = send(&client, "POST", "/sign-out", &[&cookie]);
    let tombstone = out
        .set_cookies()
        .into_iter()
        .find(|line| !line.contains("Max-Age=0"));
    let tombstone = tombstone.unwrap().split(';').next().unwrap();
    // A response that was under way brought the session back.
    let late = send(&client, "GET", "/read", &[&cookie, tombstone]);
    assert_eq!(late.body, "nobody");
}
