//! Things that count once: their names under the keys of a manager.

use std::ops::Range;

use time::OffsetDateTime;

use super::SessionManager;
use crate::lifetime::Timestamp;
use crate::once::OnceOnly;

impl SessionManager {
    /// Returns what a store has to keep so that a thing counts once: a link that signs in, or the `jti` of a token that
    /// somebody else issued. See [`once`](crate::once).
    ///
    /// `purpose` keeps things apart that may look the same, such as the `jti`s of two issuers. `thing` is whatever tells this
    /// one from all others of its purpose. `good` is when it was issued, and the time from which on it is no good by itself. `now`
    /// is the time of this call.
    ///
    /// The names are made under the ring of the main slot and for its audience. A thing that is good for longer than a
    /// session may live can be used again when the keys of its first use have left the ring.
    ///
    /// ```
    /// use sealed_session::SessionManager;
    /// use time::Duration;
    /// # use sealed_session::{Key, KeyRing};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// let issued = now - Duration::minutes(2);
    /// let link = manager.once_only("sign-in link", "8d1c06..", issued..issued + Duration::minutes(15), now);
    /// assert!(link.is_good());
    /// assert_eq!(link.names().len(), 1);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("jti", "nonce", "one_time", "replay"))]
    #[must_use = "a thing counts again and again until somebody keeps that it was used"]
    pub fn once_only(
        &self,
        purpose: &str,
        thing: impl AsRef<[u8]>,
        good: Range<OffsetDateTime>,
        now: OffsetDateTime,
    ) -> OnceOnly {
        let (config, now) = (self.slots.main(), Timestamp::of(now));
        let binding = &config.once_binding;
        let names = config
            .sealer
            .name_once(purpose, thing.as_ref(), binding, now);
        OnceOnly::new(names, good, now, config.lifetime.clock_skew().as_secs())
    }
}
