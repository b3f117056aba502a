//! For those who write an adapter: the core's words for HTTP, and what a request's visit has beside its
//! session.
//!
//! An adapter takes the same steps for every request, in this order:
//!
//! 1. Notice a second layer: answer 500 if the request has a session already that is not [`nested`].
//! 2. Load the session: [`SessionManager::load`] with a [`RequestHead`], and the time.
//! 3. Refuse what other origins caused: if [`foreign`] gives a reason, answer 403 without a handler.
//! 4. Hand the session over: await what [`pending`] returns, if anything, refuse the request as in step 3 if
//!    [`form_check`] does, and give the handler a session that is [`in_hand`]. A manager that does not [ask about revocations](crate::revocation::AskedRevocations) and has no
//!    [overflow](crate::overflow) has nothing to wait for.
//! 5. Wait for the response's head.
//! 6. Commit: nothing is left to do if [`close_unused`] returns true. Otherwise await what [`pending_commit`] returns, if anything, with a [`ResponseHead`], and the time, read again. Then
//!    call [`SessionManager::commit`] with both. If it fails,
//!    make an error page for the session that [`failed`], and commit once more with the head of that page.
//! 7. Apply the changes: [`HeaderChange::apply`] for each, on whatever the framework calls its headers.
//!
//! Nothing else is left to decide.

pub use crate::answer::{answer, mistake_body, tell_mistake};
pub use crate::clock::{Clock, SystemClock};
pub use crate::cross_origin::{Foreign, HeaderFields, header_fields};
pub use crate::guard::Verdict;
pub use crate::head::{CookieLine, HeaderChange, HeadersMut, RequestHead, ResponseHead};
pub use crate::session::{FormCheck, FormReader, Pending};

use time::OffsetDateTime;

use crate::error::Error;
use crate::manager::SessionManager;
use crate::session::Session;

/// Returns an error if `manager` cannot load sessions of a request that has those of `outer` already. If it
/// can, what is inside gets the sessions of `manager`, and both are committed, the inner ones first.
///
/// # Errors
///
/// [`Error::is_misuse`] if both travel under one name: of a cookie, a header field, or a parameter of links.
/// Each would read, and overwrite, the other's.
///
/// ```
/// use sealed_session::adapter::{self, RequestHead};
/// use sealed_session::{CookieSpec, Key, KeyRing, SessionManager};
/// # use time::OffsetDateTime;
///
/// let ring = KeyRing::new(Key::generate()?);
/// let shop = SessionManager::new("shop", ring.clone())?;
/// let outer = shop.load(RequestHead::default(), OffsetDateTime::now_utc());
///
/// let forum = SessionManager::builder("forum", ring).build()?;
/// assert!(adapter::nested(&outer, &forum).is_ok());
/// assert!(adapter::nested(&outer, &shop).unwrap_err().is_misuse());
/// # Ok::<(), sealed_session::Error>(())
/// ```
pub fn nested(outer: &Session, manager: &SessionManager) -> Result<(), Error> {
    let beside = manager.check_beside(outer.visit().slots());
    beside.map_err(|error| outer.owned(error))
}

/// Makes the error of an adapter that finds its application put together wrongly and has a session at hand, be it
/// that of another request: the hook of its manager hears of it. Otherwise it is that of
/// [`Error::misuse`], and the same holds for `what`.
///
/// ```
/// use sealed_session::adapter;
/// # let session = sealed_session::testing::session();
/// let error = adapter::mistake(&session, "two session layers cover one request");
/// assert!(error.is_misuse());
/// ```
#[must_use]
pub fn mistake(session: &Session, what: impl Into<String>) -> Error {
    session.owned(Error::misuse(what))
}

/// Returns why the request is refused, if it is: a page of another origin caused it. See
/// [`CrossOrigin`](crate::CrossOrigin).
///
/// ```
/// use sealed_session::adapter::{self, HeaderFields, RequestHead};
/// # use sealed_session::{Key, KeyRing, SessionManager};
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
/// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
///
/// let cross_site: &HeaderFields<'_> = &|name, take| if name == "sec-fetch-site" { take(b"cross-site") };
/// let request = RequestHead::default().method("POST").fields(cross_site);
///
/// let session = manager.load(request, now);
/// assert_eq!(adapter::foreign(&session).map(|reason| reason.status()), Some(403));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[must_use]
pub fn foreign(session: &Session) -> Option<Foreign> {
    session.visit().foreign()
}

/// Returns what has to be awaited before a handler runs, so that it is known whether the sessions of the request were
/// revoked, and so that what is [stored](crate::overflow) of them is here; `None` if there is nothing to wait for.
/// There is nothing
///
/// - if no session came, or none that lives;
/// - if nothing of it is stored, and the manager does not [ask](crate::revocation::AskedRevocations) anybody, as with a
///   table alone;
/// - if nothing of it is stored, and what is known is younger than the configured
///   [bound](crate::revocation::Staleness::bound).
///
/// Otherwise the session is opened for this, even if the handler never looks at it.
///
/// ```
/// use sealed_session::adapter::{self, RequestHead};
/// # use sealed_session::{Key, KeyRing, SessionManager};
/// # use time::OffsetDateTime;
/// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// let session = manager.load(RequestHead::default(), OffsetDateTime::now_utc());
/// assert!(adapter::pending(&session).is_none());
///
/// # async fn handle(session: sealed_session::Session) {
/// if let Some(pending) = adapter::pending(&session) {
///     pending.await;
/// }
/// # }
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[must_use]
#[inline]
pub fn pending(session: &Session) -> Option<Pending> {
    session.pending()
}

/// Returns whether a request brings the form token that it has to bring, if any; see
/// [`CrossOrigin::with_form_tokens`](crate::CrossOrigin::with_form_tokens), which has an example. Ask when what
/// [`pending`] returned was awaited: it depends on whether there is a session.
///
/// If the token may be in the body, hand its beginning to the [`FormReader`], and the whole body to the handler. If it
/// is [refused](FormCheck::Refused), here or there, [`foreign`] gives the reason from then on, and the answer is the
/// one to a request of another origin.
///
/// ```
/// use sealed_session::adapter::{self, FormCheck};
///
/// // Nobody asks for a token by default.
/// # let session = sealed_session::testing::session();
/// assert!(matches!(adapter::form_check(&session), FormCheck::Passes));
/// ```
#[inline]
pub fn form_check(session: &Session) -> FormCheck {
    session.form_check()
}

/// Commits the sessions of a request that nobody looked at, where none is due for a [touch](crate::when_a_cookie_is_written).
/// Returns whether it did: the response stays as it is, whatever its head says, and there is no need to read a clock, or the
/// head, for it. Otherwise nothing has happened, and [`SessionManager::commit`] is called as ever.
///
/// ```
/// use sealed_session::adapter::{self, RequestHead};
/// # use sealed_session::{Key, KeyRing, SessionManager};
/// # use time::OffsetDateTime;
/// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// # let now = OffsetDateTime::now_utc();
/// let session = manager.load(RequestHead::default(), now);
/// assert!(adapter::close_unused(&session));
///
/// let session = manager.load(RequestHead::default(), now);
/// session.insert("theme", "dark")?;
/// assert!(!adapter::close_unused(&session));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[must_use = "a session that was looked at is to be committed"]
pub fn close_unused(session: &Session) -> bool {
    session.visit().close_unused()
}

/// Returns what has to be awaited before [`SessionManager::commit`], so that a session that fits in no cookie is
/// [stored](crate::overflow), and one that ended is no more; `None` if there is nothing to wait for. Call it once, with
/// the head and the time that the commit is called with next. There is nothing
///
/// - if the manager has no [`Overflow`](crate::overflow::Overflow);
/// - if every session that is written fits its budget, and none that came was stored;
/// - if nothing is sent, because the response is a server error, a value was refused, or the handler panicked.
///
/// It never fails. The commit says why a session could not be stored, and then makes way for an error page like any other
/// commit: [`Error::is_overflow`]. The error page has nothing to wait for.
///
/// ```
/// use sealed_session::adapter::{self, RequestHead, ResponseHead};
/// # use sealed_session::{Key, KeyRing, SessionManager};
/// # use time::OffsetDateTime;
/// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// let session = manager.load(RequestHead::default(), OffsetDateTime::now_utc());
/// # async fn answer(manager: SessionManager, session: sealed_session::Session) -> Result<(), sealed_session::Error> {
/// let (head, now) = (ResponseHead::new(200), OffsetDateTime::now_utc());
/// if let Some(pending) = adapter::pending_commit(&session, head.clone(), now) {
///     pending.await;
/// }
/// let changes = manager.commit(&session, head, now)?;
/// # Ok(())
/// # }
/// # let now = OffsetDateTime::now_utc();
/// # assert!(adapter::pending_commit(&session, ResponseHead::new(200), now).is_none());
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[must_use]
#[inline]
pub fn pending_commit<I>(
    session: &Session,
    response: ResponseHead<'_, I>,
    now: OffsetDateTime,
) -> Option<Pending> {
    session.pending_commit(response.status, now)
}

/// Returns a handle for a handler: if a panic unwinds past it, nothing of the request is sent. A panic
/// past a clone says nothing of the handler, which may have spawned the task that panicked, or caught
/// it.
///
/// ```
/// use sealed_session::adapter;
/// # use sealed_session::{Key, KeyRing, SessionManager};
/// # use sealed_session::adapter::RequestHead;
/// # use time::OffsetDateTime;
/// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// let session = manager.load(RequestHead::default(), OffsetDateTime::now_utc());
/// session.insert("name", "Ada")?;
///
/// let clone = session.clone();
/// let _ = std::thread::spawn(move || { let _clone = clone; panic!("in a task") }).join();
/// assert!(session.contains("name"));
///
/// let in_hand = adapter::in_hand(&session);
/// let _ = std::thread::spawn(move || { let _session = in_hand; panic!("in the handler") }).join();
/// assert!(!session.contains("name"));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[must_use]
pub fn in_hand(session: &Session) -> Session {
    session.in_hand()
}

/// Returns the session that an error of a commit is about, of whatever slot, or the main one.
///
/// ```
/// use sealed_session::adapter;
/// # use sealed_session::{Key, KeyRing, SessionManager};
/// # use sealed_session::adapter::{RequestHead, ResponseHead};
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
/// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// # let session = manager.load(RequestHead::default(), now);
/// let error = session.insert("noise", "x".repeat(100_000)).unwrap_err();
/// error.hold_back();
///
/// let error = manager.commit(&session, ResponseHead::new(200), now).unwrap_err();
/// assert_eq!(adapter::failed(&session, &error).id(), session.id());
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[must_use]
pub fn failed(session: &Session, error: &Error) -> Session {
    session.beside(session.visit().slot_of(error))
}

/// Marks the request as no use of its sessions, in all slots; see [`Session::mark_passive`].
///
/// ```
/// use sealed_session::adapter;
/// # let session = sealed_session::testing::session();
/// adapter::mark_passive(&session);
/// # Ok::<(), sealed_session::Error>(())
/// ```
pub fn mark_passive(session: &Session) {
    session.all().for_each(|session| session.mark_passive());
}

/// Takes [`mark_passive`] back, in all slots; see [`Session::count_as_use`].
///
/// ```
/// use sealed_session::adapter;
/// # let session = sealed_session::testing::session();
/// adapter::mark_passive(&session);
/// adapter::count_as_use(&session);
/// # Ok::<(), sealed_session::Error>(())
/// ```
pub fn count_as_use(session: &Session) {
    session.all().for_each(|session| session.count_as_use());
}
