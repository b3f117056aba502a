//! The middleware and the extractors in real applications.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod support;

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{StatusCode, Uri};
use actix_web::middleware::{Next, from_fn};
use actix_web::test::{TestRequest, init_service};
use actix_web::web::{self, Redirect, ServiceConfig, get, post, to};
use actix_web::{App, HttpRequest, HttpResponse, dev};
use sealed_session_actix::sealed_session::{self as core, Budget, CookieSpec};
use sealed_session_actix::{Error, LiveSession, Session, SessionMiddleware};
use support::{builder, call, clock, send, sessions};

async fn write(session: Session) -> Result<&'static str, Error> {
    session.insert("name", "Ada")?;
    Ok("written")
}

async fn read(session: Session) -> Result<String, Error> {
    let name = session.get::<String>("name")?;
    Ok(name.unwrap_or_else(|| "nobody".to_owned()))
}

async fn live(session: LiveSession) -> Result<String, Error> {
    Ok(session.get::<String>("name")?.unwrap_or_default())
}

async fn maybe(session: Option<LiveSession>) -> String {
    session.is_some().to_string()
}

fn pages(config: &mut ServiceConfig) {
    let public = async || {
        let mut response = HttpResponse::Ok();
        response.insert_header((header::CACHE_CONTROL, "public, max-age=60"));
        response.body("x")
    };
    config
        .route("/write", post().to(write))
        .route("/read", get().to(read))
        .route("/live", get().to(live))
        .route("/maybe", get().to(maybe))
        .route("/public", get().to(public));
}

#[actix_web::test]
async fn two_apps_share_a_session() {
    let app = || App::new().configure(pages).wrap(sessions());
    let (here, there) = (init_service(app()).await, init_service(app()).await);
    let reply = send(&here, "POST", "/write", &[]).await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "written"));
    let lines = reply.set_cookies();
    assert_eq!(lines.len(), 1);
    assert!(lines[0].starts_with("__Host-session=A"));
    assert!(lines[0].ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax"));
    assert!(
        reply
            .headers
            .get(header::SET_COOKIE)
            .unwrap()
            .is_sensitive()
    );

    let cookie = reply.cookie();
    for path in ["/read", "/live"] {
        let reply = send(&there, "GET", path, &["a=b", &cookie]).await;
        assert_eq!(
            (reply.body.as_str(), reply.set_cookies().len()),
            ("Ada", 0),
            "{path}"
        );
    }
    assert_eq!(send(&there, "GET", "/maybe", &[&cookie]).await.body, "true");
}

#[actix_web::test]
async fn nobody_is_rejected_or_none() {
    let app = init_service(App::new().configure(pages).wrap(sessions())).await;
    let reply = send(&app, "GET", "/live", &[]).await;
    assert_eq!((reply.status, reply.body.as_str()), (401, ""));
    assert_eq!(send(&app, "GET", "/maybe", &[]).await.body, "false");
    assert_eq!(send(&app, "GET", "/read", &[]).await.body, "nobody");
}

#[actix_web::test]
async fn cookie_fields_are_read_raw_and_all_of_them() {
    let app = init_service(App::new().configure(pages).wrap(sessions())).await;
    let cookie = send(&app, "POST", "/write", &[]).await.cookie();
    let read = |first: HeaderValue| {
        TestRequest::with_uri("/read")
            .append_header((header::COOKIE, first))
            .append_header((header::COOKIE, "b=c"))
    };
    let bytes = HeaderValue::from_bytes(b"a=\xff\xfe").unwrap();
    let request = read(bytes).append_header((header::COOKIE, cookie.as_str()));
    assert_eq!(call(&app, request).await.body, "Ada");

    // A jar that decodes or trims names would take these for the session.
    let (_, value) = cookie.split_once('=').unwrap();
    for name in [
        "__Host%2Dsession",
        "\u{a0}__Host-session",
        "%5F_Host-session",
    ] {
        let planted = HeaderValue::from_bytes(format!("{name}={value}").as_bytes()).unwrap();
        assert_eq!(call(&app, read(planted)).await.body, "nobody", "{name}");
    }
}

#[actix_web::test]
async fn the_development_profile_serves_this_machine_only() {
    let manager = builder().cookie(CookieSpec::development("dev"));
    let sessions = SessionMiddleware::new(manager.build().unwrap());
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
async fn a_missing_middleware_and_a_double_one_answer_an_empty_500() {
    let bare = init_service(App::new().configure(pages)).await;
    for path in ["/read", "/live"] {
        let reply = send(&bare, "GET", path, &[]).await;
        assert_eq!((reply.status, reply.body.as_str()), (500, ""), "{path}");
    }

    let twice = App::new()
        .service(web::scope("/in").configure(pages).wrap(sessions()))
        .configure(pages)
        .wrap(sessions());
    let twice = init_service(twice).await;
    let reply = send(&twice, "POST", "/in/write", &[]).await;
    assert_eq!((reply.status, reply.body.as_str()), (500, ""));
    assert!(reply.set_cookies().is_empty());
    assert_eq!(send(&twice, "POST", "/write", &[]).await.status, 200);
}

#[actix_web::test]
async fn error_responses_redirects_and_what_no_route_matches_commit_too() {
    async fn fail(session: Session) -> (&'static str, StatusCode) {
        session.insert("name", "Ada").unwrap();
        ("failed, and says why", StatusCode::INTERNAL_SERVER_ERROR)
    }
    async fn see(session: Session) -> Redirect {
        session.insert("name", "Ada").unwrap();
        Redirect::to("/read").see_other()
    }
    async fn early(session: Session) -> actix_web::Result<&'static str> {
        session.insert("name", "Ada").map_err(Error::from)?;
        Err(actix_web::error::ErrorForbidden("not here"))
    }
    async fn refused(session: Session) -> Result<&'static str, Error> {
        session.insert("name", "Ada")?;
        session.insert("rate", f64::NAN)?;
        Ok("stored")
    }
    async fn lost(session: Session) -> HttpResponse {
        session.insert("lost", true).unwrap();
        HttpResponse::NotFound().finish()
    }
    let nested = web::scope("/a").service(
        web::scope("/b")
            .route("/early", get().to(early))
            .default_service(to(lost)),
    );
    let app = App::new()
        .route("/fail", get().to(fail))
        .service(web::resource("/see").get(see).route(web::head().to(see)))
        .route("/refused", get().to(refused))
        .service(nested)
        .default_service(to(lost))
        .wrap(sessions());
    let app = init_service(app).await;
    for (method, path, status) in [
        ("GET", "/fail", 500),
        ("GET", "/see", 303),
        ("HEAD", "/see", 303),
        ("GET", "/refused", 500),
        ("GET", "/a/b/early", 403),
        ("GET", "/a/b/nowhere", 404),
        ("GET", "/nowhere", 404),
        ("OPTIONS", "/nowhere", 404),
    ] {
        let reply = send(&app, method, path, &[]).await;
        assert_eq!(reply.status, status, "{method} {path}");
        assert_eq!(reply.set_cookies().len(), 1, "{method} {path}");
    }
    assert_eq!(send(&app, "GET", "/refused", &[]).await.body, "");
}

#[actix_web::test]
async fn set_cookie_lines_of_others_stay() {
    let mixed = async |session: Session| {
        session.insert("name", "Ada").unwrap();
        let mut response = HttpResponse::Ok();
        response.append_header((header::SET_COOKIE, "theirs=1"));
        response.append_header((header::SET_COOKIE, "theirs=2"));
        response.finish()
    };
    let app = App::new().route("/", get().to(mixed)).wrap(sessions());
    let reply = send(&init_service(app).await, "GET", "/", &[]).await;
    assert_eq!(reply.set_cookies().len(), 3);
    assert_eq!(reply.set_cookies()[..2], ["theirs=1", "theirs=2"]);
}

#[actix_web::test]
async fn caching_headers() {
    let written_public = async |session: Session| {
        session.insert("name", "Ada").unwrap();
        let mut response = HttpResponse::Ok();
        response.insert_header((header::CACHE_CONTROL, "public, max-age=60"));
        response.insert_header((header::VARY, "Accept"));
        response.finish()
    };
    let app = App::new()
        .configure(pages)
        .route("/written-public", get().to(written_public))
        .wrap(sessions());
    let app = init_service(app).await;
    let public = send(&app, "GET", "/public", &["__Host-session=A"]).await;
    let caching = (header::CACHE_CONTROL, header::VARY);
    assert_eq!(public.header(&caching.0), Some("public, max-age=60"));
    assert_eq!(
        (public.header(&caching.1), public.set_cookies().len()),
        (None, 0)
    );

    let looked = send(&app, "GET", "/read", &[]).await;
    assert_eq!(looked.header(&caching.1), Some("Cookie"));
    assert_eq!(looked.header(&caching.0), None);

    let written = send(&app, "GET", "/written-public", &[]).await;
    assert_eq!(written.header(&caching.0), Some("private, max-age=60"));
    let vary: Vec<_> = written.headers.get_all(header::VARY).collect();
    assert_eq!(vary, ["Accept", "Cookie"]);

    let live = send(&app, "GET", "/read", &[&written.cookie()]).await;
    assert_eq!(live.header(&caching.0), Some("private"));
}

async fn noise(session: Session) -> Result<&'static str, Error> {
    for name in ["noise", "more noise"] {
        let seed = name.len() as u64;
        let noise: Vec<u64> = (0..170)
            .map(|n| (n + seed * 1_000).wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .collect();
        session.insert(name, noise)?;
    }
    Ok("stored")
}

async fn lump(session: Session) -> Result<&'static str, Error> {
    // As with a commit that fails, nothing of this is sent.
    session.sign_in_as("mallory", &[])?;
    session.insert("lump", "x".repeat(100_000))?;
    Ok("stored")
}

#[actix_web::test]
async fn a_commit_that_fails_keeps_the_old_session_and_says_nothing_unless_asked() {
    let compact = || {
        let manager = builder().budget(Budget::compact()).build().unwrap();
        SessionMiddleware::new(manager)
    };
    let large = |config: &mut ServiceConfig| {
        config
            .route("/noise", get().to(noise))
            .route("/lump", get().to(lump));
    };
    let silent = App::new().configure(pages).configure(large).wrap(compact());
    let silent = init_service(silent).await;
    let cookie = send(&silent, "POST", "/write", &[]).await.cookie();
    for path in ["/noise", "/lump"] {
        let reply = send(&silent, "GET", path, &[&cookie]).await;
        assert_eq!((reply.status, reply.body.as_str()), (500, ""));
        assert!(reply.set_cookies().is_empty());
    }

    let page = |error: &core::Error, session: &core::Session| {
        // It sees what the browser keeps.
        assert!(!session.contains("noise"));
        let sizes = error.sizes().unwrap();
        HttpResponse::PayloadTooLarge()
            .body(format!("{} too many", sizes.needed() - sizes.allowed()))
    };
    let spoken = compact().on_commit_failure(page);
    let spoken = App::new().configure(pages).configure(large).wrap(spoken);
    let spoken = init_service(spoken).await;
    // Too large in the end, and too large at once: one page for both.
    for path in ["/noise", "/lump"] {
        let reply = send(&spoken, "GET", path, &[&cookie]).await;
        assert_eq!(reply.status, 413);
        assert!(reply.body.ends_with(" too many") && reply.set_cookies().is_empty());
        assert_eq!(reply.header(header::CACHE_CONTROL), Some("private"));
        assert_eq!(reply.header(header::VARY), Some("Cookie"));
    }
    assert_eq!(send(&spoken, "GET", "/read", &[&cookie]).await.body, "Ada");
}

#[actix_web::test]
async fn every_request_is_judged_by_the_middlewares_clock() {
    let clock = Arc::new(clock());
    let sessions = sessions().clock(clock.clone());
    let app = init_service(App::new().configure(pages).wrap(sessions)).await;
    let cookie = send(&app, "POST", "/write", &[]).await.cookie();
    clock.advance(Duration::from_secs(30 * 60) - Duration::from_secs(1));
    assert_eq!(send(&app, "GET", "/read", &[&cookie]).await.body, "Ada");
    clock.advance(Duration::from_secs(1));
    let late = send(&app, "GET", "/read", &[&cookie]).await;
    assert!(late.body == "nobody" && late.set_cookies().is_empty());
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
        data.get::<core::Sessions>()
            .unwrap()
            .main()
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
