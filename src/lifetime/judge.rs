//! Judges a session's times, and derives from them what its cookies need.

use std::num::NonZero;

use super::own_lifetimes::OwnLifetimes;
use super::policy::Lifetime;
use super::timestamp::Timestamp;
use crate::error::Refusal;

/// The authenticated times of one session, and the lifetimes that it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionTimes {
    /// When the session began.
    pub(crate) created: Timestamp,
    /// When it was last used: when its token was sealed, or a later touch made.
    pub(crate) used: Timestamp,
    pub(crate) own: OwnLifetimes,
}

impl Lifetime {
    /// Judges the times of an authentic session.
    pub(crate) fn judge(&self, times: &SessionTimes, now: Timestamp) -> Result<(), Refusal> {
        if self.is_future(times.used, now) || self.begins_too_late(times.created, now) {
            return Err(Refusal::FromTheFuture);
        }
        let (idle, absolute) = self.left(times, now);
        // At the end of the 32 bits ages stop growing, so nothing may count as young any more.
        if absolute == 0 || now.is_the_last() {
            return Err(Refusal::AbsoluteExpired);
        }
        match idle {
            Some(0) => Err(Refusal::IdleExpired),
            _ => Ok(()),
        }
    }

    /// Returns whether `time` lies further ahead of `now` than clocks may differ.
    pub(crate) fn is_future(&self, time: Timestamp, now: Timestamp) -> bool {
        u64::from(time.since(now)) > self.clock_skew().as_secs()
    }

    /// Returns whether a session that began at `created` comes from further ahead than clocks explain. One that was
    /// spared by a revocation says that it begins the skew later than that, which may be as far ahead of this clock.
    pub(crate) fn begins_too_late(&self, created: Timestamp, now: Timestamp) -> bool {
        u64::from(created.since(now)) > 2 * self.clock_skew().as_secs()
    }

    /// Returns the seconds left before the idle timeout, if there is one, and before the absolute lifetime
    /// ends.
    pub(crate) fn left(&self, times: &SessionTimes, now: Timestamp) -> (Option<u64>, u64) {
        let rest = |limit: u64, since| limit.saturating_sub(u64::from(now.since(since)));
        let idle = self.idle_of(times.own);
        (
            idle.map(|limit| rest(limit, times.used)),
            rest(self.absolute_of(times.own), times.created),
        )
    }

    /// Returns the seconds for which a session lives from `now` on if nobody uses it. A clock that was set back
    /// since its last use does not count.
    pub(crate) fn time_left(&self, times: &SessionTimes, now: Timestamp) -> Result<u64, Refusal> {
        let now = now.max(times.used);
        self.judge(times, now)?;
        let (idle, absolute) = self.left(times, now);
        Ok(idle.map_or(absolute, |idle| idle.min(absolute)))
    }

    /// Returns whether the last use is so long ago that this one has to be noted.
    pub(crate) fn is_touch_due(&self, used: Timestamp, now: Timestamp) -> bool {
        u64::from(now.since(used)) >= self.touch_interval().as_secs()
    }

    /// Returns whether a touch that was due at `times.used` may still be sent at `now`. A handler that ran for
    /// longer than its session lives must not revive it. The limit is half of the idle timeout, because this
    /// touch replaces those of quicker requests that came later: a visitor who never pauses for longer than
    /// that half is not signed out by it.
    pub(crate) fn is_touch_timely(&self, times: &SessionTimes, now: Timestamp) -> bool {
        let took = u64::from(now.since(times.used));
        let half = self.idle_of(times.own).map(|idle| idle.div_ceil(2));
        half.is_none_or(|half| took < half) && self.judge(times, now.max(times.used)).is_ok()
    }

    /// Returns the `Max-Age` of a session's cookies in seconds; `None` if they go when the browser closes.
    pub(crate) fn max_age(&self, times: &SessionTimes, now: Timestamp) -> Option<u64> {
        let (_, absolute) = self.left(times, now);
        self.outlives_the_browser(times.own).then_some(absolute)
    }

    /// Returns the largest `Max-Age` that any session can have, in seconds.
    pub(crate) fn longest_max_age(&self) -> Option<u64> {
        let longest = self.longest_absolute().as_secs();
        let own = OwnLifetimes {
            absolute: NonZero::new(u32::try_from(longest).unwrap_or(u32::MAX)),
            ..OwnLifetimes::default()
        };
        self.outlives_the_browser(own).then_some(longest)
    }

    /// Returns the `Max-Age` of a tombstone in seconds: for how long a session that ended now could live if a
    /// write that is under way brought it back. Such a write was loaded before now, under any lifetimes that
    /// the policy permits. A token that it sends is idle from then on, because nothing renews it. The age of
    /// this session does not count: the same cookie carries the tombstones of others.
    pub(crate) fn tombstone_age(&self, times: &SessionTimes, now: Timestamp) -> u64 {
        // A session that comes back carries its old times, and they may be ahead of this clock.
        let ahead = times.used.since(now).max(times.created.since(now));
        self.longest_idle()
            .unwrap_or(u64::MAX)
            .min(self.longest_absolute().as_secs())
            .saturating_add(u64::from(ahead))
            .saturating_add(self.clock_skew().as_secs())
            .min(MAX_AGE_MAX)
    }
}

/// 400 days in seconds: no browser keeps a cookie for longer (RFC 6265bis section 5.5).
pub(crate) const MAX_AGE_MAX: u64 = 400 * 86_400;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::lifetime::{Idle, Persistence};

    const START: u32 = 1_000_000;

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn at(offset: u32) -> Timestamp {
        Timestamp(START + offset)
    }

    fn times(created: u32, used: u32, own: OwnLifetimes) -> SessionTimes {
        SessionTimes {
            created: at(created),
            used: at(used),
            own,
        }
    }

    #[test]
    fn boundaries_of_both_lifetimes_and_of_the_skew() {
        use Refusal::{AbsoluteExpired, FromTheFuture, IdleExpired};
        let policy = Lifetime::new()
            .with_idle_timeout(seconds(600))
            .with_absolute_lifetime(seconds(9_000));
        // (created, used, now) relative to the start, and the verdict.
        let table: &[(u32, u32, u32, Result<(), Refusal>)] = &[
            (0, 0, 0, Ok(())),
            (0, 0, 599, Ok(())),
            (0, 0, 600, Err(IdleExpired)),
            (0, 0, 601, Err(IdleExpired)),
            (0, 8_900, 8_999, Ok(())),
            (0, 8_900, 9_000, Err(AbsoluteExpired)),
            (0, 8_900, 9_001, Err(AbsoluteExpired)),
            (0, 0, 9_000, Err(AbsoluteExpired)),
            (0, 119, 0, Ok(())),
            (0, 120, 0, Ok(())),
            (0, 121, 0, Err(FromTheFuture)),
            (240, 0, 0, Ok(())),
            (241, 0, 0, Err(FromTheFuture)),
            (240, 120, 0, Ok(())),
        ];
        for &(created, used, now, wanted) in table {
            let verdict = policy.judge(&times(created, used, OwnLifetimes::default()), at(now));
            assert_eq!(verdict, wanted, "created {created}, used {used}, now {now}");
        }
        let strict = policy.with_clock_skew(seconds(0));
        let future = times(0, 1, OwnLifetimes::default());
        assert_eq!(strict.judge(&future, at(0)), Err(FromTheFuture));
        assert_eq!(strict.judge(&future, at(1)), Ok(()));
    }

    #[test]
    fn a_sessions_own_lifetimes_count_within_the_bounds_of_whoever_reads() {
        let own = |idle, absolute| OwnLifetimes {
            idle,
            absolute: NonZero::new(absolute),
        };
        let after = |seconds| Some(Idle::After(seconds));
        let wide = Lifetime::new()
            .with_idle_timeout(seconds(600))
            .with_absolute_lifetime(seconds(9_000))
            .allow_idle(seconds(300), seconds(3_600))
            .with_remembered_up_to(seconds(90_000));
        let never = wide.allow_never_idle();
        let plain = Lifetime::new()
            .with_idle_timeout(seconds(600))
            .with_absolute_lifetime(seconds(9_000));
        // The policy, what the session asks for, and what counts.
        let table = [
            (wide, own(None, 0), (Some(600), 9_000)),
            (wide, own(after(301), 9_001), (Some(301), 9_001)),
            (wide, own(after(299), 1), (Some(300), 1)),
            (wide, own(after(9_999), u32::MAX), (Some(3_600), 90_000)),
            (wide, own(Some(Idle::Never), 0), (Some(3_600), 9_000)),
            (never, own(Some(Idle::Never), 0), (None, 9_000)),
            (never, own(after(9_999), 0), (Some(3_600), 9_000)),
            (plain, own(Some(Idle::Never), 90_000), (Some(600), 9_000)),
            (plain, own(after(1), 8_999), (Some(600), 8_999)),
        ];
        for (policy, own, wanted) in table {
            assert_eq!(policy.check().map_err(|e| e.to_string()), Ok(()));
            assert_eq!(policy.left(&times(0, 0, own), at(0)), wanted, "{own:?}");
        }
        let forever = times(0, 0, own(Some(Idle::Never), 0));
        assert_eq!(never.judge(&forever, at(8_999)), Ok(()));
        assert_eq!(wide.judge(&forever, at(3_600)), Err(Refusal::IdleExpired));
    }

    #[test]
    fn when_the_32_bits_end_nothing_lives() {
        let policy = Lifetime::new();
        let at = |before_the_end| Timestamp(u32::MAX - before_the_end);
        let times = |used| SessionTimes {
            created: used,
            used,
            own: OwnLifetimes::default(),
        };
        assert_eq!(policy.judge(&times(at(1)), at(1)), Ok(()));
        for used in [at(0), at(1), at(2), at(1_800)] {
            let verdict = policy.judge(&times(used), at(0));
            assert_eq!(verdict, Err(Refusal::AbsoluteExpired));
        }
        let ahead = policy.judge(&times(at(0)), at(120));
        assert_eq!(ahead, Ok(()), "within the skew");
        assert_eq!(
            policy.judge(&times(at(0)), at(121)),
            Err(Refusal::FromTheFuture)
        );
    }

    #[test]
    fn max_age_is_what_is_left() {
        let day = 86_400;
        let base = Lifetime::new().with_remembered_up_to(seconds(400 * day));
        let remembered = OwnLifetimes {
            absolute: NonZero::new(30 * 86_400),
            ..OwnLifetimes::default()
        };
        let age = |policy: Lifetime, own, now| policy.max_age(&times(0, 0, own), at(now));
        let table = [
            (base, OwnLifetimes::default(), 0, None),
            (base, remembered, 0, Some(30 * day)),
            (base, remembered, 86_400, Some(29 * day)),
            (Lifetime::new(), remembered, 0, None),
            (
                base.with_persistence(Persistence::Always),
                OwnLifetimes::default(),
                60,
                Some(12 * 3_600 - 60),
            ),
            (
                base.with_absolute_lifetime(seconds(400 * day))
                    .with_persistence(Persistence::Always),
                OwnLifetimes::default(),
                0,
                Some(400 * day),
            ),
        ];
        for (policy, own, now, wanted) in table {
            assert_eq!(age(policy, own, now), wanted, "{policy:?} {own:?} {now}");
        }
    }

    #[test]
    fn nothing_that_comes_back_outlives_its_tombstone() {
        let policy = Lifetime::new()
            .with_idle_timeout(seconds(600))
            .with_absolute_lifetime(seconds(9_000));
        let longer = policy.allow_idle(seconds(600), seconds(3_600));
        let never = policy.allow_never_idle();
        let ages = never.with_remembered_up_to(seconds(u64::MAX));
        // The policy; when the session was created and used, and now; for how long.
        let table = [
            (policy, 0, 0, 0, 720),
            (policy, 0, 8_900, 8_900, 720),
            (longer, 0, 0, 0, 3_720),
            (never, 0, 0, 1_000, 9_120),
            (ages, 0, 0, 0, MAX_AGE_MAX),
            (policy, 0, 100, 0, 820),
            (policy, 50_000, 60_000, 0, 60_720),
        ];
        for (policy, created, used, now, wanted) in table {
            let times = times(created, used, OwnLifetimes::default());
            assert_eq!(policy.tombstone_age(&times, at(now)), wanted, "{policy:?}");
        }
    }
}
