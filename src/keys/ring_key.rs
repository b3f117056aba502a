//! What a key of a ring is there for, and when, as text and operators are told it.

use time::OffsetDateTime;

use super::key::KeyId;
use crate::lifetime::Timestamp;

/// A key of a ring and its times, in whole seconds.
///
/// ```
/// use sealed_session::{Key, KeyRing};
/// use time::{Duration, OffsetDateTime};
///
/// let (old, new) = (Key::generate()?, Key::generate()?);
/// let start = OffsetDateTime::UNIX_EPOCH + Duration::weeks(2_980);
/// let ring = KeyRing::new(old.clone()).seal_from(new.clone(), start)?;
///
/// let keys: Vec<_> = ring.keys().collect();
/// assert_eq!((keys[0].id, keys[0].seals_from, keys[0].stopped), (old.id(), None, Some(start)));
/// assert_eq!((keys[1].id, keys[1].seals_from, keys[1].stopped), (new.id(), Some(start), None));
/// assert!(keys.iter().all(|key| key.seals && key.until.is_none()));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RingKey {
    /// The id that tokens name.
    pub id: KeyId,
    /// Whether the key has a turn to seal, be it over, now or to come. The others are only accepted.
    pub seals: bool,
    /// When its turn begins. `None` if it seals from ever, or not at all.
    pub seals_from: Option<OffsetDateTime>,
    /// When it stops sealing, or has stopped: when the next key's turn begins, or the time that was given. `None` if
    /// that is not known.
    pub stopped: Option<OffsetDateTime>,
    /// When it retires: the first second at which it is not accepted any more. `None` if it never does.
    pub until: Option<OffsetDateTime>,
}

/// What a key is there for.
#[derive(Clone, Copy, Debug)]
pub(super) enum KeyState {
    /// It seals from a time on, or from ever, until a key with a later time takes over.
    Seals {
        from: Option<Timestamp>,
        until: Option<Timestamp>,
    },
    /// It is accepted.
    Accepted,
    /// It is accepted until it retires, and the last node stopped sealing under it at a time that is known.
    Stopped {
        stopped: Timestamp,
        until: Timestamp,
    },
}

impl KeyState {
    /// Returns since when the key seals, if it does; from ever is the earliest.
    pub(super) fn turn(self) -> Option<Option<Timestamp>> {
        match self {
            KeyState::Seals { from, .. } => Some(from),
            KeyState::Accepted | KeyState::Stopped { .. } => None,
        }
    }
}

impl RingKey {
    /// Puts together what is known of a key; `next` is when the turn after its own begins.
    pub(super) fn of(id: KeyId, state: KeyState, next: Option<Timestamp>) -> RingKey {
        let (seals, seals_from, stopped, until) = match state {
            KeyState::Seals { from, until } => (true, from, next, until),
            KeyState::Accepted => (false, None, None, None),
            KeyState::Stopped { stopped, until } => (false, None, Some(stopped), Some(until)),
        };
        RingKey {
            id,
            seals,
            seals_from: seals_from.map(Timestamp::to_time),
            stopped: stopped.map(Timestamp::to_time),
            until: until.map(Timestamp::to_time),
        }
    }

    /// Returns what is wrong with its end, if anything is.
    pub(super) fn fault(&self) -> Option<String> {
        let (id, until) = (self.id, self.until?);
        match self.stopped {
            None => Some(format!(
                "key {id} retires, and no key with a later `from` takes over from it"
            )),
            Some(stopped) if until < stopped => {
                Some(format!("key {id} retires before it has stopped sealing"))
            }
            Some(_) => None,
        }
    }
}
