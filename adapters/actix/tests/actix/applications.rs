//! The host of a request, secret fields, and what else asks for the session.

use actix_web::http::{Uri, header};
use actix_web::middleware::{Next, from_fn};
use actix_web::test::{TestRequest, init_service};
use actix_web::web::get;
use actix_web::{App, HttpRequest, dev};
use sealed_session_actix::{
    CookieSpec, Key, KeyRing, Session, SessionManager, SessionMiddleware, Transport,
};

use crate::support::{builder, call, send, sessions};

#[actix_web::test]
async fn the_development_profile_serves_this_machine_only() {
    let ring = KeyRing::new(Key::generate().unwrap());
    let manager = SessionManager::new(CookieSpec::development("dev"), ring);
    let sessions = SessionMiddleware::new(manager.unwrap());
    let try_write = async |session: Session| session.insert("name", "Ada").is_ok().to_string();
    let app = App::new().route("/", get().to(try_write)).wrap(sessions);
    let app = init_service(app).await;
    let by_field = |host| TestRequest::get().insert_header((header::HOST, host));
    // HTTP/2 names the host in the URI.
    let by_uri = |uri: &'static str| TestRequest::get().uri(&Uri::from_static(uri).to_string());
    for (request, served) in [
        (by_field("localhost:3000"), true),
        (by_uri("http://127.0.0.1:3000/"), true),
        (by_field("example.com"), false),
        (by_uri("https://example.com/"), false),
        (TestRequest::get(), false),
        // What a visitor may claim is not asked.
        (
            by_field("example.com").insert_header(("x-forwarded-host", "localhost")),
            false,
        ),
    ] {
        let reply = call(&app, request).await;
        assert_eq!(reply.body, served.to_string());
        assert_eq!(reply.set_cookies().len(), usize::from(served));
    }
}

#[actix_web::test]
async fn middlewares_and_guards_within_use_the_same_session() {
    async fn count(
        session: Session,
        request: dev::ServiceRequest,
        next: Next<impl actix_web::body::MessageBody>,
    ) -> actix_web::Result<dev::ServiceResponse<impl actix_web::body::MessageBody>> {
        session.update("seen", |seen: &mut u32| *seen += 1).unwrap();
        next.call(request).await
    }
    let seen = async |request: HttpRequest, session: Session| {
        let seen = session.get::<u32>("seen").unwrap().unwrap();
        format!("{seen} at {}", request.match_info().get("page").unwrap())
    };
    let twice = |context: &actix_web::guard::GuardContext<'_>| {
        let data = context.req_data();
        data.get::<sealed_session::Session>()
            .unwrap()
            .get("seen")
            .unwrap()
            == Some(2_u32)
    };
    let app = App::new()
        .route(
            "/{page}",
            get()
                .guard(actix_web::guard::fn_guard(twice))
                .to(async || "again"),
        )
        .route("/{page}", get().to(seen))
        .wrap(from_fn(count))
        .wrap(sessions());
    let app = init_service(app).await;
    let first = send(&app, "GET", "/home", &[]).await;
    assert_eq!(first.body, "1 at home");
    let second = send(&app, "GET", "/home", &[&first.cookie()]).await;
    assert_eq!(second.body, "again");
}

#[actix_web::test]
async fn what_holds_a_session_is_marked_as_secret() {
    let manager = builder().transport(Transport::header("x-session").or_cookie());
    let sessions = SessionMiddleware::new(manager.build().unwrap());
    let write = async |session: Session| session.insert("name", "Ada").is_ok().to_string();
    let app = App::new().route("/", get().to(write)).wrap(sessions);
    let app = init_service(app).await;
    let by_field = TestRequest::get().insert_header(("x-session", ""));
    for (request, secret) in [(TestRequest::get(), "set-cookie"), (by_field, "x-session")] {
        let reply = call(&app, request).await;
        for name in [secret, "cache-control", "vary"] {
            let value = reply.headers.get(name).unwrap();
            assert_eq!(value.is_sensitive(), name == secret, "{name}");
        }
    }
}
