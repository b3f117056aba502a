//! Error pages and error types of an application's own, around a value that can never fit.

use std::error::Error as StdError;
use std::fmt;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use http::{StatusCode, header};
use sealed_session_axum::{Error, Guard, GuardLayer, Session, Slot};
use tower::util::MapResponseLayer;

use crate::support::{layer, send};

/// A handler that stores what fits, and then what never does. `map` is the application's own error.
async fn stores<E>(session: Session, map: impl FnOnce(Error) -> E) -> Result<(), E> {
    session.insert("name", "Eve").unwrap();
    session.insert("lump", "x".repeat(100_000)).map_err(map)
}

fn too_much(error: &Error, session: &sealed_session::Session) -> Response {
    assert!(error.is_too_large() && !session.contains("name"));
    (StatusCode::PAYLOAD_TOO_LARGE, "too much").into_response()
}

/// The application inside of sessions whose failures have a page.
async fn is_held_back(app: Router, what: &str) {
    let app = app.layer(layer().on_commit_failure(too_much));
    let reply = send(&app, "GET", "/", &[]).await;
    let (status, body) = (reply.status.as_u16(), reply.body.as_str());
    assert_eq!((status, body), (413, "too much"), "{what}");
    assert!(reply.set_cookies().is_empty(), "{what}");
    assert_eq!(reply.header(header::VARY), Some("Cookie"), "{what}");
}

#[tokio::test]
async fn an_error_page_made_inside_the_sessions_does_not_hide_a_refused_value() {
    let app = || {
        Router::new().route(
            "/",
            get(async |session| stores(session, |error| error).await),
        )
    };
    // Both make a page of their own, and drop whatever rides in the response's extensions.
    let mapped = MapResponseLayer::new(|_: Response| Response::new(Body::from("sorry")));
    is_held_back(app().layer(mapped), "map_response").await;
    let from_fn = middleware::from_fn(async |request: Request, next: middleware::Next| {
        let failed = next.run(request).await.status().is_server_error();
        assert!(failed);
        (StatusCode::IM_A_TEAPOT, "sorry")
    });
    is_held_back(app().layer(from_fn), "from_fn").await;
}

/// An application's error that knows nothing of ours, as one around `anyhow`.
struct Opaque(Box<dyn StdError + Send + Sync>);

impl<E: Into<Box<dyn StdError + Send + Sync>>> From<E> for Opaque {
    fn from(error: E) -> Opaque {
        Opaque(error.into())
    }
}

impl IntoResponse for Opaque {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.0.to_string()).into_response()
    }
}

/// One that answers by ours.
struct Wrapping(Error);

impl From<Error> for Wrapping {
    fn from(error: Error) -> Wrapping {
        Wrapping(error)
    }
}

impl IntoResponse for Wrapping {
    fn into_response(self) -> Response {
        let ours = self.0.into_response();
        (StatusCode::BAD_REQUEST, ours.into_body()).into_response()
    }
}

/// One that answers for itself.
#[derive(Debug)]
struct Answering(Error);

impl fmt::Display for Answering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "answering: {}", self.0)
    }
}

impl IntoResponse for Answering {
    fn into_response(self) -> Response {
        self.0.hold_back();
        (StatusCode::UNPROCESSABLE_ENTITY, self.to_string()).into_response()
    }
}

#[tokio::test]
async fn error_types_of_an_application_hold_back_by_a_500_or_by_a_call() {
    let opaque = Router::new().route(
        "/",
        get(async |session| stores(session, Opaque::from).await),
    );
    is_held_back(opaque, "an opaque error").await;
    let answering = Router::new().route("/", get(async |session| stores(session, Answering).await));
    is_held_back(answering, "one that answers for itself").await;
    let wrapping = async |session: Session| -> Result<(), Wrapping> {
        session.insert("name", "Eve")?;
        Ok(session.insert("lump", "x".repeat(100_000))?)
    };
    let wrapping = Router::new().route("/", get(wrapping));
    is_held_back(wrapping, "one that answers by ours").await;
}

#[tokio::test]
async fn what_a_handler_does_about_a_refused_value_is_committed() {
    let shorter = async |session: Session| {
        let refused = session.insert("note", "x".repeat(100_000)).is_err();
        session.insert("note", "short").unwrap();
        (StatusCode::UNPROCESSABLE_ENTITY, refused.to_string())
    };
    let app = Router::new().route("/", get(shorter)).layer(layer());
    let reply = send(&app, "GET", "/", &[]).await;
    assert_eq!((reply.status.as_u16(), reply.body.as_str()), (422, "true"));
    assert_eq!(reply.set_cookies().len(), 1);
}

#[tokio::test]
async fn a_mistake_shows_in_the_body_of_builds_with_debug_assertions() {
    enum Prefs {}
    impl Slot for Prefs {}
    let shown = |text: &'static str| if cfg!(debug_assertions) { text } else { "" };
    let hello = || Router::new().route("/", get(async |_: Session| "Hello."));
    let guarded = hello().route_layer(GuardLayer::new(Guard::live()));
    let by_hand = async |session: Session| session.slot::<Prefs>().map(drop);
    for (app, text) in [
        (hello(), ".layer(SessionLayer::new(manager))"),
        (guarded, "no session layer is around a guard"),
        (hello().layer(layer()).layer(layer()), "two session layers"),
        (
            Router::new()
                .route("/", get(async |_: Session<Prefs>| ()))
                .layer(layer()),
            "with_slot::<Prefs>",
        ),
        (
            Router::new().route("/", get(by_hand)).layer(layer()),
            "with_slot::<Prefs>",
        ),
    ] {
        let reply = send(&app, "GET", "/", &[]).await;
        assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(reply.body.contains(shown(text)), "{text}: {}", reply.body);
        assert_eq!(reply.body.is_empty(), !cfg!(debug_assertions), "{text}");
    }
}

#[tokio::test]
async fn an_error_that_is_no_mistake_shows_nothing() {
    let unreadable = async |session: Session| -> Result<(), Error> {
        session.insert("name", "Ada")?;
        session.get::<u32>("name").map(drop)
    };
    let app = Router::new().route("/", get(unreadable)).layer(layer());
    let reply = send(&app, "GET", "/", &[]).await;
    assert_eq!((reply.status.as_u16(), reply.body.as_str()), (500, ""));
}
