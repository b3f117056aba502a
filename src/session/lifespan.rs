//! How long a session lives, and what one may ask for itself.

use std::time::Duration;

use time::OffsetDateTime;

use super::frame::Frame;
use super::renewal::Renewal;
use super::state::{Edit, State};
use super::{Inner, Session};
use crate::error::Error;
use crate::lifetime::{Lifetime, Times};
use crate::transport::Source;

impl Session {
    /// When the session began; the time of the request if there is none.
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing, RequestHead, SessionManager};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let session = SessionManager::new(KeyRing::new(Key::generate()?))?.load(RequestHead::default(), now);
    /// assert_eq!(session.created_at(), now);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn created_at(&self) -> OffsetDateTime {
        self.read(|state| self.times(state).created.to_time())
    }

    /// When the session that came with the request was last used, to within one
    /// [`touch_interval`](Lifetime::touch_interval); the time of the request if none came. The
    /// idle timeout counts from here.
    ///
    /// ```
    /// # use sealed_session::{HeaderChange, Key, KeyRing, RequestHead, ResponseHead, SessionManager};
    /// # use time::{Duration, OffsetDateTime};
    /// # let now = OffsetDateTime::UNIX_EPOCH + Duration::weeks(2_900);
    /// # let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// # session.insert("name", "Ada")?;
    /// # let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    /// # let HeaderChange::Append { value, .. } = &changes[0] else { unreachable!() };
    /// # let cookie = value.split(';').next().unwrap_or_default().as_bytes();
    /// // `cookie` was written at `now`.
    /// let session = manager.load(RequestHead::new([cookie]), now + Duration::minutes(10));
    /// assert_eq!(session.last_seen_at(), now);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn last_seen_at(&self) -> OffsetDateTime {
        self.read(|state| self.times(state).used.to_time())
    }

    /// What noted the last use of the session that came with the request; `None` if none came or
    /// it was started over.
    ///
    /// ```
    /// # use sealed_session::{HeaderChange, Key, KeyRing, RequestHead, ResponseHead, SessionManager};
    /// use sealed_session::Renewal;
    /// # use time::{Duration, OffsetDateTime};
    /// # let now = OffsetDateTime::UNIX_EPOCH + Duration::weeks(2_900);
    /// # let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// # session.insert("name", "Ada")?;
    /// # let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    /// # let HeaderChange::Append { value, .. } = &changes[0] else { unreachable!() };
    /// # let cookie = value.split(';').next().unwrap_or_default();
    /// let later = now + Duration::minutes(10);
    /// let session = manager.load(RequestHead::new([cookie.as_bytes()]), later);
    /// assert_eq!(session.renewed_by(), Some(Renewal::Write));
    ///
    /// // The response carries a touch, and the next request both cookies.
    /// let changes = manager.commit(&session, ResponseHead::new(200), later)?;
    /// let HeaderChange::Append { value, .. } = &changes[0] else { unreachable!() };
    /// let touch = value.split(';').next().unwrap_or_default();
    /// let session = manager.load(RequestHead::new([cookie.as_bytes(), touch.as_bytes()]), later);
    /// assert_eq!(session.renewed_by(), Some(Renewal::Touch));
    /// assert_eq!(session.last_seen_at(), later);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn renewed_by(&self) -> Option<Renewal> {
        self.read(|state| {
            let held = state.held.filter(|_| !state.is_started_over())?;
            Some(match held.touched {
                Some(_) => Renewal::Touch,
                None => Renewal::Write,
            })
        })
    }

    /// From when on a request that changes nothing sends a touch cookie; `None` if there is no
    /// session. It may be past: then this one does, unless it changes the session, is
    /// [passive](Session::mark_passive), takes half of the idle timeout, or its response is a 304
    /// or may be stored by shared caches.
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing, RequestHead, SessionManager};
    /// # use time::{Duration, OffsetDateTime};
    /// # let now = OffsetDateTime::UNIX_EPOCH + Duration::weeks(2_900);
    /// # let session = SessionManager::new(KeyRing::new(Key::generate()?))?.load(RequestHead::default(), now);
    /// session.insert("name", "Ada")?;
    /// assert_eq!(session.next_touch_at(), Some(now + Duration::minutes(3)));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn next_touch_at(&self) -> Option<OffsetDateTime> {
        let interval = self.policy().touch_interval().as_secs();
        self.read(|state| {
            state.record.as_ref()?;
            Some(self.times(state).used.after(interval).to_time())
        })
    }

    /// The time of the request, by which everything in it is judged and stamped.
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing, RequestHead, SessionManager};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let session = SessionManager::new(KeyRing::new(Key::generate()?))?.load(RequestHead::default(), now);
    /// assert_eq!(session.loaded_at(), now);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn loaded_at(&self) -> OffsetDateTime {
        self.inner.now.to_time()
    }

    /// Whether the cookies of this session outlive the browser: whether they carry a `Max-Age`.
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing, RequestHead};
    /// use sealed_session::{Lifetime, SessionManager};
    /// use std::time::Duration;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let month = Duration::from_secs(30 * 86_400);
    /// let policy = Lifetime::new().allow_absolute(month);
    /// let manager = SessionManager::builder(ring).lifetime(policy).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// session.sign_in_as("user-17", &[])?;
    /// assert!(!session.is_persistent());
    /// session.set_absolute_lifetime(month)?;
    /// assert!(session.is_persistent());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn is_persistent(&self) -> bool {
        let own = self.read(|state| self.times(state).own);
        self.inner.context.lifetime.outlives_the_browser(own)
    }

    /// How much is left before the idle timeout, and before the absolute lifetime, at the time of
    /// the request. Without the first the session never idles out.
    ///
    /// ```
    /// use std::time::Duration;
    /// # let session = sealed_session::testing::session();
    /// let (idle, absolute) = session.time_left();
    /// assert_eq!(idle, Some(Duration::from_secs(30 * 60)));
    /// assert_eq!(absolute, Duration::from_secs(12 * 3_600));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn time_left(&self) -> (Option<Duration>, Duration) {
        let times = self.read(|state| self.times(state));
        let (idle, absolute) = self.inner.context.lifetime.left(&times, self.inner.now);
        (idle.map(Duration::from_secs), Duration::from_secs(absolute))
    }

    /// The policy that the session is judged by.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// assert_eq!(session.policy().idle_timeout().as_secs(), 30 * 60);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn policy(&self) -> Lifetime {
        self.inner.context.lifetime
    }

    /// The idle timeout that counts for this session: its own within the bounds of the policy, or
    /// the policy's. `None` if it never idles out.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// assert_eq!(session.idle_timeout(), Some(session.policy().idle_timeout()));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn idle_timeout(&self) -> Option<Duration> {
        let own = self.read(|state| self.times(state).own);
        let seconds = self.inner.context.lifetime.idle_of(own);
        seconds.map(Duration::from_secs)
    }

    /// The absolute lifetime that counts for this session: its own within the bounds of the
    /// policy, or the policy's.
    ///
    /// ```
    /// use std::time::Duration;
    /// # let session = sealed_session::testing::session();
    /// session.insert("name", "Ada")?;
    /// session.set_absolute_lifetime(Duration::from_secs(3_600))?;
    /// assert_eq!(session.absolute_lifetime().as_secs(), 3_600);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn absolute_lifetime(&self) -> Duration {
        let own = self.read(|state| self.times(state).own);
        Duration::from_secs(self.inner.context.lifetime.absolute_of(own))
    }

    /// Gives this session an idle timeout of its own, in whole seconds, until the next sign-in:
    /// call it after [`sign_in`](Session::sign_in). It is kept in the session, and bounded again by
    /// the policy of whoever reads it. Without a session it is kept for one that begins in this
    /// request.
    ///
    /// # Errors
    ///
    /// [`Error::is_not_permitted`] beyond the bounds of [`Lifetime::allow_idle`], and as
    /// [`renew`](Session::renew).
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing, RequestHead};
    /// use sealed_session::{Lifetime, SessionManager};
    /// use std::time::Duration;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let minute = Duration::from_secs(60);
    /// let policy = Lifetime::new().allow_idle(5 * minute, 60 * minute);
    /// let manager = SessionManager::builder(ring).lifetime(policy).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// session.sign_in_as("till-3", &[])?;
    /// session.set_idle_timeout(5 * minute)?;
    /// assert_eq!(session.time_left().0, Some(5 * minute));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias = "setMaxInactiveInterval")]
    pub fn set_idle_timeout(&self, timeout: Duration) -> Result<(), Error> {
        let idle = self.inner.context.lifetime.own_idle(timeout)?;
        self.change("idle timeout", Edit::Idle(idle)).map(drop)
    }

    /// Lets this session never idle out, until the next sign-in; the absolute lifetime still ends
    /// it. As [`set_idle_timeout`](Session::set_idle_timeout) otherwise.
    ///
    /// # Errors
    ///
    /// [`Error::is_not_permitted`] without [`Lifetime::allow_never_idle`], and as
    /// [`renew`](Session::renew).
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing, RequestHead};
    /// use sealed_session::{Lifetime, SessionManager};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let policy = Lifetime::new().allow_never_idle();
    /// let manager = SessionManager::builder(ring).lifetime(policy).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// session.sign_in_as("wallboard", &[])?;
    /// session.set_never_idle()?;
    /// assert_eq!(session.time_left().0, None);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn set_never_idle(&self) -> Result<(), Error> {
        let idle = self.inner.context.lifetime.own_never_idle()?;
        self.change("idle timeout", Edit::Idle(idle)).map(drop)
    }

    /// Gives this session an absolute lifetime of its own, in whole seconds from its beginning,
    /// until the next sign-in: "remember me". As [`set_idle_timeout`](Session::set_idle_timeout),
    /// call it after [`sign_in`](Session::sign_in). With one that is longer than the policy's its
    /// cookies outlive the browser, unless [`Lifetime::persist`] says otherwise.
    ///
    /// # Errors
    ///
    /// [`Error::is_not_permitted`] beyond [`Lifetime::longest_absolute`], or if the session is
    /// older than that already, and as [`renew`](Session::renew).
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing, RequestHead};
    /// use sealed_session::{Lifetime, SessionManager};
    /// use std::time::Duration;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let (day, month) = (Duration::from_secs(86_400), Duration::from_secs(30 * 86_400));
    /// let policy = Lifetime::new().allow_absolute(month).allow_idle(Duration::from_secs(1_800), 7 * day);
    /// let manager = SessionManager::builder(ring).lifetime(policy).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// session.sign_in_as("user-17", &[])?;
    /// session.set_absolute_lifetime(month)?;
    /// session.set_idle_timeout(7 * day)?;
    /// assert_eq!(session.time_left(), (Some(7 * day), month));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias = "remember_me")]
    pub fn set_absolute_lifetime(&self, lifetime: Duration) -> Result<(), Error> {
        let seconds = self.inner.context.lifetime.own_absolute(lifetime)?;
        let created = self.read(|state| self.times(state).created);
        let age = self.inner.now.since(created);
        if age >= seconds {
            return Err(Error::not_permitted(format!(
                "an absolute lifetime of {seconds} s for a session that is {age} s old; to end it, \
                 destroy it"
            )));
        }
        self.change("absolute lifetime", Edit::Absolute(seconds))
            .map(drop)
    }

    /// Marks this request as no use of its session: polling, a prefetch, a health check. It sends
    /// no touch, and what it writes keeps the time of the last use, so that the idle timeout runs
    /// on. A session that it begins, and a sign-in, count from now all the same. Better that such a
    /// request writes nothing: a use that is noted while it is under way is lost with the token
    /// that it replaces.
    ///
    /// It may be called at any time before the response head is sent, does nothing after that, and
    /// opens nothing.
    ///
    /// ```
    /// # use sealed_session::{HeaderChange, Key, KeyRing, RequestHead, ResponseHead, SessionManager};
    /// # use time::{Duration, OffsetDateTime};
    /// # let now = OffsetDateTime::UNIX_EPOCH + Duration::weeks(2_900);
    /// # let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// # session.insert("name", "Ada")?;
    /// # let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    /// # let HeaderChange::Append { value, .. } = &changes[0] else { unreachable!() };
    /// # let cookie = value.split(';').next().unwrap_or_default().as_bytes();
    /// # let later = now + Duration::minutes(10);
    /// let session = manager.load(RequestHead::new([cookie]), later);
    /// session.mark_passive();
    /// assert!(manager.commit(&session, ResponseHead::new(200), later)?.is_empty());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn mark_passive(&self) {
        self.inner.locked(|slot| slot.passive = true);
    }

    /// Takes [`mark_passive`](Session::mark_passive) back: the request is a use of its session after all.
    /// For a request that goes on to another route than the one that marked it.
    ///
    /// ```
    /// # use sealed_session::{HeaderChange, Key, KeyRing, RequestHead, ResponseHead, SessionManager};
    /// # use time::{Duration, OffsetDateTime};
    /// # let now = OffsetDateTime::UNIX_EPOCH + Duration::weeks(2_900);
    /// # let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// # session.insert("name", "Ada")?;
    /// # let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    /// # let HeaderChange::Append { value, .. } = &changes[0] else { unreachable!() };
    /// # let cookie = value.split(';').next().unwrap_or_default().as_bytes();
    /// # let later = now + Duration::minutes(10);
    /// let session = manager.load(RequestHead::new([cookie]), later);
    /// session.mark_passive();
    /// session.count_as_use();
    /// assert!(!manager.commit(&session, ResponseHead::new(200), later)?.is_empty(), "a touch");
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn count_as_use(&self) {
        self.inner.locked(|slot| slot.passive = false);
    }

    fn times(&self, state: &State) -> Times {
        let now = self.inner.now;
        let record = state.record.as_ref();
        Times {
            created: record.map_or(now, |record| record.created),
            // What was started over will be stamped now.
            used: state
                .held
                .filter(|_| !state.is_started_over())
                .map_or(now, |held| held.used()),
            own: record.map_or(state.own, |record| record.own),
        }
    }
}

impl Inner {
    /// The frame of this session's token, or of one that would begin now.
    pub(super) fn frame(&self, source: Source, state: &State) -> Frame<'_> {
        let record = state.record.as_ref();
        let times = Times {
            created: record.map_or(self.now, |record| record.created),
            used: self.now,
            own: record.map_or(state.own, |record| record.own),
        };
        let max_age = self.context.lifetime.max_age(&times, self.now);
        Frame::of(&self.context, source, max_age)
    }
}
