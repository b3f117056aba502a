//! Replaces the ring of a manager while it serves.
//!
//! Only whether a ring may be replaced, and where: the keys are those of `keys`, and their use is that of `seal`.

use std::sync::{Arc, Mutex, PoisonError};

use time::OffsetDateTime;

use super::SessionManager;
use super::check::check_retirements;
use crate::error::Error;
use crate::event::Event;
use crate::keys::KeyRing;
use crate::seal::SealKeys;

/// Held while rings are replaced, which no request does. Of two at once, a slot could keep the ring of the one and the
/// main slot that of the other, and would be left out from then on. Managers share slots, so they share this.
static REPLACING: Mutex<()> = Mutex::new(());

impl SessionManager {
    /// Replaces the key ring, from the next request on and for all clones of this manager. Requests that are under way
    /// go on; none of them waits.
    ///
    /// It is replaced in the main slot, and in every other [slot](crate::slots) that has the same ring. A slot with a ring
    /// of its own keeps it: keep a clone of its manager, and replace it there.
    ///
    /// # Errors
    ///
    /// [`Error::is_key`] if no key of the ring [seals at `now`](KeyRing::check), and
    /// [`Error::is_configuration`] if a key retires before the sessions that it sealed, as in
    /// [`build`](crate::SessionManagerBuilder::build). The ring stays as it was then, in all slots.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, SessionManager};
    /// use sealed_session::testing::Browser;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::now_utc();
    ///
    /// let (old, new) = (Key::generate()?, Key::generate()?);
    /// let manager = SessionManager::new("shop", KeyRing::new(old.clone()))?;
    /// let browser = Browser::default().signed_in(&manager, "user-17")?;
    ///
    /// manager.replace_ring(KeyRing::new(new.clone()).accept(old)?, now)?;
    /// assert_eq!(browser.session(&manager).subject().as_deref(), Some("user-17"));
    ///
    /// // Without the key that sealed the session it is gone.
    /// manager.replace_ring(KeyRing::new(new), now)?;
    /// assert_eq!(browser.session(&manager).subject(), None);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("reload"))]
    pub fn replace_ring(&self, ring: KeyRing, now: OffsetDateTime) -> Result<(), Error> {
        let replaced = self.swap_ring(&ring, now)?;
        self.slots.tell(0, &replaced);
        Ok(())
    }

    /// Replaces the key ring, and returns what is to be told of that.
    pub(super) fn swap_ring(&self, ring: &KeyRing, now: OffsetDateTime) -> Result<Event, Error> {
        ring.check(now)?;
        let keys = Arc::new(SealKeys::new(ring));
        let _alone = REPLACING.lock().unwrap_or_else(PoisonError::into_inner);
        let main = self.slots.main();
        let former = main.sealer.keys();
        let slots = self.slots.iter().map(|slot| &slot.config);
        let same: Vec<_> = slots
            .filter(|config| config.sealer.keys().is_like(&former))
            .collect();
        for config in &same {
            check_retirements(ring, &config.lifetime)
                .map_err(|error| error.of_cookie(config.cookie()))?;
        }
        for config in same {
            config.sealer.replace(Arc::clone(&keys));
        }
        Ok(Event::RingReplaced {
            sealing: ring.sealing_key(now),
            keys: ring.keys().count(),
        })
    }
}
