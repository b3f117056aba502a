//! A session of its own, for tests of a single function.

use crate::clock::{Clock, SystemClock};
use crate::error::Error;
use crate::head::RequestHead;
use crate::keys::{Key, KeyRing};
use crate::manager::SessionManager;
use crate::session::Session;

/// Returns a fresh session of a default [`SessionManager`] with a random key, which keeps
/// [messages](crate::flash), to test a function that takes
/// a `&Session`. No response carries it.
///
/// # Panics
///
/// If the system gives no random bytes for the key.
///
/// ```
/// use sealed_session::{Error, Session, testing};
///
/// fn count_visit(session: &Session) -> Result<u32, Error> {
///     session.update("visits", |visits: &mut u32| { *visits += 1; *visits })
/// }
///
/// let session = testing::session();
/// assert_eq!(count_visit(&session)?, 1);
/// assert_eq!(count_visit(&session)?, 2);
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[must_use]
#[track_caller]
pub fn session() -> Session {
    match fresh() {
        Ok(session) => session,
        Err(error) => panic!("{error}"),
    }
}

fn fresh() -> Result<Session, Error> {
    let manager = SessionManager::builder("session", KeyRing::new(Key::generate()?))
        .flash()
        .build()?;
    Ok(manager.load(RequestHead::default(), SystemClock.now()))
}
