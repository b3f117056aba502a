//! The clock of an adapter: the only code that reads the time.
//!
//! No logic in this crate asks what time it is: every function takes `now`. An adapter holds a
//! [`Clock`] and passes its reading on.

use time::OffsetDateTime;

/// A clock for an adapter.
///
/// ```
/// use sealed_session::adapter::{Clock, SystemClock};
///
/// assert!(SystemClock.now().year() >= 2026);
/// ```
pub trait Clock: Send + Sync {
    /// Returns the time now.
    fn now(&self) -> OffsetDateTime;
}

/// The operating system's clock.
///
/// ```
/// use sealed_session::adapter::{Clock, SystemClock};
///
/// assert!(SystemClock.now().offset().is_utc());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}
