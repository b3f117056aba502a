//! Slots of the library's own, derived from the configuration of the main one: in its ring, for its audience, with the
//! attributes of its cookie. Each holds one small value for a few minutes.
//!
//! Owns what they have in common. What waits in them is said by `flash` and `hand_over`.

use std::sync::Arc;
use std::time::Duration;

use super::SessionManagerBuilder;
use crate::cookie::Budget;
use crate::error::Error;
use crate::lifetime::{Lifetime, Persistence};
use crate::payload::Compression;
use crate::slot::Slot;
use crate::visit::SlotConfig;

/// What sets one of them apart.
pub(super) struct OwnSlot {
    /// What waits in it, in the plural, for errors.
    pub(super) what: &'static str,
    /// What the name of the application has at its end there.
    pub(super) suffix: &'static str,
    pub(super) waits: Duration,
    pub(super) budget: Budget,
}

impl SessionManagerBuilder {
    pub(super) fn own_slot<S: Slot>(&self, own: OwnSlot) -> Result<SlotConfig, Error> {
        let OwnSlot {
            what,
            suffix,
            waits,
            budget,
        } = own;
        if !self.transport.in_cookies() {
            return Err(Error::configuration(format!(
                "{what} need a cookie, and the sessions of this manager travel in none; remove them, or add \
                 `Transport::or_cookie`"
            )));
        }
        let lifetime = Lifetime::new()
            .with_idle_timeout(waits)
            .with_absolute_lifetime(waits)
            // Never, because there is nothing to keep alive.
            .with_touch_interval(waits)
            .with_clock_skew(self.lifetime.clock_skew())
            // So that the browser forgets what nobody took.
            .with_persistence(Persistence::Always);
        let builder = SessionManagerBuilder {
            audience: self.audience.clone(),
            lifetime,
            // What a visitor wrote may stand beside what others wrote. And the room is the same for any text.
            compression: Compression::Off,
            ..SessionManagerBuilder::new(self.cookie.beside(suffix), self.ring.clone())
        };
        builder.check(budget)?;
        Ok(SlotConfig::of::<S>(Arc::new(builder.config(budget))))
    }
}
