//! How loud an event is in a log: what a busy site sees of it.

use tracing::Level;

use super::Event;

impl Event {
    /// Returns how loud the event is in `tracing`. [`Event`] says why.
    pub(super) fn level(&self) -> Level {
        match self {
            Event::CommitFailed { .. }
            | Event::HandlerError { .. }
            | Event::Mistake { .. }
            | Event::NotRevoked { .. }
            | Event::NotStored { .. }
            | Event::StoreFailed { .. }
            | Event::TooLate { .. } => Level::ERROR,
            Event::CrowdedRequest { again: true, .. }
            | Event::Denied {
                status: 303 | 401,
                error: None,
            }
            | Event::Ended {}
            | Event::NearBudget { again: true, .. }
            | Event::RingKept { again: true, .. }
            | Event::Stale { again: true, .. }
            | Event::NothingToKeep { .. }
            | Event::Unreadable {
                is_replaced: false, ..
            }
            | Event::Written { .. } => Level::DEBUG,
            Event::Denied { error: None, .. } => Level::INFO,
            Event::Opened {} => Level::TRACE,
            Event::CrowdedRequest { .. }
            | Event::Denied { .. }
            | Event::DevelopmentProfile { .. }
            | Event::ForeignRequest { .. }
            | Event::GivenUp {}
            | Event::NearBudget { .. }
            | Event::Overwrote { .. }
            | Event::PlainHttp { .. }
            | Event::Poisoned {}
            | Event::RingKept { .. }
            | Event::Stale { .. }
            | Event::Unreadable { .. } => Level::WARN,
            Event::Refused { refusal } if refusal.is_everyday() => Level::DEBUG,
            Event::Acting { .. }
            | Event::Refused { .. }
            | Event::RingReplaced { .. }
            | Event::Withheld {} => Level::INFO,
        }
    }
}
