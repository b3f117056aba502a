//! Requests that are no use of a session, and forwards.

use std::time::Duration;

use rocket::http::{Header, Status};
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};
use rocket::{Request, get, routes};
use sealed_session_rocket::{Passive, Session};

use crate::forwards;
use crate::support::{Reply, client, clocked, request as local, send};

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

fn is_prefetch(request: &Request<'_>) -> bool {
    request.headers().contains("sec-purpose")
}

#[test]
fn a_passive_route_that_forwards_speaks_for_itself_only() {
    let (clock, fairing) = clocked();
    let routes = routes![polled_panel, panel, polled_inbox, inbox];
    let app = forwards::app().mount("/", routes);
    let client = client(app.attach(fairing.passive_when(is_prefetch)));
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
