//! The handle that an application holds during one request.
//!
//! Owns what the application sees. What happens to the session meanwhile is the business of `visit`. A handle
//! does no I/O and never waits; it opens its token on first use, and nothing at all if it is not used.

mod acting;
mod attribute;
mod flash;
mod form;
mod identity;
mod key;
mod labels;
mod lifespan;
mod links;
mod map;
mod migration;
mod revocation;
mod size;
mod times;

pub use attribute::Attribute;
pub use key::{AttributeName, ReadKey, WriteKey};
pub use size::{LineSize, Size};
pub use times::{Renewal, Times};

use std::any::type_name;
use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use time::OffsetDateTime;

use crate::error::Error;
use crate::event::Event;
use crate::lifetime::Timestamp;
use crate::revocation::Answer;
use crate::slot::Slot;
use crate::visit::{Config, Edit, Looked, SessionState, Visit};
pub use crate::visit::{FormCheck, FormReader, Pending};

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
/// use sealed_session::{Attribute, Key, KeyRing, SessionManager};
/// use sealed_session::adapter::RequestHead;
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
///
/// const VISITS: Attribute<u32> = Attribute::new("visits");
///
/// let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// let session = manager.load(RequestHead::default(), now);
/// assert_eq!(session.get(VISITS)?, None);
///
/// session.update(VISITS, |visits| *visits += 1)?;
/// assert_eq!(session.get(VISITS)?, Some(1));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[doc(alias("HttpSession"))]
pub struct Session {
    visit: Arc<Visit>,
    /// The number of the slot.
    at: usize,
    hand: Hand,
}

/// The meaning of a panic that unwinds past a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hand {
    /// The handler is unwinding: this is the handle that it was given.
    First,
    /// Nothing: a task that was spawned, or that the handler watches, has a clone.
    Clone,
}

impl Session {
    /// Returns the main slot's session of a visit.
    pub(crate) fn of(visit: Arc<Visit>) -> Session {
        Session {
            visit,
            at: 0,
            hand: Hand::First,
        }
    }

    /// Returns the session of the slot `S` of the same request.
    ///
    /// # Errors
    ///
    /// [`Error::is_misuse`] if no manager was [added](crate::SessionManager::with_slot) for `S`.
    ///
    /// ```
    /// use sealed_session::{Main, Slot};
    /// # let session = sealed_session::testing::session();
    ///
    /// enum Prefs {}
    /// impl Slot for Prefs {}
    ///
    /// assert!(session.slot::<Prefs>().unwrap_err().is_misuse());
    /// assert_eq!(session.slot::<Main>()?.id(), session.id());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn slot<S: Slot>(&self) -> Result<Session, Error> {
        match self.visit.find::<S>() {
            Some(at) => Ok(self.beside(at)),
            None => {
                let path = type_name::<S>();
                let name = path.rsplit("::").next().unwrap_or(path);
                Err(self.owned(Error::misuse(format!(
                    "the session layer has no slot `{path}`; give it one: \
                     `manager.with_slot::<{name}>(its_manager)?`"
                ))))
            }
        }
    }

    /// Returns the session of the slot number `at`.
    pub(crate) fn beside(&self, at: usize) -> Session {
        self.handle(at, Hand::Clone)
    }

    /// Returns a handle for a handler.
    pub(crate) fn in_hand(&self) -> Session {
        self.handle(self.at, Hand::First)
    }

    fn handle(&self, at: usize, hand: Hand) -> Session {
        let visit = Arc::clone(&self.visit);
        Session { visit, at, hand }
    }

    /// Returns the sessions of all slots, the main one first.
    pub(crate) fn all(&self) -> impl Iterator<Item = Session> {
        (0..self.visit.len()).map(|at| self.beside(at))
    }

    /// Returns what has to be waited for so that it is known of the sessions of all slots whether they were revoked.
    #[inline]
    pub(crate) fn pending(&self) -> Option<Pending> {
        // Nearly nobody waits for anything, and whoever does not pays for this question only.
        let is_there = self.visit.slots().awaits();
        is_there.then(|| self.pending_in_all())?
    }

    #[inline(never)]
    fn pending_in_all(&self) -> Option<Pending> {
        let all = (0..self.visit.len()).map(|at| (at, None));
        self.visit.pending(all)
    }

    /// Returns what has to be waited for before a response of this status is committed.
    #[inline]
    pub(crate) fn pending_commit(&self, status: u16, now: OffsetDateTime) -> Option<Pending> {
        let is_there = self.visit.slots().awaits();
        is_there.then(|| self.visit.pending_commit(status, now))?
    }

    /// Returns what has to be waited for so that it is known of this session within so much time.
    pub(crate) fn pending_within(&self, within: Duration) -> Option<Pending> {
        self.visit.pending(std::iter::once((self.at, Some(within))))
    }

    /// Returns what is known of this session, if that may be so old.
    pub(crate) fn known_within(&self, within: Duration) -> Result<Answer, Error> {
        self.visit.at(self.at, |slot| slot.known_within(within))
    }

    /// Returns the request's visit.
    pub(crate) fn visit(&self) -> &Visit {
        &self.visit
    }

    /// Looks at each text that came and may be its token, and changes nothing.
    pub(crate) fn look(&self) -> (&Config, Timestamp, Vec<Looked>) {
        let looked = self.visit.at(self.at, |slot| slot.look());
        (self.visit.config(self.at), self.visit.now(), looked)
    }

    /// Reads from the session, opening it first.
    fn read<R>(&self, with: impl FnOnce(&SessionState) -> R) -> R {
        self.visit.at(self.at, |slot| with(slot.open()))
    }

    /// Changes the session, unless it is too late.
    fn change(&self, what: &str, edit: Edit<'_>) -> Result<bool, Error> {
        let changed = self.visit.at(self.at, |slot| slot.apply(what, edit));
        changed.map_err(|error| self.owned(error))
    }

    /// Tells an event of this session. Call it without the lock, because a hook may use the session.
    pub(crate) fn tell(&self, event: &Event) {
        self.visit.slots().tell(self.at, event);
    }

    /// Says that an error happened to this session. If it becomes the response, it is told, and holds back what
    /// this request changed.
    pub(crate) fn owned(&self, error: Error) -> Error {
        let visit: Weak<Visit> = Arc::downgrade(&self.visit);
        error.of(visit, self.at)
    }
}

impl Clone for Session {
    fn clone(&self) -> Session {
        self.handle(self.at, Hand::Clone)
    }
}

/// A handler that panics drops the handle that it was given while it unwinds; what it had changed by
/// then is not to be sent, even if the panic is caught before it reaches the adapter.
impl Drop for Session {
    fn drop(&mut self) {
        if self.hand == Hand::First && std::thread::panicking() {
            self.visit.poison();
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let looked = self.visit.try_at(self.at, |slot| {
            let state = slot.opened()?;
            Some((state.id(), state.change(), state.refusal()))
        });
        // Without the lock: what is written to may ask the session.
        let mut shown = f.debug_struct("Session");
        match looked {
            Some(Some((id, change, refusal))) => {
                shown.field("id", &id);
                shown.field("change", &change).field("refusal", &refusal);
            }
            Some(None) => {
                shown.field("opened", &false);
            }
            // Another thread is at it.
            None => {}
        }
        shown.finish_non_exhaustive()
    }
}
