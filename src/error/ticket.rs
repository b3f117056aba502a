//! Verdicts on tickets that were not accepted.

use std::fmt;

/// The reason for which a text is no good [ticket](crate::ticket).
///
/// It is for logs, metrics and what a page advises: a ticket that [has expired](TicketRefusal::Expired), was
/// [used](TicketRefusal::OtherState) or has lost its [key](TicketRefusal::RetiredKey) wants another one, and anything else is no
/// link of yours. All of them are harmless to tell a visitor.
///
/// ```
/// use sealed_session::ticket::{Purpose, TicketRefusal};
/// # use std::time::Duration;
/// # use sealed_session::{Key, KeyRing, SessionManager};
/// # let now = sealed_session::time::OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
/// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
///
/// const INVITATION: Purpose<u64> = Purpose::new("invitation", Duration::from_secs(3_600));
/// let refused = manager.open_ticket(INVITATION, "hello", now).unwrap_err();
/// assert_eq!(refused, TicketRefusal::Malformed);
/// assert_eq!(refused.label(), "malformed");
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TicketRefusal {
    /// Authentic, and older than its purpose allows.
    Expired,
    /// Authentic, and issued further in the future than clocks may differ.
    FromTheFuture,
    /// Not a ticket: no canonical base64url, or too short.
    Malformed,
    /// A format, or contents, that this version does not know.
    NewerFormat,
    /// For another audience, or another site.
    OtherAudience,
    /// Sealed for another purpose.
    OtherPurpose,
    /// Authentic, and bound to a state that is not the present one: most often because it was used. Or bound to none, where
    /// the purpose asks for it, and the reverse.
    OtherState,
    /// Authentic, and its value is of another type: the type has changed since, or the codec.
    OtherType,
    /// Longer than any ticket can be.
    OverCeiling,
    /// Sealed under a key of the ring whose time has passed.
    RetiredKey,
    /// Changed on the way.
    Tampered,
    /// Sealed under a key that the ring does not hold.
    UnknownKey,
    /// A session's token, or a mark.
    WrongFormat,
}

impl TicketRefusal {
    /// Returns a stable label for metrics: lower case, words joined by `_`. Where a [`Refusal`](crate::Refusal) says the same,
    /// it has the same label.
    ///
    /// ```
    /// use sealed_session::ticket::TicketRefusal;
    ///
    /// assert_eq!(TicketRefusal::OtherPurpose.label(), "other_purpose");
    /// ```
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            TicketRefusal::Expired => "expired",
            TicketRefusal::FromTheFuture => "from_the_future",
            TicketRefusal::Malformed => "malformed",
            TicketRefusal::NewerFormat => "newer_format",
            TicketRefusal::OtherAudience => "other_audience",
            TicketRefusal::OtherPurpose => "other_purpose",
            TicketRefusal::OtherState => "other_state",
            TicketRefusal::OtherType => "other_type",
            TicketRefusal::OverCeiling => "over_ceiling",
            TicketRefusal::RetiredKey => "retired_key",
            TicketRefusal::Tampered => "tampered",
            TicketRefusal::UnknownKey => "unknown_key",
            TicketRefusal::WrongFormat => "wrong_format",
        }
    }
}

/// Writes one line for a log that says what happened and where to look.
impl fmt::Display for TicketRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TicketRefusal::Expired => "the ticket has expired",
            TicketRefusal::FromTheFuture => "the ticket was issued in the future: compare the clocks",
            TicketRefusal::Malformed => "what came is not a ticket",
            TicketRefusal::NewerFormat => "the ticket was sealed by a newer version",
            TicketRefusal::OtherAudience => "the ticket is for another audience or site",
            TicketRefusal::OtherPurpose => "the ticket is for another purpose",
            TicketRefusal::OtherState => "what the ticket is bound to has changed: perhaps it was used",
            TicketRefusal::OtherType => {
                "the ticket's value is of another type: give a purpose another name when its type changes"
            }
            TicketRefusal::OverCeiling => "the text is longer than a ticket may be",
            TicketRefusal::RetiredKey => {
                "the ticket was sealed under a retired key: keep keys for as long as tickets live"
            }
            TicketRefusal::Tampered => "the ticket was changed",
            TicketRefusal::UnknownKey => "the ticket was sealed under a key that is not in the ring",
            TicketRefusal::WrongFormat => "what came is a session, and no ticket",
        })
    }
}

impl std::error::Error for TicketRefusal {}
