//! The rule by which a revocation ends sessions. The functions stand and fall together, and the tests at the end
//! prove them against each other.

use crate::lifetime::Timestamp;

/// When a session began, and by how many seconds the clock that said so may be off.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Begun {
    pub(crate) at: Timestamp,
    pub(crate) skew: u64,
}

impl Begun {
    /// Returns whether a revocation made at `at` ends the session.
    pub(crate) fn is_hit(self, at: Timestamp) -> bool {
        hits(self.at, at, self.skew)
    }
}

/// Returns whether a session that began at `created` is over by a revocation made at `at`, where two clocks may differ by
/// `skew` seconds.
///
/// `created` counts, and not when the token was sealed: a session that was written a moment ago is as old as its
/// sign-in. A session that began before the revocation may carry a later time, from a clock that is ahead.
fn hits(created: Timestamp, at: Timestamp, skew: u64) -> bool {
    created < first_spared(at, skew)
}

/// Returns the first beginning of a session that a revocation made at `at` does not end. A session that begins on a
/// node that knows of the revocation gets this one, if its clock says something earlier. It lies at most twice `skew`
/// ahead of that clock, which every node whose clock is not far behind accepts.
pub(crate) fn first_spared(at: Timestamp, skew: u64) -> Timestamp {
    at.after(skew.max(1))
}

/// Returns until when a revocation made at `at` has to be kept: the clock of the node that forgets it may be ahead of
/// that of the node which still accepts a session.
pub(crate) fn kept_until(at: Timestamp, longest_lifetime: u64, skew: u64) -> Timestamp {
    first_spared(at, skew).after(longest_lifetime.saturating_add(skew))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::lifetime::{Lifetime, OwnLifetimes, SessionTimes};

    #[test]
    fn boundaries() {
        let table = [
            // Created, revoked at, skew, and the verdict.
            (1_000, 1_000, 0, true),
            (1_001, 1_000, 0, false),
            (1_000, 1_000, 1, true),
            (1_001, 1_000, 1, false),
            (1_119, 1_000, 120, true),
            (1_120, 1_000, 120, false),
            (0, 1_000, 120, true),
            (u32::MAX, u32::MAX, 120, false),
            (u32::MAX - 1, u32::MAX, 120, true),
        ];
        for (created, at, skew, wanted) in table {
            let is_over = hits(Timestamp(created), Timestamp(at), skew);
            assert_eq!(
                is_over, wanted,
                "created {created}, revoked at {at}, skew {skew}"
            );
        }
    }

    proptest! {
        /// Whatever the clocks say, as long as they differ by less than the skew: what began before the revocation is
        /// over.
        #[test]
        fn nothing_that_began_before_it_escapes_by_a_clock(
            began in 1_000_000u32..2_000_000,
            after in 0u32..10_000,
            skew in 1u32..3_600,
            ahead in 0u32..3_600,
        ) {
            let ahead = ahead % skew;
            let (created, at) = (Timestamp(began + ahead), Timestamp(began + after));
            prop_assert!(hits(created, at, skew.into()));
        }

        /// A session that begins where the revocation is known lives at once, on every node.
        #[test]
        fn a_sign_in_behind_a_known_revocation_is_good_at_once(
            at in 1_000_000u32..2_000_000,
            after in 0u32..10_000,
            skew in 1u32..3_600,
        ) {
            let policy = Lifetime::new().with_clock_skew(Duration::from_secs(skew.into()));
            let (at, now) = (Timestamp(at), Timestamp(at + after));
            let created = now.max(first_spared(at, skew.into()));
            prop_assert!(!hits(created, at, skew.into()));
            let times = SessionTimes { created, used: now, own: OwnLifetimes::default() };
            prop_assert_eq!(policy.judge(&times, now), Ok(()));
        }

        /// And a revocation that comes later by as little as a second ends that session, too.
        #[test]
        fn a_later_revocation_ends_a_session_that_was_spared(
            at in 1_000_000u32..2_000_000,
            later in 1u32..10_000,
            skew in 0u64..3_600,
        ) {
            let created = first_spared(Timestamp(at), skew);
            prop_assert!(hits(created, Timestamp(at + later), skew));
        }

        /// Nothing is forgotten that could still end a session.
        #[test]
        fn no_revocation_is_forgotten_before_what_it_ends_is_over(
            at in 1_000_000u32..2_000_000,
            before in 0u32..100_000,
            lifetime in 1u32..1_000_000,
            skew in 0u32..3_600,
            age in 0u32..1_100_000,
            ahead in 0u32..3_600,
        ) {
            let policy = Lifetime::new()
                .with_idle_timeout(Duration::from_secs(1))
                .with_absolute_lifetime(Duration::from_secs(lifetime.into()))
                .with_clock_skew(Duration::from_secs(skew.into()));
            let created = Timestamp((at + skew).saturating_sub(before));
            let now = created.after(age.into());
            let times = SessionTimes { created, used: now, own: OwnLifetimes::default() };
            // The clock that forgets may be ahead of the one that judges.
            let forgets = now.after((ahead % (skew + 1)).into());
            if hits(created, Timestamp(at), skew.into()) && policy.judge(&times, now).is_ok() {
                let until = kept_until(Timestamp(at), lifetime.into(), skew.into());
                prop_assert!(forgets < until);
            }
        }
    }
}
