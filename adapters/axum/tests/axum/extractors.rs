//! Several sessions: extractors of an application's own, and pages that see every slot.

use axum::Router;
use axum::extract::FromRequestParts;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use http::StatusCode;
use http::request::Parts;
use sealed_session_axum::{
    Budget, Error, Key, KeyRing, LiveSession, MissingLayer, NotLive, Session, SessionLayer,
    SessionManager, Slot,
};

use crate::support::{builder, send};

enum Prefs {}
impl Slot for Prefs {}

fn slots() -> SessionManager {
    let prefs = SessionManager::builder("prefs", KeyRing::new(Key::new(&[2; 32]).unwrap()))
        .budget(Budget::portable().with_total_limit(1_600));
    let main = builder().budget(Budget::within_8k()).build().unwrap();
    main.with_slot::<Prefs>(prefs.build().unwrap()).unwrap()
}

async fn sign_in(session: Session) -> Result<(), Error> {
    session.sign_in("user-17", &[])
}

async fn darken(prefs: Session<Prefs>) -> Result<(), Error> {
    prefs.insert("theme", "dark")
}

/// What never fits, after a write to the other slot.
async fn lump(session: Session, prefs: Session<Prefs>) -> Result<(), Error> {
    session.sign_in("mallory", &[])?;
    prefs.insert("lump", "x".repeat(100_000))
}

fn routes() -> Router {
    Router::new()
        .route("/sign-in", post(sign_in))
        .route("/darken", post(darken))
        .route("/lump", post(lump))
}

#[tokio::test]
async fn a_page_sees_every_slot_as_the_browser_keeps_it() {
    // One that takes the type of handlers.
    fn who(session: &Session) -> Option<String> {
        session.subject()
    }
    // The failed session and the other one.
    let layer = SessionLayer::new(slots()).on_commit_failure(|error, failed| {
        let main = Session::from(failed.clone());
        let theme = failed.get::<String>("theme").unwrap();
        let text = format!("{theme:?} {:?}: {}", who(&main), error.is_too_large());
        (StatusCode::UNPROCESSABLE_ENTITY, text).into_response()
    });
    let app = routes().layer(layer);
    let session = send(&app, "POST", "/sign-in", &[]).await.cookie();
    let prefs = send(&app, "POST", "/darken", &[]).await.cookie();
    let reply = send(&app, "POST", "/lump", &[&session, &prefs]).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(reply.body, r#"Some("dark") Some("user-17"): true"#);
    assert!(reply.set_cookies().is_empty());
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
    let app = routes().route("/", get(show));
    let app = app.layer(SessionLayer::new(slots()));
    let session = send(&app, "POST", "/sign-in", &[]).await.cookie();
    let prefs = send(&app, "POST", "/darken", &[]).await.cookie();
    let reply = send(&app, "GET", "/", &[&session, &prefs]).await;
    assert_eq!(reply.body, r#"Some("user-17") dark"#);
    let reply = send(&app, "GET", "/", &[&session]).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
}
