//! The configuration of an application's sessions, and the two calls of every request: load and commit.
//!
//! Owns what a configuration may be. What a request does with it is decided in `visit`.

mod beside;
mod build;
mod builder;
mod check;
mod flash;
mod hand_over;
mod handing;
mod once;
mod overflow;
mod own_slot;
mod revoke;
mod rings;
mod site_data;
mod slots;
mod ticket;
mod watch;

pub use builder::SessionManagerBuilder;
pub use site_data::SiteData;
pub use watch::KeyWatcher;

use std::fmt;
use std::sync::Arc;

use time::OffsetDateTime;

use crate::error::Error;
use crate::head::{CookieLine, HeaderChange, RequestHead, ResponseHead};
use crate::session::Session;
use crate::slot::Slot;
use crate::visit::{SlotConfig, SlotList, Visit};

/// Loads sessions from requests and commits them to responses.
///
/// One manager serves a whole application, with all its [slots](crate::slots); a clone is the same
/// manager. It holds nothing but its configuration and keys, so requests share no lock, and any other
/// manager with the same ring and configuration can take over between two requests.
///
/// ```
/// use sealed_session::{Key, KeyRing, SessionManager};
/// use sealed_session::adapter::{RequestHead, ResponseHead};
/// use time::OffsetDateTime;
///
/// let ring = KeyRing::new(Key::generate()?);
/// let (here, there) = (SessionManager::new("session", ring.clone())?, SessionManager::new("session", ring)?);
/// let now = OffsetDateTime::now_utc();
///
/// // A first request, to one server.
/// let session = here.load(RequestHead::default(), now);
/// session.insert("name", "Ada")?;
/// let changes = here.commit(&session, ResponseHead::new(200), now)?;
/// assert_eq!(changes[0].name(), "set-cookie");
///
/// // The next one, to another server.
/// let cookie = changes[0].value().split(';').next().unwrap();
/// let session = there.load(RequestHead::new([cookie.as_bytes()]), now);
/// assert_eq!(session.get::<String>("name")?.as_deref(), Some("Ada"));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[doc(alias("SessionStore", "session_store"))]
#[derive(Clone)]
pub struct SessionManager {
    slots: Arc<SlotList>,
}

impl SessionManager {
    /// Returns the session of a request that arrives at `now`, that of the main slot.
    ///
    /// Never fails: without an acceptable cookie the session is fresh, and
    /// [`Session::refusal`] says why. Keeps the cookies that carry this session's names and
    /// opens none of them before the session is used.
    ///
    /// **Ask [`adapter::foreign`](crate::adapter::foreign) next** if you write an adapter, and answer 403 if it
    /// gives a reason: a page of another origin caused the request. Its sessions are closed then, so that
    /// nothing that the request did to them is sent.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, Refusal, SessionManager};
    /// use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let manager = SessionManager::new("session", KeyRing::new(Key::generate()?))?;
    /// let session = manager.load(RequestHead::new([&b"theme=dark"[..]]), now);
    /// assert_eq!(session.refusal(), Some(Refusal::Absent));
    ///
    /// let session = manager.load(RequestHead::new([&b"__Host-session=garbage"[..]]), now);
    /// assert_eq!(session.refusal(), Some(Refusal::Malformed));
    /// session.insert("name", "Ada")?; // it can be used all the same
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn load<'a, I>(&self, request: RequestHead<'a, I>, now: OffsetDateTime) -> Session
    where
        I: IntoIterator<Item: CookieLine<'a>>,
    {
        Session::of(Visit::begin(&self.slots, request, now))
    }

    /// Closes the sessions of a request, one for each slot, and returns the changes that its response
    /// head needs, in order. The guide [when a cookie is written](crate::when_a_cookie_is_written) tells
    /// which and why. `session` is any of them.
    ///
    /// `now` is the time of this call: a handler that ran for longer than its session lives
    /// revives nothing. Everything written is stamped with the time of loading all the same.
    ///
    /// # Errors
    ///
    /// [`Error::is_too_large`] if a session is over its budget, [`Error::is_expired`] if its time was
    /// over before its handler had finished, and [`Error::is_randomness`]. [`Error::cookie`] names the first
    /// session that cannot be sent. Nothing of any is sent then, and the browser keeps all of them as they
    /// were. Answer with an error page, and commit once more with the head of that page: a session commits
    /// once, so this gives only a touch, if one is due, and what caches have to know.
    ///
    /// ```
    /// use sealed_session::adapter::ResponseHead;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let manager = SessionManager::new("session", KeyRing::new(Key::generate()?))?;
    /// # let session = manager.load(RequestHead::default(), now);
    ///
    /// session.insert("name", "Ada")?;
    /// let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    /// let lines: Vec<String> = changes.iter().map(|change| format!("{change:?}")).collect();
    /// assert_eq!(lines[0], "Append(set-cookie: __Host-session=..)");
    /// assert_eq!(lines[1], "Append(vary: Cookie)");
    /// assert_eq!(lines[2], "Replace(cache-control: private)");
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("save", "set_cookie"))]
    pub fn commit<'a, I>(
        &self,
        session: &Session,
        response: ResponseHead<'a, I>,
        now: OffsetDateTime,
    ) -> Result<Vec<HeaderChange>, Error>
    where
        I: IntoIterator<Item = (&'a str, &'a [u8])>,
    {
        session.visit().close(response, now)
    }

    /// Returns the manager that loaded a session.
    pub(crate) fn of(session: &Session) -> SessionManager {
        SessionManager {
            slots: Arc::clone(session.visit().slots()),
        }
    }

    /// Returns an error if a request cannot carry its sessions beside those of `others`.
    pub(crate) fn check_beside(&self, others: &SlotList) -> Result<(), Error> {
        slots::check_beside(others, &self.slots)
    }

    /// Adds the slot `S` with the configuration of `manager`.
    ///
    /// # Errors
    ///
    /// [`Error::is_configuration`]:
    ///
    /// - The slot is there already, or `manager` has slots of its own.
    /// - A cookie of `manager`, present or former, has a name that another slot uses. Scopes do not
    ///   tell them apart, because a request names cookies without their scopes.
    /// - It would travel in a header field, that of a touch included, or in a parameter of links that
    ///   another slot uses.
    /// - It has a [`CrossOrigin`](crate::CrossOrigin) of its own: the main slot's goes for all.
    /// - The totals of the budgets of all slots that travel in cookies pass together what the main
    ///   slot's budget says that a request may carry: lower them by
    ///   [`Budget::with_total_limit`](crate::Budget::with_total_limit), or, where every server in front takes more, say so by
    ///   [`Budget::with_request_warning_limit`](crate::Budget::with_request_warning_limit) on the budget of the main
    ///   slot.
    ///
    /// ```
    /// use sealed_session::{Budget, CookieSpec, Key, KeyRing, SessionManager, Slot};
    ///
    /// enum Prefs {}
    /// impl Slot for Prefs {}
    ///
    /// let ring = KeyRing::new(Key::generate()?);
    /// let prefs = SessionManager::builder("prefs", ring.clone());
    /// let main = SessionManager::builder("session", ring).budget(Budget::within_8k()).build()?;
    ///
    /// let small = prefs.budget(Budget::portable().with_total_limit(1_000)).build()?;
    /// let manager = main.clone().with_slot::<Prefs>(small)?;
    ///
    /// // Twice that budget is more than common servers take.
    /// # let prefs = SessionManager::builder("prefs", KeyRing::new(Key::generate()?));
    /// let large = prefs.budget(Budget::within_8k()).build()?;
    /// let error = main.with_slot::<Prefs>(large).unwrap_err();
    /// assert!(error.to_string().contains("13000 bytes"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn with_slot<S: Slot>(self, manager: SessionManager) -> Result<SessionManager, Error> {
        let mut list = Arc::unwrap_or_clone(self.slots);
        let slot = SlotConfig::of::<S>(manager.slots.main_config());
        if !manager.slots.is_single() {
            return Err(Error::configuration(format!(
                "the manager of the slot `{}` has slots of its own; add them to the main one",
                slot.name
            )));
        }
        slots::check(&list, &slot)?;
        list.push(slot);
        Ok(SessionManager {
            slots: Arc::new(list),
        })
    }
}

impl fmt::Debug for SessionManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = self.slots.iter().map(|slot| (slot.name, &slot.config));
        f.debug_map().entries(named).finish()
    }
}
