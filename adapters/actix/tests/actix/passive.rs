//! Which requests keep a session alive.

use std::sync::Arc;
use std::time::Duration;

use actix_web::App;
use actix_web::http::header;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::{self, get};
use sealed_session_actix::{PassiveMiddleware, Session};

use crate::support::{call, clock, send, sessions};

#[actix_web::test]
async fn every_request_renews_its_session_unless_it_is_passive() {
    let clock = Arc::new(clock());
    let unread = async || "3 unread";
    let prefetched = PassiveMiddleware::when(|headers| headers.contains_key("sec-purpose"));
    let polled = web::scope("/poll")
        .route("/unread", get().to(unread))
        .wrap(PassiveMiddleware::new());
    let app = App::new()
        .route(
            "/write",
            get().to(async |session: Session| session.insert("name", "Ada").is_ok().to_string()),
        )
        .route("/page", get().to(async || "never looks"))
        .route(
            "/marks",
            get().to(async |session: Session| {
                session.mark_passive();
                "x"
            }),
        )
        .route("/route", get().to(unread).wrap(PassiveMiddleware::new()))
        .service(web::resource("/prefetched").get(unread).wrap(prefetched))
        .service(polled)
        .wrap(sessions().clock(clock.clone()));
    let app = init_service(app).await;
    let cookie = send(&app, "GET", "/write", &[]).await.cookie();
    clock.advance(Duration::from_secs(20 * 60));
    for (path, lines) in [
        ("/page", 1),
        ("/nowhere", 1),
        ("/marks", 0),
        ("/route", 0),
        ("/poll/unread", 0),
        ("/poll/nowhere", 0),
        ("/prefetched", 1),
    ] {
        let reply = send(&app, "GET", path, &[&cookie]).await;
        assert_eq!(reply.set_cookies().len(), lines, "{path}");
        if lines == 1 {
            assert!(reply.cookie().starts_with("__Host-session.t="), "{path}");
        }
    }
    let prefetch = TestRequest::with_uri("/prefetched")
        .insert_header(("sec-purpose", "prefetch"))
        .insert_header((header::COOKIE, cookie));
    assert!(call(&app, prefetch).await.set_cookies().is_empty());
}
