//! A ring: the keys that seal, each in its turn, and the others that a site accepts.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use time::OffsetDateTime;

use super::key::{Key, KeyId};
use super::ring_file::RingFile;
use super::ring_key::{KeyState, RingKey};
use crate::error::Error;
use crate::lifetime::Timestamp;

/// The keys of a site: those that seal, each in its turn, and any number that are only accepted.
///
/// A token names its key. So a lookup costs the same for one key as for a thousand, and no key is ever tried
/// on a token that another one sealed.
///
/// # Rotating keys
///
/// Every key of the ring is accepted, before its turn to seal and after it. So a rotation is one change of the ring,
/// and a plan:
///
/// ```text
/// sealed_key_v1_...  until 2027-02-02T00:00:00Z
/// sealed_key_v1_...  from 2027-02-01T00:00:00Z
/// ```
///
/// 1. Add the new key with the time `from` which it seals. Leave so much time that every server has the new ring by then:
///    a server that lacks the key signs out whom another one signs in under it.
/// 2. At that time each server changes over by itself. Write down until when the old key is accepted: for as long after
///    that time as a session may live, and the clock skew. Reading a session does not seal it again. A ring that retires
///    a key sooner is refused when a manager is built.
/// 3. When the old key has retired, remove it. Nobody was signed out.
///
/// A server with a late clock seals under the old key for a little longer, and one with an old ring for as long as it has
/// that ring; all others open what they seal. A server without the ring of step 1 at the time of step 2 is the one
/// thing that must not be.
///
/// Without times it takes three rounds through all servers: add the new key behind the old one, move it to the front,
/// and remove the old key when the longest absolute lifetime has passed.
///
/// Remove a key that leaked at once. That ends the sessions that it sealed.
///
/// # Text form
///
/// One key a line, in printable ASCII, with its times in RFC 3339. `#` begins a comment, which ends with the line.
///
/// | behind the key | it |
/// | --- | --- |
/// | nothing, the first such | seals until the earliest `from` of the ring |
/// | nothing, any further | is accepted |
/// | `from T` | seals from then on, until a key with a later `from` takes over |
/// | `stopped T until T` | is accepted, and retires; the last server stopped sealing under it at the first time |
///
/// A key that seals may have an `until`, too, if another one takes over. The order of lines matters to keys without times
/// only. Commas may take the place of line breaks, which is handy in an environment variable:
/// `SESSION_KEYS="sealed_key_v1_..., sealed_key_v1_..."`.
///
/// ```
/// use sealed_session::{Key, KeyRing};
/// use time::{Duration, OffsetDateTime};
/// # let [old, new] = [Key::generate()?, Key::generate()?];
/// # let [old_text, new_text] = [old.to_text(), new.to_text()];
/// # let [old_text, new_text] = [old_text.expose(), new_text.expose()];
///
/// let text = format!("{new_text} from 2027-02-01T00:00:00Z\n{old_text}\n");
/// let ring: KeyRing = text.parse()?;
///
/// let start = OffsetDateTime::from_unix_timestamp(1_801_440_000).unwrap();
/// assert_eq!(ring.sealing_key(start - Duration::SECOND), old.id());
/// assert_eq!(ring.sealing_key(start), new.id());
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[doc(alias("SECRET_KEY_FALLBACKS", "key_rotation", "rotate", "secrets"))]
#[derive(Clone, Debug)]
pub struct KeyRing {
    /// The key that seals before all others: from ever, or, if each has a time, the earliest.
    first: RingEntry,
    others: HashMap<KeyId, RingEntry>,
    /// Which key's turn begins when, for all keys with such a time.
    turns: BTreeMap<Timestamp, KeyId>,
    /// What it was read from, if that was a file.
    pub(super) file: Option<RingFile>,
}

/// A key of the ring, and what it is there for.
#[derive(Clone, Debug)]
pub(crate) struct RingEntry {
    pub(crate) key: Key,
    state: KeyState,
}

impl RingEntry {
    /// Returns when the key retires, if it does.
    pub(crate) fn until(&self) -> Option<Timestamp> {
        match self.state {
            KeyState::Seals { until, .. } => until,
            KeyState::Accepted => None,
            KeyState::Stopped { until, .. } => Some(until),
        }
    }
}

impl KeyRing {
    /// Makes a ring of one key, which seals.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let key = Key::generate()?;
    /// let ring = KeyRing::new(key.clone());
    /// assert_eq!(ring.sealing_key(now), key.id());
    /// assert_eq!(ring.keys().count(), 1);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn new(sealing: Key) -> KeyRing {
        KeyRing::beginning_with(
            sealing,
            KeyState::Seals {
                from: None,
                until: None,
            },
        )
    }

    /// Makes a ring of the key that seals before all others.
    pub(super) fn beginning_with(key: Key, state: KeyState) -> KeyRing {
        let turns = match state {
            KeyState::Seals {
                from: Some(from), ..
            } => BTreeMap::from([(from, key.id())]),
            _ => BTreeMap::new(),
        };
        KeyRing {
            first: RingEntry { key, state },
            others: HashMap::new(),
            turns,
            file: None,
        }
    }

    /// Adds a key that is accepted but does not seal.
    ///
    /// # Errors
    ///
    /// [`Error::is_key`] if the ring holds the key already, or another key with the same id.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let (new, old) = (Key::generate()?, Key::generate()?);
    /// let ring = KeyRing::new(new.clone()).accept(old)?;
    /// assert_eq!(ring.sealing_key(now), new.id());
    ///
    /// assert!(ring.accept(new).unwrap_err().is_key()); // it is there already
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn accept(self, key: Key) -> Result<KeyRing, Error> {
        self.add(key, KeyState::Accepted)
    }

    /// Adds a key that seals from `from` on, until a key with a later time takes over. It is accepted before, too.
    ///
    /// # Errors
    ///
    /// As for [`accept`](KeyRing::accept), and if another key seals from the same second on.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing};
    /// use time::Duration;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let (old, new) = (Key::generate()?, Key::generate()?);
    /// let start = now + Duration::HOUR;
    /// let ring = KeyRing::new(old.clone()).seal_from(new.clone(), start)?;
    /// assert_eq!(ring.sealing_key(now), old.id());
    /// assert_eq!(ring.sealing_key(start), new.id());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("rotate"))]
    pub fn seal_from(self, key: Key, from: OffsetDateTime) -> Result<KeyRing, Error> {
        let from = Some(Timestamp::of(from));
        self.add(key, KeyState::Seals { from, until: None })
    }

    /// Adds a key that sealed until `stopped` and is accepted until `retires`. From then on its tokens are
    /// refused with [`Refusal::RetiredKey`](crate::Refusal::RetiredKey).
    ///
    /// `retires` has to be later than `stopped` by the longest absolute lifetime that the policy permits, and the
    /// skew. If it is not, [`build`](crate::SessionManagerBuilder::build) refuses the ring, because live sessions
    /// would be lost.
    ///
    /// # Errors
    ///
    /// As for [`accept`](KeyRing::accept), and if `retires` is before `stopped`.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, Lifetime, Refusal, SessionManager};
    /// use sealed_session::adapter::RequestHead;
    /// use time::Duration;
    /// # use sealed_session::adapter::ResponseHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let (new, old) = (Key::generate()?, Key::generate()?);
    /// # let before = SessionManager::new("shop", KeyRing::new(old.clone()))?;
    /// # let session = before.load(RequestHead::default(), now);
    /// # session.insert("name", "Ada")?;
    /// # let changes = before.commit(&session, ResponseHead::new(200), now)?;
    /// # let value = changes[0].value();
    /// # let cookie = value.split(';').next().unwrap_or_default().as_bytes();
    /// let retires = now + Duration::hours(12) + Duration::minutes(2);
    /// let ring = KeyRing::new(new.clone()).accept_until(old.clone(), now, retires)?;
    /// let manager = SessionManager::new("shop", ring)?;
    ///
    /// // `cookie` was sealed under the old key.
    /// let session = manager.load(RequestHead::new([cookie]), now);
    /// assert_eq!(session.refusal(), None);
    /// let session = manager.load(RequestHead::new([cookie]), retires);
    /// assert_eq!(session.refusal(), Some(Refusal::RetiredKey));
    ///
    /// let too_soon = now + Duration::hours(12);
    /// let ring = KeyRing::new(new).accept_until(old, now, too_soon)?;
    /// assert!(SessionManager::new("shop", ring).unwrap_err().is_configuration());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn accept_until(
        self,
        key: Key,
        stopped: OffsetDateTime,
        retires: OffsetDateTime,
    ) -> Result<KeyRing, Error> {
        let id = key.id();
        let state = KeyState::Stopped {
            stopped: Timestamp::of(stopped),
            until: Timestamp::of(retires),
        };
        self.add(key, state)?.checked(id)
    }

    /// Says until when a key is accepted that seals until another one takes over, or that is accepted
    /// [until a time](KeyRing::accept_until) already. From then on its tokens are refused.
    ///
    /// The same holds for `until` as for `retires` there: the key has to outlast the sessions that it sealed.
    ///
    /// # Errors
    ///
    /// [`Error::is_key`] if no key of the ring has this id, if it is not known when it stops sealing, or if that is
    /// later than `until`.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, SessionManager};
    /// use time::Duration;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let (old, new) = (Key::generate()?, Key::generate()?);
    /// let start = now + Duration::HOUR;
    /// let ring = KeyRing::new(old.clone()).seal_from(new.clone(), start)?;
    /// assert!(ring.clone().retire(new.id(), start).unwrap_err().is_key()); // nothing takes over
    ///
    /// // 12 hours are what sessions live by default, and 2 minutes what clocks may differ.
    /// let ring = ring.retire(old.id(), start + Duration::hours(12) + Duration::minutes(2))?;
    /// assert!(SessionManager::new("shop", ring).is_ok());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn retire(mut self, id: KeyId, until: OffsetDateTime) -> Result<KeyRing, Error> {
        let entry = match self.first.key.id() == id {
            true => Some(&mut self.first),
            false => self.others.get_mut(&id),
        };
        let retires = Timestamp::of(until);
        match entry.map(|entry| &mut entry.state) {
            Some(KeyState::Seals { until, .. }) => *until = Some(retires),
            Some(KeyState::Stopped { until, .. }) => *until = retires,
            Some(KeyState::Accepted) => {
                return Err(Error::key(format!(
                    "when key {id} stopped sealing is not known; say it by `KeyRing::accept_until`"
                )));
            }
            None => return Err(Error::key(format!("no key of the ring has the id {id}"))),
        }
        self.checked(id)
    }

    /// Returns the ring if the key of this id does not retire before it stops sealing.
    pub(super) fn checked(self, id: KeyId) -> Result<KeyRing, Error> {
        let fault = self
            .keys()
            .filter(|key| key.id == id)
            .find_map(|key| key.fault());
        fault.map_or(Ok(self), |fault| Err(Error::key(fault)))
    }

    pub(super) fn add(mut self, key: Key, state: KeyState) -> Result<KeyRing, Error> {
        let id = key.id();
        if let Some(present) = self.key(id) {
            return Err(Error::key(if *present == key {
                format!("key {id} is in the ring already")
            } else {
                // An id has to commit to one key of the ring, or a token could open under two.
                format!("another key of the ring has the id {id}; generate a new one")
            }));
        }
        if let KeyState::Seals {
            from: Some(from), ..
        } = state
            && let Some(other) = self.turns.insert(from, id)
        {
            return Err(Error::key(format!(
                "keys {other} and {id} seal from the same time on; give one of them another time"
            )));
        }
        let mut entry = RingEntry { key, state };
        // A ring of keys that each have a time may get an earlier one.
        if state
            .turn()
            .is_some_and(|turn| Some(turn) < self.first.state.turn())
        {
            std::mem::swap(&mut self.first, &mut entry);
        }
        self.others.insert(entry.key.id(), entry);
        Ok(self)
    }

    /// Returns the id of the key that seals at `now`: the one with the latest time that has come, or else the one
    /// without a time. If the time of none has come it is the one with the earliest, because a server with a late clock
    /// has to seal, too; [`check`](KeyRing::check) tells.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let (new, old) = (Key::generate()?, Key::generate()?);
    /// let ring = KeyRing::new(new.clone()).accept(old)?;
    /// assert_eq!(ring.sealing_key(now), new.id());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn sealing_key(&self, now: OffsetDateTime) -> KeyId {
        let mut begun = self.turns.range(..=Timestamp::of(now));
        let newest = begun.next_back();
        newest.map_or_else(|| self.first.key.id(), |(_, id)| *id)
    }

    /// Returns all keys: first those that seal, in the order of their turns, and then the others.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing};
    ///
    /// let (new, old) = (Key::generate()?, Key::generate()?);
    /// let ring = KeyRing::new(new.clone()).accept(old.clone())?;
    /// let ids: Vec<_> = ring.keys().map(|key| key.id).collect();
    /// assert_eq!(ids, [new.id(), old.id()]);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn keys(&self) -> impl Iterator<Item = RingKey> {
        let next = |state| {
            let later = match state {
                KeyState::Seals { from: None, .. } => Bound::Unbounded,
                KeyState::Seals {
                    from: Some(from), ..
                } => Bound::Excluded(from),
                KeyState::Accepted | KeyState::Stopped { .. } => return None,
            };
            let mut later = self.turns.range((later, Bound::Unbounded));
            later.next().map(|(from, _)| *from)
        };
        let told = |entry: &RingEntry| RingKey::of(entry.key.id(), entry.state, next(entry.state));
        let mut all: Vec<RingKey> = self.entries().map(told).collect();
        all.sort_by_key(|key| (!key.seals, key.seals_from, key.id));
        all.into_iter()
    }

    /// Checks that a key of the ring seals at `now`.
    ///
    /// # Errors
    ///
    /// [`Error::is_key`] if the time of no key has come. A ring with one key without a time always has one that seals.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing};
    /// use time::{Duration, OffsetDateTime};
    /// # let key = Key::generate()?.to_text();
    /// # let key = key.expose();
    ///
    /// let ring: KeyRing = format!("{key} from 2027-02-01T00:00:00Z").parse()?;
    /// let start = OffsetDateTime::from_unix_timestamp(1_801_440_000).unwrap();
    /// assert!(ring.check(start).is_ok());
    /// let error = ring.check(start - Duration::SECOND).unwrap_err();
    /// assert!(error.to_string().contains("nothing seals now"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn check(&self, now: OffsetDateTime) -> Result<(), Error> {
        match self.first.state {
            KeyState::Seals {
                from: Some(from), ..
            } if Timestamp::of(now) < from => Err(Error::key(format!(
                "nothing seals now: the first key of the ring, {}, seals from {from} on; keep the key before it, \
                 or set the clock",
                self.first.key.id(),
            ))),
            _ => Ok(()),
        }
    }

    /// Returns the key that seals before all others.
    pub(crate) fn first(&self) -> &RingEntry {
        &self.first
    }

    /// Returns all keys but the first.
    pub(crate) fn others(&self) -> impl Iterator<Item = &RingEntry> {
        self.others.values()
    }

    /// Returns whose turn begins when, in order.
    pub(crate) fn turns(&self) -> impl Iterator<Item = (Timestamp, KeyId)> {
        self.turns.iter().map(|(from, id)| (*from, *id))
    }

    /// Returns what it was read from, if that was a file.
    pub(crate) fn file(&self) -> Option<&RingFile> {
        self.file.as_ref()
    }

    /// Returns the key of this id.
    fn key(&self, id: KeyId) -> Option<&Key> {
        let entry = match self.first.key.id() == id {
            true => Some(&self.first),
            false => self.others.get(&id),
        };
        entry.map(|entry| &entry.key)
    }

    fn entries(&self) -> impl Iterator<Item = &RingEntry> {
        std::iter::once(&self.first).chain(self.others.values())
    }
}
