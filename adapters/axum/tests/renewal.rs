//! Touches, passive routes and sign-outs through the layer.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode, header};
use sealed_session_axum::sealed_session::testing::ManualClock;
use sealed_session_axum::sealed_session::{
    Clock, Event, Key, KeyRing, SessionManager, SessionManagerBuilder, SiteData,
};
use sealed_session_axum::{PassiveLayer, Session, SessionLayer};
use support::{Reply, send};
use time::OffsetDateTime;

fn builder() -> SessionManagerBuilder {
    SessionManager::builder(KeyRing::new(Key::new(&[1; 32]).unwrap()))
}

async fn write(session: Session) {
    session.insert("name", "Ada").unwrap();
}

async fn unread() -> &'static str {
    "3 unread"
}

/// Pages that never look at their session, except for two.
fn pages() -> Router {
    let is_prefetch = |headers: &HeaderMap| headers.contains_key("sec-purpose");
    let public = async || ([(header::CACHE_CONTROL, "public, max-age=60")], "x");
    let marks = async |session: Session| session.mark_passive();
    Router::new()
        .route("/write", post(write))
        .route(
            "/sign-out",
            post(async |session: Session| session.destroy().unwrap()),
        )
        .route("/page", get(async || "a page"))
        .route("/public", get(public))
        .route(
            "/unchanged",
            get(async || StatusCode::NOT_MODIFIED.into_response()),
        )
        .route("/poll", get(unread).layer(PassiveLayer::new()))
        .route("/marks", get(marks))
        .route(
            "/prefetched",
            get(unread).layer(PassiveLayer::when(is_prefetch)),
        )
}

/// A clock, and the pages by it.
fn app() -> (Arc<ManualClock>, Router) {
    let start = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    let clock = Arc::new(ManualClock::new(start));
    let layer = SessionLayer::new(builder().build().unwrap());
    let layer = layer.clock(Arc::clone(&clock) as Arc<dyn Clock>);
    (clock, pages().layer(layer))
}

#[tokio::test]
async fn a_page_that_never_looks_renews_its_session_and_stays_free_of_it() {
    let (clock, app) = app();
    let cookie = send(&app, "POST", "/write", &[]).await.cookie();
    let untouched = |reply: &Reply| {
        [header::SET_COOKIE, header::VARY, header::CACHE_CONTROL]
            .map(|name| reply.headers.contains_key(name))
    };
    // Nothing is due yet.
    for page in ["/page", "/poll", "/prefetched"] {
        assert_eq!(
            untouched(&send(&app, "GET", page, &[&cookie]).await),
            [false; 3],
            "{page}"
        );
    }
    clock.advance(Duration::from_secs(20 * 60));
    // Pages that shared caches may store stay as they are.
    let public = send(&app, "GET", "/public", &[&cookie]).await;
    assert_eq!(public.headers[header::CACHE_CONTROL], "public, max-age=60");
    assert_eq!(untouched(&public), [false, false, true]);
    for page in ["/public", "/unchanged"] {
        let reply = send(&app, "GET", page, &[&cookie]).await;
        assert!(reply.set_cookies().is_empty() && !reply.headers.contains_key(header::VARY));
    }
    // Any other carries the touch, and depends on nothing.
    for page in ["/page", "/nowhere"] {
        let reply = send(&app, "GET", page, &[&cookie]).await;
        assert_eq!(untouched(&reply), [true, false, true], "{page}");
        assert_eq!(reply.headers[header::CACHE_CONTROL], "private");
        assert!(reply.cookie().starts_with("__Host-session.t="));
    }
    let touch = send(&app, "GET", "/page", &[&cookie]).await.cookie();
    clock.advance(Duration::from_secs(20 * 60));
    let reply = send(&app, "POST", "/sign-out", &[&cookie, &touch]).await;
    let names: Vec<&str> = reply
        .set_cookies()
        .iter()
        .map(|line| line.split('=').next().unwrap())
        .collect();
    assert_eq!(
        names,
        ["__Host-session", "__Host-session.t", "__Host-session.x"]
    );
}

#[tokio::test]
async fn passive_routes_and_requests_renew_nothing() {
    let (clock, app) = app();
    let cookie = send(&app, "POST", "/write", &[]).await.cookie();
    clock.advance(Duration::from_secs(20 * 60));
    for page in ["/poll", "/marks"] {
        let reply = send(&app, "GET", page, &[&cookie]).await;
        assert!(reply.set_cookies().is_empty(), "{page}");
    }
    assert_eq!(
        send(&app, "GET", "/prefetched", &[&cookie])
            .await
            .set_cookies()
            .len(),
        1
    );
    let request = http::Request::get("/prefetched")
        .header(header::COOKIE, &cookie)
        .header("sec-purpose", "prefetch");
    let request = request.body(axum::body::Body::empty()).unwrap();
    let reply = tower::ServiceExt::oneshot(app, request).await.unwrap();
    assert!(!reply.headers().contains_key(header::SET_COOKIE));
}

#[tokio::test]
async fn a_sign_out_clears_what_it_is_told_to() {
    let manager = builder()
        .clear_site_data([
            SiteData::Cache,
            SiteData::ClientHints,
            SiteData::ExecutionContexts,
            SiteData::Storage,
        ])
        .no_store_on_destroy()
        .build()
        .unwrap();
    let app = pages().layer(SessionLayer::new(manager));
    let written = send(&app, "POST", "/write", &[]).await;
    assert!(!written.headers.contains_key("clear-site-data"));
    assert_eq!(written.headers[header::CACHE_CONTROL], "private");
    let out = send(&app, "POST", "/sign-out", &[&written.cookie()]).await;
    assert_eq!(
        out.headers["clear-site-data"],
        r#""cache", "clientHints", "executionContexts", "storage""#
    );
    assert_eq!(out.headers[header::CACHE_CONTROL], "no-store");

    // Also if another session begins in the same request.
    let both = async |session: Session| {
        session.destroy().unwrap();
        session.insert("notice", "Goodbye.").unwrap();
    };
    let manager = builder()
        .clear_site_data([SiteData::Cache])
        .build()
        .unwrap();
    let again = Router::new()
        .route("/", post(both))
        .layer(SessionLayer::new(manager));
    let out = send(&again, "POST", "/", &[&written.cookie()]).await;
    assert_eq!(out.headers["clear-site-data"], r#""cache""#);
    assert_eq!(out.set_cookies().len(), 2);

    let plain = pages().layer(SessionLayer::new(builder().build().unwrap()));
    let out = send(&plain, "POST", "/sign-out", &[&written.cookie()]).await;
    assert!(!out.headers.contains_key("clear-site-data"));
    assert_eq!(out.headers[header::CACHE_CONTROL], "private");
}

#[tokio::test]
async fn a_change_by_a_task_that_was_left_running_is_reported_by_its_name() {
    let late = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&late);
    let manager = builder().on_event(move |event| {
        if let Event::TooLate { attribute, .. } = event {
            log.lock().unwrap().push((*attribute).to_owned());
        }
    });
    let (sender, receiver) = std::sync::mpsc::channel();
    let leaves = async move |session: Session| sender.send(session).unwrap();
    let layer = SessionLayer::new(manager.build().unwrap());
    let app = Router::new().route("/", get(leaves)).layer(layer);
    assert!(send(&app, "GET", "/", &[]).await.set_cookies().is_empty());
    let session = receiver.recv().unwrap();
    let task = async move { [session.insert("progress", 100), session.destroy()] };
    for result in tokio::spawn(task).await.unwrap() {
        assert!(result.unwrap_err().is_too_late());
    }
    assert_eq!(*late.lock().unwrap(), ["progress", "destroy"]);
}
