//! Several sessions through the layer and the extractors.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod support;

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::request::Parts;
use http::{StatusCode, header};
use sealed_session_axum::sealed_session::testing::ManualClock;
use sealed_session_axum::sealed_session::{
    self as core, Budget, Clock, CookieSpec, Key, KeyRing, SessionManager, Sessions, Slot, Slots,
};
use sealed_session_axum::{
    CommitFailure, Error, LiveSession, MissingLayer, NotLive, PassiveLayer, Session, SessionLayer,
};
use support::send;
use time::OffsetDateTime;
use tower_http::catch_panic::CatchPanicLayer;

enum Prefs {}
impl Slot for Prefs {}

fn main_alone() -> SessionManager {
    SessionManager::new(KeyRing::new(Key::new(&[1; 32]).unwrap())).unwrap()
}

fn slots() -> Slots {
    let prefs = SessionManager::builder(KeyRing::new(Key::new(&[2; 32]).unwrap()))
        .cookie(CookieSpec::new("__Host-prefs"))
        .budget(Budget::compact().total(1_600))
        .build();
    Slots::new(main_alone())
        .with::<Prefs>(prefs.unwrap())
        .unwrap()
}

async fn sign_in(session: Session) -> Result<(), Error> {
    Ok(session.sign_in_as("user-17", &[])?)
}

async fn darken(prefs: Session<Prefs>) -> Result<(), Error> {
    Ok(prefs.insert("theme", "dark")?)
}

async fn show(session: Session, prefs: Session<Prefs>) -> Result<String, Error> {
    let theme = prefs.get::<String>("theme")?;
    Ok(format!("{:?} {:?}", session.subject(), theme.as_deref()))
}

/// What does not fit into either slot, after writes to the other.
async fn too_much(session: Session, prefs: Session<Prefs>) -> Result<(), Error> {
    session.sign_in_as("mallory", &[])?;
    for (name, seed) in [("one", 1), ("two", 1_000)] {
        let noise: Vec<u64> = (seed..seed + 70)
            .map(|n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .collect();
        prefs.insert(name, noise)?;
    }
    Ok(())
}

async fn lump(session: Session, prefs: Session<Prefs>) -> Result<(), Error> {
    session.sign_in_as("mallory", &[])?;
    Ok(prefs.insert("lump", "x".repeat(100_000))?)
}

async fn panics(session: Session, prefs: Session<Prefs>) {
    session.sign_in_as("mallory", &[]).unwrap();
    prefs.insert("theme", "light").unwrap();
    drop(session);
    panic!("with one session in hand");
}

fn app() -> Router {
    Router::new()
        .route("/sign-in", post(sign_in))
        .route("/darken", post(darken))
        .route("/show", get(show))
        .route("/too-much", post(too_much))
        .route("/lump", post(lump))
        .route("/panics", post(panics))
        .route(
            "/live",
            get(async |prefs: LiveSession<Prefs>| prefs.contains("theme").to_string()),
        )
        .route(
            "/maybe",
            get(async |prefs: Option<LiveSession<Prefs>>| prefs.is_some().to_string()),
        )
        .route("/unlooked", get(async || "a page"))
        .route("/poll", get(async || "3").layer(PassiveLayer::new()))
}

#[tokio::test]
async fn two_requests_at_once_write_two_slots() {
    let app = app().layer(SessionLayer::new(slots()));
    let signed_in = send(&app, "POST", "/sign-in", &[]).await;
    let darkened = send(&app, "POST", "/darken", &[]).await;
    let (session, prefs) = (signed_in.cookie(), darkened.cookie());
    assert!(session.starts_with("__Host-session=") && prefs.starts_with("__Host-prefs="));
    let shown = send(&app, "GET", "/show", &[&session, &prefs]).await;
    assert_eq!(shown.body, r#"Some("user-17") Some("dark")"#);
    assert!(shown.set_cookies().is_empty());

    for (cookie, live) in [(&session, false), (&prefs, true)] {
        let reply = send(&app, "GET", "/live", &[cookie]).await;
        let wanted = if live { (200, "true") } else { (401, "") };
        assert_eq!((reply.status.as_u16(), reply.body.as_str()), wanted);
        let reply = send(&app, "GET", "/maybe", &[cookie]).await;
        assert_eq!(reply.body, live.to_string());
    }
}

/// Shows the failed session and the other one.
#[derive(Clone)]
struct Page;

impl CommitFailure<axum::body::Body> for Page {
    fn respond(&self, error: &core::Error, sessions: &Sessions) -> Response {
        let theme = sessions.get::<Prefs>().unwrap().get::<String>("theme");
        let text = format!(
            "{:?} {:?} {:?}",
            error.cookie().unwrap(),
            theme.unwrap().unwrap(),
            sessions.failed(error).contains("one"),
        );
        (StatusCode::UNPROCESSABLE_ENTITY, text).into_response()
    }
}

#[tokio::test]
async fn one_slot_that_does_not_fit_holds_back_the_other() {
    let app = app().layer(SessionLayer::new(slots()).on_commit_failure(Page));
    let prefs = send(&app, "POST", "/darken", &[]).await.cookie();
    // In the end, and at once.
    for path in ["/too-much", "/lump"] {
        let reply = send(&app, "POST", path, &[&prefs]).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert_eq!(reply.body, format!(r#""__Host-prefs" "dark" false"#));
        assert!(reply.set_cookies().is_empty(), "{path}");
        assert_eq!(reply.header(header::VARY), Some("Cookie"));
    }
    // A function gets the one that failed.
    let named = |error: &core::Error, failed: &core::Session| -> Response {
        assert!(failed.contains("theme"));
        error
            .cookie()
            .unwrap_or_default()
            .to_owned()
            .into_response()
    };
    let app = self::app().layer(SessionLayer::new(slots()).on_commit_failure(named));
    let reply = send(&app, "POST", "/too-much", &[&prefs]).await;
    assert_eq!(reply.body, "__Host-prefs");
}

#[tokio::test]
async fn a_panic_with_one_session_in_hand_holds_back_both() {
    let app = app()
        .layer(CatchPanicLayer::new())
        .layer(SessionLayer::new(slots()));
    let reply = send(&app, "POST", "/panics", &[]).await;
    assert_eq!((reply.status.as_u16(), reply.set_cookies().len()), (500, 0));
}

#[tokio::test]
async fn a_passive_route_is_no_use_of_any_slot() {
    let start = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    let clock = Arc::new(ManualClock::new(start));
    let layer = SessionLayer::new(slots()).clock(Arc::clone(&clock) as Arc<dyn Clock>);
    let app = app().layer(layer);
    let session = send(&app, "POST", "/sign-in", &[]).await.cookie();
    let prefs = send(&app, "POST", "/darken", &[]).await.cookie();
    clock.advance(Duration::from_secs(10 * 60));
    let polled = send(&app, "GET", "/poll", &[&session, &prefs]).await;
    assert!(polled.set_cookies().is_empty());
    let page = send(&app, "GET", "/unlooked", &[&session, &prefs]).await;
    let names: Vec<&str> = page
        .set_cookies()
        .iter()
        .map(|line| line.split('=').next().unwrap())
        .collect();
    assert_eq!(names, ["__Host-session.t", "__Host-prefs.t"]);
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_missing_slot_answers_an_empty_500_and_the_log_names_the_fix() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let app = app().layer(SessionLayer::new(main_alone()));
    for path in ["/show", "/live", "/maybe"] {
        let reply = send(&app, "GET", path, &[]).await;
        let answer = (reply.status.as_u16(), reply.body.as_str());
        assert_eq!(answer, (500, ""), "{path}");
    }
    drop(guard);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let fix = "no slot `slots::Prefs`; give it one: \
               `Slots::new(manager).with::<Prefs>(its_manager)?`";
    assert_eq!(text.matches(fix).count(), 3, "{text}");
}

/// An extractor of an application's own, as it was written before there were slots.
struct User(Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for User {
    type Rejection = MissingLayer;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<User, MissingLayer> {
        let session = Session::from_request_parts(parts, state).await?;
        Ok(User(session.subject()))
    }
}

/// One for another slot.
struct Theme(String);

impl<S: Send + Sync> FromRequestParts<S> for Theme {
    type Rejection = NotLive;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Theme, NotLive> {
        let prefs = LiveSession::<Prefs>::from_request_parts(parts, state).await?;
        Ok(Theme(
            prefs.get("theme").unwrap_or_default().unwrap_or_default(),
        ))
    }
}

#[tokio::test]
async fn extractors_ask_for_the_main_slot_unless_they_name_another() {
    let show = async |User(user): User, Theme(theme): Theme| format!("{user:?} {theme}");
    let app = app()
        .route("/extracted", get(show))
        .layer(SessionLayer::new(slots()));
    let session = send(&app, "POST", "/sign-in", &[]).await.cookie();
    let prefs = send(&app, "POST", "/darken", &[]).await.cookie();
    let reply = send(&app, "GET", "/extracted", &[&session, &prefs]).await;
    assert_eq!(reply.body, r#"Some("user-17") dark"#);
    let reply = send(&app, "GET", "/extracted", &[&session]).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
}
