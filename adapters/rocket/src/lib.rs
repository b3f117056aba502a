//! [`sealed-session`](sealed_session) for Rocket.
//!
//! Attach [`SessionFairing`], and ask for a [`Session`] in a handler. Both guards deref to the core's
//! [`sealed_session::Session`], which documents what a session can do.
//!
//! ```
//! use rocket::{Build, Rocket, get, post, routes};
//! use sealed_session_rocket::sealed_session::{self, Key, KeyRing, SessionManager};
//! use sealed_session_rocket::{Error, Session, SessionFairing};
//!
//! #[post("/sign-in")]
//! fn sign_in(session: Session) -> Result<&'static str, Error> {
//!     // After the password was checked. Nothing that was there before is kept.
//!     session.sign_in_as("user-17", &[])?;
//!     session.insert("name", "Ada")?;
//!     Ok("Welcome.")
//! }
//!
//! #[get("/profile")]
//! fn profile(session: Session) -> Result<String, Error> {
//!     // A guard asks for the subject: a cart alone makes a session, too.
//!     let Some(user) = session.subject() else { return Ok("Please sign in.".to_owned()) };
//!     let name = session.get::<String>("name")?.unwrap_or_default();
//!     Ok(format!("{name}, {user}"))
//! }
//!
//! fn app() -> Result<Rocket<Build>, sealed_session::Error> {
//!     let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
//!     Ok(rocket::build()
//!         .mount("/", routes![sign_in, profile])
//!         .attach(SessionFairing::new(manager)))
//! }
//! # app().unwrap();
//! ```
//!
//! # Who may pass
//!
//! A route that asks for a [`Guarded<P>`](Guarded) is called only for those whom the
//! [`Guard`](sealed_session::Guard) of the [`Policy`] `P` lets pass. Others are redirected to the sign-in
//! page, or get the catchers for 401 and 403.
//!
//! # What Rocket does differently
//!
//! - **Its cookie jar is not used**, neither for reading nor for writing: it decodes names, and it
//!   forgets on the way to an error catcher what was added to it. Changes of a session survive that
//!   way. Rocket's local client works all the same.
//! - **Catchers** see the session of the request that went wrong, by `request.guard::<Session>()`, and
//!   what they change in it is kept. After a value that can never fit, and after a panic, they see it as
//!   it came, and a change is an error; see [`Error::outcome`] for guards of your own. For a request that Rocket itself cannot read, one with an unknown method for
//!   instance, it runs no fairings, and nobody could tell a cache whose page that is: its catcher gets
//!   nobody's session, and a change is an error.
//! - **Forwards**: all routes that are tried have one session, and what each changed is kept.
//! - **Panics** are caught and answered 500. A handler that panics with its session in hand changes
//!   nothing. One that never had it in hand cannot be told from one that answers 500: what a guard had
//!   changed, and let go of before, is kept then. A guard that changes the session keeps it as a
//!   field, and nothing is sent.
//! - **Time limits** are the handler's own. What was changed within a future that is dropped goes out
//!   with the answer: change the session after the wait.
//! - **Fields that are no UTF-8** are dropped before this crate sees them, so a cookie with odd bytes,
//!   which another site under your domain may set, hides the session in the same line. HTTP/2 as far as
//!   Rocket, or a rule in the proxy, helps; the page of the repository has rules for HAProxy, Apache and
//!   nginx.

#![forbid(unsafe_code)]

mod cached;
mod commit;
mod error;
mod extract;
mod failure;
mod fairing;
mod guard;
mod head;
mod load;
mod missing;
mod passive;
mod refused;
mod shared;

pub use error::Error;
pub use extract::{LiveSession, Session};
pub use fairing::SessionFairing;
pub use guard::{Guarded, Policy, Refused};
pub use missing::MissingFairing;
pub use passive::Passive;
pub use sealed_session;
