//! What pages of other origins cause reaches no handler, whatever it is for.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rocket::fairing::AdHoc;
use rocket::http::{ContentType, Header, Method, Status};
use rocket::route::{Handler, Outcome, Route};
use rocket::{Build, Data, Request, Rocket, catch, catchers};
use sealed_session_rocket::adapter::RequestHead;
use sealed_session_rocket::{CrossOrigin, Session, SessionFairing};
use time::OffsetDateTime;

use crate::support::{Reply, bare, builder, client, fairing, request, send};

/// Stores a name if it is called, and counts.
#[derive(Clone, Default)]
struct Counting(Arc<AtomicUsize>);

#[rocket::async_trait]
impl Handler for Counting {
    async fn handle<'r>(&self, request: &'r Request<'_>, _: Data<'r>) -> Outcome<'r> {
        self.0.fetch_add(1, Ordering::SeqCst);
        let session = request.guard::<Session>().await.unwrap();
        session.insert("name", "Ada").unwrap();
        Outcome::from(request, "called")
    }
}

const METHODS: [Method; 6] = [
    Method::Get,
    Method::Post,
    Method::Put,
    Method::Delete,
    Method::Patch,
    Method::Connect,
];

#[catch(default)]
async fn caught(status: Status, request: &Request<'_>) -> String {
    let session = request.guard::<Session>().await.unwrap();
    session.insert("caught", status.code).unwrap();
    "caught".to_owned()
}

/// A route for each method and for every path, as far in front as an application can put it.
fn app(counting: &Counting) -> Rocket<Build> {
    let routes = METHODS.map(|method| Route::ranked(-10, method, "/<path..>", counting.clone()));
    bare().mount("/", routes).register("/", catchers![caught])
}

fn called(counting: &Counting) -> usize {
    counting.0.load(Ordering::SeqCst)
}

#[test]
fn no_handler_and_no_catcher_sees_it() {
    let counting = Counting::default();
    let client = client(app(&counting).attach(fairing()));
    let cookie = send(&client, "POST", "/", &[]).cookie();
    assert_eq!(called(&counting), 1);
    for method in METHODS.into_iter().filter(|method| *method != Method::Get) {
        for path in ["/", "/order?page=2", "/a/b/c", "/%2F", "/nowhere/at/all"] {
            let request = request(&client, method.as_str(), path, &[&cookie]);
            let reply = Reply::of(
                request
                    .header(Header::new("Sec-Fetch-Site", "cross-site"))
                    .dispatch(),
            );
            assert_eq!(
                (reply.status, reply.body.as_str()),
                (403, ""),
                "{method} {path}"
            );
            assert_eq!(reply.all("cache-control"), ["no-store"]);
            assert!(reply.set_cookies().is_empty() && reply.field("vary").is_none());
        }
    }
    assert_eq!(called(&counting), 1);
    // Requests of this method that other origins did not cause are the application's.
    assert_eq!(send(&client, "CONNECT", "/", &[]).body, "called");
    assert_eq!(send(&client, "OPTIONS", "/", &[]).status, 404);
}

#[test]
fn a_fairing_that_changes_the_method_changes_nothing() {
    let counting = Counting::default();
    let rewrites = AdHoc::on_request("Rewrites methods", |request, _| {
        Box::pin(async move { request.set_method(Method::Put) })
    });
    let rocket = app(&counting).attach(fairing()).attach(rewrites);
    let client = client(rocket);
    let post = |site| {
        let request = request(&client, "POST", "/order", &[]);
        Reply::of(
            request
                .header(Header::new("Sec-Fetch-Site", site))
                .dispatch(),
        )
    };
    assert_eq!(post("same-site").status, 403);
    assert_eq!(called(&counting), 0);
    assert_eq!(post("same-origin").body, "called");
}

#[test]
fn a_form_that_says_it_is_a_get_was_posted() {
    // From another site the browser keeps `Lax` cookies back, as from every POST, and a GET would begin
    // a session in place of the visitor's.
    let counting = Counting::default();
    let client = client(app(&counting).attach(fairing()));
    let post = |site: &'static str| {
        let request = client
            .post("/")
            .body("_method=GET&a=b")
            .header(ContentType::Form);
        let request = request.header(Header::new("Sec-Fetch-Site", site));
        let request = request.header(Header::new("Sec-Fetch-Mode", "navigate"));
        Reply::of(
            request
                .header(Header::new("Sec-Fetch-Dest", "document"))
                .dispatch(),
        )
    };
    let reply = post("cross-site");
    assert_eq!((reply.status, reply.set_cookies().len()), (403, 0));
    assert_eq!(called(&counting), 0);
    assert_eq!((post("same-origin").status, called(&counting)), (200, 1));
}

#[test]
fn fairings_see_its_path_and_the_next_request_is_its_own() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let logging = AdHoc::on_response("log", move |request, response| {
        let line = format!("{} {}", request.uri(), response.status().code);
        log.lock().unwrap().push(line);
        Box::pin(async {})
    });
    // A fairing that looks at the session changes nothing of the answer, which does not depend on it.
    let looks = AdHoc::on_request("looks", |request, _| {
        Box::pin(async {
            let session = request.guard::<Session>().await.succeeded().unwrap();
            assert_eq!(session.subject(), None);
        })
    });
    let counting = Counting::default();
    let rocket = app(&counting).attach(logging).attach(fairing());
    let client = client(rocket.attach(looks));
    let refused = client
        .post("/order?page=2")
        .header(Header::new("Origin", "null"));
    // Clones of a local request share what Rocket caches of it.
    assert_eq!(refused.clone().dispatch().status(), Status::Forbidden);
    let reply = Reply::of(refused.dispatch());
    assert_eq!((reply.status, reply.field("vary")), (403, None));
    assert_eq!(send(&client, "POST", "/order", &[]).status, 200);
    let lines = ["/order?page=2 403", "/order?page=2 403", "/order 200"];
    assert_eq!(*seen.lock().unwrap(), lines);
}

#[test]
fn a_form_token_stands_behind_the_field_that_names_the_method() {
    let counting = Counting::default();
    let policy = CrossOrigin::new().with_form_tokens();
    let manager = builder().cross_origin(policy).build().unwrap();
    let client = client(app(&counting).attach(SessionFairing::new(manager.clone())));
    let cookie = send(&client, "GET", "/", &[]).cookie();
    let head = RequestHead::new([cookie.as_bytes()]);
    let token = manager.load(head, OffsetDateTime::now_utc());
    let token = token.form_token().unwrap();
    let post = |body: String| {
        let request = request(&client, "POST", "/", &[&cookie]);
        Reply::of(request.header(ContentType::Form).body(body).dispatch()).status
    };
    for method in ["put", "get", "delete"] {
        assert_eq!(
            post(format!("_method={method}&csrf_token={token}&a=b")),
            200,
            "{method}"
        );
        assert_eq!(
            post(format!("_method={method}&a=b&csrf_token={token}")),
            403,
            "{method}"
        );
    }
    assert_eq!(called(&counting), 4);
}
