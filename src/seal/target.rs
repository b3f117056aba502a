//! Names of what is revoked, by which a store keeps it and learns nobody.
//!
//! | offset | size | |
//! | --- | --- | --- |
//! | 0 | 16 | MAC |
//!
//! The MAC is made over the kind of the target, the bound context, and the bytes that name the target among those of
//! its kind. Each key of the ring gives another name. A revocation is kept under all of them, and looked for under all
//! of them: so it outlives any key but the last that it was made with, and nodes need not have the same ring.

use super::binding::Binding;
use super::mark::Mark;
use super::sealer::Sealer;
use super::token::TAG;
use crate::lifetime::Timestamp;

impl Sealer {
    /// Calls `take` with the names of all `targets`, each with the kind of its target: one under each key that has not
    /// retired, in no order.
    pub(crate) fn name_targets<'t>(
        &self,
        targets: impl Iterator<Item = (u8, &'t [u8])> + Clone,
        binding: &Binding,
        now: Timestamp,
        mut take: impl FnMut(u8, [u8; TAG]),
    ) {
        let keys = self.keys();
        for key in keys.all.values().filter(|key| !key.is_over(now)) {
            for (kind, target) in targets.clone() {
                let parts = [&[kind], binding.context(), target];
                take(kind, key.ciphers.sign_mark(Mark::Target, parts));
            }
        }
    }
}
