//! What a rotation changes in a ring, and when. Pure: keys, a policy and a time in, a plan out.

use std::time::Duration;

use sealed_session::report::{KeyId, RingKey};
use sealed_session::time::OffsetDateTime;

use crate::instant::after;

/// How long a server may take to read a file that has changed: watchers look every 30 seconds.
pub(crate) const POLL: Duration = Duration::from_secs(30);

/// What a rotation knows of a site.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site {
    /// How long after it stopped sealing a key has to be accepted: the longest absolute lifetime, and what
    /// clocks may differ.
    pub(crate) keep: Duration,
    /// What clocks may differ.
    pub(crate) skew: Duration,
    /// The time in which every server surely gets a new file.
    pub(crate) lead: Duration,
}

/// The changes to a ring.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// When a new key starts to seal, if one is added.
    pub(crate) add: Option<OffsetDateTime>,
    /// Until when keys are accepted that had no end, or one that was too early.
    pub(crate) retire: Vec<(KeyId, OffsetDateTime)>,
    /// Keys that have retired.
    pub(crate) remove: Vec<KeyId>,
}

impl Site {
    /// Returns until when a key has to be accepted that stopped sealing at this time.
    pub(crate) fn needed(&self, stopped: OffsetDateTime) -> OffsetDateTime {
        after(stopped, self.keep)
    }

    /// Returns how long before a key starts to seal all servers have to have it, at least: a server whose clock is
    /// ahead seals sooner, and another one may have looked at its file just before.
    pub(crate) fn shortest_lead(&self) -> Duration {
        self.skew + POLL
    }
}

impl Plan {
    /// Makes the plan. While a key waits for its time no other is added, unless `is_forced`.
    pub(crate) fn of(keys: &[RingKey], site: &Site, now: OffsetDateTime, is_forced: bool) -> Plan {
        let add = (is_forced || waiting(keys, now).is_none()).then(|| {
            let whole = now.replace_nanosecond(0).unwrap_or(now);
            let mut from = after(whole, site.lead);
            // Of two keys with one start none would be the newer one.
            while keys.iter().any(|key| key.seals_from == Some(from)) {
                from = after(from, Duration::from_secs(1));
            }
            from
        });
        let (old, present): (Vec<_>, Vec<_>) = keys.iter().partition(|key| may_go(key, keys, now));
        let retire = present.into_iter().filter_map(|key| {
            let takes_over =
                |from: &OffsetDateTime| key.seals && key.seals_from.is_none_or(|own| *from > own);
            let next = add.filter(takes_over);
            let stops = key.stopped.into_iter().chain(next).min()?;
            let needed = site.needed(stops);
            let is_short = key.until.is_none_or(|until| until < needed);
            is_short.then_some((key.id, needed))
        });
        Plan {
            add,
            retire: retire.collect(),
            remove: old.into_iter().map(|key| key.id).collect(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        *self == Plan::default()
    }
}

/// Returns the key whose turn to seal has not come, the first of several.
pub(crate) fn waiting(keys: &[RingKey], now: OffsetDateTime) -> Option<&RingKey> {
    keys.iter()
        .find(|key| key.seals_from.is_some_and(|from| from > now))
}

/// Returns whether a key has retired.
pub(crate) fn is_retired(key: &RingKey, now: OffsetDateTime) -> bool {
    key.until.is_some_and(|until| until <= now)
}

/// Returns whether a key can be removed. When it began says when the key before it stopped sealing, for as long as that
/// one is accepted. If the first key without times goes, the next one without times takes its place, which seals up to
/// a time that has passed for every clock.
fn may_go(key: &RingKey, keys: &[RingKey], now: OffsetDateTime) -> bool {
    let is_before = |other: &RingKey| other.seals && other.seals_from < key.seals_from;
    let is_needed = |other: &RingKey| is_before(other) && !is_retired(other, now);
    is_retired(key, now) && !(key.seals && keys.iter().any(is_needed))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use sealed_session::{Key, KeyRing};

    use super::*;
    use crate::instant::rfc3339;

    const HOUR: Duration = Duration::from_secs(3_600);
    /// Sessions live for ten hours, and clocks are exact.
    const SITE: Site = Site {
        keep: Duration::from_secs(36_000),
        skew: Duration::ZERO,
        lead: HOUR,
    };

    fn now() -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap()
    }

    /// The time so many hours from now.
    fn at(hours: i64) -> OffsetDateTime {
        now() + sealed_session::time::Duration::hours(hours)
    }

    fn id(number: u8) -> KeyId {
        Key::new(&[number; 32]).unwrap().id()
    }

    /// Reads a ring whose keys are digits, and whose times are hours from now in brackets.
    fn keys(text: &str) -> Vec<RingKey> {
        let word = |word: &str| {
            let hours = word
                .strip_prefix('[')
                .and_then(|word| word.strip_suffix(']'));
            match (word.parse::<u8>(), hours) {
                (Ok(number), _) => Key::new(&[number; 32])
                    .unwrap()
                    .to_text()
                    .expose()
                    .to_owned(),
                (_, Some(hours)) => rfc3339(at(hours.parse().unwrap())),
                _ => word.to_owned(),
            }
        };
        let entry = |entry: &str| entry.split(' ').map(word).collect::<Vec<_>>().join(" ");
        let text = text.split(", ").map(entry).collect::<Vec<_>>().join(",");
        text.parse::<KeyRing>().unwrap().keys().collect()
    }

    /// Ring, whether it is forced, hours until the new key starts, keys that get an end, keys that go.
    type Case = (
        &'static str,
        bool,
        Option<i64>,
        &'static [(u8, i64)],
        &'static [u8],
    );

    #[test]
    fn a_plan_for_each_state_of_a_ring() {
        let cases: [Case; 15] = [
            ("1", false, Some(1), &[(1, 11)], &[]),
            ("1 from [-99]", false, Some(1), &[(1, 11)], &[]),
            // A second run in the lead time, and the next one after it.
            ("1 until [11], 2 from [1]", false, None, &[], &[]),
            ("1 until [10], 2 from [0]", false, Some(1), &[(2, 11)], &[]),
            (
                "1 until [0], 2 from [-10]",
                false,
                Some(1),
                &[(2, 11)],
                &[1],
            ),
            // Forced: the new key seals before the one that waits, after it, or a second later.
            ("1 until [15], 2 from [5]", true, Some(1), &[], &[]),
            ("1, 2 from [5]", true, Some(1), &[(1, 11)], &[]),
            (
                "1 from [-9] until [9], 2 from [-1]",
                true,
                Some(1),
                &[(2, 11)],
                &[],
            ),
            // By hand: no end, an end that is too early for the policy, and one that is late enough.
            ("1, 2 from [-2]", false, Some(1), &[(1, 8), (2, 11)], &[]),
            (
                "1 until [1], 2 from [-2]",
                false,
                Some(1),
                &[(1, 8), (2, 11)],
                &[],
            ),
            ("1 until [90], 2 from [-2]", false, Some(1), &[(2, 11)], &[]),
            (
                "1, 2 stopped [-5] until [1]",
                false,
                Some(1),
                &[(1, 11), (2, 5)],
                &[],
            ),
            // When a key without times stopped nobody knows.
            ("1, 2", false, Some(1), &[(1, 11)], &[]),
            (
                "1 until [0], 2, 3 from [-10]",
                false,
                Some(1),
                &[(3, 11)],
                &[1],
            ),
            // Without the second key the first one would have stopped later, and its end be too early.
            (
                "1 from [-99] until [2], 2 from [-30] until [0], 3 from [-4]",
                false,
                Some(1),
                &[(2, 6), (3, 11)],
                &[],
            ),
        ];
        for (ring, is_forced, add, retire, remove) in cases {
            let mut plan = Plan::of(&keys(ring), &SITE, now(), is_forced);
            plan.retire.sort();
            let mut retire: Vec<_> = retire
                .iter()
                .map(|(key, hours)| (id(*key), at(*hours)))
                .collect();
            retire.sort();
            let wanted = Plan {
                add: add.map(at),
                retire,
                remove: remove.iter().map(|key| id(*key)).collect(),
            };
            assert_eq!(plan, wanted, "{ring}");
        }
    }

    #[test]
    fn two_keys_never_start_at_once() {
        let plan = Plan::of(&keys("1, 2 from [1]"), &SITE, now(), true);
        assert_eq!(plan.add, Some(after(at(1), Duration::from_secs(1))));
        // Nor does a part of a second make a time that the file cannot hold.
        let odd = now() + Duration::from_millis(700);
        assert_eq!(Plan::of(&keys("1"), &SITE, odd, false).add, Some(at(1)));
    }
}
