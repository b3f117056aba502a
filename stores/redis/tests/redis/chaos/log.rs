//! What was asked and answered, and the judgement on it.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::station::{LIMIT, Outcome, Setting};

/// What a machine that does a lot else may take on top.
const SLACK: Duration = Duration::from_secs(2);

/// After which time a node that was cut off is back, and has written what it knows.
const BACK: Duration = Duration::from_secs(3);

/// A request, and its answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LookUp {
    pub(crate) node: usize,
    pub(crate) setting: Setting,
    pub(crate) who: usize,
    pub(crate) begun: Instant,
    pub(crate) ended: Instant,
    pub(crate) outcome: Outcome,
}

/// A revocation, as its node was told of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    pub(crate) node: usize,
    pub(crate) who: usize,
    pub(crate) begun: Instant,
    pub(crate) ended: Instant,
    /// Whether the store has it.
    pub(crate) is_written: bool,
}

#[derive(Default)]
pub(crate) struct Log {
    pub(crate) look_ups: Mutex<Vec<LookUp>>,
    pub(crate) told: Mutex<Vec<Told>>,
}

impl Log {
    /// Returns what must not have happened. `mortals` is the number of those who are signed out at some time, the first ones.
    ///
    /// A store that lost something `lost` what it was told between these times. Other nodes hear of it once the node that
    /// was told is back, which tries every two seconds.
    pub(crate) fn violations(
        &self,
        mortals: usize,
        lost: Option<(Instant, Instant)>,
    ) -> Vec<String> {
        let (look_ups, told) = (self.look_ups.lock().unwrap(), self.told.lock().unwrap());
        let mut all = Vec::new();
        for told in &*told {
            if told.ended - told.begun > LIMIT + SLACK {
                all.push(format!("{told:?} hung"));
            }
        }
        for look_up in &*look_ups {
            if look_up.ended - look_up.begun > LIMIT + SLACK {
                all.push(format!("{look_up:?} hung"));
            }
            let is_accepted = look_up.outcome == Outcome::Accepted;
            if look_up.who >= mortals {
                let may = match look_up.setting {
                    Setting::Accept => is_accepted,
                    _ => look_up.outcome != Outcome::Revoked,
                };
                if !may {
                    all.push(format!("{look_up:?}, and nobody signed them out"));
                }
                continue;
            }
            let Some(told) = told.iter().find(|told| told.who == look_up.who) else {
                continue;
            };
            let after = match told.node == look_up.node {
                true => Some(Duration::ZERO),
                false if told.is_written => strict_after(look_up.setting, told, lost),
                false => None,
            };
            if is_accepted && after.is_some_and(|after| look_up.begun > told.ended + after) {
                let late = look_up.begun - told.ended;
                all.push(format!("{look_up:?} {late:?} after {told:?}"));
            }
        }
        all
    }

    /// Counts answers of this kind that were begun after a time.
    pub(crate) fn count(&self, setting: Setting, outcome: Outcome, after: Instant) -> usize {
        let look_ups = self.look_ups.lock().unwrap();
        let is_one = |look_up: &&LookUp| {
            (look_up.setting, look_up.outcome) == (setting, outcome) && look_up.begun > after
        };
        look_ups.iter().filter(is_one).count()
    }
}

/// Returns how long after it was told a sign-out may be unknown at another node.
fn strict_after(
    setting: Setting,
    told: &Told,
    lost: Option<(Instant, Instant)>,
) -> Option<Duration> {
    let after = setting.strict_after()?;
    match lost {
        Some((from, to)) if (from..=to).contains(&told.ended) => {
            Some(after.max(to + BACK - told.ended))
        }
        _ => Some(after),
    }
}

#[test]
fn the_judgement_finds_what_must_not_happen() {
    let start = Instant::now();
    let at = |millis| start + Duration::from_millis(millis);
    let told = |is_written| Told {
        node: 0,
        who: 0,
        begun: at(0),
        ended: at(100),
        is_written,
    };
    use Outcome::{Accepted, NotKnown, Revoked};
    use Setting::{Accept, Ask, Guard, Refuse};
    let table = [
        // Node, setting, who, begun, took, outcome; and how many are found if it was written, and if not.
        (0, Accept, 0, 99, 1, Accepted, 0, 0),
        (0, Accept, 0, 101, 1, Accepted, 1, 1),
        (0, Accept, 0, 101, 1, Revoked, 0, 0),
        (1, Accept, 0, 9_000, 1, Accepted, 0, 0),
        (1, Refuse, 0, 3_099, 1, Accepted, 0, 0),
        (1, Refuse, 0, 3_101, 1, Accepted, 1, 0),
        (1, Ask, 0, 99, 1, Accepted, 0, 0),
        (1, Ask, 0, 101, 1, Accepted, 1, 0),
        (1, Guard, 0, 101, 1, Accepted, 1, 0),
        (1, Guard, 0, 101, 1, NotKnown, 0, 0),
        (1, Ask, 0, 101, 2_400, Revoked, 1, 1),
        (1, Accept, 7, 101, 1, NotKnown, 1, 1),
        (1, Refuse, 7, 101, 1, NotKnown, 0, 0),
        (1, Refuse, 7, 101, 1, Revoked, 1, 1),
    ];
    for (node, setting, who, begun, took, outcome, written, unwritten) in table {
        for (is_written, wanted) in [(true, written), (false, unwritten)] {
            let look_up = LookUp {
                node,
                setting,
                who,
                begun: at(begun),
                ended: at(begun + took),
                outcome,
            };
            let log = Log {
                look_ups: Mutex::new(vec![look_up]),
                told: Mutex::new(vec![told(is_written)]),
            };
            let found = log.violations(1, None);
            assert_eq!(found.len(), wanted, "{look_up:?}, {is_written}: {found:?}");
            // Lost at once, and the node that was told comes back by 3.5 s.
            let is_early = told(true).node != node && begun < 3_500 && took < 2_300 && who == 0;
            let found = log.violations(1, Some((at(0), at(500))));
            assert_eq!(
                found.is_empty(),
                wanted == 0 || is_early,
                "{look_up:?}: {found:?}"
            );
        }
    }
}
