//! Names of things that count once, by which a store keeps that they were used, and learns nothing of them.
//!
//! | offset | size | |
//! | --- | --- | --- |
//! | 0 | 16 | MAC |
//!
//! The MAC is made over the purpose of the thing, the bound context, and the thing. Each key of the ring gives another
//! name. A use is noted under all of them, so two nodes notice each other if their rings have one key in common.

use super::binding::Binding;
use super::mark::Mark;
use super::sealer::Sealer;
use super::token::TAG;
use crate::lifetime::Timestamp;

impl Sealer {
    /// Returns the names of a thing under each key that has not retired, in ascending order.
    pub(crate) fn name_once(
        &self,
        purpose: &str,
        thing: &[u8],
        binding: &Binding,
        now: Timestamp,
    ) -> Vec<[u8; TAG]> {
        // The length comes first, so no purpose runs into what follows.
        let length = u64::try_from(purpose.len()).unwrap_or(u64::MAX);
        let head = [&length.to_be_bytes(), purpose.as_bytes()].concat();
        let keys = self.keys();
        let alive = keys.all.values().filter(|key| !key.is_over(now));
        let parts = [&head, binding.context(), thing];
        let mut names: Vec<_> = alive
            .map(|key| key.ciphers.sign_mark(Mark::Once, parts))
            .collect();
        names.sort_unstable();
        names
    }
}
