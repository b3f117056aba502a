//! [`sealed-session`](sealed_session) for axum.
//!
//! Add [`SessionLayer`] to the router, and ask for a [`Session`] or a [`LiveSession`] in a
//! handler.
//!
//! ```
//! use axum::{Router, routing::{get, post}};
//! use sealed_session_axum::sealed_session::{Key, KeyRing, SessionManager};
//! use sealed_session_axum::{Error, LiveSession, Session, SessionLayer};
//!
//! async fn sign_in(session: Session) -> Result<&'static str, Error> {
//!     session.sign_in(&[])?;
//!     session.insert("name", "Ada")?;
//!     Ok("Welcome.")
//! }
//!
//! async fn profile(session: LiveSession) -> Result<String, Error> {
//!     Ok(session.get::<String>("name")?.unwrap_or_default())
//! }
//!
//! let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
//! let app: Router = Router::new()
//!     .route("/sign-in", post(sign_in))
//!     .route("/profile", get(profile))
//!     .layer(SessionLayer::new(manager));
//! # Ok::<(), sealed_session_axum::sealed_session::Error>(())
//! ```

mod error;
mod extract;

pub use error::Error;
pub use extract::{LiveSession, MissingLayer, NotLive, Session};
pub use sealed_session;
pub use sealed_session_tower::{CommitFailure, EmptyResponse, SessionLayer};
