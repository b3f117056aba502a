//! The one type that ties the stages together: cookies to a session, a session to header lines.
//!
//! Owns the flow that adapters call and every decision about headers, so that an adapter moves
//! bytes and decides nothing. It does no I/O, reads no clock and knows no framework's types.

mod arriving;
mod beside;
mod builder;
mod caching;
mod check;
mod request;
mod response;
mod site_data;

pub use builder::SessionManagerBuilder;
pub(crate) use caching::changes;
pub use request::RequestHead;
pub use response::{HeaderChange, ResponseHead};
pub use site_data::SiteData;

use std::sync::Arc;

use time::OffsetDateTime;

pub(crate) use self::arriving::is_in_field;
use self::arriving::{arriving, in_cookies};
use crate::cookie::Jar;
use crate::error::Error;
use crate::keys::KeyRing;
use crate::lifetime::Timestamp;
use crate::session::{Context, Session, report};

/// Loads sessions from requests and commits them to responses.
///
/// One manager serves a whole application, or one of its [slots](crate::slots); a clone is the same
/// manager. It holds nothing but its configuration and keys, so requests share no lock, and any other
/// manager with the same ring and configuration can take over between two requests.
///
/// ```
/// use sealed_session::{HeaderChange, Key, KeyRing, RequestHead, ResponseHead, SessionManager};
/// use time::OffsetDateTime;
///
/// let ring = KeyRing::new(Key::generate()?);
/// let (here, there) = (SessionManager::new(ring.clone())?, SessionManager::new(ring)?);
/// let now = OffsetDateTime::now_utc();
///
/// // A first request, to one server.
/// let session = here.load(RequestHead::default(), now);
/// session.insert("name", "Ada")?;
/// let changes = here.commit(&session, ResponseHead::new(200), now)?;
/// let HeaderChange::Append { name, value } = &changes[0] else { unreachable!() };
/// assert_eq!(*name, "set-cookie");
///
/// // The next one, to another server.
/// let cookie = value.split(';').next().unwrap();
/// let session = there.load(RequestHead::new([cookie.as_bytes()]), now);
/// assert_eq!(session.get::<String>("name")?.as_deref(), Some("Ada"));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SessionManager {
    context: Arc<Context>,
}

impl SessionManager {
    /// A manager with the default configuration: a `__Host-session` cookie, encrypted, 30 minutes
    /// idle and 12 hours in total, within the [`portable`](crate::Budget::portable) budget.
    ///
    /// # Errors
    ///
    /// None with these defaults; as [`build`](SessionManagerBuilder::build).
    ///
    /// ```
    /// use sealed_session::{Budget, Key, KeyRing, Lifetime, RequestHead, SessionManager};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
    /// let session = manager.load(RequestHead::default(), now);
    /// assert_eq!(session.policy(), Lifetime::new());
    /// assert_eq!(session.size()?.total_limit(), Budget::portable().total_limit());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn new(ring: KeyRing) -> Result<SessionManager, Error> {
        SessionManager::builder(ring).build()
    }

    /// Configures a manager.
    ///
    /// ```
    /// use sealed_session::{CookieSpec, Key, KeyRing, SessionManager};
    ///
    /// let manager = SessionManager::builder(KeyRing::new(Key::generate()?))
    ///     .cookie(CookieSpec::new("__Host-shop"))
    ///     .audience("shop.example.com")
    ///     .build();
    /// assert!(manager.is_ok());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn builder(ring: KeyRing) -> SessionManagerBuilder {
        SessionManagerBuilder::new(ring)
    }

    /// The session of a request that arrives at `now`.
    ///
    /// Never fails: without an acceptable cookie the session is fresh, and
    /// [`Session::refusal`] says why. Copies the cookies that carry this session's names and
    /// opens none of them before the session is used.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, Refusal, RequestHead, SessionManager};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
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
        I: IntoIterator<Item = &'a [u8]>,
    {
        self.load_beside(None, request, now)
    }

    /// Loads a session that shares the fate of `main`, if there is one.
    pub(crate) fn load_beside<'a, I>(
        &self,
        main: Option<&Session>,
        request: RequestHead<'a, I>,
        now: OffsetDateTime,
    ) -> Session
    where
        I: IntoIterator<Item = &'a [u8]>,
    {
        let barred = match self.context.family.spec.is_development() && !request.is_loopback() {
            true => Some(request.host_name()),
            false => None,
        };
        let context = &self.context;
        let mut links = None;
        let (lines, request) = request.split();
        let jar = match barred {
            Some(_) => Jar::default(),
            None if context.transport.is_plain() => in_cookies(context, lines, &request),
            None => arriving(context, lines, &request, &mut links),
        };
        let now = Timestamp::of(now);
        Session::new(Arc::clone(context), jar, links, now, barred, main)
    }

    /// Closes `session` and returns the changes that its response head needs, in order. The guide
    /// [when a cookie is written](crate::when_a_cookie_is_written) tells which and why.
    ///
    /// `now` is the time of this call: a handler that ran for longer than its session lives
    /// revives nothing. Everything written is stamped with the time of loading all the same.
    ///
    /// # Errors
    ///
    /// [`Error::is_too_large`] if the session is over its budget, [`Error::is_expired`] if its time was
    /// over before its handler had finished, and [`Error::is_randomness`].
    /// The browser then keeps the session that it has. Answer with an error page, and commit once
    /// more with the head of that page: a session commits once, so this gives only a touch, if one
    /// is due, and what caches have to know.
    ///
    /// ```
    /// use sealed_session::ResponseHead;
    /// # use sealed_session::{Key, KeyRing, RequestHead, SessionManager};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
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
    pub fn commit<'a, I>(
        &self,
        session: &Session,
        response: ResponseHead<'a, I>,
        now: OffsetDateTime,
    ) -> Result<Vec<HeaderChange>, Error>
    where
        I: IntoIterator<Item = (&'a str, &'a [u8])>,
    {
        if session.close_unused() {
            return Ok(Vec::new());
        }
        let stamp = Timestamp::of(now);
        let mut outcome = session.commit(stamp, response.status)?;
        if outcome.asked || outcome.refused {
            report(std::iter::once((session, outcome.asked)));
        }
        let transport = |_| Some(&self.context.transport);
        let touch = |_| session.touch(stamp);
        let outcomes = std::slice::from_mut(&mut outcome);
        Ok(changes(outcomes, response, now, transport, touch))
    }

    /// The checked configuration.
    pub(crate) fn context(&self) -> &Context {
        &self.context
    }
}
