//! A clock that a test moves.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use time::OffsetDateTime;

use crate::clock::Clock;

/// A clock that stands still until a test advances or sets it. Whole seconds count.
///
/// ```
/// use sealed_session::adapter::Clock;
/// use sealed_session::testing::ManualClock;
/// use std::time::Duration;
/// use time::OffsetDateTime;
///
/// let clock = ManualClock::new(OffsetDateTime::UNIX_EPOCH);
/// clock.advance(Duration::from_secs(31 * 60));
/// assert_eq!(clock.now().minute(), 31);
/// clock.set(OffsetDateTime::UNIX_EPOCH);
/// assert_eq!(clock.now().minute(), 0);
/// ```
#[doc(alias("MockClock", "freeze_time"))]
#[derive(Debug)]
pub struct ManualClock {
    unix_seconds: AtomicI64,
}

impl ManualClock {
    /// Makes a clock that shows `now`, to the second.
    ///
    /// ```
    /// use sealed_session::adapter::Clock;
    /// use sealed_session::testing::ManualClock;
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

    /// Moves the clock on by whole seconds. [`set`](ManualClock::set) moves it back.
    ///
    /// ```
    /// use sealed_session::adapter::Clock;
    /// use sealed_session::testing::ManualClock;
    /// use std::time::Duration;
    /// use time::OffsetDateTime;
    ///
    /// let clock = ManualClock::new(OffsetDateTime::UNIX_EPOCH);
    /// clock.advance(Duration::from_secs(3_600));
    /// assert_eq!(clock.now(), OffsetDateTime::UNIX_EPOCH + Duration::from_secs(3_600));
    /// ```
    #[doc(alias("travel"))]
    pub fn advance(&self, by: Duration) {
        let seconds = i64::try_from(by.as_secs()).unwrap_or(i64::MAX);
        self.unix_seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Puts the clock to `now`.
    ///
    /// ```
    /// use sealed_session::adapter::Clock;
    /// use sealed_session::testing::ManualClock;
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
