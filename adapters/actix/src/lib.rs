//! [`sealed-session`](sealed_session) for actix-web.
//!
//! Wrap the `App` in [`SessionMiddleware`], and ask for a [`Session`] in a handler. Both extractors
//! deref to the core's [`sealed_session::Session`], which documents what a session can do. Everything else
//! of the core is here under its own name. Its [`Error`] is a response: an empty 500, and the text is in the
//! log.
//!
//! ```
//! use actix_web::{App, web};
//! use sealed_session_actix::{Error, Key, KeyRing, Session, SessionManager, SessionMiddleware};
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
//! // Once, and not in the closure that `HttpServer` calls for each worker.
//! let sessions = SessionMiddleware::new(SessionManager::new("shop", KeyRing::new(Key::generate()?))?);
//! let app = move || {
//!     App::new()
//!         .route("/sign-in", web::post().to(sign_in))
//!         .route("/profile", web::get().to(profile))
//!         .wrap(sessions.clone())
//! };
//! # let _ = app();
//! # Ok::<(), sealed_session_actix::Error>(())
//! ```
//!
//! # When a session does not fit
//!
//! A commit that fails answers an empty 500 and keeps the visitor's old session. An application can
//! answer otherwise, by [`SessionMiddleware::on_commit_failure`].
//!
//! # Several sessions
//!
//! An application whose sign-in lives for hours and whose preferences live for a year has a slot for each.
//! [`SessionManager::with_slot`] adds one, and a handler asks
//! for `Session<Prefs>`. See the [guide](sealed_session::slots).
//!
//! # Who may pass
//!
//! A [`GuardMiddleware`] around a scope lets only those see it whom a [`Guard`]
//! lets pass. Others are redirected to the sign-in page, or answered 401 or 403.
//!
//! # Requests that are no use of a session
//!
//! Every request keeps its session from idling out, whether or not its handler looks at it. Polling,
//! prefetches and health checks should not; they go behind [`PassiveMiddleware`].
//!
//! # What actix-web does differently
//!
//! **Errors of middlewares.** What a handler returns as `Err` is a response by the time that it leaves
//! its route. The `Err` of a middleware is not: it passes every middleware around it, and becomes a
//! response at the very end. The commit is made on that response all the same, and the error that
//! goes on carries it: see [`CommittedError`].
//!
//! **`Option<T>`** is `None` for every failure of an extractor. So `Option<LiveSession>` is `None`
//! where no middleware covers the route, too; the log says so.
//!
//! **A panic** closes the connection without a response. Nothing is committed, and the visitor's old
//! session stays as it was.

#![forbid(unsafe_code)]

mod commit;
mod committed;
mod extract;
mod failure;
mod flashes;
mod forms;
mod future;
mod guard;
mod head;
mod load;
mod middleware;
mod missing;
mod passive;
mod refused;
mod shared;

pub use committed::CommittedError;
pub use extract::{LiveSession, Session};
pub use flashes::Flashes;
pub use future::ResponseFuture;
pub use guard::{GuardFuture, GuardMiddleware, GuardService};
pub use middleware::{SessionMiddleware, SessionService};
pub use missing::{MissingMiddleware, NotLive};
pub use passive::{PassiveMiddleware, PassiveService};
#[doc(inline)]
pub use sealed_session::*;
