//! The times of a session, and the lifetimes that count for it.

use std::time::Duration;

use time::OffsetDateTime;

use super::Session;
use crate::error::Refusal;
use crate::lifetime::{Lifetime, SessionTimes, Timestamp};
use crate::visit::{Held, Usage};

/// The times of a session, as of the request's; see [`Session::times`].
///
/// ```
/// use time::Duration;
/// # let session = sealed_session::testing::session();
///
/// session.insert("name", "Ada")?;
/// let times = session.times().expect("a session has begun");
/// assert_eq!(times.created_at, times.loaded_at);
/// assert_eq!(times.next_touch_at, times.loaded_at + Duration::minutes(3));
/// assert_eq!(times.idle_left, Some(times.policy.idle_timeout()));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Times {
    /// When the session began.
    pub created_at: OffsetDateTime,
    /// When the session that came with the request was last used, to within one
    /// [`touch_interval`](Lifetime::touch_interval); the time of the request if it began in this one. The
    /// idle timeout counts from here.
    pub last_seen_at: OffsetDateTime,
    /// The time of the request, by which everything in it is judged and stamped.
    pub loaded_at: OffsetDateTime,
    /// The way in which a response noted the last use of the session that came with the request;
    /// `None` if none came or it was started over.
    pub renewed_by: Option<Renewal>,
    /// From when on a request that changes nothing sends a touch. It may be past: then this request does, unless it changes the session, is
    /// [passive](Session::mark_passive), takes half of the idle timeout, or its response is a 304
    /// or may be stored by shared caches.
    pub next_touch_at: OffsetDateTime,
    /// The idle timeout that counts: the session's own within the bounds of the policy, or the
    /// policy's. `None` if the session never idles out.
    pub idle_timeout: Option<Duration>,
    /// The absolute lifetime that counts: the session's own within the bounds of the policy, or the
    /// policy's.
    pub absolute_lifetime: Duration,
    /// The time that is left before the idle timeout; `None` if the session never idles out.
    pub idle_left: Option<Duration>,
    /// The time that is left before the absolute lifetime.
    pub absolute_left: Duration,
    /// Whether the session's cookies outlive the browser: whether they carry a `Max-Age`.
    pub is_persistent: bool,
    /// The policy that the session is judged by.
    pub policy: Lifetime,
}

/// The way in which a session was last renewed; see [`Times::renewed_by`].
///
/// ```
/// # use sealed_session::{Key, KeyRing, SessionManager};
/// # use sealed_session::adapter::{RequestHead, ResponseHead};
/// use sealed_session::report::Renewal;
/// # use time::{Duration, OffsetDateTime};
/// # let now = OffsetDateTime::UNIX_EPOCH + Duration::weeks(2_900);
/// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// # let session = manager.load(RequestHead::default(), now);
/// # session.insert("name", "Ada")?;
/// # let changes = manager.commit(&session, ResponseHead::new(200), now)?;
/// # let cookie = changes[0].value().split(';').next().unwrap_or_default();
/// let later = now + Duration::minutes(10);
/// let session = manager.load(RequestHead::new([cookie.as_bytes()]), later);
/// assert_eq!(session.times().unwrap().renewed_by, Some(Renewal::Write));
///
/// // The response carries a touch, and the next request both cookies.
/// let changes = manager.commit(&session, ResponseHead::new(200), later)?;
/// let touch = changes[0].value().split(';').next().unwrap_or_default();
/// let session = manager.load(RequestHead::new([cookie.as_bytes(), touch.as_bytes()]), later);
/// assert_eq!(session.times().unwrap().renewed_by, Some(Renewal::Touch));
/// assert_eq!(session.times().unwrap().last_seen_at, later);
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Renewal {
    /// A touch: a request used the session and changed nothing.
    Touch,
    /// The session itself: a request changed it.
    Write,
}

impl Renewal {
    /// Returns how a response noted the last use of the session in this token.
    pub(crate) fn of(held: &Held) -> Renewal {
        match held.touched {
            Some(_) => Renewal::Touch,
            None => Renewal::Write,
        }
    }
}

impl Times {
    pub(crate) fn of(
        policy: Lifetime,
        times: &SessionTimes,
        renewed_by: Option<Renewal>,
        now: Timestamp,
    ) -> Times {
        let (idle_left, absolute_left) = policy.left(times, now);
        let next_touch = times.used.after(policy.touch_interval().as_secs());
        Times {
            created_at: times.created.to_time(),
            last_seen_at: times.used.to_time(),
            loaded_at: now.to_time(),
            renewed_by,
            next_touch_at: next_touch.to_time(),
            idle_timeout: policy.idle_of(times.own).map(Duration::from_secs),
            absolute_lifetime: Duration::from_secs(policy.absolute_of(times.own)),
            idle_left: idle_left.map(Duration::from_secs),
            absolute_left: Duration::from_secs(absolute_left),
            is_persistent: policy.outlives_the_browser(times.own),
            policy,
        }
    }
}

impl Session {
    /// Returns the times of the session, and the lifetimes that count for it; `None` as long as there is no
    /// session.
    ///
    /// ```
    /// use std::time::Duration;
    /// # let session = sealed_session::testing::session();
    /// assert_eq!(session.times(), None);
    ///
    /// session.insert("name", "Ada")?;
    /// let times = session.times().expect("a session has begun");
    /// assert_eq!(times.idle_left, Some(Duration::from_secs(30 * 60)));
    /// assert_eq!(times.absolute_left, Duration::from_secs(12 * 3_600));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("expiry", "expiry_age", "expiry_date"))]
    #[must_use]
    pub fn times(&self) -> Option<Times> {
        let (policy, now) = (self.visit.config(self.at).lifetime, self.visit.now());
        let (times, renewed_by) = self.read(|state| {
            state.record()?;
            Some((state.times(now), state.unbroken().map(Renewal::of)))
        })?;
        Some(Times::of(policy, &times, renewed_by, now))
    }

    /// Returns for how long the session lives from `now` on if no other request uses it, or why it does not
    /// live: nobody is there, it was destroyed in this request, or a lifetime is over.
    ///
    /// It is for what goes on after the response: a WebSocket, a stream of events, a long download. They keep
    /// the session that they began with, for ever if nobody asks. So ask before each message, and when the
    /// time that was left has passed. It waits for nothing, and asks no clock.
    ///
    /// The request that began counts as a use, unless it is [passive](Session::mark_passive). What comes later
    /// over the connection is none, and neither is a request of another tab, which nobody here hears of: close
    /// the connection when the time is over, and let the page open another one. If its visitor is still
    /// active, the browser has a session by then that lives. A sign-out in another request is not heard of
    /// either.
    ///
    /// # Errors
    ///
    /// The [`Refusal`] that a request with this session would meet.
    ///
    /// ```
    /// use sealed_session::Refusal;
    /// use std::time::Duration;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// assert_eq!(session.time_left(now), Err(Refusal::Absent));
    ///
    /// session.sign_in("user-17", &[])?;
    /// let half_an_hour = Duration::from_secs(30 * 60);
    /// assert_eq!(session.time_left(now), Ok(half_an_hour));
    /// assert_eq!(session.time_left(now + half_an_hour), Err(Refusal::IdleExpired));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("is_expired", "is_valid", "ttl"))]
    pub fn time_left(&self, now: OffsetDateTime) -> Result<Duration, Refusal> {
        let policy = &self.visit.config(self.at).lifetime;
        let times = self.visit.at(self.at, |slot| {
            let is_passive = slot.usage() == Usage::Passive;
            let state = slot.open();
            match state.record() {
                Some(record) => Ok(SessionTimes {
                    created: record.created,
                    used: state.issued(self.visit.now(), is_passive),
                    own: record.own,
                }),
                None => Err(state.refusal().unwrap_or(Refusal::Destroyed)),
            }
        })?;
        policy
            .time_left(&times, Timestamp::of(now))
            .map(Duration::from_secs)
    }
}
