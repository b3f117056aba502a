//! The layer and the extractors in real routers.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod support;

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, middleware};
use http::{StatusCode, header};
use sealed_session_axum::sealed_session::testing::ManualClock;
use sealed_session_axum::sealed_session::{self as core, Budget, Key, KeyRing, SessionManager};
use sealed_session_axum::{Error, LiveSession, Session, SessionLayer};
use support::send;
use time::OffsetDateTime;
use tower_http::catch_panic::CatchPanicLayer;

fn manager() -> SessionManager {
    SessionManager::new(KeyRing::new(Key::new(&[1; 32]).unwrap())).unwrap()
}

fn layer() -> SessionLayer {
    SessionLayer::new(manager())
}

async fn write(session: Session) -> Result<&'static str, Error> {
    session.insert("name", "Ada")?;
    Ok("written")
}

async fn read(session: Session) -> Result<String, Error> {
    Ok(session
        .get::<String>("name")?
        .unwrap_or_else(|| "nobody".to_owned()))
}

async fn live(session: LiveSession) -> Result<String, Error> {
    Ok(session.get::<String>("name")?.unwrap_or_default())
}

async fn fail(session: Session) -> (StatusCode, &'static str) {
    session.insert("name", "Ada").unwrap();
    (StatusCode::INTERNAL_SERVER_ERROR, "failed, and says why")
}

async fn panics(session: Session) -> &'static str {
    session.insert("name", "Eve").unwrap();
    panic!("the handler fails");
}

fn app() -> Router {
    Router::new()
        .route("/write", post(write))
        .route("/read", get(read))
        .route("/live", get(live))
        .route(
            "/maybe",
            get(async |session: Option<LiveSession>| session.is_some().to_string()),
        )
        .route("/fail", get(fail))
        .route(
            "/public",
            get(async || ([(header::CACHE_CONTROL, "public, max-age=60")], "x")),
        )
}

#[tokio::test]
async fn two_apps_share_a_session() {
    let (here, there) = (app().layer(layer()), app().layer(layer()));
    let reply = send(&here, "POST", "/write", &[]).await;
    assert_eq!(
        (reply.status, reply.body.as_str()),
        (StatusCode::OK, "written")
    );
    let lines = reply.set_cookies();
    assert_eq!(lines.len(), 1);
    assert!(lines[0].starts_with("__Host-session=A"));
    assert!(lines[0].ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax"));
    assert!(reply.headers[header::SET_COOKIE].is_sensitive());

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

#[tokio::test]
async fn nobody_is_rejected_or_none() {
    let app = app().layer(layer());
    let reply = send(&app, "GET", "/live", &[]).await;
    assert_eq!(
        (reply.status, reply.body.as_str()),
        (StatusCode::UNAUTHORIZED, "")
    );
    assert_eq!(send(&app, "GET", "/maybe", &[]).await.body, "false");
    assert_eq!(send(&app, "GET", "/read", &[]).await.body, "nobody");
}

#[tokio::test]
async fn a_missing_layer_and_a_double_one_answer_an_empty_500() {
    for path in ["/read", "/live", "/maybe"] {
        let reply = send(&app(), "GET", path, &[]).await;
        assert_eq!(
            (reply.status.as_u16(), reply.body.as_str()),
            (500, ""),
            "{path}"
        );
    }
    let text = sealed_session_axum::NotLive::MissingLayer(missing().await).to_string();
    assert!(
        text.contains(".layer(SessionLayer::new(manager))"),
        "{text}"
    );

    let twice = app().layer(layer()).layer(layer());
    let reply = send(&twice, "POST", "/write", &[]).await;
    assert_eq!((reply.status.as_u16(), reply.body.as_str()), (500, ""));
    assert!(reply.set_cookies().is_empty());
}

async fn missing() -> sealed_session_axum::MissingLayer {
    let (mut parts, ()) = Request::new(()).into_parts();
    Session::from_request_parts(&mut parts, &())
        .await
        .unwrap_err()
}

#[tokio::test]
async fn error_responses_redirects_and_other_methods_commit_too() {
    let app = app()
        .route(
            "/see",
            get(async |session: Session| {
                session.insert("name", "Ada").unwrap();
                Redirect::to("/read")
            }),
        )
        .route(
            "/early",
            get(async |session: Session| -> Result<(), StatusCode> {
                session.insert("name", "Ada").unwrap();
                Err(StatusCode::FORBIDDEN)
            }),
        )
        .fallback(async |session: Session| {
            session.insert("lost", true).unwrap();
            StatusCode::NOT_FOUND
        })
        .layer(layer());
    for (method, path, status) in [
        ("GET", "/fail", 500),
        ("GET", "/see", 303),
        ("HEAD", "/see", 303),
        ("GET", "/early", 403),
        ("GET", "/nowhere", 404),
        ("OPTIONS", "/nowhere", 404),
    ] {
        let reply = send(&app, method, path, &[]).await;
        assert_eq!(reply.status.as_u16(), status);
        assert_eq!(reply.set_cookies().len(), 1, "{method} {path}");
    }
}

#[tokio::test]
async fn set_cookie_lines_of_others_stay() {
    let app = Router::new()
        .route(
            "/",
            get(async |session: Session| {
                session.insert("name", "Ada").unwrap();
                ([(header::SET_COOKIE, "theirs=1")], "x")
            }),
        )
        .layer(layer());
    let reply = send(&app, "GET", "/", &[]).await;
    assert_eq!(reply.set_cookies().len(), 2);
    assert_eq!(reply.set_cookies()[0], "theirs=1");
}

#[tokio::test]
async fn caching_headers() {
    let app = app()
        .route(
            "/written-public",
            get(async |session: Session| {
                session.insert("name", "Ada").unwrap();
                (
                    [
                        (header::CACHE_CONTROL, "public, max-age=60"),
                        (header::VARY, "Accept"),
                    ],
                    "x",
                )
            }),
        )
        .layer(layer());
    let public = send(&app, "GET", "/public", &["__Host-session=A"]).await;
    assert_eq!(
        public.header(header::CACHE_CONTROL),
        Some("public, max-age=60")
    );
    assert_eq!(
        (public.header(header::VARY), public.set_cookies().len()),
        (None, 0)
    );

    let looked = send(&app, "GET", "/read", &[]).await;
    assert_eq!(looked.header(header::VARY), Some("Cookie"));
    assert_eq!(looked.header(header::CACHE_CONTROL), None);

    let written = send(&app, "GET", "/written-public", &[]).await;
    assert_eq!(
        written.header(header::CACHE_CONTROL),
        Some("private, max-age=60")
    );
    let vary: Vec<_> = written.headers.get_all(header::VARY).iter().collect();
    assert_eq!(vary, ["Accept", "Cookie"]);

    let live = send(&app, "GET", "/read", &[&written.cookie()]).await;
    assert_eq!(live.header(header::CACHE_CONTROL), Some("private"));
}

#[tokio::test]
async fn a_panic_caught_inside_or_outside_commits_nothing() {
    let inside = Router::new()
        .route("/", get(panics))
        .layer(CatchPanicLayer::new())
        .layer(layer());
    let outside = Router::new()
        .route("/", get(panics))
        .layer(layer())
        .layer(CatchPanicLayer::new());
    let cookie = send(&app().layer(layer()), "POST", "/write", &[])
        .await
        .cookie();
    for (app, place) in [(inside, "inside"), (outside, "outside")] {
        let reply = send(&app, "GET", "/", &[&cookie]).await;
        assert_eq!(reply.status.as_u16(), 500);
        assert!(reply.set_cookies().is_empty(), "{place}");
    }
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

#[tokio::test]
async fn a_commit_that_fails_keeps_the_old_session_and_says_nothing_unless_asked() {
    let compact = || {
        let ring = KeyRing::new(Key::new(&[1; 32]).unwrap());
        SessionManager::builder(ring)
            .budget(Budget::compact())
            .build()
            .unwrap()
    };
    let silent = app()
        .route("/noise", get(noise))
        .layer(SessionLayer::new(compact()));
    let cookie = send(&silent, "POST", "/write", &[]).await.cookie();
    let reply = send(&silent, "GET", "/noise", &[&cookie]).await;
    assert_eq!((reply.status.as_u16(), reply.body.as_str()), (500, ""));
    assert!(reply.set_cookies().is_empty());

    let page = |error: &core::Error, session: &core::Session| -> Response {
        // It sees what the browser keeps.
        assert!(!session.contains("noise"));
        let sizes = error.sizes().unwrap();
        (
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("{} too many", sizes.needed() - sizes.allowed()),
        )
            .into_response()
    };
    let layer = SessionLayer::new(compact()).on_commit_failure(page);
    let spoken = app()
        .route("/noise", get(noise))
        .route("/lump", get(lump))
        .layer(layer);
    // Too large in the end, and too large at once: one page for both.
    for path in ["/noise", "/lump"] {
        let reply = send(&spoken, "GET", path, &[&cookie]).await;
        assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(reply.body.ends_with(" too many") && reply.set_cookies().is_empty());
        assert_eq!(reply.header(header::CACHE_CONTROL), Some("private"));
        assert_eq!(reply.header(header::VARY), Some("Cookie"));
    }
    assert_eq!(send(&spoken, "GET", "/read", &[&cookie]).await.body, "Ada");
}

#[tokio::test]
async fn changes_after_the_head_are_reported() {
    let app = Router::new()
        .route(
            "/",
            get(async |session: Session| {
                session.insert("name", "Ada").unwrap();
                Response::new(Body::new(Late(Some(session))))
            }),
        )
        .layer(layer());
    let reply = send(&app, "GET", "/", &[]).await;
    assert_eq!(reply.set_cookies().len(), 1);
    assert_eq!(
        reply.body,
        "`late` came too late: the response head is out and its cookies with \
         it; change the session before the handler returns"
    );
}

/// A body of one frame, which changes the session when it is asked for.
struct Late(Option<Session>);

impl http_body::Body for Late {
    type Data = axum::body::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Self::Data>, Self::Error>>> {
        let late = self
            .0
            .take()
            .map(|session| session.insert("late", true).unwrap_err());
        Poll::Ready(late.map(|error| Ok(http_body::Frame::data(error.to_string().into()))))
    }
}

#[tokio::test]
async fn every_request_is_judged_by_the_layers_clock() {
    let start = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    let clock = Arc::new(ManualClock::new(start));
    let app = app().layer(layer().clock(Arc::clone(&clock) as Arc<dyn core::Clock>));
    let cookie = send(&app, "POST", "/write", &[]).await.cookie();
    clock.advance(Duration::from_secs(30 * 60) - Duration::from_secs(1));
    assert_eq!(send(&app, "GET", "/read", &[&cookie]).await.body, "Ada");
    clock.advance(Duration::from_secs(1));
    let late = send(&app, "GET", "/read", &[&cookie]).await;
    assert!(late.body == "nobody" && late.set_cookies().is_empty());
}

#[tokio::test]
async fn middleware_between_the_layer_and_the_handler_uses_the_same_session() {
    async fn count(session: Session, request: Request, next: middleware::Next) -> Response {
        session.update("seen", |seen: &mut u32| *seen += 1).unwrap();
        next.run(request).await
    }
    let seen = async |session: Session| session.get::<u32>("seen").unwrap().unwrap().to_string();
    let app = Router::new()
        .route("/", get(seen))
        .layer(middleware::from_fn(count))
        .layer(layer());
    let first = send(&app, "GET", "/", &[]).await;
    assert_eq!(first.body, "1");
    assert_eq!(send(&app, "GET", "/", &[&first.cookie()]).await.body, "2");
}

#[tokio::test]
async fn a_handler_that_is_cut_off_sends_its_changes_only_within_the_layer() {
    async fn slow(session: Session) {
        session.insert("name", "Ada").unwrap();
        std::future::pending::<()>().await;
    }
    // A time limit that is over as soon as the handler waits.
    async fn cut_off(request: Request, next: middleware::Next) -> Response {
        tokio::select! {
            biased;
            response = next.run(request) => response,
            () = std::future::ready(()) => StatusCode::REQUEST_TIMEOUT.into_response(),
        }
    }
    let limit = || middleware::from_fn(cut_off);
    let app = Router::new().route("/", get(slow));
    let within = app.clone().layer(limit()).layer(layer());
    let outside = app.layer(layer()).layer(limit());
    for (app, sent) in [(within, 1), (outside, 0)] {
        let reply = send(&app, "GET", "/", &[]).await;
        assert_eq!(reply.status, StatusCode::REQUEST_TIMEOUT);
        assert_eq!(reply.set_cookies().len(), sent);
    }
}
