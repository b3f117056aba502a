//! The sessions of one request.

use std::any::{TypeId, type_name};
use std::fmt;
use std::sync::Arc;

use super::{Main, Slot};
use crate::cross_origin::Foreign;
use crate::error::Error;
use crate::session::Session;

/// The sessions of one request, one for each slot. A clone is the same sessions.
///
/// This is what an adapter hands from its middleware to its extractors.
///
/// ```
/// use sealed_session::{Key, KeyRing, RequestHead, SessionManager, Slots};
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
///
/// let slots = Slots::new(SessionManager::new(KeyRing::new(Key::generate()?))?);
/// let sessions = slots.load(RequestHead::default(), now);
/// sessions.main().insert("visits", 1)?;
/// assert!(sessions.clone().main().is_live());
/// # Ok::<(), sealed_session::Error>(())
/// ```
pub struct Sessions {
    main: Session,
    /// `None` instead of none, which would have to be counted.
    others: Option<Arc<[(TypeId, Session)]>>,
    foreign: Option<Foreign>,
}

impl Sessions {
    pub(super) fn new(
        main: Session,
        others: Option<Arc<[(TypeId, Session)]>>,
        foreign: Option<Foreign>,
    ) -> Sessions {
        let sessions = Sessions {
            main,
            others,
            foreign,
        };
        if foreign.is_some() {
            sessions.iter().for_each(Session::withdraw);
        }
        sessions
    }

    /// Why the request is not served: a page of another origin caused it, and it may change something;
    /// see [`CrossOrigin`](crate::CrossOrigin). An adapter asks this before anything else, and answers
    /// [403](Foreign::status) with an empty body and `Cache-Control: no-store`. It calls no handler, and
    /// commits nothing.
    ///
    /// ```
    /// use sealed_session::{Foreign, Key, KeyRing, RequestHead, SessionManager, Slots};
    /// # use sealed_session::HeaderFields;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let headers: &HeaderFields<'_> = &|name, take| if name == "sec-fetch-site" { take(b"same-site") };
    ///
    /// let slots = Slots::new(SessionManager::new(KeyRing::new(Key::generate()?))?);
    /// // `headers` say that a sibling domain sent it.
    /// let request = RequestHead::default().method("POST").fields(headers);
    /// let sessions = slots.load(request, now);
    /// assert_eq!(sessions.foreign(), Some(Foreign::SameSite));
    /// assert!(sessions.main().insert("role", "admin").unwrap_err().is_too_late());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn foreign(&self) -> Option<Foreign> {
        self.foreign
    }

    /// The session of the slot `S`; `None` if there is no such slot.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, Main, RequestHead, SessionManager, Slot, Slots};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// enum Prefs {}
    /// impl Slot for Prefs {}
    ///
    /// let slots = Slots::new(SessionManager::new(KeyRing::new(Key::generate()?))?);
    /// let sessions = slots.load(RequestHead::default(), now);
    /// assert!(sessions.get::<Main>().is_some());
    /// assert!(sessions.get::<Prefs>().is_none());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn get<S: Slot>(&self) -> Option<&Session> {
        let wanted = TypeId::of::<S>();
        if wanted == TypeId::of::<Main>() {
            return Some(&self.main);
        }
        let mut others = self.others.iter().flat_map(|others| others.iter());
        let found = others.find(|(slot, _)| *slot == wanted);
        found.map(|(_, session)| session)
    }

    /// The session of the slot `S`, for an extractor.
    ///
    /// # Errors
    ///
    /// [`Error::is_misuse`] if there is no such slot. The text names the type and the fix.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, RequestHead, SessionManager, Slot, Slots};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// enum Prefs {}
    /// impl Slot for Prefs {}
    ///
    /// let slots = Slots::new(SessionManager::new(KeyRing::new(Key::generate()?))?);
    /// let sessions = slots.load(RequestHead::default(), now);
    /// let error = sessions.require::<Prefs>().unwrap_err();
    /// assert!(error.is_misuse() && error.to_string().contains(".with::<Prefs>("));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn require<S: Slot>(&self) -> Result<&Session, Error> {
        self.get::<S>().ok_or_else(|| {
            let path = type_name::<S>();
            let name = path.rsplit("::").next().unwrap_or(path);
            Error::misuse(format!(
                "the session layer has no slot `{path}`; give it one: \
                 `Slots::new(manager).with::<{name}>(its_manager)?`"
            ))
        })
    }

    /// The session of the main slot.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, Refusal, RequestHead, SessionManager, Slots};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let slots = Slots::new(SessionManager::new(KeyRing::new(Key::generate()?))?);
    /// let sessions = slots.load(RequestHead::default(), now);
    /// assert_eq!(sessions.main().refusal(), Some(Refusal::Absent));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn main(&self) -> &Session {
        &self.main
    }

    /// The session that `error` speaks of: the one whose [cookie](Error::cookie) it names, or the main
    /// one if it names none.
    ///
    /// ```
    /// use sealed_session::{
    ///     Budget, CookieSpec, Key, KeyRing, RequestHead, ResponseHead, SessionManager, Slot, Slots,
    /// };
    /// # use time::{Duration, OffsetDateTime};
    /// # let now = OffsetDateTime::UNIX_EPOCH + Duration::weeks(2_900);
    ///
    /// enum Prefs {}
    /// impl Slot for Prefs {}
    ///
    /// let ring = KeyRing::new(Key::generate()?);
    /// let prefs = SessionManager::builder(ring.clone())
    ///     .cookie(CookieSpec::new("__Host-prefs"))
    ///     .budget(Budget::compact().total(1_500))
    ///     .build()?;
    /// let slots = Slots::new(SessionManager::new(ring)?).with::<Prefs>(prefs)?;
    ///
    /// let sessions = slots.load(RequestHead::default(), now);
    /// sessions.require::<Prefs>()?.insert("theme", "dark")?;
    /// // The handler took longer than a session lives that nobody uses.
    /// let late = now + Duration::hours(1);
    /// let error = slots.commit(&sessions, ResponseHead::new(200), late).unwrap_err();
    /// assert_eq!(error.cookie(), Some("__Host-prefs"));
    /// assert!(!sessions.failed(&error).contains("theme")); // it reads as it came
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn failed(&self, error: &Error) -> &Session {
        let named = |session: &&Session| error.cookie() == Some(session.cookie());
        self.iter().find(named).unwrap_or(&self.main)
    }

    /// Says of all slots that this request is no use of them; see
    /// [`Session::mark_passive`], which says it of one.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, RequestHead, SessionManager, Slots};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let slots = Slots::new(SessionManager::new(KeyRing::new(Key::generate()?))?);
    /// let sessions = slots.load(RequestHead::default(), now);
    /// sessions.mark_passive(); // a poll that a page makes by itself
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn mark_passive(&self) {
        self.iter().for_each(Session::mark_passive);
    }

    /// Takes [`mark_passive`](Sessions::mark_passive) back, for all slots.
    ///
    /// ```
    /// use sealed_session::Sessions;
    ///
    /// fn goes_on(sessions: &Sessions, marked_by: Option<&str>, route: &str) {
    ///     if marked_by.is_some_and(|marked_by| marked_by != route) {
    ///         sessions.count_as_use();
    ///     }
    /// }
    /// # let _ = goes_on;
    /// ```
    pub fn count_as_use(&self) {
        self.iter().for_each(Session::count_as_use);
    }

    /// Closes the sessions if their response stays as it is, whatever it is and whatever the time: no
    /// handler looked at any of them, and no touch is due. If not, they are to be committed. An adapter
    /// asks here first, because most requests of a site are of this kind.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, RequestHead, SessionManager, Slots};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let slots = Slots::new(SessionManager::new(KeyRing::new(Key::generate()?))?);
    /// let sessions = slots.load(RequestHead::default(), now);
    /// assert!(sessions.close_unused());
    /// assert!(sessions.main().insert("theme", "dark").unwrap_err().is_too_late());
    ///
    /// let sessions = slots.load(RequestHead::default(), now);
    /// assert!(!sessions.main().contains("theme"));
    /// assert!(!sessions.close_unused(), "the response depends on a cookie, and caches have to know");
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn close_unused(&self) -> bool {
        // One that is closed while another is not has nothing to say at the commit, either.
        self.iter().all(Session::close_unused)
    }

    /// Returns handles for a handler, for adapters: if a panic unwinds past one, nothing of the request
    /// is sent. See [`Session::in_hand`].
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing, RequestHead, SessionManager, Slots};
    /// # use time::OffsetDateTime;
    /// # let slots = Slots::new(SessionManager::new(KeyRing::new(Key::generate()?))?);
    /// let sessions = slots.load(RequestHead::default(), OffsetDateTime::now_utc());
    /// let in_hand = sessions.in_hand();
    /// let _ = std::thread::spawn(move || { let _sessions = in_hand; panic!("in the handler") }).join();
    /// assert!(sessions.main().insert("name", "Ada").unwrap_err().is_poisoned());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn in_hand(&self) -> Sessions {
        let others = self.others.as_ref().map(|others| {
            let others = others.iter();
            others
                .map(|(slot, session)| (*slot, session.in_hand()))
                .collect()
        });
        Sessions::new(self.main.in_hand(), others, self.foreign)
    }

    /// Whether there is the main slot only.
    pub(super) fn is_single(&self) -> bool {
        self.others.is_none()
    }

    /// All of them, the main one first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Session> {
        let others = self.others.iter().flat_map(|others| others.iter());
        std::iter::once(&self.main).chain(others.map(|(_, session)| session))
    }
}

/// A clone is as much in hand as what it was made of: what an adapter lends a handler is often cloned on
/// its way.
impl Clone for Sessions {
    fn clone(&self) -> Sessions {
        Sessions {
            main: self.main.as_it_is(),
            others: self.others.clone(),
            foreign: self.foreign,
        }
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = self.iter().map(|session| (session.cookie(), session));
        f.debug_map().entries(named).finish()
    }
}
