//! The only reader of time.
//!
//! No logic in this crate asks what time it is: every function takes `now`. An adapter holds a
//! [`Clock`] and passes its reading on.

use time::OffsetDateTime;

/// Tells an adapter what time it is.
///
/// ```
/// use sealed_session::{Clock, SystemClock};
///
/// assert!(SystemClock.now().year() >= 2026);
/// ```
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> OffsetDateTime;
}

/// The operating system's clock.
///
/// ```
/// use sealed_session::{Clock, SystemClock};
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
