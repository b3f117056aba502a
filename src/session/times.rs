//! The times of a session, and the lifetimes that count for it.

use std::time::Duration;

use time::OffsetDateTime;

use super::Session;
use crate::lifetime::Lifetime;

/// The times of a session, as of the request's; see [`Session::times`].
///
/// ```
/// use time::Duration;
/// # let session = sealed_session::testing::session();
///
/// session.insert("name", "Ada")?;
/// let times = session.times();
/// assert_eq!(times.created_at, times.loaded_at);
/// assert_eq!(times.next_touch_at, Some(times.loaded_at + Duration::minutes(3)));
/// assert_eq!(times.idle_left, Some(times.policy.idle_timeout()));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Times {
    /// When the session began; the time of the request if there is none.
    pub created_at: OffsetDateTime,
    /// When the session that came with the request was last used, to within one
    /// [`touch_interval`](Lifetime::touch_interval); the time of the request if none came. The
    /// idle timeout counts from here.
    pub last_seen_at: OffsetDateTime,
    /// The time of the request, by which everything in it is judged and stamped.
    pub loaded_at: OffsetDateTime,
    /// The way in which a response noted the last use of the session that came with the request;
    /// `None` if none came or it was started over.
    pub renewed_by: Option<Renewal>,
    /// From when on a request that changes nothing sends a touch; `None` if there is no session. It
    /// may be past: then this request does, unless it changes the session, is
    /// [passive](Session::mark_passive), takes half of the idle timeout, or its response is a 304
    /// or may be stored by shared caches.
    pub next_touch_at: Option<OffsetDateTime>,
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
/// # let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
/// # let session = manager.load(RequestHead::default(), now);
/// # session.insert("name", "Ada")?;
/// # let changes = manager.commit(&session, ResponseHead::new(200), now)?;
/// # let cookie = changes[0].value().split(';').next().unwrap_or_default();
/// let later = now + Duration::minutes(10);
/// let session = manager.load(RequestHead::new([cookie.as_bytes()]), later);
/// assert_eq!(session.times().renewed_by, Some(Renewal::Write));
///
/// // The response carries a touch, and the next request both cookies.
/// let changes = manager.commit(&session, ResponseHead::new(200), later)?;
/// let touch = changes[0].value().split(';').next().unwrap_or_default();
/// let session = manager.load(RequestHead::new([cookie.as_bytes(), touch.as_bytes()]), later);
/// assert_eq!(session.times().renewed_by, Some(Renewal::Touch));
/// assert_eq!(session.times().last_seen_at, later);
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

impl Session {
    /// Returns the times of the session, and the lifetimes that count for it.
    ///
    /// ```
    /// use std::time::Duration;
    /// # let session = sealed_session::testing::session();
    /// assert_eq!(session.times().idle_left, Some(Duration::from_secs(30 * 60)));
    /// assert_eq!(session.times().absolute_left, Duration::from_secs(12 * 3_600));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn times(&self) -> Times {
        let (policy, now) = (self.visit.config(self.at).lifetime, self.visit.now());
        let (times, renewed_by, is_there) = self.read(|state| {
            let renewed_by = state.unbroken().map(|held| match held.touched {
                Some(_) => Renewal::Touch,
                None => Renewal::Write,
            });
            (state.times(now), renewed_by, state.record().is_some())
        });
        let (idle_left, absolute_left) = policy.left(&times, now);
        let next_touch = times.used.after(policy.touch_interval().as_secs());
        Times {
            created_at: times.created.to_time(),
            last_seen_at: times.used.to_time(),
            loaded_at: now.to_time(),
            renewed_by,
            next_touch_at: is_there.then(|| next_touch.to_time()),
            idle_timeout: policy.idle_of(times.own).map(Duration::from_secs),
            absolute_lifetime: Duration::from_secs(policy.absolute_of(times.own)),
            idle_left: idle_left.map(Duration::from_secs),
            absolute_left: Duration::from_secs(absolute_left),
            is_persistent: policy.outlives_the_browser(times.own),
            policy,
        }
    }
}
