//! The handle that an application holds during one request.
//!
//! Owns what the application sees and the one door through which a session changes. It does no
//! I/O and never waits; it opens its token on first use, and nothing at all if it is not used.

mod arrival;
mod attribute;
mod commit;
mod context;
mod fate;
mod frame;
mod identity;
mod key;
mod lifespan;
mod line;
mod links;
mod map;
mod outgoing;
mod packed;
mod renewal;
mod report;
mod size;
mod state;
mod tombstones;

pub use attribute::Attribute;
pub(crate) use commit::Outcome;
pub(crate) use context::{Context, Family, Parting};
pub use key::{AttributeName, ReadKey, WriteKey};
pub(crate) use line::Line;
pub(crate) use links::Links;
pub use renewal::Renewal;
pub(crate) use report::report;
pub use size::Size;

use std::fmt;
use std::mem::take;
use std::sync::{Arc, Mutex, PoisonError};

use self::fate::{Fate, Phase, Shared};
use self::report::Written;
use self::state::{Edit, State};
use crate::cookie::Jar;
use crate::error::{Error, Refusal};
use crate::event::{Note, Notes};
use crate::lifetime::Timestamp;
use crate::payload::Entry;
use crate::seal::Format;

/// The session of one request: a map from names to values, with an identity and a lifetime.
///
/// A clone is the same session. It is always there, and creates nothing by itself: a session
/// begins with the first value that is stored in it. Opening the token waits for the first call
/// that needs it. Nothing is sent before the adapter commits. Middleware within the layer and the
/// handler share one session.
///
/// Two kinds of keys name attributes: strings, as in `session.get::<u32>("visits")`, whose values
/// are stored as JSON, and typed [`Attribute`]s, whose values are stored as postcard under a
/// schema number. Under both, a value that would not come back as it is is refused.
///
/// ```
/// use sealed_session::{Attribute, Key, KeyRing, RequestHead, SessionManager};
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
///
/// const VISITS: Attribute<u32> = Attribute::new("visits");
///
/// let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
/// let session = manager.load(RequestHead::default(), now);
/// assert_eq!(session.get(VISITS)?, None);
///
/// session.update(VISITS, |visits| *visits += 1)?;
/// assert_eq!(session.get(VISITS)?, Some(1));
/// # Ok::<(), sealed_session::Error>(())
/// ```
pub struct Session {
    inner: Arc<Inner>,
    hand: Hand,
}

/// What a panic that unwinds past a handle says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hand {
    /// The handler is unwinding: this is the handle that it was given.
    First,
    /// Nothing: a task that was spawned, or that the handler watches, has a clone.
    Clone,
}

struct Inner {
    context: Arc<Context>,
    now: Timestamp,
    /// The host that a development profile does not serve.
    barred: Option<String>,
    slot: Mutex<Slot>,
    fate: Shared,
    /// The session whose fate this one shares: that of the main slot.
    main: Option<Arc<Inner>>,
}

struct Slot {
    jar: Jar,
    state: Option<State>,
    /// If links may carry the session, or one was in the request's own.
    links: Option<Box<Links>>,
    phase: Phase,
    /// The attribute whose value was refused last, and why, until it has another one.
    refused: Option<Box<(String, Error)>>,
    /// Whether this request does not count as a use of the session.
    passive: bool,
    /// What the commit wrote, to be told of.
    written: Option<Written>,
    /// What is told when the lock is released.
    notes: Notes,
}

impl Session {
    pub(crate) fn new(
        context: Arc<Context>,
        jar: Jar,
        links: Option<Box<Links>>,
        now: Timestamp,
        barred: Option<String>,
        main: Option<&Session>,
    ) -> Session {
        let slot = Mutex::new(Slot {
            jar,
            state: None,
            links,
            phase: Phase::Open,
            refused: None,
            passive: false,
            written: None,
            notes: Notes::new(),
        });
        Session {
            inner: Arc::new(Inner {
                context,
                now,
                barred,
                slot,
                fate: Shared::default(),
                main: main.map(|main| Arc::clone(&main.inner)),
            }),
            hand: Hand::First,
        }
    }

    /// Returns a handle for a handler, for adapters: if a panic unwinds past it, nothing of the
    /// request is sent. A panic past a clone says nothing of the handler, which may have spawned the
    /// task that panicked, or caught it.
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing, RequestHead, SessionManager};
    /// # use time::OffsetDateTime;
    /// # let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
    /// let session = manager.load(RequestHead::default(), OffsetDateTime::now_utc());
    /// session.insert("name", "Ada")?;
    ///
    /// let clone = session.clone();
    /// let _ = std::thread::spawn(move || { let _clone = clone; panic!("in a task") }).join();
    /// assert!(session.contains("name"));
    ///
    /// let in_hand = session.in_hand();
    /// let _ = std::thread::spawn(move || { let _session = in_hand; panic!("in the handler") }).join();
    /// assert!(!session.contains("name"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn in_hand(&self) -> Session {
        Session {
            inner: Arc::clone(&self.inner),
            hand: Hand::First,
        }
    }

    /// A handle of the same kind.
    pub(crate) fn as_it_is(&self) -> Session {
        Session {
            inner: Arc::clone(&self.inner),
            hand: self.hand,
        }
    }

    /// Reads from the session, opening it first.
    fn read<R>(&self, with: impl FnOnce(&State) -> R) -> R {
        self.inner.locked(|slot| with(self.inner.open(slot)))
    }

    /// Changes the session, unless it is too late.
    fn change(&self, what: &str, edit: Edit<'_>) -> Result<bool, Error> {
        self.inner.locked(|slot| {
            self.inner.check_open(slot, what)?;
            self.inner.check_secrets(slot, &|name| edit.is_kept(name))?;
            let changed = self.inner.open(slot).apply(edit, self.inner.now)?;
            slot.refused.take_if(|refused| edit.settles(&refused.0));
            Ok(changed)
        })
    }
}

impl Inner {
    /// Runs `act` under the lock, and tells what it noted when the lock is released: a hook may ask
    /// the session that the event is about. Nothing that belongs to the application runs in `act`.
    fn locked<R>(&self, act: impl FnOnce(&mut Slot) -> R) -> R {
        let (result, notes) = {
            // A panic under the lock leaves a whole slot: every change to it is one assignment or is
            // made on bytes that were ready before.
            let lock = self.slot.lock();
            let mut slot = lock.unwrap_or_else(PoisonError::into_inner);
            if slot.phase.is_open() && self.fate() != Fate::Whole {
                self.give_up(&mut slot, None);
            }
            (act(&mut slot), take(&mut slot.notes))
        };
        for note in &notes {
            self.context.observer.tell(note);
        }
        result
    }

    fn check_open(&self, slot: &mut Slot, what: &str) -> Result<(), Error> {
        if let Some(host) = &self.barred {
            return Err(Error::off_loopback(host));
        }
        match slot.phase {
            Phase::Closed { failed: true } if self.fate() == Fate::Poisoned => {
                return Err(Error::poisoned());
            }
            Phase::Closed { .. } => {
                slot.notes.push(Note::TooLate(what.to_owned()));
                return Err(Error::too_late(what));
            }
            Phase::HeldBack { .. } if self.fate() == Fate::Poisoned => {
                return Err(Error::poisoned());
            }
            Phase::HeldBack { .. } => return Err(Error::held_back(what)),
            Phase::Open => {}
        }
        if slot.links.as_ref().is_some_and(|links| links.is_made()) {
            slot.notes.push(Note::TooLate(what.to_owned()));
            return Err(Error::linked(what));
        }
        Ok(())
    }

    /// Refuses a change that a signed session could not be sent with, because it came encrypted and
    /// holds secrets which the change keeps.
    fn check_secrets(&self, slot: &mut Slot, is_kept: &dyn Fn(&[u8]) -> bool) -> Result<(), Error> {
        if self.context.sealer.format() == Format::Encrypted {
            return Ok(());
        }
        let record = self.open(slot).record.as_ref();
        // One secret after the other may go.
        let goes = |entry: &Entry<'_>| entry.is_secret() && !is_kept(entry.name);
        if record.is_some_and(|record| record.attributes.iter().any(|entry| goes(&entry))) {
            return Ok(());
        }
        let mut kept = record
            .into_iter()
            .flat_map(|record| record.attributes.iter());
        kept.try_for_each(|entry| match is_kept(entry.name) {
            true => self.context.check_keeps_secrets(&entry),
            false => Ok(()),
        })
    }

    /// The opened session; opens it on first use.
    fn open<'s>(&self, slot: &'s mut Slot) -> &'s mut State {
        let Slot {
            jar, state, notes, ..
        } = slot;
        state.get_or_insert_with(|| {
            let state = self.state_of(jar);
            if let Some(refusal) = state.refusal.filter(|refusal| *refusal != Refusal::Absent) {
                notes.push(Note::Refused(refusal));
            }
            state
        })
    }

    /// The session as it came.
    fn state_of(&self, jar: &Jar) -> State {
        State::of(match self.barred {
            Some(_) => Err(Refusal::OffLoopback),
            None => arrival::judge(&self.context, jar, self.now),
        })
    }
}

impl Clone for Session {
    fn clone(&self) -> Session {
        Session {
            inner: Arc::clone(&self.inner),
            hand: Hand::Clone,
        }
    }
}

/// A handler that panics drops the handle that it was given while it unwinds; what it had changed by
/// then is not to be sent, even if the panic is caught before it reaches the adapter.
impl Drop for Session {
    fn drop(&mut self) {
        if self.hand == Hand::First && std::thread::panicking() {
            self.inner.shared().worsen(Fate::Poisoned);
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Session");
        match self.inner.slot.try_lock().as_deref() {
            Ok(Slot {
                state: Some(state), ..
            }) => shown
                .field("id", &state.record.as_ref().map(|record| record.id))
                .field("change", &state.change)
                .field("refusal", &state.refusal),
            Ok(_) => shown.field("opened", &false),
            Err(_) => &mut shown,
        };
        shown.finish_non_exhaustive()
    }
}
