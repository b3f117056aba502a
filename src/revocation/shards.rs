//! Maps under locks, which hold the revocations of a table: how they are spread, counted and forgotten.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use foldhash::fast::RandomState;

use super::record::Revocation;
use super::target::TargetId;
use crate::lifetime::Timestamp;

/// How many revocations a shard holds when the table is full. A map of 1,024 places holds 896 before it doubles, which
/// is four standard deviations more, so that nearly no shard does. A lock is held for one shard, and no longer than it
/// takes to move as many.
const SHARD: usize = 780;

/// The most shards, which take 4 MB while they are empty. Beyond 51 million revocations they hold more each, so that any
/// number may be a capacity.
const SHARDS_MAX: usize = 65_536;

/// The latest revocation of each target.
pub(super) struct Shards {
    shards: Vec<RwLock<Shard>>,
    capacity: usize,
    length: AtomicUsize,
    /// Counts the changes.
    changes: AtomicU32,
    /// When all shards were last cleared of what may be forgotten.
    swept: AtomicU64,
}

/// Names are MACs, and look random, unless whoever can write to a store made them up: the hash is quick, and seeded.
type Shard = HashMap<TargetId, Latest, RandomState>;

/// The latest revocation of a target, and until when one has to be kept.
#[derive(Clone, Copy)]
struct Latest {
    at: Timestamp,
    until: Timestamp,
    /// The number of the change that brought it.
    change: u32,
}

impl Shards {
    pub(super) fn new(capacity: usize) -> Shards {
        let shards = capacity.div_ceil(SHARD).clamp(1, SHARDS_MAX);
        Shards {
            shards: std::iter::repeat_with(RwLock::default)
                .take(shards)
                .collect(),
            capacity,
            length: AtomicUsize::new(0),
            changes: AtomicU32::new(0),
            swept: AtomicU64::new(0),
        }
    }

    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    pub(super) fn len(&self) -> usize {
        self.length.load(Ordering::Relaxed)
    }

    /// Returns how many changes there were, modulo 2^32.
    pub(super) fn changes(&self) -> u32 {
        self.changes.load(Ordering::Acquire)
    }

    /// Returns what `take` makes of the latest revocation of a target: of its `at`, its `until`, and the number of the
    /// change that brought it.
    pub(super) fn latest<R>(
        &self,
        target: TargetId,
        take: impl FnOnce(Timestamp, Timestamp, u32) -> R,
    ) -> Option<R> {
        let shard = self.shard(target)?.read();
        let shard = shard.unwrap_or_else(PoisonError::into_inner);
        let Latest { at, until, change } = *shard.get(&target)?;
        Some(take(at, until, change))
    }

    fn shard(&self, target: TargetId) -> Option<&RwLock<Shard>> {
        self.shards.get(target.place(self.shards.len()))
    }

    /// Adds a revocation. Returns `false` if it is of another target and there is no room.
    pub(super) fn add(&self, revocation: &Revocation, now: Timestamp) -> bool {
        if self.len() >= self.capacity {
            self.sweep(now);
        }
        let Some(shard) = self.shard(revocation.target) else {
            return true;
        };
        let mut shard = write(shard);
        if let Some(times) = shard.get_mut(&revocation.target) {
            if times.at < revocation.at {
                (times.at, times.change) = (revocation.at, self.next_change());
            }
            times.until = times.until.max(revocation.until);
            return true;
        }
        // The place is taken before it is filled: two threads do not share the last one.
        let take = |length: usize| (length < self.capacity).then_some(length + 1);
        let (set, fetch) = (Ordering::Relaxed, Ordering::Relaxed);
        if self.length.fetch_update(set, fetch, take).is_err() {
            return false;
        }
        let Revocation { target, at, until } = *revocation;
        let change = self.next_change();
        shard.insert(target, Latest { at, until, change });
        true
    }

    /// Counts a change, under the lock of its shard.
    fn next_change(&self) -> u32 {
        let before = self.changes.fetch_add(1, Ordering::AcqRel);
        before.wrapping_add(1)
    }

    /// Forgets what can end no session any more, shard by shard. It does so once a minute at most, also if the clock was
    /// ahead once and is right again.
    pub(super) fn sweep(&self, now: Timestamp) {
        const PAUSE: u64 = 60;
        let (now_, swept) = (u64::from(now.0), &self.swept);
        let may = |before: u64| (now_.abs_diff(before) >= PAUSE).then_some(now_);
        if swept
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, may)
            .is_err()
        {
            return;
        }
        for shard in &self.shards {
            let mut shard = write(shard);
            let before = shard.len();
            shard.retain(|_, times| now < times.until);
            let gone = before - shard.len();
            self.length.fetch_sub(gone, Ordering::Relaxed);
        }
    }

    /// Returns all that may still end a session, in ascending order of their targets. One shard after the other is
    /// locked, and none while its revocations are used.
    pub(super) fn all(&self, now: Timestamp) -> impl Iterator<Item = Revocation> {
        self.shards.iter().flat_map(move |shard| {
            let shard: RwLockReadGuard<'_, Shard> =
                shard.read().unwrap_or_else(PoisonError::into_inner);
            let kept = shard.iter().filter(|(_, times)| now < times.until);
            let revocation = |(target, times): (&TargetId, &Latest)| Revocation {
                target: *target,
                at: times.at,
                until: times.until,
            };
            let mut all: Vec<Revocation> = kept.map(revocation).collect();
            all.sort_unstable_by_key(|revocation| revocation.target);
            all
        })
    }
}

/// A panic under a lock leaves a whole shard: each change is one call of the map.
fn write(shard: &RwLock<Shard>) -> RwLockWriteGuard<'_, Shard> {
    shard.write().unwrap_or_else(PoisonError::into_inner)
}
