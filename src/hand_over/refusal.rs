//! Verdicts on hand-overs that were not made.

use std::fmt;

use crate::error::TicketRefusal;

/// The reason for which nobody was handed over. The session is as it was then.
///
/// It is for logs, metrics and what a page advises: all of them are harmless to tell a visitor. **Answer with a page that has a
/// link to try again, and redirect nobody there by itself**, or a browser without cookies goes round for ever.
///
/// ```
/// use sealed_session::hand_over::HandOverRefusal;
/// # use sealed_session::hand_over::HandOver;
/// # use sealed_session::adapter::RequestHead;
/// # use sealed_session::{Key, KeyRing, SessionManager};
/// # let now = sealed_session::time::OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
/// # let builder = SessionManager::builder("b", KeyRing::new(Key::generate()?));
/// # let session = builder.hand_over(HandOver::new("https://b.example")?).build()?.load(RequestHead::default(), now);
///
/// let refused = session.arrive("lang=de", &[])?.unwrap_err();
/// assert_eq!(refused, HandOverRefusal::Malformed);
/// assert_eq!(refused.label(), "malformed");
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HandOverRefusal {
    /// Somebody [acts](crate::Session::act_as) as the account. At the other site nobody would see that it is not the
    /// customer.
    Acting,
    /// The sign-in was handed over itself. Two sites could keep a copied cookie alive for ever by handing it to and fro.
    HandedOver,
    /// The query is not that of a hand-over, or came twice over.
    Malformed,
    /// This browser asked for no hand-over, or too long ago, or has made use of it.
    NotAsked,
    /// Nobody is signed in here: put a [guard](crate::Guard::or_redirect) in front.
    NotSignedIn,
    /// The sign-in at the other site was [revoked](crate::revocation) meanwhile.
    Revoked,
    /// The ticket is not good, for this reason. [`OtherState`](TicketRefusal::OtherState) is a ticket of another browser's, and
    /// [`OtherAudience`](TicketRefusal::OtherAudience) one for another site.
    Ticket(TicketRefusal),
    /// The site that asks is none of the [partners](crate::hand_over::HandOver::with_partner).
    UnknownSite,
}

impl HandOverRefusal {
    /// Returns a stable label for metrics: lower case, words joined by `_`. Of a ticket it is that of the ticket's reason.
    ///
    /// ```
    /// use sealed_session::hand_over::HandOverRefusal;
    /// use sealed_session::ticket::TicketRefusal;
    ///
    /// assert_eq!(HandOverRefusal::UnknownSite.label(), "unknown_site");
    /// assert_eq!(HandOverRefusal::Ticket(TicketRefusal::OtherState).label(), "other_state");
    /// ```
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            HandOverRefusal::Acting => "acting",
            HandOverRefusal::HandedOver => "handed_over",
            HandOverRefusal::Malformed => "malformed",
            HandOverRefusal::NotAsked => "not_asked",
            HandOverRefusal::NotSignedIn => "not_signed_in",
            HandOverRefusal::Revoked => "revoked",
            HandOverRefusal::Ticket(reason) => reason.label(),
            HandOverRefusal::UnknownSite => "unknown_site",
        }
    }
}

/// Writes one line for a log that says what happened and where to look.
impl fmt::Display for HandOverRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            HandOverRefusal::Acting => "a visitor who acts as somebody else is not handed over",
            HandOverRefusal::HandedOver => {
                "the sign-in was handed over itself: ask the site that it came from"
            }
            HandOverRefusal::Malformed => "the query is not that of a hand-over",
            HandOverRefusal::NotAsked => {
                "this browser asked for no hand-over, or too long ago, or has made use of it"
            }
            HandOverRefusal::NotSignedIn => "nobody is signed in who could be handed over",
            HandOverRefusal::Revoked => "the sign-in at the other site was revoked",
            HandOverRefusal::Ticket(TicketRefusal::OtherState) => {
                "the ticket is for another browser"
            }
            HandOverRefusal::Ticket(reason) => return reason.fmt(f),
            HandOverRefusal::UnknownSite => "the site that asks is none of the partners",
        })
    }
}

impl std::error::Error for HandOverRefusal {}
