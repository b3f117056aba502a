//! Tickets that have opened.

use std::fmt;

use serde::de::DeserializeOwned;
use time::OffsetDateTime;

use super::purpose::Purpose;
use crate::error::TicketRefusal;
use crate::lifetime::Timestamp;
use crate::seal::{OpenedTicket, StateSeal};

/// A good ticket: authentic, for this purpose and audience, in its time, and bound to the present state if to any.
///
/// It was good when it was opened, and stays what it is however long it is kept.
#[derive(Clone)]
#[must_use = "a ticket says who may do something: look at its value"]
pub struct Ticket<T> {
    value: T,
    pub(crate) purpose: &'static str,
    /// Random bytes that no other ticket has.
    pub(crate) nonce: [u8; 24],
    issued: Timestamp,
    end: Timestamp,
}

impl<T: DeserializeOwned> Ticket<T> {
    /// Judges an authentic ticket, and reads its value; with what it is bound to, if to anything.
    pub(crate) fn judged<B>(
        purpose: Purpose<T, B>,
        opened: OpenedTicket,
        now: Timestamp,
        skew: u64,
    ) -> Result<(Ticket<T>, Option<StateSeal>), TicketRefusal> {
        let end = purpose.judge(opened.issued, now, skew)?;
        let ticket = Ticket {
            value: purpose.read(&opened.contents)?,
            purpose: purpose.name(),
            nonce: opened.nonce,
            issued: opened.issued,
            end,
        };
        Ok((ticket, opened.state))
    }
}

impl<T> Ticket<T> {
    /// Returns its value.
    ///
    /// ```
    /// use sealed_session::ticket::Purpose;
    /// # use std::time::Duration;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # let now = sealed_session::time::OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// const INVITATION: Purpose<u64> = Purpose::new("invitation", Duration::from_secs(3_600));
    ///
    /// let text = manager.seal_ticket(INVITATION, &17, now)?;
    /// assert_eq!(manager.open_ticket(INVITATION, text, now).expect("a good ticket").value(), &17);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn value(&self) -> &T {
        &self.value
    }

    /// Returns its value, and nothing else of it.
    ///
    /// ```
    /// use sealed_session::ticket::Purpose;
    /// # use std::time::Duration;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # let now = sealed_session::time::OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// const UNSUBSCRIBE: Purpose<String> = Purpose::new("unsubscribe", Duration::from_secs(3_600));
    ///
    /// let text = manager.seal_ticket(UNSUBSCRIBE, &"weekly".to_owned(), now)?;
    /// let list: String = manager.open_ticket(UNSUBSCRIBE, text, now).expect("a good ticket").into_value();
    /// assert_eq!(list, "weekly");
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn into_value(self) -> T {
        self.value
    }

    /// Returns when it was sealed, and the time from which on it is no good any more, to the second.
    ///
    /// ```
    /// use sealed_session::ticket::Purpose;
    /// # use std::time::Duration;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # let now = sealed_session::time::OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// const INVITATION: Purpose<u64> = Purpose::new("invitation", Duration::from_secs(3_600));
    ///
    /// let text = manager.seal_ticket(INVITATION, &17, now)?;
    /// let ticket = manager.open_ticket(INVITATION, text, now).expect("a good ticket");
    /// assert_eq!(ticket.good(), now..now + Duration::from_secs(3_600));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn good(&self) -> std::ops::Range<OffsetDateTime> {
        self.issued.to_time()..self.end.to_time()
    }
}

/// Shows no value.
impl<T> fmt::Debug for Ticket<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket")
            .field("purpose", &self.purpose)
            .field("issued", &self.issued)
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}

/// A ticket that has opened, and is bound to a state that nobody has named yet.
///
/// Its value may be read to find the state: whose password it is. It is no leave to do anything before
/// [`bound_to`](BoundTicket::bound_to) has given the [`Ticket`], and nothing takes it for one:
///
/// ```compile_fail,E0599
/// use sealed_session::ticket::BoundTicket;
///
/// fn user(opened: BoundTicket<u64>) -> u64 {
///     opened.into_value()
/// }
/// ```
#[must_use = "it may have been used: name the present state by `bound_to`"]
pub struct BoundTicket<T> {
    ticket: Ticket<T>,
    state: StateSeal,
}

impl<T> BoundTicket<T> {
    pub(crate) fn new(ticket: Ticket<T>, state: StateSeal) -> BoundTicket<T> {
        BoundTicket { ticket, state }
    }

    /// Returns the value, to look up the state by. The ticket may have been used.
    ///
    /// ```
    /// use sealed_session::ticket::{Bound, Purpose};
    /// # use std::time::Duration;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # let now = sealed_session::time::OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// const RESET: Purpose<u64, Bound> = Purpose::new("reset-password", Duration::from_secs(1_800)).bound();
    ///
    /// let text = manager.seal_bound_ticket(RESET, &17, "$argon2id$old", now)?;
    /// let ticket = manager.open_bound_ticket(RESET, text, now).expect("a good ticket");
    /// assert_eq!(ticket.unproven(), &17);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn unproven(&self) -> &T {
        &self.ticket.value
    }

    /// Returns the ticket if it is bound to this state, compared in constant time.
    ///
    /// # Errors
    ///
    /// [`TicketRefusal::OtherState`] if the state has changed since, as by the use of the ticket.
    ///
    /// ```
    /// use sealed_session::ticket::{Bound, Purpose};
    /// # use std::time::Duration;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # let now = sealed_session::time::OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// const RESET: Purpose<u64, Bound> = Purpose::new("reset-password", Duration::from_secs(1_800)).bound();
    ///
    /// let text = manager.seal_bound_ticket(RESET, &17, "$argon2id$old", now)?;
    /// let opened = manager.open_bound_ticket(RESET, &text, now).expect("a good ticket");
    /// let ticket = opened.bound_to("$argon2id$old").expect("the password is the same");
    /// assert_eq!(ticket.value(), &17);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn bound_to(self, state: impl AsRef<[u8]>) -> Result<Ticket<T>, TicketRefusal> {
        match self.state.is_of(state.as_ref()) {
            true => Ok(self.ticket),
            false => Err(TicketRefusal::OtherState),
        }
    }
}

/// Shows no value.
impl<T> fmt::Debug for BoundTicket<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BoundTicket").field(&self.ticket).finish()
    }
}
