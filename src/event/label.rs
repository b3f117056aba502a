//! What metrics know of an event: its name, its labels, its size.
//!
//! All are the library's own words and numbers. None comes from a visitor, so their number is bounded.

use super::Event;

impl Event {
    /// Returns the event's name: that of the variant, in lower case, its words joined by `_`. It is stable.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, SessionManager};
    /// use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let manager = SessionManager::builder("shop", KeyRing::new(Key::generate()?))
    ///     .on_event(|event, cookie| {
    ///         assert_eq!((event.name(), cookie), ("refused", "__Host-shop"));
    ///         assert_eq!(event.labels(), [("event", "refused"), ("reason", "malformed")]);
    ///         assert_eq!(event.bytes(), None);
    ///     })
    ///     .build()?;
    /// assert!(manager.load(RequestHead::new([&b"__Host-shop=?"[..]]), now).is_new());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Event::Acting { .. } => "acting",
            Event::CommitFailed { .. } => "commit_failed",
            Event::CrowdedRequest { .. } => "crowded_request",
            Event::Denied { .. } => "denied",
            Event::DevelopmentProfile { .. } => "development_profile",
            Event::Ended {} => "ended",
            Event::ForeignRequest { .. } => "foreign_request",
            Event::GivenUp {} => "given_up",
            Event::HandlerError { .. } => "handler_error",
            Event::Mistake { .. } => "mistake",
            Event::NearBudget { .. } => "near_budget",
            Event::NotRevoked { .. } => "not_revoked",
            Event::NotStored { .. } => "not_stored",
            Event::NothingToKeep { .. } => "nothing_to_keep",
            Event::Opened {} => "opened",
            Event::Overwrote { .. } => "overwrote",
            Event::PlainHttp { .. } => "plain_http",
            Event::Poisoned {} => "poisoned",
            Event::Refused { .. } => "refused",
            Event::RingKept { .. } => "ring_kept",
            Event::RingReplaced { .. } => "ring_replaced",
            Event::Stale { .. } => "stale",
            Event::StoreFailed { .. } => "store_failed",
            Event::TooLate { .. } => "too_late",
            Event::Unreadable { .. } => "unreadable",
            Event::Withheld {} => "withheld",
            Event::Written { .. } => "written",
        }
    }

    /// Returns the labels of the event, the same two for each, so that one counter takes all: `event`, which is
    /// its [name](Event::name), and `reason`, which is empty where there is but one. Both have few values, and
    /// are stable.
    ///
    /// The reasons are those of a [refusal](crate::Refusal::label), of an [error](crate::Error::label), of a
    /// [request of another origin](crate::adapter::Foreign::label), and of [`Written`](Event::Written). A
    /// warning that may come again has `again` or `first`. Somebody who [acts](Event::Acting) `began` or `ended` it. Those of a guard are `unauthorized`, `forbidden`,
    /// `redirected`, `unavailable` and `unreadable`. A session that is [`Stale`](Event::Stale) is `accepted` or `refused`. A store that [failed](Event::StoreFailed) has the call: `put`, `get` or `expire`. A value that is [`Unreadable`](Event::Unreadable) was `read` or
    /// `replaced`.
    ///
    /// [`name`](Event::name) has an example.
    #[must_use]
    pub fn labels(&self) -> [(&'static str, &'static str); 2] {
        [("event", self.name()), ("reason", self.reason())]
    }

    /// Returns the bytes that the event is about, for a histogram: of the session, or of the whole `Cookie` field
    /// in [`CrowdedRequest`](Event::CrowdedRequest). `None` if it is about no size.
    ///
    /// [`name`](Event::name) has an example.
    #[must_use]
    pub fn bytes(&self) -> Option<usize> {
        match self {
            Event::CrowdedRequest { bytes, .. }
            | Event::NearBudget { bytes, .. }
            | Event::Written { bytes, .. } => Some(*bytes),
            Event::CommitFailed { error } | Event::NotStored { error } => {
                error.sizes().map(|sizes| sizes.needed)
            }
            _ => None,
        }
    }

    fn reason(&self) -> &'static str {
        let repeated = |again| if again { "again" } else { "first" };
        match self {
            Event::CommitFailed { error }
            | Event::HandlerError { error }
            | Event::Mistake { error }
            | Event::NotRevoked { error }
            | Event::NotStored { error } => error.label(),
            Event::CrowdedRequest { again, .. }
            | Event::NearBudget { again, .. }
            | Event::RingKept { again, .. } => repeated(*again),
            Event::Denied { error: Some(_), .. } => "unreadable",
            Event::Denied { status: 303, .. } => "redirected",
            Event::Denied { status: 401, .. } => "unauthorized",
            Event::Denied { status: 503, .. } => "unavailable",
            Event::Denied { .. } => "forbidden",
            Event::ForeignRequest { reason } => reason.label(),
            Event::Stale { is_accepted, .. } => {
                if *is_accepted {
                    "accepted"
                } else {
                    "refused"
                }
            }
            Event::Overwrote { refusal } | Event::Refused { refusal } => refusal.label(),
            Event::Unreadable { is_replaced, .. } => {
                if *is_replaced {
                    "replaced"
                } else {
                    "read"
                }
            }
            Event::Acting { has_begun, .. } => {
                if *has_begun {
                    "began"
                } else {
                    "ended"
                }
            }
            Event::StoreFailed { call, .. } => call,
            Event::Written { reason, .. } => reason,
            Event::DevelopmentProfile { .. }
            | Event::Ended {}
            | Event::GivenUp {}
            | Event::NothingToKeep { .. }
            | Event::Opened {}
            | Event::PlainHttp { .. }
            | Event::Poisoned {}
            | Event::RingReplaced { .. }
            | Event::TooLate { .. }
            | Event::Withheld {} => "",
        }
    }
}
