//! Things that count once: a link that signs in, a token that is good for one request, the `jti` of somebody else's token.
//!
//! A token proves who made it and until when it is good, and not that it was never used. That takes a store that all nodes
//! share and that answers one of two who ask at the same moment with "first". The crate `sealed-session-redis` has one.
//!
//! [`SessionManager::once_only`](crate::SessionManager::once_only) names the thing, so that the store learns nothing of it, and
//! says for how long a store has to remember. A store that keeps it owes this:
//!
//! - Somebody is the first if **none** of the names is there. Whoever is puts all of them, in one atomic step. A name
//!   under one key is enough to notice somebody whose ring has other keys, too.
//! - Each name is kept [for so long](OnceOnly::kept_for), by whatever clock the store has.
//! - A store that may have lost something since [`known_since`](OnceOnly::known_since) calls nobody the first.
//! - Nobody is the first to use a thing that [is not good](OnceOnly::is_good) now.
//!
//! This module owns the names and the times. It keeps nothing, and asks nobody.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use time::OffsetDateTime;

use crate::lifetime::Timestamp;

/// The longest time for which anything is kept: 400 days, as for cookies.
const LONGEST: u64 = 400 * 86_400;

/// A thing that counts once, as a store has to know it.
///
/// ```
/// use sealed_session::SessionManager;
/// use time::Duration;
/// # use sealed_session::{Key, KeyRing};
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
/// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
///
/// let (issued, expires) = (now - Duration::minutes(5), now + Duration::minutes(5));
/// let token = manager.once_only("jti of idp.example", "08a5019c", issued..expires, now);
///
/// // Clocks may differ by 120 s.
/// assert_eq!(token.known_since(), issued - Duration::minutes(2));
/// assert_eq!(token.kept_for(), Duration::minutes(7));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct OnceOnly {
    names: Vec<[u8; 16]>,
    since: Timestamp,
    kept_for: u64,
    is_good: bool,
}

impl OnceOnly {
    pub(crate) fn new(
        names: Vec<[u8; 16]>,
        good: Range<OffsetDateTime>,
        now: Timestamp,
        skew: u64,
    ) -> OnceOnly {
        let (issued, end) = (Timestamp::of(good.start), Timestamp::of(good.end));
        let end = end.min(issued.after(LONGEST));
        // Within a second nobody knows what came first.
        let skew = skew.max(1);
        OnceOnly {
            names,
            since: issued.before(skew),
            kept_for: end.after(skew).since(now).max(1).into(),
            is_good: issued <= now.after(skew) && now < end,
        }
    }

    /// Returns the names, in ascending order: 16 bytes for each key of the ring, and nobody can tell of what without it.
    #[must_use]
    pub fn names(&self) -> &[[u8; 16]] {
        &self.names
    }

    /// Returns since when a store has to have lost nothing to know of the first use: the time of the issue, less what clocks
    /// may differ by.
    #[must_use]
    pub fn known_since(&self) -> OffsetDateTime {
        self.since.to_time()
    }

    /// Returns for how long a store has to keep the names: until the thing is no good, and what clocks may differ by. Nothing
    /// is good for longer than 400 days after its issue.
    ///
    /// It is no time of day, because the store's clock may be wrong: one that is ahead would forget at once, and the thing
    /// would count again.
    #[must_use]
    pub fn kept_for(&self) -> Duration {
        Duration::from_secs(self.kept_for)
    }

    /// Returns whether the thing is good now: it was issued, and its end has not come.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.is_good
    }
}

/// Shows no names.
impl fmt::Debug for OnceOnly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnceOnly")
            .field("names", &self.names.len())
            .field("known_since", &self.since)
            .field("kept_for", &self.kept_for)
            .field("is_good", &self.is_good)
            .finish()
    }
}
