//! A clock that a test moves.

use std::sync::atomic::{AtomicI64, Ordering};

use time::OffsetDateTime;

use crate::clock::Clock;

/// A clock that stands still until a test advances or sets it. Whole seconds count.
///
/// ```
/// use sealed_session::adapter::Clock;
/// use sealed_session::testing::ManualClock;
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

    /// Moves the clock; a negative duration moves it back.
    ///
    /// ```
    /// use sealed_session::adapter::Clock;
    /// use sealed_session::testing::ManualClock;
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
