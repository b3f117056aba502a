//! The clock of an adapter: the only code that reads the time.
//!
//! No logic in this crate asks what time it is: every function takes `now`. An adapter holds a
//! [`Clock`] and passes its reading on.

use std::sync::atomic::{AtomicI64, Ordering};

use time::OffsetDateTime;

/// A clock for an adapter.
///
/// ```
/// use sealed_session::{Clock, SystemClock};
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

/// A clock for the tests of an application. It stands still until it is advanced or set, and counts whole
/// seconds.
///
/// ```
/// use sealed_session::{Clock, ManualClock};
/// use time::{Duration, OffsetDateTime};
///
/// let clock = ManualClock::new(OffsetDateTime::UNIX_EPOCH);
/// clock.advance(Duration::minutes(31));
/// assert_eq!(clock.now().minute(), 31);
/// clock.set(OffsetDateTime::UNIX_EPOCH);
/// assert_eq!(clock.now().minute(), 0);
/// ```
#[derive(Debug)]
pub struct ManualClock {
    unix_seconds: AtomicI64,
}

impl ManualClock {
    /// Makes a clock that shows `now`, to the second.
    ///
    /// ```
    /// use sealed_session::{Clock, ManualClock};
    /// use time::{Duration, OffsetDateTime};
    ///
    /// let clock = ManualClock::new(OffsetDateTime::UNIX_EPOCH + Duration::milliseconds(1_900));
    /// assert_eq!(clock.now(), OffsetDateTime::UNIX_EPOCH + Duration::SECOND);
    /// ```
    #[must_use]
    pub fn new(now: OffsetDateTime) -> ManualClock {
        ManualClock {
            unix_seconds: AtomicI64::new(now.unix_timestamp()),
        }
    }

    /// Moves the clock. A negative duration moves it back.
    ///
    /// ```
    /// use sealed_session::{Clock, ManualClock};
    /// use time::{Duration, OffsetDateTime};
    ///
    /// let clock = ManualClock::new(OffsetDateTime::UNIX_EPOCH);
    /// clock.advance(Duration::HOUR);
    /// clock.advance(-Duration::MINUTE);
    /// assert_eq!(clock.now(), OffsetDateTime::UNIX_EPOCH + Duration::minutes(59));
    /// ```
    pub fn advance(&self, by: time::Duration) {
        self.unix_seconds
            .fetch_add(by.whole_seconds(), Ordering::SeqCst);
    }

    /// Sets the clock to `now`.
    ///
    /// ```
    /// use sealed_session::{Clock, ManualClock};
    /// use time::{Duration, OffsetDateTime};
    ///
    /// let clock = ManualClock::new(OffsetDateTime::UNIX_EPOCH + Duration::DAY);
    /// clock.set(OffsetDateTime::UNIX_EPOCH);
    /// assert_eq!(clock.now(), OffsetDateTime::UNIX_EPOCH);
    /// ```
    pub fn set(&self, now: OffsetDateTime) {
        self.unix_seconds
            .store(now.unix_timestamp(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.unix_seconds.load(Ordering::SeqCst))
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}
