//! The handle that an application holds during one request.
//!
//! Owns what the application sees and the one door through which a session changes. It does no
//! I/O and never waits; it opens its token on first use, and nothing at all if it is not used.

mod arrival;
mod attribute;
mod commit;
mod context;
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
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::report::Written;
use self::state::{Edit, State};
use crate::cookie::Jar;
use crate::error::{Error, Refusal};
use crate::event::Event;
use crate::lifetime::Timestamp;

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
#[derive(Clone)]
pub struct Session {
    inner: Arc<Inner>,
}

struct Inner {
    context: Arc<Context>,
    now: Timestamp,
    /// The host that a development profile does not serve.
    barred: Option<String>,
    slot: Mutex<Slot>,
    /// Whether a panic unwound past a handle. Apart from the lock, which that panic may hold.
    poisoned: AtomicBool,
}

struct Slot {
    jar: Jar,
    state: Option<State>,
    /// If links may carry the session, or one was in the request's own.
    links: Option<Box<Links>>,
    /// Whether the response head is out.
    committed: bool,
    /// Whether what was to be sent could not be.
    failed: bool,
    /// Whether this request does not count as a use of the session.
    passive: bool,
    /// What the commit wrote, to be told of.
    written: Option<Written>,
}

impl Session {
    pub(crate) fn new(
        context: Arc<Context>,
        jar: Jar,
        links: Option<Box<Links>>,
        now: Timestamp,
        barred: Option<String>,
    ) -> Session {
        let slot = Mutex::new(Slot {
            jar,
            state: None,
            links,
            committed: false,
            failed: false,
            passive: false,
            written: None,
        });
        Session {
            inner: Arc::new(Inner {
                context,
                now,
                barred,
                slot,
                poisoned: AtomicBool::new(false),
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Slot> {
        // A panic under the lock leaves a whole slot: every change to it is one assignment or is
        // made on bytes that were ready before.
        self.inner
            .slot
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads from the session, opening it first.
    fn read<R>(&self, with: impl FnOnce(&State) -> R) -> R {
        with(self.inner.open(&mut self.lock()))
    }

    /// Changes the session, unless it is too late.
    fn change(&self, what: &str, edit: Edit<'_>) -> Result<bool, Error> {
        let mut slot = self.lock();
        self.check_open(&slot, what)?;
        self.inner.open(&mut slot).apply(edit, self.inner.now)
    }

    fn check_open(&self, slot: &Slot, what: &str) -> Result<(), Error> {
        if let Some(host) = &self.inner.barred {
            return Err(Error::off_loopback(host));
        }
        if self.is_poisoned() {
            return Err(Error::poisoned());
        }
        if slot.committed {
            self.inner
                .context
                .observer
                .tell(&Event::TooLate { attribute: what });
            return Err(Error::too_late(what));
        }
        if slot.links.as_ref().is_some_and(|links| links.is_made()) {
            self.inner
                .context
                .observer
                .tell(&Event::TooLate { attribute: what });
            return Err(Error::linked(what));
        }
        Ok(())
    }
}

impl Inner {
    /// The opened session; opens it on first use.
    fn open<'s>(&self, slot: &'s mut Slot) -> &'s mut State {
        let Slot { jar, state, .. } = slot;
        state.get_or_insert_with(|| {
            let arrival = match self.barred {
                Some(_) => Err(Refusal::OffLoopback),
                None => arrival::judge(&self.context, jar, self.now),
            };
            let state = State::of(arrival);
            if let Some(refusal) = state.refusal.filter(|refusal| *refusal != Refusal::Absent) {
                self.context.observer.tell(&Event::Refused { refusal });
            }
            state
        })
    }
}

/// A handler that panics with a session in hand drops it while it unwinds; what it had changed by
/// then is not to be sent, even if the panic is caught before it reaches the adapter.
impl Drop for Session {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.poison();
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
                .field("changed", &state.changed)
                .field("refusal", &state.refusal),
            Ok(_) => shown.field("opened", &false),
            Err(_) => &mut shown,
        };
        shown.finish_non_exhaustive()
    }
}
