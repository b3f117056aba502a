//! How long a session lives: pure functions of authenticated times, a policy and `now`.
//!
//! Nothing here reads a clock or a cookie. Times are whole seconds since 1970 in 32 bits, which
//! last until 2106-02-07; arithmetic saturates at both ends.

use std::time::Duration;

use time::OffsetDateTime;

use crate::error::{Error, Refusal};

/// Seconds since 1970, as tokens carry them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Timestamp(pub(crate) u32);

impl Timestamp {
    /// The nearest representable second.
    pub(crate) fn of(time: OffsetDateTime) -> Timestamp {
        let seconds = time.unix_timestamp().clamp(0, i64::from(u32::MAX));
        Timestamp(u32::try_from(seconds).unwrap_or(u32::MAX))
    }

    pub(crate) fn to_time(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(i64::from(self.0)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Seconds from `earlier` to here; zero if it is not earlier.
    pub(crate) fn since(self, earlier: Timestamp) -> u32 {
        self.0.saturating_sub(earlier.0)
    }
}

/// How far in the future a token's times may lie: two nodes may each be a minute off, in opposite
/// directions.
pub(crate) const SKEW: u32 = 120;

/// How long sessions live, enforced by the server from times inside the sealed token.
///
/// The policy of the node that reads a cookie rules, so that shortening it acts at once on
/// cookies that are already out.
///
/// The defaults are 30 minutes idle and 12 hours in total, which is what NIST SP 800-63B-3 asks of
/// an ordinary application (AAL2), and short enough to bound what a copied cookie is worth.
///
/// ```
/// use sealed_session::Lifetime;
/// use std::time::Duration;
///
/// let policy = Lifetime::new()
///     .idle(Duration::from_secs(10 * 60))
///     .absolute(Duration::from_secs(8 * 3_600));
/// assert_eq!(policy.idle_timeout(), Duration::from_secs(600));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    idle: Duration,
    absolute: Duration,
}

impl Default for Lifetime {
    fn default() -> Lifetime {
        Lifetime {
            idle: Duration::from_secs(30 * 60),
            absolute: Duration::from_secs(12 * 3_600),
        }
    }
}

impl Lifetime {
    /// The default policy: 30 minutes idle, 12 hours in total.
    ///
    /// ```
    /// use sealed_session::Lifetime;
    ///
    /// let policy = Lifetime::new();
    /// assert_eq!(policy.idle_timeout().as_secs(), 30 * 60);
    /// assert_eq!(policy.absolute_lifetime().as_secs(), 12 * 3_600);
    /// ```
    #[must_use]
    pub fn new() -> Lifetime {
        Lifetime::default()
    }

    /// Ends a session that was not written for this long. Whole seconds count.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, Lifetime, SessionManager};
    /// use std::time::Duration;
    ///
    /// // Longer than the 12 hours of the absolute lifetime; whoever wants it sets both.
    /// let policy = Lifetime::new().idle(Duration::from_secs(24 * 3_600));
    /// let builder = SessionManager::builder(KeyRing::new(Key::generate()?)).lifetime(policy);
    /// assert!(builder.build().unwrap_err().is_configuration());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn idle(mut self, timeout: Duration) -> Lifetime {
        self.idle = timeout;
        self
    }

    /// Ends a session this long after it began, however much it is used. Whole seconds count.
    ///
    /// ```
    /// # use sealed_session::{HeaderChange, Key, KeyRing, ResponseHead};
    /// use sealed_session::{Lifetime, Refusal, RequestHead, SessionManager};
    /// use std::time::Duration;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    /// # let before = SessionManager::new(ring.clone())?;
    /// # let session = before.load(RequestHead::default(), now);
    /// # session.insert("name", "Ada")?;
    /// # let changes = before.commit(&session, ResponseHead::new(200), now)?;
    /// # let HeaderChange::Append { value, .. } = &changes[0] else { unreachable!() };
    /// # let cookie = value.split(';').next().unwrap_or_default().as_bytes();
    ///
    /// let minute = Duration::from_secs(60);
    /// let policy = Lifetime::new().idle(5 * minute).absolute(10 * minute);
    /// let manager = SessionManager::builder(ring).lifetime(policy).build()?;
    ///
    /// // `cookie` began its session under the default policy, ten minutes ago.
    /// let session = manager.load(RequestHead::new([cookie]), now + 10 * minute);
    /// assert_eq!(session.refusal(), Some(Refusal::AbsoluteExpired));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn absolute(mut self, lifetime: Duration) -> Lifetime {
        self.absolute = lifetime;
        self
    }

    /// The idle timeout.
    ///
    /// ```
    /// use sealed_session::Lifetime;
    /// use std::time::Duration;
    ///
    /// let policy = Lifetime::new().idle(Duration::from_secs(600));
    /// assert_eq!(policy.idle_timeout(), Duration::from_secs(600));
    /// ```
    #[must_use]
    pub fn idle_timeout(&self) -> Duration {
        self.idle
    }

    /// The absolute lifetime.
    ///
    /// ```
    /// use sealed_session::Lifetime;
    /// use std::time::Duration;
    ///
    /// let policy = Lifetime::new().absolute(Duration::from_secs(8 * 3_600));
    /// assert_eq!(policy.absolute_lifetime(), Duration::from_secs(28_800));
    /// ```
    #[must_use]
    pub fn absolute_lifetime(&self) -> Duration {
        self.absolute
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let (idle, absolute) = (self.idle.as_secs(), self.absolute.as_secs());
        if idle == 0 {
            return Err(Error::configuration("the idle timeout is under one second"));
        }
        if idle > absolute {
            return Err(Error::configuration(format!(
                "the idle timeout ({idle} s) is longer than the absolute lifetime ({absolute} s); \
                 set both"
            )));
        }
        Ok(())
    }

    /// What is left before the idle timeout, and before the absolute lifetime, in seconds.
    pub(crate) fn left(&self, times: Times, now: Timestamp) -> (u64, u64) {
        (
            self.idle
                .as_secs()
                .saturating_sub(u64::from(now.since(times.issued))),
            self.absolute
                .as_secs()
                .saturating_sub(u64::from(now.since(times.created))),
        )
    }

    /// Judges a token's authenticated times.
    pub(crate) fn judge(&self, times: Times, now: Timestamp) -> Result<(), Verdict> {
        if times.issued.since(now) > SKEW || times.created.since(now) > SKEW {
            return Err(Refusal::FromTheFuture.into());
        }
        let within = |age: u32, limit: Duration, refusal| {
            let (age, limit) = (u64::from(age), limit.as_secs());
            // Another node's clock may still be on the near side of the limit.
            let everywhere = age >= limit.saturating_add(SKEW.into());
            if age < limit {
                Ok(())
            } else {
                Err(Verdict {
                    refusal,
                    everywhere,
                })
            }
        };
        within(
            now.since(times.created),
            self.absolute,
            Refusal::AbsoluteExpired,
        )?;
        within(now.since(times.issued), self.idle, Refusal::IdleExpired)
    }
}

/// The authenticated times of one token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Times {
    /// When the session began.
    pub(crate) created: Timestamp,
    /// When this token was sealed.
    pub(crate) issued: Timestamp,
}

/// Why a token is not accepted, and for whom that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) refusal: Refusal,
    /// Whether it holds for every node whose clock is within [`SKEW`] of this one: the session is
    /// authentic, and its time is over.
    pub(crate) everywhere: bool,
}

/// A refusal for any other reason than time is this node's alone.
impl From<Refusal> for Verdict {
    fn from(refusal: Refusal) -> Verdict {
        Verdict {
            refusal,
            everywhere: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_of_both_lifetimes_and_of_the_skew() {
        use Refusal::{AbsoluteExpired, FromTheFuture, IdleExpired};
        let policy = Lifetime::new()
            .idle(Duration::from_secs(600))
            .absolute(Duration::from_secs(9_000));
        let start = 1_000_000;
        // (created, issued, now) relative to `start`; the verdict, and whether it holds everywhere.
        type Case = (u32, u32, u32, Option<(Refusal, bool)>);
        let table: &[Case] = &[
            (0, 0, 0, None),
            (0, 0, 599, None),
            (0, 0, 600, Some((IdleExpired, false))),
            (0, 0, 719, Some((IdleExpired, false))),
            (0, 0, 720, Some((IdleExpired, true))),
            (0, 8_900, 8_999, None),
            (0, 8_900, 9_000, Some((AbsoluteExpired, false))),
            (0, 8_900, 9_119, Some((AbsoluteExpired, false))),
            (0, 8_900, 9_120, Some((AbsoluteExpired, true))),
            (0, 120, 0, None),
            (0, 121, 0, Some((FromTheFuture, false))),
            (121, 0, 0, Some((FromTheFuture, false))),
            (120, 120, 0, None),
        ];
        for &(created, issued, now, wanted) in table {
            let times = Times {
                created: Timestamp(start + created),
                issued: Timestamp(start + issued),
            };
            let verdict = policy.judge(times, Timestamp(start + now));
            let wanted = wanted.map_or(Ok(()), |(refusal, everywhere)| {
                Err(Verdict {
                    refusal,
                    everywhere,
                })
            });
            assert_eq!(
                verdict, wanted,
                "created {created}, issued {issued}, now {now}"
            );
        }
    }

    #[test]
    fn times_outside_the_32_bits_saturate() {
        let before = OffsetDateTime::from_unix_timestamp(-5).unwrap();
        let after = OffsetDateTime::from_unix_timestamp(i64::from(u32::MAX) + 7).unwrap();
        assert_eq!(Timestamp::of(before), Timestamp(0));
        assert_eq!(Timestamp::of(after), Timestamp(u32::MAX));
        assert_eq!(Timestamp(u32::MAX).to_time().year(), 2106);
    }

    #[test]
    fn policies_that_cannot_hold_are_refused() {
        let hour = Duration::from_secs(3_600);
        assert!(Lifetime::new().check().is_ok());
        assert!(Lifetime::new().idle(hour).absolute(hour).check().is_ok());
        assert!(
            Lifetime::new()
                .idle(Duration::from_millis(900))
                .check()
                .is_err()
        );
        let error = Lifetime::new()
            .absolute(Duration::from_secs(60))
            .check()
            .unwrap_err();
        assert!(error.is_configuration());
        assert!(error.to_string().contains("1800 s") && error.to_string().contains("60 s"));
    }
}
