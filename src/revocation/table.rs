//! Revocations in memory: exact, bounded, and read while others write.

use std::fmt;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use time::OffsetDateTime;

use super::heard::Heard;
use super::known::{Answer, AsOf, Known};
use super::question::Question;
use super::record::Revocation;
use super::rule::Begun;
use super::shards::Shards;
use super::target::{SessionTargets, TargetId};
use crate::error::Error;
use crate::lifetime::Timestamp;

/// Revocations in memory. A clone is the same table.
///
/// One process that revokes for itself takes a table alone: what it holds is true as of now. Where several nodes share
/// a store, each has a table that the store's client feeds: it [adds](RevocationTable::add) what it hears, and
/// [confirms](RevocationTable::confirm) as of when that is all.
///
/// A full table refuses what is added, and forgets nothing that may still end a session. It takes 28 bytes for each
/// revocation, and 38 with what surrounds them when it is full: 38 MB for a million. A sign-out is one revocation under
/// each key of the ring.
///
/// After a restart a table is empty, and what was revoked before counts again. [`save`](RevocationTable::save) keeps it
/// in a file, and [`from_file`](RevocationTable::from_file) reads that.
///
/// ```
/// use sealed_session::revocation::{RevocationTable, Target};
/// # use sealed_session::{Key, KeyRing, SessionManager};
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
///
/// let table = RevocationTable::new(100_000);
/// let manager = SessionManager::builder("shop", KeyRing::new(Key::generate()?))
///     .revocations(table.clone())
///     .build()?;
///
/// table.add(manager.revocations_of(Target::Label("tenant:7"), now), now)?;
/// assert_eq!(table.len(), 1);
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone)]
pub struct RevocationTable {
    inner: Arc<Kept>,
}

struct Kept {
    shards: Shards,
    as_of: AtomicU64,
    /// Revocations before this time may be missing. Zero: none is.
    since: AtomicU32,
    /// Held by whoever writes the table to a file.
    saving: Mutex<()>,
    /// Hears of sign-outs that begin here.
    on_sign_out: OnceLock<Box<SignOutHook>>,
}

type SignOutHook = dyn Fn(&[Revocation]) + Send + Sync;

/// Values of `as_of` beside times of 32 bits: nothing was ever confirmed, and nobody else revokes.
const NEVER: u64 = u64::MAX - 1;
const NOW: u64 = u64::MAX;

impl RevocationTable {
    /// Makes an empty table that holds so many revocations at most. It is true as of now, until the first call of
    /// [`confirm`](RevocationTable::confirm) or [`doubt`](RevocationTable::doubt).
    #[must_use]
    pub fn new(capacity: usize) -> RevocationTable {
        RevocationTable {
            inner: Arc::new(Kept {
                shards: Shards::new(capacity),
                as_of: AtomicU64::new(NOW),
                since: AtomicU32::new(0),
                saving: Mutex::default(),
                on_sign_out: OnceLock::new(),
            }),
        }
    }

    /// Adds revocations. Of several of one target the latest counts, in whatever order they are added, and none is
    /// weakened by another. Those that can end no session any more are left out. `now` is the time of this call.
    ///
    /// # Errors
    ///
    /// [`Error::is_revocation`] if the table is full. It keeps what it has, and the sign-out has not happened, so do not
    /// tell the visitor that it has. Give the table room for all sign-outs within the longest absolute lifetime.
    ///
    /// ```
    /// use sealed_session::revocation::{RevocationTable, Target};
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    ///
    /// let table = RevocationTable::new(1);
    /// table.add(manager.revocations_of(Target::Subject("user-17"), now), now)?;
    /// let more = manager.revocations_of(Target::Subject("user-18"), now);
    /// assert!(table.add(more.clone(), now).unwrap_err().is_revocation());
    ///
    /// // By tomorrow the first one is over, and so is what it ended.
    /// let tomorrow = now + time::Duration::days(1);
    /// # let more = manager.revocations_of(Target::Subject("user-18"), tomorrow);
    /// table.add(more, tomorrow)?;
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn add(
        &self,
        revocations: impl IntoIterator<Item = Revocation>,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let now = Timestamp::of(now);
        revocations
            .into_iter()
            .filter(|revocation| now < revocation.until)
            .try_for_each(|revocation| self.add_one(&revocation, now))
    }

    /// Says that the table holds everything that was revoked by `as_of`, as far as anybody knows. From then on it is
    /// true as of that time, and not as of now: for how long it counts is said by
    /// [`Staleness`](super::Staleness).
    ///
    /// ```
    /// use sealed_session::revocation::RevocationTable;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let table = RevocationTable::new(100_000);
    /// table.doubt(); // before the store was read for the first time
    /// assert_eq!(table.known_as_of(now), None);
    /// table.confirm(now);
    /// assert_eq!(table.known_as_of(now + time::Duration::seconds(5)), Some(now));
    /// ```
    pub fn confirm(&self, as_of: OffsetDateTime) {
        let time = Timestamp::of(as_of);
        self.inner.as_of.store(time.0.into(), Ordering::Release);
    }

    /// Says that something may be missing: the store was not read yet, or has lost what it held. All that is in the
    /// table still counts.
    pub fn doubt(&self) {
        self.inner.as_of.store(NEVER, Ordering::Release);
    }

    /// Calls `hook` with what a sign-out adds: a [`destroy`](crate::Session::destroy) revokes its sign-in here. What is
    /// [added](RevocationTable::add) is not told. For the client of a store, which passes it on to other nodes. No lock
    /// is held meanwhile, and the response waits, so that the hook should be quick.
    ///
    /// A table has one hook. Returns whether it is this one: a second one is not taken.
    ///
    /// ```
    /// use sealed_session::revocation::RevocationTable;
    /// use std::sync::mpsc::channel;
    ///
    /// let (to_store, _queue) = channel();
    /// let table = RevocationTable::new(100_000);
    /// assert!(table.on_sign_out(move |revocations| {
    ///     let _ = to_store.send(revocations.to_vec());
    /// }));
    /// ```
    pub fn on_sign_out(&self, hook: impl Fn(&[Revocation]) + Send + Sync + 'static) -> bool {
        self.inner.on_sign_out.set(Box::new(hook)).is_ok()
    }

    /// Returns the time as of which the table is complete: `now` if nobody else revokes, and `None` if nobody knows.
    #[must_use]
    pub fn known_as_of(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        match self.as_of() {
            AsOf::Never => None,
            AsOf::Time(time) => Some(time.to_time()),
            AsOf::Now => Some(now),
        }
    }

    /// Says that revocations made before `since` may be missing for good: the store that feeds the table was lost, and
    /// nobody knows whether it held any. Nobody knows of the sessions that a revocation of everything at that time would
    /// end, and [`Staleness`](super::Staleness) says what becomes of them. All that begin later are known, and a sign-in
    /// is at once. With the beginning of 1970 nothing is missing, as at first.
    ///
    /// [`save`](RevocationTable::save) keeps it.
    ///
    /// ```
    /// use sealed_session::revocation::RevocationTable;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let table = RevocationTable::new(100_000);
    /// assert_eq!(table.remembers_since(), OffsetDateTime::UNIX_EPOCH);
    /// table.remember_since(now);
    /// assert_eq!(table.remembers_since(), now);
    /// ```
    pub fn remember_since(&self, since: OffsetDateTime) {
        let since = Timestamp::of(since);
        self.inner.since.store(since.0, Ordering::Release);
    }

    /// Returns the time before which revocations may be missing: the beginning of 1970 if none is.
    #[must_use]
    pub fn remembers_since(&self) -> OffsetDateTime {
        self.since().to_time()
    }

    /// Answers a [`Question`] by what the table holds, however old that is: [`Answer::NotKnown`] says that it is in
    /// [doubt](RevocationTable::doubt), or [remembers](RevocationTable::remember_since) too little. For
    /// [`AskedRevocations`](super::AskedRevocations) that bring the table up to date when they are asked.
    ///
    /// ```
    /// use sealed_session::revocation::{Answer, AskedRevocations, RevocationTable, Revocations};
    /// # async fn read_the_store(_: &RevocationTable) -> Result<(), ()> { Ok(()) }
    ///
    /// let table = RevocationTable::new(100_000);
    /// let fed = table.clone();
    /// let asked = AskedRevocations::new(move |question| {
    ///     let table = fed.clone();
    ///     async move {
    ///         match read_the_store(&table).await {
    ///             Ok(()) => table.answer(&question),
    ///             Err(()) => Answer::NotKnown,
    ///         }
    ///     }
    /// });
    /// let revocations = Revocations::from(table).or_ask(asked);
    /// ```
    #[must_use]
    pub fn answer(&self, question: &Question) -> Answer {
        let Question { targets, begun, .. } = question;
        let known = self.known(targets, *begun, u64::MAX);
        known.answer(*begun, u64::MAX, begun.at)
    }

    /// Returns the latest revocation of a target, if it was revoked and that has to be kept yet.
    ///
    /// ```
    /// use sealed_session::revocation::{RevocationTable, Target};
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    ///
    /// let table = RevocationTable::new(10_000);
    /// let revocation = manager.revocations_of(Target::Subject("user-17"), now)[0];
    /// assert_eq!(table.latest(revocation.target()), None);
    /// table.add([revocation], now)?;
    /// assert_eq!(table.latest(revocation.target()), Some(revocation));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn latest(&self, target: TargetId) -> Option<Revocation> {
        self.inner
            .shards
            .latest(target, |at, until, _| Revocation { target, at, until })
    }

    /// Counts the revocations. Some of them may end nothing any more.
    #[must_use]
    pub fn len(&self) -> usize {
        self.inner.shards.len()
    }

    /// Returns whether nothing is revoked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns how many revocations the table holds at most.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.inner.shards.capacity()
    }

    /// Returns all that may still end a session at `now`, in ascending order of their targets. One shard after the other
    /// is locked, and none while its revocations are used. A node that lived through the loss of a store writes them to it
    /// again.
    ///
    /// ```
    /// use sealed_session::revocation::{RevocationTable, Target};
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    ///
    /// let table = RevocationTable::new(10_000);
    /// let all = manager.revocations_of(Target::Subject("user-17"), now);
    /// table.add(all.clone(), now)?;
    /// assert!(table.revocations(now).eq(all));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn revocations(&self, now: OffsetDateTime) -> impl Iterator<Item = Revocation> {
        self.all(Timestamp::of(now))
    }

    /// Waits until nobody writes the table to a file, for as long as what it returns is kept.
    pub(super) fn save_alone(&self) -> MutexGuard<'_, ()> {
        let saving = self.inner.saving.lock();
        saving.unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn since(&self) -> Timestamp {
        Timestamp(self.inner.since.load(Ordering::Acquire))
    }

    pub(super) fn as_of(&self) -> AsOf {
        match self.inner.as_of.load(Ordering::Acquire) {
            NOW => AsOf::Now,
            NEVER => AsOf::Never,
            time => AsOf::Time(Timestamp(u32::try_from(time).unwrap_or(0))),
        }
    }

    /// Returns as of when everything is known that may end such a session.
    fn as_of_session(&self, begun: Begun, within: u64) -> AsOf {
        let as_of = match self.as_of() {
            // It is to be asked now, and a second is longer than that.
            as_of @ AsOf::Time(_) if within == 0 => as_of.aged(),
            as_of => as_of,
        };
        match self.since() {
            Timestamp(0) => as_of,
            since if begun.is_hit(since) => AsOf::Never,
            _ => as_of,
        }
    }

    /// Returns what is known of a session that began so, if nothing is revoked.
    pub(super) fn known_of_any(&self, begun: Begun, within: u64) -> Option<Known> {
        // First the time, as below.
        let as_of = self.as_of_session(begun, within);
        self.is_empty().then_some(Known {
            as_of,
            revoked: None,
        })
    }

    /// Returns what is known of a session, if that may be so many seconds old.
    pub(super) fn known(&self, targets: &SessionTargets, begun: Begun, within: u64) -> Known {
        // First the time: what is added meanwhile may be known before it is confirmed, and not the other way round.
        let as_of = self.as_of_session(begun, within);
        let find = |target: &TargetId| self.find(*target);
        let is_over = targets.sign_in.iter().any(|target| find(target).is_some())
            || targets.is_unmasked(begun.skew, find);
        let wider = targets.wider.iter().filter_map(find);
        Known {
            as_of,
            revoked: match is_over {
                true => Some(Known::ALWAYS),
                false => wider.max(),
            },
        }
    }

    /// Returns the time of the latest revocation of a target.
    pub(super) fn find(&self, target: TargetId) -> Option<Timestamp> {
        if self.is_empty() {
            return None;
        }
        self.inner.shards.latest(target, |at, _, _| at)
    }

    /// Adds a sign-out that begins here, and tells of it.
    ///
    /// Anybody with an account can sign in and out over and over. So sign-outs take half of the room, and the other half
    /// is for what an application adds.
    pub(super) fn sign_out(&self, revocations: &[Revocation], now: Timestamp) -> Result<(), Error> {
        if revocations
            .iter()
            .all(|known| self.find(known.target).is_some())
        {
            return Ok(());
        }
        let half = self.capacity().div_ceil(2);
        if self.len() >= half {
            self.inner.shards.sweep(now);
        }
        if self.len() >= half {
            return Err(Error::revocation(format!(
                "a sign-out ended the session in this browser alone: the table holds {}, which is half of its room, and \
                 the other half is for what the application adds; give it more room",
                self.len()
            )));
        }
        for revocation in revocations {
            self.add_one(revocation, now)?;
        }
        if let Some(hook) = self.inner.on_sign_out.get() {
            hook(revocations);
        }
        Ok(())
    }

    pub(super) fn add_one(&self, revocation: &Revocation, now: Timestamp) -> Result<(), Error> {
        if self.inner.shards.add(revocation, now) {
            return Ok(());
        }
        Err(Error::revocation(format!(
            "the table holds {} and is full; give it room for all sign-outs within the longest absolute lifetime, under \
             each key of the ring",
            self.capacity()
        )))
    }

    /// Returns how many changes there were, modulo 2^32.
    pub(super) fn changes(&self) -> u32 {
        self.inner.shards.changes()
    }

    /// Returns whether a request that had heard so much knew of all revocations that end a session.
    pub(super) fn is_heard(
        &self,
        targets: &SessionTargets,
        begun: Begun,
        heard: Heard<'_>,
    ) -> bool {
        let mut targets = targets.wider.iter().chain(&targets.sign_in);
        targets.all(|target| {
            let found = self.inner.shards.latest(*target, |at, _, change| {
                !begun.is_hit(at) || heard.covers(*target, at, change)
            });
            found.unwrap_or(true)
        })
    }

    /// Returns what a request revokes, but for targets of which others revoked something meanwhile: what begins in the
    /// request does not come after that.
    pub(super) fn own(&self, revocations: &[Revocation], heard: Heard<'_>) -> Vec<Revocation> {
        let is_heard = |own: &&Revocation| {
            let covers = |at, _, change| heard.covers(own.target, at, change);
            self.inner.shards.latest(own.target, covers) != Some(false)
        };
        revocations.iter().filter(is_heard).copied().collect()
    }

    /// Returns all that may still end a session, in ascending order of their targets.
    pub(super) fn all(&self, now: Timestamp) -> impl Iterator<Item = Revocation> {
        self.inner.shards.all(now)
    }
}

impl fmt::Debug for RevocationTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RevocationTable")
            .field("length", &self.len())
            .field("capacity", &self.capacity())
            .field("as_of", &self.as_of())
            .finish()
    }
}

#[cfg(test)]
mod tests;
