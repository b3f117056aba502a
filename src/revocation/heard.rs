//! What a request had heard of revocations when it began.

use crate::lifetime::Timestamp;

/// What a request had heard of revocations when it began, and what it revoked by itself. Whatever else arrives while it
/// runs may say that whoever signs in here should not: a password that was right a moment ago is right no more.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Heard {
    /// How many changes the table had seen.
    pub(crate) changes: u32,
    /// The latest time as of which this request revoked anything.
    pub(crate) own: Timestamp,
}

impl Heard {
    /// Returns whether the request knew of a revocation as of `at`, which was so many changes of the table.
    pub(super) fn covers(self, at: Timestamp, change: u32) -> bool {
        // The number of changes wraps around.
        at <= self.own || self.changes.wrapping_sub(change) <= u32::MAX / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_later_is_not_heard_unless_it_is_ones_own() {
        let heard = |changes| Heard {
            changes,
            own: Timestamp(500),
        };
        let table = [
            // Changes when the request began, the time and the change of a revocation, and whether it was known.
            (7, 600, 7, true),
            (7, 600, 1, true),
            (7, 600, 8, false),
            (7, 501, 8, false),
            (7, 500, 8, true),
            (u32::MAX, 600, 0, false),
            (0, 600, u32::MAX, true),
        ];
        for (changes, at, change, wanted) in table {
            let covers = heard(changes).covers(Timestamp(at), change);
            assert_eq!(covers, wanted, "{changes} changes, {at}, {change}");
        }
    }
}
