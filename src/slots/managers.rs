//! The managers of all slots, and what they do as one.

use std::any::{TypeId, type_name};
use std::fmt;
use std::sync::Arc;

use time::OffsetDateTime;

use super::{Main, Sessions, Slot};
use crate::cross_origin::{CrossOrigin, Foreign, RequestParts};
use crate::error::Error;
use crate::event::Note;
use crate::lifetime::Timestamp;
use crate::manager::{
    HeaderChange, RequestHead, ResponseHead, SessionManager, changes, is_in_field,
};
use crate::session::{Context, Outcome, Session, report};

/// A [`SessionManager`] for each slot of an application; see [the guide](crate::slots).
///
/// A clone is the same. With the main slot alone it does what the manager does, at no cost.
///
/// ```
/// use sealed_session::{CookieSpec, Budget, Key, KeyRing, SessionManager, Slot, Slots};
///
/// enum Flash {}
/// impl Slot for Flash {}
///
/// let ring = KeyRing::new(Key::generate()?);
/// let flash = SessionManager::builder(ring.clone())
///     .cookie(CookieSpec::new("__Host-flash"))
///     .budget(Budget::compact().total(1_000))
///     .build()?;
/// let slots = Slots::new(SessionManager::new(ring)?).with::<Flash>(flash)?;
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone)]
pub struct Slots {
    main: SessionManager,
    /// `None` instead of none, so that a clone costs no more than one of a manager.
    others: Option<Arc<[Entry]>>,
}

/// One slot.
#[derive(Clone)]
pub(super) struct Entry {
    id: TypeId,
    name: &'static str,
    pub(super) manager: SessionManager,
}

impl Entry {
    fn of<S: Slot>(manager: SessionManager) -> Entry {
        Entry {
            id: TypeId::of::<S>(),
            name: type_name::<S>(),
            manager,
        }
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn is_same_slot(&self, other: &Entry) -> bool {
        self.id == other.id
    }
}

impl From<SessionManager> for Slots {
    fn from(main: SessionManager) -> Slots {
        Slots::new(main)
    }
}

impl Slots {
    /// The main slot, and no other yet.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, RequestHead, SessionManager, Slots};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let slots = Slots::new(SessionManager::new(KeyRing::new(Key::generate()?))?);
    /// assert!(!slots.load(RequestHead::default(), now).main().is_live());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn new(main: SessionManager) -> Slots {
        Slots { main, others: None }
    }

    /// Adds the slot `S`.
    ///
    /// # Errors
    ///
    /// [`Error::is_configuration`]:
    ///
    /// - The slot is there already.
    /// - A cookie of its manager, present or former, has a name that another slot uses. Scopes do not
    ///   tell them apart, because a request names cookies without their scopes.
    /// - It would travel in a header field, that of a touch included, or in a parameter of links that
    ///   another slot uses.
    /// - It has a [`CrossOrigin`](crate::CrossOrigin) of its own: the main slot's goes for all.
    /// - The totals of the budgets of all slots that travel in cookies pass together what the main
    ///   slot's budget says that a request may carry: lower them by
    ///   [`Budget::total`](crate::Budget::total), or, where every server in front takes more, say so by
    ///   [`Budget::warn_request_above`](crate::Budget::warn_request_above) on the budget of the main
    ///   slot.
    ///
    /// ```
    /// use sealed_session::{CookieSpec, Key, KeyRing, SessionManager, Slot, Slots};
    ///
    /// enum Prefs {}
    /// impl Slot for Prefs {}
    ///
    /// // Twice the default budget is more than common servers take.
    /// let ring = KeyRing::new(Key::generate()?);
    /// let spec = CookieSpec::new("__Host-prefs");
    /// let prefs = SessionManager::builder(ring.clone()).cookie(spec).build()?;
    /// let error = Slots::new(SessionManager::new(ring)?).with::<Prefs>(prefs).unwrap_err();
    /// assert!(error.is_configuration());
    /// assert!(error.to_string().contains("13000 bytes"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn with<S: Slot>(self, manager: SessionManager) -> Result<Slots, Error> {
        let mut entries = self.entries();
        entries.push(Entry::of::<S>(manager));
        super::check::check(&entries)?;
        Ok(Slots {
            main: self.main,
            others: Some(entries.into_iter().skip(1).collect()),
        })
    }

    /// The sessions of a request that arrives at `now`, one for each slot; see
    /// [`SessionManager::load`].
    ///
    /// **Whoever calls this asks [`Sessions::foreign`] next**, and answers 403 if it gives a reason: a
    /// page of another origin caused the request. The sessions are closed then, so that a caller who
    /// does not ask keeps nothing of what the request did to them.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, Refusal, RequestHead, SessionManager, Slots};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let slots = Slots::new(SessionManager::new(KeyRing::new(Key::generate()?))?);
    /// let sessions = slots.load(RequestHead::new([&b"__Host-session=garbage"[..]]), now);
    /// assert_eq!(sessions.main().refusal(), Some(Refusal::Malformed));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn load<'a, I>(&self, request: RequestHead<'a, I>, now: OffsetDateTime) -> Sessions
    where
        I: IntoIterator<Item = &'a [u8]>,
    {
        let asked = request.asked();
        let foreign = self.foreign(&asked);
        let Some(others) = &self.others else {
            return Sessions::new(self.main.load(request, now), None, foreign);
        };
        let exempt = self.policy().exempts(asked.path);
        let request = request.exempted(exempt).collected();
        let main = self.main.load(request.again(), now);
        let load = |entry: &Entry| {
            let session = entry.manager.load_beside(Some(&main), request.again(), now);
            (entry.id, session)
        };
        let others = others.iter().map(load).collect();
        Sessions::new(main, Some(others), foreign)
    }

    /// Why the request is refused, and the event that tells.
    fn foreign(&self, asked: &RequestParts<'_>) -> Option<Foreign> {
        let foreign = self.policy().refusal(asked, || self.is_beyond(asked))?;
        let observer = &self.main.context().observer;
        observer.tell(&Note::ForeignRequest(foreign));
        Some(foreign)
    }

    /// Whether another origin can do nothing with the request: no browser sends what brings its sessions
    /// along unasked.
    fn is_beyond(&self, asked: &RequestParts<'_>) -> bool {
        let others = self.others.iter().flat_map(|others| others.iter());
        let others = others.map(|entry| &entry.manager);
        let mut contexts = std::iter::once(&self.main)
            .chain(others)
            .map(SessionManager::context);
        let comes_along = |context: &Context| {
            context.transport.in_cookies() || context.transport.in_links().is_some()
        };
        contexts.clone().any(|context| is_in_field(context, asked)) || !contexts.any(comes_along)
    }

    fn policy(&self) -> &CrossOrigin {
        &self.main.context().cross_origin
    }

    /// Closes all `sessions` and returns the changes that their response head needs; see
    /// [`SessionManager::commit`].
    ///
    /// # Errors
    ///
    /// As [`SessionManager::commit`], for the first session that cannot be sent; [`Error::cookie`] and
    /// [`Sessions::failed`] tell which. Nothing of any is sent then, and the browser keeps all of them as
    /// they were. Answer with an error page, and commit once more with its head.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, RequestHead, ResponseHead, SessionManager, Slots};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let slots = Slots::new(SessionManager::new(KeyRing::new(Key::generate()?))?);
    /// let sessions = slots.load(RequestHead::default(), now);
    /// sessions.main().insert("name", "Ada")?;
    /// let changes = slots.commit(&sessions, ResponseHead::new(200), now)?;
    /// assert_eq!(format!("{:?}", changes[0]), "Append(set-cookie: __Host-session=..)");
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn commit<'a, I>(
        &self,
        sessions: &Sessions,
        response: ResponseHead<'a, I>,
        now: OffsetDateTime,
    ) -> Result<Vec<HeaderChange>, Error>
    where
        I: IntoIterator<Item = (&'a str, &'a [u8])>,
    {
        if sessions.is_single() {
            return self.main.commit(sessions.main(), response, now);
        }
        let stamp = Timestamp::of(now);
        let all: Vec<&Session> = sessions.iter().collect();
        let mut outcomes = close(&all, stamp, response.status)?;
        let asked = outcomes.iter().map(|outcome| outcome.asked);
        report(all.iter().copied().zip(asked));
        let touch = |at: usize| all.get(at).and_then(|session| session.touch(stamp));
        let transport = |at: usize| all.get(at).map(|session| session.travels_in());
        Ok(changes(&mut outcomes, response, now, transport, touch))
    }

    /// All slots, the main one first.
    fn entries(&self) -> Vec<Entry> {
        let main = Entry::of::<Main>(self.main.clone());
        let others = self.others.iter().flat_map(|others| others.iter().cloned());
        std::iter::once(main).chain(others).collect()
    }
}

/// What each session has to say, if all of them can be sent.
fn close<'s>(
    sessions: &[&'s Session],
    now: Timestamp,
    status: u16,
) -> Result<Vec<Outcome<'s>>, Error> {
    let outcomes = sessions.iter().map(|session| session.commit(now, status));
    let outcomes: Result<_, Error> = outcomes.collect();
    outcomes.inspect_err(|_| sessions.iter().for_each(|session| session.withdraw()))
}

impl fmt::Debug for Slots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.entries();
        let named = entries.iter().map(|entry| (entry.name, &entry.manager));
        f.debug_map().entries(named).finish()
    }
}
