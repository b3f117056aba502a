//! [`sealed-session`](sealed_session) for Rocket.
//!
//! Attach [`SessionFairing`], and ask for a [`Session`] in a handler. Both guards deref to the core's
//! [`sealed_session::Session`], which documents what a session can do.
//!
//! ```
//! use rocket::{Build, Rocket, get, post, routes};
//! use sealed_session_rocket::{Error, Key, KeyRing, Session, SessionFairing, SessionManager};
//!
//! #[post("/sign-in")]
//! fn sign_in(session: Session) -> Result<&'static str, Error> {
//!     // After the password was checked. Nothing that was there before is kept.
//!     session.sign_in("user-17", &[])?;
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
//! fn app() -> Result<Rocket<Build>, Error> {
//!     let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
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
//! [`Guard`] of the [`Policy`] `P` lets pass. Others are redirected to the sign-in
//! page, or get the catchers for 401 and 403.
//!
//! # What Rocket does differently
//!
//! - **Its cookie jar is not used**, neither for reading nor for writing. It decodes names, and on the way
//!   to an error catcher it forgets the cookies that were added. Changes of a session survive that way.
//!   Rocket's local client works all the same.
//! - **Catchers** get the session of the request that went wrong, by `request.guard::<Session>()`, and
//!   their changes are kept if the answer is below 500. After a value that can never fit, and after a panic,
//!   they see the session as it came, and a change is an error; guards of your own call [`Error::hold_back`]. Rocket runs no
//!   fairings for a request that it cannot read, one with an unknown method for instance. No cache
//!   could be told whose page its answer is, so its catcher gets nobody's session, and a change is an
//!   error.
//! - **Forwards**: all routes that are tried have one session, and the changes of each are kept.
//! - **Panics** are caught and answered 500. A handler that panics with its session in hand changes
//!   nothing, and a change after it is an error. One without it cannot be told from one that answers 500,
//!   which carries no change either.
//! - **Time limits** are the handler's own. Changes within a future that is dropped go out with an answer
//!   below 500: change the session after the wait.
//! - **Fields that are no UTF-8** are dropped before this crate sees them. A cookie with odd bytes, which
//!   another site under your domain may set, hides the session in the same line. HTTP/2 as far as
//!   Rocket, or a rule in the proxy, helps; the page of the repository has rules for HAProxy, Apache
//!   and nginx.

#![forbid(unsafe_code)]

mod cached;
mod commit;
mod extract;
mod failure;
mod fairing;
mod flashes;
mod guard;
mod head;
mod load;
mod missing;
mod passive;
mod refused;
mod shared;

pub use extract::{LiveSession, Session};
pub use fairing::SessionFairing;
pub use flashes::Flashes;
pub use guard::{Guarded, Policy, Refused};
pub use missing::MissingFairing;
pub use passive::Passive;
#[doc(inline)]
pub use sealed_session::*;
