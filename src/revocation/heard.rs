//! What a request had heard of revocations when it began, and what it revoked itself.

use super::record::Revocation;
use super::target::TargetId;
use crate::lifetime::Timestamp;

/// What a request knew of revocations before a session began in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heard<'r> {
    /// How many changes the table had seen.
    pub(crate) changes: u32,
    /// What the request revoked, where it had heard of all that was revoked of the same target before.
    pub(crate) own: &'r [Revocation],
}

impl Heard<'_> {
    /// Returns whether a revocation of `target` at `at`, which was the change number `change`, was known or made by the
    /// request.
    pub(super) fn covers(self, target: TargetId, at: Timestamp, change: u32) -> bool {
        let is_own = |own: &Revocation| own.target == target && at <= own.at;
        // The number of changes wraps around.
        self.changes.wrapping_sub(change) <= u32::MAX / 2 || self.own.iter().any(is_own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_later_is_not_heard_unless_it_is_ones_own() {
        let target = |number| TargetId::from_bytes([number; 16]);
        let own = [Revocation {
            target: target(1),
            at: Timestamp(500),
            until: Timestamp(900),
        }];
        let heard = |changes| Heard { changes, own: &own };
        let table = [
            // Changes when the request began; the target, the time and the change of a revocation; whether it was known.
            (7, 1, 600, 7, true),
            (7, 1, 600, 1, true),
            (7, 1, 600, 8, false),
            (7, 1, 501, 8, false),
            (7, 1, 500, 8, true),
            (7, 2, 500, 8, false),
            (7, 2, 500, 7, true),
            (u32::MAX, 1, 600, 0, false),
            (0, 1, 600, u32::MAX, true),
        ];
        for (changes, of, at, change, wanted) in table {
            let covers = heard(changes).covers(target(of), Timestamp(at), change);
            assert_eq!(covers, wanted, "{changes} changes, {of} at {at}, {change}");
        }
    }
}
