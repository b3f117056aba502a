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
            .map_or(self.idle_timeout(), |bounds| bounds.0)
            .as_secs()
    }

    /// Returns the longest idle timeout that a session may have, in seconds; `None` if one may never idle out.
    pub(crate) fn longest_idle(&self) -> Option<u64> {
        let may_never = self.never_idle || self.remembered.is_some();
        (!may_never).then(|| self.longest_finite_idle())
    }

    /// Returns the longest idle timeout of a session that does idle out, in seconds.
    fn longest_finite_idle(&self) -> u64 {
        self.idle_bounds
            .map_or(self.idle_timeout(), |bounds| bounds.1)
            .as_secs()
    }

    /// Returns the idle timeout that counts for a session, in seconds; `None` if it never idles out.
    pub(crate) fn idle_of(&self, own: OwnLifetimes) -> Option<u64> {
        let (shortest, longest) = (self.shortest_idle(), self.longest_finite_idle());
        match own.idle {
            None => Some(self.idle_timeout().as_secs()),
            Some(Idle::Never) if self.never_idle || self.is_remembered(own) => None,
            Some(Idle::Never) => Some(longest),
            Some(Idle::After(seconds)) => Some(u64::from(seconds).max(shortest).min(longest)),
        }
    }

    /// Returns the absolute lifetime that counts for a session, in seconds.
    pub(crate) fn absolute_of(&self, own: OwnLifetimes) -> u64 {
        let asked = own.absolute.map(|seconds| seconds.get().into());
        let asked = asked.unwrap_or(self.absolute.as_secs());
        asked.min(self.longest_absolute().as_secs())
    }

    /// Returns whether the cookies of a session carry a `Max-Age`.
    pub(crate) fn outlives_the_browser(&self, own: OwnLifetimes) -> bool {
        match self.persistence {
            Persistence::Always => true,
            Persistence::Remembered => self.is_remembered(own),
        }
    }

    /// Returns whether a session is remembered: only such a session asks for an absolute lifetime.
    fn is_remembered(&self, own: OwnLifetimes) -> bool {
        self.remembered.is_some() && own.absolute.is_some()
    }

    /// Returns the idle timeout that a session with the lifetimes `own` keeps in its record when it asks for
    /// this one.
    pub(crate) fn own_idle(&self, timeout: Duration, own: OwnLifetimes) -> Result<Idle, Error> {
        let (shortest, longest) = (self.shortest_idle(), self.longest_finite_idle());
        let seconds = timeout.as_secs();
        match u32::try_from(seconds) {
            Ok(fits) if (shortest..=longest).contains(&seconds) && fits < u32::MAX => {
                let idle = Idle::After(fits);
                let asked = OwnLifetimes {
                    idle: Some(idle),
                    ..own
                };
                self.check_own(asked).map(|()| idle)
            }
            _ => Err(Error::not_permitted(format!(
                "an idle timeout of {seconds} s; the policy permits {shortest} s to {longest} s, \
                 which `Lifetime::allow_idle` changes"
            ))),
        }
    }

    /// Refuses an idle timeout that the end of the session's absolute lifetime would cut short.
    pub(crate) fn check_own(&self, own: OwnLifetimes) -> Result<(), Error> {
        let absolute = self.absolute_of(own);
        match own.idle {
            Some(Idle::After(idle)) if u64::from(idle) > absolute => {
                Err(Error::not_permitted(format!(
                    "an idle timeout of {idle} s for a session whose absolute lifetime is {absolute} s; \
                     call `Session::remember` with a longer one first, in the request that signs in"
                )))
            }
            _ => Ok(()),
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

    /// Returns the absolute lifetime that a session keeps in its record when it is to be remembered for this
    /// long. It is `age` seconds old, and the request `asked` for lifetimes before.
    pub(crate) fn own_remembered(
        &self,
        lifetime: Duration,
        age: u32,
        asked: OwnLifetimes,
    ) -> Result<u32, Error> {
        let (seconds, absolute) = (lifetime.as_secs(), self.absolute.as_secs());
        let longest = self.longest_absolute().as_secs().min(u64::from(u32::MAX));
        let fault = if self.remembered.is_none() {
            format!(
                "the policy permits no more than its absolute lifetime of {absolute} s without \
                 `Lifetime::with_remembered_up_to`"
            )
        } else if !(1..=longest).contains(&seconds) {
            format!(
                "the policy permits 1 s to {longest} s, which `Lifetime::with_remembered_up_to` changes"
            )
        } else if let Some(Idle::After(idle)) = asked.idle {
            format!(
                "this request gave the session an idle timeout of {idle} s before, which would go; \
                 call `remember` first, and `set_idle_timeout` after it"
            )
        } else if u64::from(age) >= seconds {
            format!(
                "the session began {age} s ago; call `remember` after the sign-in, which begins it anew, or \
                 destroy it to end it"
            )
        } else {
            return Ok(u32::try_from(seconds).unwrap_or(u32::MAX));
        };
        Err(Error::not_permitted(format!(
            "to remember a session for {seconds} s: {fault}"
        )))
    }

    /// Refuses a policy that contradicts itself.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let (idle, absolute) = (self.idle_timeout().as_secs(), self.absolute.as_secs());
        let (shortest, longest) = (self.shortest_idle(), self.longest_finite_idle());
        let longest_absolute = self.longest_absolute().as_secs();
        let (touch, skew) = (self.touch_interval().as_secs(), self.skew.as_secs());
        // Where the absolute lifetime is over as soon, no touch keeps a session for longer.
        let is_kept_alive = shortest < longest_absolute;
        let fault = if idle == 0 || shortest == 0 {
            "the idle timeout is under one second".to_owned()
        } else if idle > absolute {
            format!(
                "the idle timeout ({idle} s) is longer than the absolute lifetime ({absolute} s); \
                 set both"
            )
        } else if self.idle.is_none() && self.persistence == Persistence::Always {
            format!(
                "all cookies outlive the browser, for up to {absolute} s, and sessions are over after the \
                 default idle timeout of {idle} s; say by `with_idle_timeout` for how long a visitor may \
                 stay away"
            )
        } else if !(shortest..=longest).contains(&idle) {
            format!(
                "the idle timeout ({idle} s) is not within what a session may ask for \
                 ({shortest} s to {longest} s)"
            )
        } else if absolute > longest_absolute {
            format!(
                "the absolute lifetime ({absolute} s) is longer than a session may be remembered for \
                 ({longest_absolute} s)"
            )
        } else if longest > longest_absolute {
            format!(
                "the longest idle timeout ({longest} s) is longer than the longest absolute \
                 lifetime ({longest_absolute} s); `with_remembered_up_to` permits a longer one"
            )
        } else if touch == 0 || (is_kept_alive && self.touch.is_some() && touch > shortest / 2) {
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
    use std::num::NonZero;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);
    const DAY: Duration = Duration::from_secs(86_400);

    #[test]
    fn policies_that_cannot_hold_are_refused() {
        let base = Lifetime::new();
        let good = [
            base,
            base.with_idle_timeout(60 * MINUTE)
                .with_absolute_lifetime(60 * MINUTE),
            base.with_idle_timeout(Duration::from_secs(1)),
            base.with_touch_interval(15 * MINUTE),
            base.with_idle_timeout(720 * MINUTE)
                .with_touch_interval(720 * MINUTE),
            base.allow_idle(MINUTE, 720 * MINUTE)
                .with_touch_interval(MINUTE / 2),
            base.allow_idle(30 * MINUTE, 30 * MINUTE).allow_never_idle(),
            base.with_remembered_up_to(720 * MINUTE),
            base.with_idle_timeout(30 * MINUTE)
                .with_persistence(Persistence::Always),
            base.with_remembered_up_to(DAY).allow_idle(30 * MINUTE, DAY),
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
                base.with_remembered_up_to(60 * MINUTE),
                vec!["43200 s", "3600 s"],
            ),
            (
                base.allow_idle(MINUTE, 721 * MINUTE),
                vec!["43260 s", "43200 s"],
            ),
            (
                base.with_remembered_up_to(DAY)
                    .allow_idle(MINUTE, DAY + MINUTE),
                vec!["86460 s", "86400 s"],
            ),
            (
                base.with_absolute_lifetime(DAY)
                    .with_persistence(Persistence::Always),
                vec!["86400 s", "1800 s", "`with_idle_timeout`"],
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
            let asked = policy.own_idle(Duration::from_secs(timeout), OwnLifetimes::default());
            assert_eq!(asked.is_ok(), permitted, "{timeout}");
        }
        assert!(policy.own_never_idle().unwrap_err().is_not_permitted());
    }

    #[test]
    fn what_cannot_be_remembered_is_refused_with_both_values() {
        let none = OwnLifetimes::default();
        let hour = OwnLifetimes {
            idle: Some(Idle::After(3_600)),
            ..none
        };
        let never = OwnLifetimes {
            idle: Some(Idle::Never),
            ..none
        };
        let (plain, day) = (Lifetime::new(), Lifetime::new().with_remembered_up_to(DAY));
        let ages = Lifetime::new().with_remembered_up_to(Duration::MAX);
        // The policy, for how long, the session's age, what was asked for before, and what the error names.
        let table: &[(Lifetime, u64, u32, OwnLifetimes, &[&str])] = &[
            (day, 86_400, 0, none, &[]),
            (day, 1, 0, never, &[]),
            (day, 86_400, 86_399, none, &[]),
            (ages, u64::from(u32::MAX), 0, none, &[]),
            (
                plain,
                60,
                0,
                none,
                &["60 s", "43200 s", "with_remembered_up_to"],
            ),
            (
                day,
                86_401,
                0,
                none,
                &["86401 s", "86400 s", "with_remembered_up_to"],
            ),
            (day, 0, 0, none, &["0 s", "86400 s"]),
            (
                ages,
                u64::MAX,
                0,
                none,
                &["18446744073709551615 s", "4294967295 s"],
            ),
            (
                day,
                86_400,
                0,
                hour,
                &["86400 s", "3600 s", "`set_idle_timeout` after"],
            ),
            (
                day,
                600,
                600,
                none,
                &["600 s", "600 s ago", "after the sign-in"],
            ),
        ];
        for &(policy, seconds, age, asked, named) in table {
            let result = policy.own_remembered(Duration::from_secs(seconds), age, asked);
            let error = result.err();
            assert_eq!(error.is_some(), !named.is_empty(), "{seconds} s: {error:?}");
            let text = error.map(|error| error.to_string()).unwrap_or_default();
            assert!(named.iter().all(|part| text.contains(part)), "{text}");
        }
    }

    #[test]
    fn an_idle_timeout_that_the_absolute_lifetime_cuts_short_is_refused() {
        let policy = Lifetime::new()
            .with_remembered_up_to(30 * DAY)
            .allow_idle(MINUTE, 7 * DAY);
        let remembered = |seconds| OwnLifetimes {
            idle: Some(Idle::Never),
            absolute: NonZero::new(seconds),
        };
        let none = OwnLifetimes::default();
        let table = [
            (43_200, none, true),
            (43_201, none, false),
            (7 * 86_400, remembered(30 * 86_400), true),
            (7 * 86_400, remembered(7 * 86_400 - 1), false),
        ];
        for (seconds, own, permitted) in table {
            let asked = policy.own_idle(Duration::from_secs(seconds), own);
            assert_eq!(asked.is_ok(), permitted, "{seconds} s of {own:?}");
            let text = asked
                .err()
                .map(|error| error.to_string())
                .unwrap_or_default();
            assert!(permitted || text.contains("`Session::remember`"), "{text}");
        }
    }
}
