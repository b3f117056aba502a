//! What the operator does: the versions of the ring, and when each is published.

use sealed_session::report::KeyId;
use time::format_description::well_known::Rfc3339;

use super::times::{ABSOLUTE, CLOCKS, HOUR};
use crate::common::{at, key};

/// Between the beginnings of two rotations.
const ROTATION: i64 = 72 * HOUR;

/// How long a version of the ring takes to reach all nodes.
pub(super) const SPREAD: i64 = 3 * HOUR;

/// How long before its turn a key is published: more than the spread, and what clocks differ.
const LEAD: i64 = 4 * HOUR;

/// A rule of a rotation that the operator may break.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Rule {
    /// All are kept.
    Kept,
    /// A key seals from when it is published.
    NoLead,
    /// A key is removed while sessions live that it sealed.
    EarlyRetirement,
    /// One node never gets another ring.
    LeftBehind,
}

/// A text of the ring, and when it is published.
pub(super) struct Version {
    pub(super) published: i64,
    pub(super) text: String,
}

/// All rotations.
pub(super) struct Plan {
    pub(super) rule: Rule,
    pub(super) rotations: u8,
}

impl Plan {
    /// When the last rotation, and all that it concerns, is over.
    pub(super) fn end(&self) -> i64 {
        (i64::from(self.rotations) + 1) * ROTATION
    }

    /// Each rotation publishes three versions: the new key, the end of the old one while that is under way to the nodes,
    /// and the ring without it.
    pub(super) fn versions(&self) -> Vec<Version> {
        let first = Version {
            published: 0,
            text: text(1),
        };
        let rotation = |new: u8| {
            let (old, begun) = (text(new - 1), i64::from(new - 1) * ROTATION);
            let from = self.turn(new);
            let old_from = match new {
                2 => String::new(),
                _ => format!(" from {}", date(self.turn(new - 1))),
            };
            let new = format!("{} from {}", text(new), date(from));
            let until = date(self.retires(from));
            let gone = match self.rule {
                Rule::EarlyRetirement => from + HOUR,
                _ => self.retires(from) + HOUR,
            };
            let mut versions = vec![
                (begun, format!("{new}\n{old}{old_from}")),
                (
                    begun + SPREAD / 2,
                    format!("{old}{old_from} until {until}\n{new}"),
                ),
                (gone, new.clone()),
            ];
            if self.rule == Rule::EarlyRetirement {
                // No ring of this library says so: `replace_ring` refuses it.
                versions.remove(1);
            }
            versions
                .into_iter()
                .map(|(published, text)| Version { published, text })
        };
        std::iter::once(first)
            .chain((2..=self.rotations + 1).flat_map(rotation))
            .collect()
    }

    /// When the key of this seed begins to seal.
    fn turn(&self, seed: u8) -> i64 {
        let lead = match self.rule {
            Rule::NoLead => 0,
            _ => LEAD,
        };
        i64::from(seed - 1) * ROTATION + lead
    }

    /// The key that seals at a time.
    pub(super) fn seals(&self, now: i64) -> KeyId {
        let begun = (2..=self.rotations + 1).rfind(|seed| self.turn(*seed) <= now);
        key(begun.unwrap_or(1)).id()
    }

    /// When a key may go that another one took over from.
    fn retires(&self, from: i64) -> i64 {
        from + ABSOLUTE + CLOCKS
    }

    /// When the key of this id is over, if it ever is.
    pub(super) fn end_of(&self, id: KeyId) -> Option<i64> {
        let seed = (1..=self.rotations).find(|seed| key(*seed).id() == id)?;
        Some(self.retires(self.turn(seed + 1)))
    }
}

fn text(seed: u8) -> String {
    key(seed).to_text().expose().to_owned()
}

fn date(seconds: i64) -> String {
    at(seconds).format(&Rfc3339).unwrap()
}
