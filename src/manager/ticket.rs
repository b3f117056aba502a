//! Tickets: sealed and opened under the ring of a manager, for its audience.

use serde::Serialize;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

use super::SessionManager;
use crate::error::{Error, TicketRefusal};
use crate::lifetime::Timestamp;
use crate::once::OnceOnly;
use crate::seal::{StateSeal, TICKET_MAX, TicketBinding};
use crate::ticket::{Bound, BoundTicket, Purpose, Ticket};

impl SessionManager {
    /// Seals a value into a ticket of this purpose, which is good from `now` on. It is URL-safe text of at most 2,048
    /// characters: 78 for a small number. The value is encrypted, and its length shows.
    ///
    /// It is sealed under the ring of the main slot, for its audience. A key has to stay in the ring for as long as tickets
    /// live, which may be longer than sessions do.
    ///
    /// # Errors
    ///
    /// [`Error::is_not_representable`] if the value would not come back as it is, or is too long, and
    /// [`Error::is_randomness`].
    ///
    /// ```
    /// use sealed_session::ticket::Purpose;
    /// # use std::time::Duration;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # let now = sealed_session::time::OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// const CONFIRM: Purpose<(u64, String)> = Purpose::new("confirm-address", Duration::from_secs(86_400));
    ///
    /// let text = manager.seal_ticket(CONFIRM, &(17, "ada@example.com".to_owned()), now)?;
    /// let mail = format!("https://shop.example/confirm?ticket={text}");
    ///
    /// let long = (17, "a".repeat(2_000));
    /// assert!(manager.seal_ticket(CONFIRM, &long, now).unwrap_err().is_not_representable());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("sign", "signed_url", "magic_link"))]
    pub fn seal_ticket<T: Serialize + DeserializeOwned>(
        &self,
        purpose: Purpose<T>,
        value: &T,
        now: OffsetDateTime,
    ) -> Result<String, Error> {
        let audience = &self.slots.main().audience;
        self.seal_ticket_for(purpose, "", audience, None, value, now)
    }

    /// Seals a value as [`seal_ticket`](SessionManager::seal_ticket) does, and binds it to a state, of which the ticket holds
    /// a MAC.
    ///
    /// # Errors
    ///
    /// As [`seal_ticket`](SessionManager::seal_ticket).
    ///
    /// ```
    /// use sealed_session::ticket::{Bound, Purpose};
    /// # use std::time::Duration;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # let now = sealed_session::time::OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// const RESET: Purpose<u64, Bound> = Purpose::new("reset-password", Duration::from_secs(1_800)).bound();
    ///
    /// let password_hash = "$argon2id$v=19$..";
    /// let text = manager.seal_bound_ticket(RESET, &17, password_hash, now)?;
    /// assert!(manager.open_bound_ticket(RESET, text, now).is_ok());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn seal_bound_ticket<T: Serialize + DeserializeOwned>(
        &self,
        purpose: Purpose<T, Bound>,
        value: &T,
        state: impl AsRef<[u8]>,
        now: OffsetDateTime,
    ) -> Result<String, Error> {
        let (audience, state) = (&self.slots.main().audience, state.as_ref());
        self.seal_ticket_for(purpose, "", audience, Some(state), value, now)
    }

    /// Opens a ticket of this purpose. The text may be anything that came in a request.
    ///
    /// # Errors
    ///
    /// [`TicketRefusal`] says why the text is no good ticket.
    ///
    /// ```
    /// use sealed_session::ticket::{Purpose, TicketRefusal};
    /// # use std::time::Duration;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # let now = sealed_session::time::OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// const INVITATION: Purpose<u64> = Purpose::new("invitation", Duration::from_secs(3_600));
    /// const DOWNLOAD: Purpose<u64> = Purpose::new("download", Duration::from_secs(3_600));
    ///
    /// let text = manager.seal_ticket(DOWNLOAD, &17, now)?;
    /// let refused = manager.open_ticket(INVITATION, text, now).unwrap_err();
    /// assert_eq!(refused, TicketRefusal::OtherPurpose);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn open_ticket<T: DeserializeOwned>(
        &self,
        purpose: Purpose<T>,
        text: impl AsRef<[u8]>,
        now: OffsetDateTime,
    ) -> Result<Ticket<T>, TicketRefusal> {
        let audience = &self.slots.main().audience;
        match self.open_ticket_for(purpose, "", audience, text.as_ref(), now)? {
            (ticket, None) => Ok(ticket),
            (_, Some(_)) => Err(TicketRefusal::OtherState),
        }
    }

    /// Opens a ticket that is bound to a state. Its value is good once
    /// [`bound_to`](BoundTicket::bound_to) was told the present state.
    ///
    /// # Errors
    ///
    /// [`TicketRefusal`] says why the text is no good ticket.
    ///
    /// ```
    /// use sealed_session::ticket::{Bound, Purpose, TicketRefusal};
    /// # use std::time::Duration;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # let now = sealed_session::time::OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// const RESET: Purpose<u64, Bound> = Purpose::new("reset-password", Duration::from_secs(1_800)).bound();
    /// # let password_hash = |user: &u64| format!("hash of {user}");
    ///
    /// let text = manager.seal_bound_ticket(RESET, &17, password_hash(&17), now)?;
    ///
    /// let opened = manager.open_bound_ticket(RESET, &text, now).expect("a good ticket");
    /// let present = password_hash(opened.unproven());
    /// assert_eq!(opened.bound_to(present).expect("it was not used").into_value(), 17);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn open_bound_ticket<T: DeserializeOwned>(
        &self,
        purpose: Purpose<T, Bound>,
        text: impl AsRef<[u8]>,
        now: OffsetDateTime,
    ) -> Result<BoundTicket<T>, TicketRefusal> {
        let audience = &self.slots.main().audience;
        match self.open_ticket_for(purpose, "", audience, text.as_ref(), now)? {
            (ticket, Some(state)) => Ok(BoundTicket::new(ticket, state)),
            (_, None) => Err(TicketRefusal::OtherState),
        }
    }

    /// Seals a ticket for an audience, and for another site if `target` is its origin.
    pub(crate) fn seal_ticket_for<T: Serialize + DeserializeOwned, B>(
        &self,
        purpose: Purpose<T, B>,
        target: &str,
        audience: &str,
        state: Option<&[u8]>,
        value: &T,
        now: OffsetDateTime,
    ) -> Result<String, Error> {
        let binding = TicketBinding {
            purpose: purpose.name(),
            target,
            audience,
        };
        let (contents, issued) = (purpose.write(value)?, Timestamp::of(now));
        let sealer = &self.slots.main().sealer;
        let text = sealer.seal_ticket(&contents, state, issued, &binding)?;
        match text.len().checked_sub(TICKET_MAX) {
            None | Some(0) => Ok(text),
            Some(over) => Err(Error::unsealed(
                purpose.name(),
                format!(
                    "it would have {} characters, {over} more than the {TICKET_MAX} that go into a URL everywhere; \
                     keep the value where the application keeps its data, and seal what finds it",
                    text.len()
                ),
            )),
        }
    }

    /// Opens what [`seal_ticket_for`](SessionManager::seal_ticket_for) sealed; with what its state is bound by, if it has one.
    pub(crate) fn open_ticket_for<T: DeserializeOwned, B>(
        &self,
        purpose: Purpose<T, B>,
        target: &str,
        audience: &str,
        text: &[u8],
        now: OffsetDateTime,
    ) -> Result<(Ticket<T>, Option<StateSeal>), TicketRefusal> {
        let (config, now) = (self.slots.main(), Timestamp::of(now));
        let binding = TicketBinding {
            purpose: purpose.name(),
            target,
            audience,
        };
        let opened = config.sealer.open_ticket(text, &binding, now)?;
        Ticket::judged(purpose, opened, now, config.lifetime.clock_skew().as_secs())
    }
}

impl<T> Ticket<T> {
    /// Returns what a store has to keep so that this ticket counts once; see [`once`](crate::once). Claim it at the last moment
    /// before the effect.
    ///
    /// ```
    /// use sealed_session::ticket::Purpose;
    /// # use std::time::Duration;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # let now = sealed_session::time::OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// const VOUCHER: Purpose<u32> = Purpose::new("voucher", Duration::from_secs(3_600));
    ///
    /// let text = manager.seal_ticket(VOUCHER, &500, now)?;
    /// let ticket = manager.open_ticket(VOUCHER, text, now).expect("a good ticket");
    /// let use_of_it = ticket.once(&manager, now);
    /// assert!(use_of_it.is_good());
    /// // `sealed_session_redis::Once::claim(&use_of_it)` tells one of all who ask that it is the first.
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use = "a ticket counts again and again until somebody keeps that it was used"]
    pub fn once(&self, manager: &SessionManager, now: OffsetDateTime) -> OnceOnly {
        manager.once_only(self.purpose, self.nonce, self.good(), now)
    }
}
