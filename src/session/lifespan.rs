//! Lifetimes of a session's own, and requests that do not count as a use.

use std::time::Duration;

use super::Session;
use crate::error::Error;
#[cfg(doc)]
use crate::lifetime::Lifetime;
use crate::visit::{Config, Edit, Usage};

impl Session {
    /// Gives this session an idle timeout of its own, in whole seconds, until the next sign-in. It is kept in
    /// the session, and bounded again by the policy of the node that reads it. With `None` the session never
    /// idles out; the absolute lifetime still ends it.
    ///
    /// What a request asks for counts for the session that it begins, too: before a sign-in in the same
    /// request as well as after it, and without a session. What the session that came had does not.
    ///
    /// # Errors
    ///
    /// [`Error::is_not_permitted`] beyond the bounds of [`Lifetime::allow_idle`], for `None` without
    /// [`Lifetime::allow_never_idle`], and for a timeout that is longer than the session's absolute lifetime,
    /// which would cut it short; and as [`renew`](Session::renew).
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
    /// let manager = SessionManager::builder("shop", ring).lifetime(policy).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// session.sign_in("till-3", &[])?;
    /// session.set_idle_timeout(5 * minute)?;
    /// assert_eq!(session.time_left(now), Ok(5 * minute));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("setMaxInactiveInterval", "set_expiry"))]
    pub fn set_idle_timeout(&self, timeout: impl Into<Option<Duration>>) -> Result<(), Error> {
        let lifetime = &self.config().lifetime;
        let idle = match timeout.into() {
            Some(timeout) => {
                let now = self.visit.now();
                lifetime.own_idle(timeout, self.read(|state| state.times(now).own))
            }
            None => lifetime.own_never_idle(),
        };
        let idle = idle.map_err(|error| self.owned(error))?;
        self.change("idle timeout", Edit::Idle(idle)).map(drop)
    }

    /// Remembers the visitor for this long, in whole seconds from the session's beginning: "remember me".
    /// The session lives until then, however long nobody uses it, and its cookies outlive the browser. Call it
    /// in the request that signs in, before or after the sign-in; the next sign-in forgets it.
    ///
    /// A visitor who is to be forgotten after some days without a visit gets an idle timeout beside it: call
    /// [`set_idle_timeout`](Session::set_idle_timeout) after this.
    ///
    /// In header fields there is no cookie to outlive anything: the client keeps its token for as long as it
    /// likes, and the server's times count. Somebody with a copy of the cookie has the session for that long,
    /// too, so ask again for the password where it matters.
    ///
    /// # Errors
    ///
    /// [`Error::is_not_permitted`] without [`Lifetime::with_remembered_up_to`] and beyond it, if this request
    /// has set an idle timeout before, which this would undo, and if the session is older than that already;
    /// and as [`renew`](Session::renew).
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing};
    /// # use sealed_session::adapter::{RequestHead, ResponseHead};
    /// use sealed_session::{Lifetime, SessionManager};
    /// use std::time::Duration;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let month = Duration::from_secs(30 * 86_400);
    /// let policy = Lifetime::new().with_remembered_up_to(month);
    /// let manager = SessionManager::builder("shop", ring).lifetime(policy).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// session.sign_in("user-17", &[])?;
    /// session.remember(month)?;
    /// assert_eq!(session.time_left(now), Ok(month));
    ///
    /// let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    /// assert!(changes[0].value().ends_with("; Max-Age=2592000"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias(
        "permanent",
        "persistent",
        "remember_me",
        "set_absolute_lifetime",
        "set_max_age"
    ))]
    pub fn remember(&self, lifetime: Duration) -> Result<(), Error> {
        let now = self.visit.now();
        let (created, asked) = self.read(|state| (state.times(now).created, state.asked()));
        let policy = &self.config().lifetime;
        let seconds = policy.own_remembered(lifetime, now.since(created), asked);
        let seconds = seconds.map_err(|error| self.owned(error))?;
        self.change("remember", Edit::Remember(seconds)).map(drop)
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
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
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
    #[doc(alias("no_touch"))]
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
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
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
    #[doc(alias("extend", "touch"))]
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
