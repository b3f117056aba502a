//! The bounds of a policy: which lifetimes count for one session, and which policies contradict
//! themselves.

use std::time::Duration;

use super::own_lifetimes::{Idle, OwnLifetimes};
use super::policy::{Lifetime, Persistence};
use crate::error::Error;

impl Lifetime {
    /// Returns the shortest idle timeout that a session may have, in seconds.
    pub(super) fn shortest_idle(&self) -> u64 {
        self.idle_bounds
            .map_or(self.idle, |bounds| bounds.0)
            .as_secs()
    }

    /// Returns the longest idle timeout that a session may have, in seconds; `None` if one may never idle out.
    pub(crate) fn longest_idle(&self) -> Option<u64> {
        if self.never_idle {
            return None;
        }
        Some(self.longest_finite_idle())
    }

    /// Returns the longest idle timeout of a session that does idle out, in seconds.
    fn longest_finite_idle(&self) -> u64 {
        self.idle_bounds
            .map_or(self.idle, |bounds| bounds.1)
            .as_secs()
    }

    /// Returns the idle timeout that counts for a session, in seconds; `None` if it never idles out.
    pub(crate) fn idle_of(&self, own: OwnLifetimes) -> Option<u64> {
        let (shortest, longest) = (self.shortest_idle(), self.longest_finite_idle());
        match own.idle {
            None => Some(self.idle.as_secs()),
            Some(Idle::Never) => self.longest_idle(),
            Some(Idle::After(seconds)) => Some(u64::from(seconds).max(shortest).min(longest)),
        }
    }

    /// Returns the absolute lifetime that counts for a session, in seconds.
    pub(crate) fn absolute_of(&self, own: OwnLifetimes) -> u64 {
        let asked = own.absolute.map_or(self.absolute.as_secs(), u64::from);
        asked.min(self.longest_absolute().as_secs())
    }

    /// Returns whether the cookies of a session carry a `Max-Age`.
    pub(crate) fn outlives_the_browser(&self, own: OwnLifetimes) -> bool {
        match self.persistence {
            Persistence::Always => true,
            Persistence::Never => false,
            Persistence::Remembered => self.absolute_of(own) > self.absolute.as_secs(),
        }
    }

    /// Returns the idle timeout that a session keeps in its record when it asks for this one.
    pub(crate) fn own_idle(&self, timeout: Duration) -> Result<Idle, Error> {
        let (shortest, longest) = (self.shortest_idle(), self.longest_finite_idle());
        let seconds = timeout.as_secs();
        match u32::try_from(seconds) {
            Ok(fits) if (shortest..=longest).contains(&seconds) && fits < u32::MAX => {
                Ok(Idle::After(fits))
            }
            _ => Err(Error::not_permitted(format!(
                "an idle timeout of {seconds} s; the policy permits {shortest} s to {longest} s, \
                 which `Lifetime::allow_idle` changes"
            ))),
        }
    }

    /// Returns the idle timeout that a session keeps in its record when it asks never to idle out.
    pub(crate) fn own_never_idle(&self) -> Result<Idle, Error> {
        if self.never_idle {
            return Ok(Idle::Never);
        }
        Err(Error::not_permitted(
            "a session without idle timeout; the policy permits none without \
             `Lifetime::allow_never_idle`",
        ))
    }

    /// Returns the absolute lifetime that a session keeps in its record when it asks for this one.
    pub(crate) fn own_absolute(&self, lifetime: Duration) -> Result<u32, Error> {
        let (seconds, longest) = (lifetime.as_secs(), self.longest_absolute().as_secs());
        match u32::try_from(seconds) {
            Ok(fits) if (1..=longest).contains(&seconds) => Ok(fits),
            _ => Err(Error::not_permitted(format!(
                "an absolute lifetime of {seconds} s; the policy permits 1 s to {longest} s, which \
                 `Lifetime::with_longest_absolute` changes"
            ))),
        }
    }

    /// Refuses a policy that contradicts itself.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let (idle, absolute) = (self.idle.as_secs(), self.absolute.as_secs());
        let (shortest, longest) = (self.shortest_idle(), self.longest_finite_idle());
        let longest_absolute = self.longest_absolute().as_secs();
        let (touch, skew) = (self.touch_interval().as_secs(), self.skew.as_secs());
        let fault = if idle == 0 || shortest == 0 {
            "the idle timeout is under one second".to_owned()
        } else if idle > absolute {
            format!(
                "the idle timeout ({idle} s) is longer than the absolute lifetime ({absolute} s); \
                 set both"
            )
        } else if !(shortest..=longest).contains(&idle) {
            format!(
                "the idle timeout ({idle} s) is not within what a session may ask for \
                 ({shortest} s to {longest} s)"
            )
        } else if absolute > longest_absolute {
            format!(
                "the absolute lifetime ({absolute} s) is longer than what a session may ask for \
                 ({longest_absolute} s)"
            )
        } else if longest > longest_absolute {
            format!(
                "the longest idle timeout ({longest} s) is longer than the longest absolute \
                 lifetime ({longest_absolute} s)"
            )
        } else if self.touch.is_some() && !(1..=shortest / 2).contains(&touch) {
            format!(
                "a touch every {touch} s is not between one second and half of the shortest idle \
                 timeout ({shortest} s), so that visitors who are active would be lost"
            )
        } else if skew > SKEW_MAX {
            format!("a clock skew of {skew} s is more than {SKEW_MAX} s; set the clocks")
        } else {
            return Ok(());
        };
        Err(Error::configuration(fault))
    }
}

/// The most that clocks may be apart, in seconds.
const SKEW_MAX: u64 = 3_600;

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn policies_that_cannot_hold_are_refused() {
        let base = Lifetime::new();
        let good = [
            base,
            base.with_idle_timeout(60 * MINUTE)
                .with_absolute_lifetime(60 * MINUTE),
            base.with_idle_timeout(Duration::from_secs(1)),
            base.with_touch_interval(15 * MINUTE),
            base.allow_idle(MINUTE, 720 * MINUTE)
                .with_touch_interval(MINUTE / 2),
            base.allow_idle(30 * MINUTE, 30 * MINUTE).allow_never_idle(),
            base.with_clock_skew(Duration::ZERO),
            base.with_clock_skew(60 * MINUTE),
        ];
        for policy in good {
            assert!(policy.check().is_ok(), "{policy:?}");
        }
        // Each with numbers that its error names.
        let bad = [
            (
                base.with_idle_timeout(Duration::from_millis(900)),
                vec!["one second"],
            ),
            (base.with_absolute_lifetime(MINUTE), vec!["1800 s", "60 s"]),
            (
                base.allow_idle(31 * MINUTE, 60 * MINUTE),
                vec!["1800 s", "1860 s"],
            ),
            (base.allow_idle(MINUTE, 29 * MINUTE), vec!["1740 s"]),
            (
                base.allow_idle(Duration::ZERO, 60 * MINUTE),
                vec!["one second"],
            ),
            (
                base.with_longest_absolute(60 * MINUTE),
                vec!["43200 s", "3600 s"],
            ),
            (
                base.allow_idle(MINUTE, 721 * MINUTE),
                vec!["43260 s", "43200 s"],
            ),
            (
                base.with_touch_interval(16 * MINUTE),
                vec!["960 s", "1800 s"],
            ),
            (base.with_touch_interval(Duration::ZERO), vec!["0 s"]),
            (base.with_clock_skew(61 * MINUTE), vec!["3660 s"]),
        ];
        for (policy, named) in bad {
            let error = policy.check().unwrap_err();
            assert!(error.is_configuration());
            for number in named {
                assert!(error.to_string().contains(number), "{error}");
            }
        }
    }

    #[test]
    fn the_touch_interval_follows_the_shortest_idle_timeout() {
        let seconds = Duration::from_secs;
        let table = [
            (Lifetime::new(), 180),
            (Lifetime::new().with_idle_timeout(seconds(600)), 60),
            (Lifetime::new().with_idle_timeout(seconds(90)), 45),
            (Lifetime::new().with_idle_timeout(seconds(1)), 1),
            (Lifetime::new().allow_idle(20 * MINUTE, 60 * MINUTE), 120),
            (Lifetime::new().with_touch_interval(seconds(7)), 7),
        ];
        for (policy, wanted) in table {
            assert_eq!(policy.touch_interval().as_secs(), wanted, "{policy:?}");
        }
    }

    #[test]
    fn what_a_session_asks_for_is_checked_to_the_second() {
        let policy = Lifetime::new().allow_idle(5 * MINUTE, 60 * MINUTE);
        for (timeout, permitted) in [(299, false), (300, true), (3_600, true), (3_601, false)] {
            let asked = policy.own_idle(Duration::from_secs(timeout));
            assert_eq!(asked.is_ok(), permitted, "{timeout}");
        }
        for (lifetime, permitted) in [(0, false), (1, true), (43_200, true), (43_201, false)] {
            let asked = policy.own_absolute(Duration::from_secs(lifetime));
            assert_eq!(asked.is_ok(), permitted, "{lifetime}");
        }
        assert!(policy.own_never_idle().unwrap_err().is_not_permitted());
    }
}
