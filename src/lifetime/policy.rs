//! The lifetime policy of one node.

use std::time::Duration;

/// How long sessions live. The server enforces it, from times inside the sealed token.
///
/// The policy of the node that reads a cookie counts, so shortening it acts at once on cookies that are
/// already out.
///
/// The defaults are 30 minutes idle and 12 hours in total. NIST SP 800-63B-3 asks an ordinary application
/// for that (AAL2), and it bounds what a copied cookie is worth.
///
/// ```
/// use sealed_session::Lifetime;
/// use std::time::Duration;
///
/// let policy = Lifetime::new()
///     .with_idle_timeout(Duration::from_secs(10 * 60))
///     .with_absolute_lifetime(Duration::from_secs(8 * 3_600));
/// assert_eq!(policy.idle_timeout(), Duration::from_secs(600));
/// ```
#[doc(alias("Expiry", "expiration", "max_age", "session_ttl", "ttl"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lifetime {
    /// `None` if nobody set one: it is 30 minutes then.
    pub(super) idle: Option<Duration>,
    pub(super) absolute: Duration,
    pub(super) touch: Option<Duration>,
    pub(super) skew: Duration,
    /// The shortest and the longest idle timeout that a session may ask for.
    pub(super) idle_bounds: Option<(Duration, Duration)>,
    pub(super) never_idle: bool,
    /// For how long a session may be remembered.
    pub(super) remembered: Option<Duration>,
    pub(super) persistence: Persistence,
}

/// Which sessions outlive the browser: their cookies carry a `Max-Age`, the rest of the absolute lifetime.
///
/// `Max-Age` is a courtesy to the browser: the server's times count in any case. A cookie without one goes
/// when the browser closes, however long the lifetimes are, unless the browser restores its windows: then it
/// restores such cookies, too.
///
/// A policy that lets a cookie outlive the browser by more than 400 days is refused by
/// [`build`](crate::SessionManagerBuilder::build). Browsers keep none for longer (RFC 6265bis section 5.5;
/// Chrome 104), and touches renew only themselves, so a visitor who comes every day would be signed out on
/// day 400. Cookies without `Max-Age` and header fields have no such bound.
///
/// ```
/// use sealed_session::{Lifetime, Persistence};
///
/// assert_eq!(Lifetime::new().persistence(), Persistence::Remembered);
/// ```
#[doc(alias("BrowserSession", "PersistentSession", "SessionLifecycle"))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Persistence {
    /// All of them. The idle timeout counts all the same, so `build` asks for one: with the default a visitor
    /// who comes back tomorrow would be signed out.
    Always,
    /// Those that are [remembered](crate::Session::remember). The default.
    #[default]
    Remembered,
}

impl Default for Lifetime {
    fn default() -> Lifetime {
        Lifetime::new()
    }
}

impl Lifetime {
    /// Returns the default policy: 30 minutes idle, 12 hours in total.
    ///
    /// ```
    /// use sealed_session::Lifetime;
    ///
    /// let policy = Lifetime::new();
    /// assert_eq!(policy.idle_timeout().as_secs(), 30 * 60);
    /// assert_eq!(policy.absolute_lifetime().as_secs(), 12 * 3_600);
    /// ```
    #[must_use]
    pub const fn new() -> Lifetime {
        Lifetime {
            idle: None,
            absolute: Duration::from_secs(12 * 3_600),
            touch: None,
            skew: Duration::from_secs(120),
            idle_bounds: None,
            never_idle: false,
            remembered: None,
            persistence: Persistence::Remembered,
        }
    }

    /// Ends a session that was not used for this long. Whole seconds count. The browser may drop the cookie
    /// sooner, when it closes; see [`Persistence`].
    ///
    /// Every request counts as use, whether or not its handler looks at the session. A use is noted at most
    /// once in a [`touch_interval`](Lifetime::touch_interval), so a session idles out up to one interval
    /// before `timeout`, and never after it.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, Lifetime, SessionManager};
    /// use std::time::Duration;
    ///
    /// // Longer than the 12 hours of the absolute lifetime: set both.
    /// let policy = Lifetime::new().with_idle_timeout(Duration::from_secs(24 * 3_600));
    /// let builder = SessionManager::builder("shop", KeyRing::new(Key::generate()?)).lifetime(policy);
    /// assert!(builder.build().unwrap_err().is_configuration());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("OnInactivity", "rolling", "session_timeout", "sliding", "ttl"))]
    #[must_use]
    pub const fn with_idle_timeout(mut self, timeout: Duration) -> Lifetime {
        self.idle = Some(timeout);
        self
    }

    /// Ends a session this long after it began, however much it is used. Whole seconds count.
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing};
    /// # use sealed_session::adapter::ResponseHead;
    /// use sealed_session::{Lifetime, Refusal, SessionManager};
    /// use sealed_session::adapter::RequestHead;
    /// use std::time::Duration;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    /// # let before = SessionManager::new("shop", ring.clone())?;
    /// # let session = before.load(RequestHead::default(), now);
    /// # session.insert("name", "Ada")?;
    /// # let changes = before.commit(&session, ResponseHead::new(200), now)?;
    /// # let value = changes[0].value();
    /// # let cookie = value.split(';').next().unwrap_or_default().as_bytes();
    ///
    /// let minute = Duration::from_secs(60);
    /// let policy = Lifetime::new().with_idle_timeout(5 * minute).with_absolute_lifetime(10 * minute);
    /// let manager = SessionManager::builder("shop", ring).lifetime(policy).build()?;
    ///
    /// // `cookie` began its session under the default policy, ten minutes ago.
    /// let session = manager.load(RequestHead::new([cookie]), now + 10 * minute);
    /// assert_eq!(session.refusal(), Some(Refusal::AbsoluteExpired));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("AtDateTime", "expiry", "max_age"))]
    #[must_use]
    pub const fn with_absolute_lifetime(mut self, lifetime: Duration) -> Lifetime {
        self.absolute = lifetime;
        self
    }

    /// Sets how often, at most, a request that changes nothing sends a touch cookie. Whole seconds count; at
    /// most half of the shortest idle timeout.
    ///
    /// The default is a tenth of the shortest idle timeout, raised to a minute where a minute is at most half
    /// of that timeout. It is never under a second, so a timeout of one second is never renewed. That is often
    /// enough to keep an active visitor signed in, and so seldom that almost all responses carry no cookie.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, Lifetime, SessionManager};
    /// use std::time::Duration;
    ///
    /// let policy = Lifetime::new().with_touch_interval(Duration::from_secs(300));
    /// assert_eq!(policy.touch_interval().as_secs(), 300);
    ///
    /// let too_seldom = Lifetime::new().with_touch_interval(Duration::from_secs(1_000));
    /// let builder = SessionManager::builder("shop", KeyRing::new(Key::generate()?)).lifetime(too_seldom);
    /// assert!(builder.build().unwrap_err().is_configuration());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub const fn with_touch_interval(mut self, interval: Duration) -> Lifetime {
        self.touch = Some(interval);
        self
    }

    /// Sets how far in the future a token's times may lie: 120 s if not set, because two nodes may each be a
    /// minute off, in opposite directions. At most an hour.
    ///
    /// ```
    /// use sealed_session::Lifetime;
    /// use std::time::Duration;
    ///
    /// let policy = Lifetime::new().with_clock_skew(Duration::from_secs(10));
    /// assert_eq!(policy.clock_skew().as_secs(), 10);
    /// ```
    #[must_use]
    pub const fn with_clock_skew(mut self, skew: Duration) -> Lifetime {
        self.skew = skew;
        self
    }

    /// Lets a session have an idle timeout of its own, between these two
    /// ([`Session::set_idle_timeout`](crate::Session::set_idle_timeout)). Without this call none may.
    ///
    /// The bounds of the node that reads a session count: narrowing them acts on sessions that are out.
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
    /// let policy = Lifetime::new().allow_idle(10 * minute, 60 * minute);
    /// let manager = SessionManager::builder("shop", ring).lifetime(policy).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// session.set_idle_timeout(45 * minute)?;
    /// assert!(session.set_idle_timeout(5 * minute).unwrap_err().is_not_permitted());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub const fn allow_idle(mut self, shortest: Duration, longest: Duration) -> Lifetime {
        self.idle_bounds = Some((shortest, longest));
        self
    }

    /// Lets a session never idle out
    /// ([`Session::set_idle_timeout`](crate::Session::set_idle_timeout)); its absolute lifetime still
    /// ends it.
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing};
    /// # use sealed_session::adapter::RequestHead;
    /// use sealed_session::{Lifetime, SessionManager};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let policy = Lifetime::new().allow_never_idle();
    /// let manager = SessionManager::builder("shop", ring).lifetime(policy).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// session.sign_in("wallboard", &[])?;
    /// session.set_idle_timeout(None)?;
    /// assert_eq!(session.time_left(now), Ok(policy.absolute_lifetime()));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub const fn allow_never_idle(mut self) -> Lifetime {
        self.never_idle = true;
        self
    }

    /// Lets a session be remembered for up to this long: "remember me"
    /// ([`Session::remember`](crate::Session::remember)). Without this call none may. At least the absolute
    /// lifetime, and in cookies at most 400 days; see [`Persistence`].
    ///
    /// A key has to be accepted for as long as the sessions that it sealed can live; see
    /// [`KeyRing::retire`](crate::KeyRing::retire).
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
    /// let day = Duration::from_secs(86_400);
    /// let policy = Lifetime::new().with_remembered_up_to(30 * day);
    /// let manager = SessionManager::builder("shop", ring).lifetime(policy).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// session.sign_in("user-17", &[])?;
    /// assert!(session.remember(31 * day).unwrap_err().is_not_permitted());
    /// session.remember(30 * day)?;
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("remember_me"))]
    #[must_use]
    pub const fn with_remembered_up_to(mut self, longest: Duration) -> Lifetime {
        self.remembered = Some(longest);
        self
    }

    /// Sets which sessions outlive the browser: those that are remembered, if not set.
    ///
    /// ```
    /// use sealed_session::{Lifetime, Persistence, SessionManager};
    /// # use sealed_session::{Key, KeyRing};
    /// # use sealed_session::adapter::{RequestHead, ResponseHead};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let half_a_day = Lifetime::new().absolute_lifetime();
    /// let policy = Lifetime::new().with_idle_timeout(half_a_day).with_persistence(Persistence::Always);
    /// let manager = SessionManager::builder("shop", ring).lifetime(policy).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// session.insert("theme", "dark")?;
    ///
    /// let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    /// let value = changes[0].value();
    /// assert!(value.ends_with("; Max-Age=43200"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("session_lifecycle"))]
    #[must_use]
    pub const fn with_persistence(mut self, persistence: Persistence) -> Lifetime {
        self.persistence = persistence;
        self
    }

    /// Returns the idle timeout.
    ///
    /// ```
    /// use sealed_session::Lifetime;
    /// use std::time::Duration;
    ///
    /// let policy = Lifetime::new().with_idle_timeout(Duration::from_secs(600));
    /// assert_eq!(policy.idle_timeout(), Duration::from_secs(600));
    /// ```
    #[must_use]
    pub const fn idle_timeout(&self) -> Duration {
        match self.idle {
            Some(timeout) => timeout,
            None => Duration::from_secs(30 * 60),
        }
    }

    /// Returns the absolute lifetime.
    ///
    /// ```
    /// use sealed_session::Lifetime;
    /// use std::time::Duration;
    ///
    /// let policy = Lifetime::new().with_absolute_lifetime(Duration::from_secs(8 * 3_600));
    /// assert_eq!(policy.absolute_lifetime(), Duration::from_secs(28_800));
    /// ```
    #[must_use]
    pub const fn absolute_lifetime(&self) -> Duration {
        self.absolute
    }

    /// Returns how often, at most, a request that changes nothing sends a touch cookie.
    ///
    /// ```
    /// use sealed_session::Lifetime;
    /// use std::time::Duration;
    ///
    /// assert_eq!(Lifetime::new().touch_interval().as_secs(), 180);
    /// let short = Lifetime::new().with_idle_timeout(Duration::from_secs(300));
    /// assert_eq!(short.touch_interval().as_secs(), 60);
    /// ```
    #[must_use]
    pub fn touch_interval(&self) -> Duration {
        // Any session may have the shortest idle timeout, and only opening it would tell.
        let shortest = self.shortest_idle();
        let default = (shortest / 10).max(60).min(shortest / 2).max(1);
        self.touch.unwrap_or(Duration::from_secs(default))
    }

    /// Returns how far in the future a token's times may lie.
    ///
    /// ```
    /// assert_eq!(sealed_session::Lifetime::new().clock_skew().as_secs(), 120);
    /// ```
    #[must_use]
    pub const fn clock_skew(&self) -> Duration {
        self.skew
    }

    /// Returns the longest absolute lifetime that a session may have: that of the policy, or that of a session
    /// that is remembered.
    ///
    /// ```
    /// use sealed_session::Lifetime;
    /// use std::time::Duration;
    ///
    /// let month = Duration::from_secs(30 * 86_400);
    /// assert_eq!(Lifetime::new().with_remembered_up_to(month).longest_absolute(), month);
    /// assert_eq!(Lifetime::new().longest_absolute().as_secs(), 12 * 3_600);
    /// ```
    #[must_use]
    pub const fn longest_absolute(&self) -> Duration {
        match self.remembered {
            Some(longest) => longest,
            None => self.absolute,
        }
    }

    /// Returns which sessions outlive the browser.
    ///
    /// ```
    /// use sealed_session::{Lifetime, Persistence};
    ///
    /// let policy = Lifetime::new().with_persistence(Persistence::Always);
    /// assert_eq!(policy.persistence(), Persistence::Always);
    /// ```
    #[must_use]
    pub const fn persistence(&self) -> Persistence {
        self.persistence
    }
}
