//! For those who test an application: a browser, a clock, a session, and an assertion about sizes.
//!
//! A test sends requests to the application with its own framework's tools. A [`Browser`] stands in for
//! the visitor's: it makes the `Cookie` field of a request, keeps the `Set-Cookie` fields of the
//! response, and shows the session that the next request would carry. Nothing sleeps, because a
//! [`ManualClock`] serves the application and the browser.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use sealed_session::testing::{Browser, ManualClock};
//! use sealed_session::{Key, KeyRing, SessionManager};
//! use sealed_session::adapter::{Clock, SystemClock};
//! # let ring = KeyRing::new(Key::generate()?);
//! # struct Response { set_cookies: Vec<String> }
//! # fn send(cookie: String) -> Response { Response { set_cookies: Vec::new() } }
//!
//! let manager = SessionManager::new("shop", ring)?;
//! let clock = Arc::new(ManualClock::new(SystemClock.now()));
//!
//! // A request of somebody who is signed in.
//! let mut browser = Browser::new(clock.clone()).signed_in(&manager, "user-17")?;
//! let response = send(browser.cookie()); // to the application, which has this manager and this clock
//! browser.keep(response.set_cookies);
//! assert_eq!(browser.session(&manager).subject().as_deref(), Some("user-17"));
//!
//! // Half an hour later the session is over.
//! clock.advance(Duration::from_secs(30 * 60));
//! assert!(!browser.session(&manager).is_live());
//! # Ok::<(), sealed_session::Error>(())
//! ```
//!
//! The library itself uses nothing of this.

mod browser;
mod clock;
mod cookie;
mod fits;
mod fresh;

pub use browser::Browser;
pub use clock::ManualClock;
pub use fits::assert_fits;
pub use fresh::session;
