//! Lifetimes of a session's own, and requests that do not count as a use.

use std::time::Duration;

use super::Session;
use crate::error::Error;
#[cfg(doc)]
use crate::lifetime::Lifetime;
use crate::visit::{Config, Edit, Usage};

impl Session {
    /// Gives this session an idle timeout of its own, in whole seconds, until the next sign-in:
    /// call it after [`sign_in`](Session::sign_in). It is kept in the session, and bounded again by
    /// the policy of the node that reads it. Without a session it is kept for one that begins in this
    /// request. With `None` the session never idles out; the absolute lifetime still ends it.
    ///
    /// # Errors
    ///
    /// [`Error::is_not_permitted`] beyond the bounds of [`Lifetime::allow_idle`], for `None` without
    /// [`Lifetime::allow_never_idle`], and as [`renew`](Session::renew).
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing};
    /// # use sealed_session::adapter::RequestHead;
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
    /// session.sign_in("till-3", &[])?;
    /// session.set_idle_timeout(5 * minute)?;
    /// assert_eq!(session.times().unwrap().idle_left, Some(5 * minute));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias = "setMaxInactiveInterval")]
    pub fn set_idle_timeout(&self, timeout: impl Into<Option<Duration>>) -> Result<(), Error> {
        let lifetime = &self.config().lifetime;
        let idle = match timeout.into() {
            Some(timeout) => lifetime.own_idle(timeout)?,
            None => lifetime.own_never_idle()?,
        };
        self.change("idle timeout", Edit::Idle(idle)).map(drop)
    }

    /// Gives this session an absolute lifetime of its own, in whole seconds from its beginning,
    /// until the next sign-in: "remember me". As [`set_idle_timeout`](Session::set_idle_timeout),
    /// call it after [`sign_in`](Session::sign_in). With one that is longer than the policy's its
    /// cookies outlive the browser, unless [`Lifetime::with_persistence`] says otherwise.
    ///
    /// # Errors
    ///
    /// [`Error::is_not_permitted`] beyond [`Lifetime::longest_absolute`], or if the session is
    /// older than that already, and as [`renew`](Session::renew).
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing};
    /// # use sealed_session::adapter::RequestHead;
    /// use sealed_session::{Lifetime, SessionManager};
    /// use std::time::Duration;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let (day, month) = (Duration::from_secs(86_400), Duration::from_secs(30 * 86_400));
    /// let policy = Lifetime::new().with_longest_absolute(month).allow_idle(Duration::from_secs(1_800), 7 * day);
    /// let manager = SessionManager::builder(ring).lifetime(policy).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// session.sign_in("user-17", &[])?;
    /// session.set_absolute_lifetime(month)?;
    /// session.set_idle_timeout(7 * day)?;
    /// assert_eq!(session.times().unwrap().absolute_left, month);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias = "remember_me")]
    pub fn set_absolute_lifetime(&self, lifetime: Duration) -> Result<(), Error> {
        let seconds = self.config().lifetime.own_absolute(lifetime)?;
        let now = self.visit.now();
        let age = self.read(|state| now.since(state.times(now).created));
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
    /// on. A session that it begins, and a sign-in, count from now all the same. Avoid writing in such a
    /// request: it replaces the token, and a touch that another response sets meanwhile is lost with it.
    ///
    /// It may be called at any time before the response head is sent, does nothing after that, and
    /// opens nothing.
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # use sealed_session::adapter::{RequestHead, ResponseHead};
    /// # use time::{Duration, OffsetDateTime};
    /// # let now = OffsetDateTime::UNIX_EPOCH + Duration::weeks(2_900);
    /// # let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// # session.insert("name", "Ada")?;
    /// # let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    /// # let value = changes[0].value();
    /// # let cookie = value.split(';').next().unwrap_or_default().as_bytes();
    /// # let later = now + Duration::minutes(10);
    /// let session = manager.load(RequestHead::new([cookie]), later);
    /// session.mark_passive();
    /// assert!(manager.commit(&session, ResponseHead::new(200), later)?.is_empty());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn mark_passive(&self) {
        self.count(Usage::Passive);
    }

    /// Takes [`mark_passive`](Session::mark_passive) back: the request is a use of its session after all.
    /// For a request that goes on to another route than the one that marked it.
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # use sealed_session::adapter::{RequestHead, ResponseHead};
    /// # use time::{Duration, OffsetDateTime};
    /// # let now = OffsetDateTime::UNIX_EPOCH + Duration::weeks(2_900);
    /// # let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// # session.insert("name", "Ada")?;
    /// # let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    /// # let value = changes[0].value();
    /// # let cookie = value.split(';').next().unwrap_or_default().as_bytes();
    /// # let later = now + Duration::minutes(10);
    /// let session = manager.load(RequestHead::new([cookie]), later);
    /// session.mark_passive();
    /// session.count_as_use();
    /// assert!(!manager.commit(&session, ResponseHead::new(200), later)?.is_empty(), "a touch");
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn count_as_use(&self) {
        self.count(Usage::Active);
    }

    fn count(&self, usage: Usage) {
        self.visit.at(self.at, |slot| slot.set_usage(usage));
    }

    fn config(&self) -> &Config {
        self.visit.config(self.at)
    }
}
