//! [`sealed-session`](sealed_session) for axum.
//!
//! Add [`SessionLayer`] to the router, and ask for a [`Session`] in a handler. Both extractors deref
//! to the core's [`sealed_session::Session`], which documents what a session can do. Everything else of the
//! core is here under its own name. Its [`Error`] is a response: an empty 500, and the text is in the log.
//!
//! ```
//! use axum::{Router, routing::{get, post}};
//! use sealed_session_axum::{Error, Key, KeyRing, Session, SessionLayer, SessionManager};
//!
//! async fn sign_in(session: Session) -> Result<&'static str, Error> {
//!     // After the password was checked. Nothing that was there before is kept.
//!     session.sign_in("user-17", &[])?;
//!     session.insert("name", "Ada")?;
//!     Ok("Welcome.")
//! }
//!
//! async fn profile(session: Session) -> Result<String, Error> {
//!     // A guard asks for the subject: a cart alone makes a session, too.
//!     let Some(user) = session.subject() else { return Ok("Please sign in.".to_owned()) };
//!     let name = session.get::<String>("name")?.unwrap_or_default();
//!     Ok(format!("{name}, {user}"))
//! }
//!
//! let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
//! let app: Router = Router::new()
//!     .route("/sign-in", post(sign_in))
//!     .route("/profile", get(profile))
//!     .layer(SessionLayer::new(manager));
//! # Ok::<(), sealed_session_axum::Error>(())
//! ```
//!
//! # When a session does not fit
//!
//! A commit that fails answers an empty 500 and keeps the visitor's old session. An application can
//! answer otherwise:
//!
//! ```
//! use axum::http::StatusCode;
//! use axum::response::IntoResponse;
//! use sealed_session_axum::{Error, Key, KeyRing, SessionLayer, SessionManager};
//!
//! let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
//! let layer = SessionLayer::new(manager).on_commit_failure(|error, _| {
//!     let text = match error.sizes() {
//!         Some(sizes) => format!("Too large: {} of {}", sizes.needed, sizes.allowed),
//!         None => String::new(),
//!     };
//!     (StatusCode::UNPROCESSABLE_ENTITY, text).into_response()
//! });
//! let app: axum::Router = axum::Router::new().layer(layer);
//! # Ok::<(), Error>(())
//! ```
//!
//! # Who may pass
//!
//! A [`GuardLayer`] stands in front of the routes that come before it. Visitors who are not signed in are
//! redirected to the sign-in page; requests for anything but a page are answered 401. Visitors who are
//! signed in and may not pass are answered 403.
//!
//! ```
//! use axum::extract::RawQuery;
//! use axum::response::Redirect;
//! use axum::{Router, routing::{get, post}};
//! use sealed_session_axum::{
//!     Error, Guard, GuardLayer, Key, KeyRing, ReturnPath, Session, SessionLayer, SessionManager,
//! };
//!
//! async fn sign_in(session: Session, RawQuery(query): RawQuery) -> Result<Redirect, Error> {
//!     // After the password was checked. The form was sent to its own URL, so the path is still there.
//!     session.sign_in("user-17", &[])?;
//!     let back = query.as_deref().and_then(ReturnPath::from_query);
//!     Ok(Redirect::to(back.as_ref().map_or("/account", ReturnPath::as_str)))
//! }
//!
//! let guard = Guard::signed_in().or_redirect("/sign-in")?;
//! let office = Guard::signed_in().attribute("role", |role: &String| role == "staff");
//! let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
//! let app: Router = Router::new()
//!     .route("/office", get(async || "The office."))
//!     .route_layer(GuardLayer::new(office))
//!     .route("/account", get(async || "Your account."))
//!     .route_layer(GuardLayer::new(guard)) // in front of the office, too
//!     .route("/sign-in", get(async || "A form.").post(sign_in))
//!     .layer(SessionLayer::new(manager));
//! # Ok::<(), sealed_session_axum::Error>(())
//! ```
//!
//! # Requests that are no use of a session
//!
//! Every request keeps its session from idling out, whether or not its handler looks at it. Polling,
//! prefetches and health checks should not:
//!
//! ```
//! use axum::{Router, routing::get};
//! use sealed_session_axum::PassiveLayer;
//!
//! let polled: Router = Router::new()
//!     .route("/unread", get(async || "3"))
//!     .route_layer(PassiveLayer::new());
//! ```
//!
//! # Several sessions
//!
//! What lives for another time, or is written by other requests, has a
//! [slot](sealed_session::slots) of its own. `Session<Prefs>` and `LiveSession<Prefs>` are those of the
//! slot `Prefs`; without a name they are those of the main one.
//!
//! ```
//! use axum::{Router, routing::post};
//! use sealed_session_axum::{
//!     Budget, CookieSpec, Error, Key, KeyRing, Session, SessionLayer, SessionManager, Slot,
//! };
//!
//! enum Prefs {}
//! impl Slot for Prefs {}
//!
//! async fn darken(prefs: Session<Prefs>) -> Result<&'static str, Error> {
//!     prefs.insert("theme", "dark")?;
//!     Ok("It is dark now.")
//! }
//!
//! let ring = KeyRing::new(Key::generate()?);
//! let prefs = SessionManager::builder("prefs", ring.clone())
//!     .budget(Budget::portable().with_total_limit(1_500))
//!     .build()?;
//! // Two sessions in one response are more than a stock nginx takes: `proxy_buffer_size 8k`.
//! let main = SessionManager::builder("shop", ring).budget(Budget::within_8k()).build()?;
//! let manager = main.with_slot::<Prefs>(prefs)?;
//! let app: Router = Router::new()
//!     .route("/dark", post(darken))
//!     .layer(SessionLayer::new(manager));
//! # Ok::<(), sealed_session_axum::Error>(())
//! ```
//!
//! # In tests
//!
//! The layer takes a clock, and requests go in by `tower::ServiceExt::oneshot`:
//!
//! ```
//! use std::time::Duration;
//! use std::sync::Arc;
//! use axum::{Router, body::Body, http::Request, routing::get};
//! use sealed_session_axum::{Key, KeyRing, Session, SessionLayer, SessionManager};
//! use sealed_session_axum::testing::ManualClock;
//! use sealed_session_axum::time::OffsetDateTime;
//! use tower::ServiceExt;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let clock = Arc::new(ManualClock::new(OffsetDateTime::now_utc()));
//! let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
//! let app = Router::new()
//!     .route("/", get(async |session: Session| session.insert("seen", true).is_ok().to_string()))
//!     .layer(SessionLayer::new(manager).clock(clock.clone()));
//!
//! let response = app.clone().oneshot(Request::new(Body::empty())).await?;
//! assert!(response.headers().contains_key("set-cookie"));
//! clock.advance(Duration::from_secs(31 * 60));
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

mod extract;
mod flashes;
mod forms;
mod guard;
mod missing;

pub use extract::{LiveSession, Session};
pub use flashes::Flashes;
pub use forms::{AxumBody, SessionLayer};
pub use guard::GuardLayer;
pub use missing::{MissingLayer, NotLive};
#[doc(inline)]
pub use sealed_session::*;
pub use sealed_session_tower::{CommitFailure, EmptyResponse, GuardService, InHand, PassiveLayer};
