//! Verdicts on cookies that were not accepted.

use std::fmt;

/// The reason for which a request's cookies gave no session.
///
/// It is for logs and metrics. The visitor gets a fresh session for any reason, and nothing in a response
/// tells one reason from another.
///
/// ```
/// use sealed_session::{Key, KeyRing, Refusal, SessionManager};
/// use sealed_session::adapter::RequestHead;
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
/// let manager = SessionManager::new("session", KeyRing::new(Key::generate()?))?;
/// let session = manager.load(RequestHead::new([&b"__Host-session=hello"[..]]), now);
/// assert!(session.is_new());
/// assert_eq!(session.refusal(), Some(Refusal::Malformed));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// Authentic, and older than the absolute lifetime.
    AbsoluteExpired,
    /// The request carried nothing under this session's name.
    Absent,
    /// Several live sessions of different sign-ins came under a name that a sibling domain can set, or one
    /// among more cookies than are judged. They are left over from a change of the cookie's
    /// [scope](crate::SessionManagerBuilder::former_scope), or planted. Or two values came in a header field, or in a query.
    Conflict,
    /// Authentic, and ended by a sign-out or another sign-in in this browser. A response that was under way
    /// then has brought it back.
    Destroyed,
    /// Authentic, and issued further in the future than clocks may differ.
    FromTheFuture,
    /// Authentic, and not used for longer than the idle timeout.
    IdleExpired,
    /// Not a token: no canonical base64url, too short, or a record that does not parse.
    Malformed,
    /// Authentic, and its attributes are [stored elsewhere](crate::overflow), where they are no more: they were
    /// ended there, or lost. Or what is stored is not what was put there.
    Missing,
    /// Complete only as a mixture of two sets of chunks.
    Mixed,
    /// A token format that this version does not know.
    NewerFormat,
    /// Authentic, and its attributes are [stored elsewhere](crate::overflow), and were not fetched: the store gave
    /// no answer, or nobody asked it. It counts again once they are.
    NotFetched,
    /// Authentic, and nobody knows recently enough whether it was ended at the server; see
    /// [`Staleness::or_refuse`](crate::revocation::Staleness::or_refuse). It counts again once somebody knows.
    NotKnown,
    /// The development cookie profile was used for a host that is neither this machine nor
    /// [named](crate::CookieSpec::plain_http_host). This is judged before any cookie is read, so FORMAT.md does not list it.
    OffLoopback,
    /// Longer than any token can be, or unpacking to more than a token may hold.
    OverCeiling,
    /// A chunk is missing.
    Partial,
    /// Authentic, and written by a version whose records this one does not know.
    RecordTooNew,
    /// Sealed under a key of the ring whose time has passed.
    RetiredKey,
    /// Authentic, and ended at the server: by itself, with all of its subject, with all that carry one of its labels, or
    /// with everything. See [`revocation`](crate::revocation).
    Revoked,
    /// Authentic, but the session goes on under another id: it was [renewed](crate::Session::renew) in this
    /// browser, and a response that was under way brought its earlier state back.
    Superseded,
    /// Changed on the way, or sealed for another name, purpose or audience. The cipher cannot tell which.
    Tampered,
    /// Sealed under a key that the ring does not hold.
    UnknownKey,
    /// A known format that this configuration does not accept.
    WrongFormat,
}

impl Refusal {
    /// Every reason, by the order of their names: so that a counter can begin at 0 for each.
    ///
    /// ```
    /// use sealed_session::Refusal;
    ///
    /// let labels: Vec<&str> = Refusal::ALL.iter().map(|refusal| refusal.label()).collect();
    /// assert_eq!(labels[..2], ["absolute_expired", "absent"]);
    /// ```
    pub const ALL: &[Refusal] = &[
        Refusal::AbsoluteExpired,
        Refusal::Absent,
        Refusal::Conflict,
        Refusal::Destroyed,
        Refusal::FromTheFuture,
        Refusal::IdleExpired,
        Refusal::Malformed,
        Refusal::Missing,
        Refusal::Mixed,
        Refusal::NewerFormat,
        Refusal::NotFetched,
        Refusal::NotKnown,
        Refusal::OffLoopback,
        Refusal::OverCeiling,
        Refusal::Partial,
        Refusal::RecordTooNew,
        Refusal::RetiredKey,
        Refusal::Revoked,
        Refusal::Superseded,
        Refusal::Tampered,
        Refusal::UnknownKey,
        Refusal::WrongFormat,
    ];

    /// Returns a stable label for metrics: lower case, words joined by `_`.
    ///
    /// ```
    /// assert_eq!(sealed_session::Refusal::UnknownKey.label(), "unknown_key");
    /// ```
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Refusal::AbsoluteExpired => "absolute_expired",
            Refusal::Absent => "absent",
            Refusal::Conflict => "conflict",
            Refusal::Destroyed => "destroyed",
            Refusal::FromTheFuture => "from_the_future",
            Refusal::IdleExpired => "idle_expired",
            Refusal::Malformed => "malformed",
            Refusal::Missing => "missing",
            Refusal::Mixed => "mixed",
            Refusal::NewerFormat => "newer_format",
            Refusal::NotFetched => "not_fetched",
            Refusal::NotKnown => "not_known",
            Refusal::OffLoopback => "off_loopback",
            Refusal::OverCeiling => "over_ceiling",
            Refusal::Partial => "partial",
            Refusal::RecordTooNew => "record_too_new",
            Refusal::RetiredKey => "retired_key",
            Refusal::Revoked => "revoked",
            Refusal::Superseded => "superseded",
            Refusal::Tampered => "tampered",
            Refusal::UnknownKey => "unknown_key",
            Refusal::WrongFormat => "wrong_format",
        }
    }

    /// Returns whether the cookie may be a live session to another node: one with a newer key ring or a
    /// newer version. Such a cookie is left in the browser.
    ///
    /// ```
    /// use sealed_session::Refusal;
    ///
    /// assert!(Refusal::UnknownKey.may_live_elsewhere());
    /// assert!(!Refusal::IdleExpired.may_live_elsewhere());
    /// ```
    #[must_use]
    pub fn may_live_elsewhere(self) -> bool {
        match self.standing() {
            Standing::Unproven | Standing::Unsettled => true,
            Standing::Nothing | Standing::Over => false,
        }
    }

    /// Returns whether the verdict was passed on a token that opened. It says more than one on bytes that
    /// anybody could have sent.
    pub(crate) fn is_authentic(self) -> bool {
        match self.standing() {
            Standing::Over | Standing::Unsettled => true,
            Standing::Nothing | Standing::Unproven => false,
        }
    }

    /// Returns whether sites in good order see it every day: the session is over for every node, or its key
    /// has retired, which a ring permits only when the sessions that it sealed are over.
    pub(crate) fn is_everyday(self) -> bool {
        matches!(self.standing(), Standing::Over) || self == Refusal::RetiredKey
    }

    /// Returns whether nobody knows yet: somebody has to answer first, and to begin another session would not help.
    pub(crate) fn may_be_known_later(self) -> bool {
        matches!(self, Refusal::NotFetched | Refusal::NotKnown)
    }

    fn standing(self) -> Standing {
        match self {
            Refusal::Absent => Standing::Nothing,
            Refusal::AbsoluteExpired
            | Refusal::Destroyed
            | Refusal::IdleExpired
            | Refusal::Revoked
            | Refusal::Superseded => Standing::Over,
            Refusal::FromTheFuture
            | Refusal::Missing
            | Refusal::NotFetched
            | Refusal::NotKnown
            | Refusal::RecordTooNew => Standing::Unsettled,
            Refusal::Conflict
            | Refusal::Malformed
            | Refusal::Mixed
            | Refusal::NewerFormat
            | Refusal::OffLoopback
            | Refusal::OverCeiling
            | Refusal::Partial
            | Refusal::RetiredKey
            | Refusal::Tampered
            | Refusal::UnknownKey
            | Refusal::WrongFormat => Standing::Unproven,
        }
    }
}

/// How much a refusal says of the session that it refuses.
enum Standing {
    /// There is none.
    Nothing,
    /// It is authentic, and over for every node.
    Over,
    /// It is not known to be authentic: a node with other keys, formats or limits may accept it.
    Unproven,
    /// It is authentic, and a node with another clock, a newer version, newer knowledge or another store may accept
    /// it.
    Unsettled,
}

/// Writes one line for a log that says what happened and where to look.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::AbsoluteExpired => "the session reached its absolute lifetime",
            Refusal::Absent => "the request carried no session",
            Refusal::Conflict => {
                "several sessions, or one among very many cookies, came in one request; if the cookie had \
                 another domain or path before, or has one on another node, name it by `former_scope` on every \
                 node; if not, a sibling domain may have planted cookies: use a `__Host-` name"
            }
            Refusal::Destroyed => "the session was ended in this browser, and came back",
            Refusal::FromTheFuture => "the session was issued in the future: compare the clocks",
            Refusal::IdleExpired => "the session was idle for too long",
            Refusal::Malformed => "what came is not a session token",
            Refusal::Missing => {
                "the store has no attributes of the session: see whether it loses what it keeps, and whether all nodes \
                 have the same"
            }
            Refusal::Mixed => "the chunks belong to two different writes",
            Refusal::NewerFormat => "the token has a format that this version does not know",
            Refusal::NotFetched => {
                "the session's attributes were not fetched: see to the store, and to the adapter's version"
            }
            Refusal::NotKnown => {
                "nobody knows recently enough whether the session was revoked: see how old the knowledge is"
            }
            Refusal::OffLoopback => {
                "the development cookie profile does not serve the host that the request names; name it by \
                 `CookieSpec::plain_http_host`"
            },
            Refusal::OverCeiling => "the token is longer, or unpacks to more, than a token may",
            Refusal::Partial => "a chunk of the session is missing",
            Refusal::RecordTooNew => "the session was written by a newer version",
            Refusal::RetiredKey => "the session was sealed under a retired key",
            Refusal::Revoked => "the session was revoked",
            Refusal::Superseded => {
                "the session was renewed in this browser, and came back as it was before"
            }
            Refusal::Tampered => {
                "the token was changed, or sealed for another name, purpose or audience"
            }
            Refusal::UnknownKey => "the session was sealed under a key that is not in the ring",
            Refusal::WrongFormat => "the token's format is not accepted here",
        })
    }
}

impl std::error::Error for Refusal {}
