//! What a busy site sees of each event, and the names by which metrics know it.

use super::*;
use crate::error::{Measure, Oversize};

fn error() -> Error {
    Error::poisoned()
}

fn attribute() -> String {
    "cart".to_owned()
}

fn near(again: bool) -> Event {
    Event::NearBudget {
        bytes: 4_000,
        warning_limit: 3_072,
        allowed: 6_500,
        largest: None,
        cure: "",
        again,
    }
}

fn crowded(again: bool) -> Event {
    Event::CrowdedRequest {
        bytes: 9_000,
        others: 3,
        warning_limit: 8_180,
        again,
    }
}

fn unreadable(is_replaced: bool) -> Event {
    Event::Unreadable {
        attribute: attribute(),
        error: error(),
        is_replaced,
    }
}

fn refused(refusal: Refusal) -> Event {
    Event::Refused { refusal }
}

fn kept(again: bool) -> Event {
    let error = error();
    Event::RingKept { error, again }
}

fn replaced() -> Event {
    Event::RingReplaced {
        sealing: KeyId([1; 4]),
        keys: 2,
    }
}

fn acting(has_begun: bool) -> Event {
    Event::Acting {
        persons: Persons {
            actor: attribute().into(),
            subject: attribute().into(),
        },
        has_begun,
    }
}

fn denied(status: u16, error: Option<Error>) -> Event {
    Event::Denied { status, error }
}

fn stale(is_accepted: bool, again: bool) -> Event {
    Event::Stale {
        age: None,
        is_accepted,
        again,
    }
}

fn store_failed(call: &'static str) -> Event {
    let cause = "timed out".to_owned();
    Event::StoreFailed { call, cause }
}

fn written(reason: &'static str) -> Event {
    Event::Written {
        bytes: 236,
        cookies: 1,
        stored: 0,
        reason,
    }
}

#[test]
fn what_a_busy_site_sees_of_each_event() {
    let table = [
        (acting(true), Level::INFO),
        (Event::CommitFailed { error: error() }, Level::ERROR),
        (Event::NotRevoked { error: error() }, Level::ERROR),
        (Event::NotStored { error: error() }, Level::ERROR),
        (store_failed("put"), Level::ERROR),
        (
            Event::TooLate {
                attribute: attribute(),
            },
            Level::ERROR,
        ),
        (Event::HandlerError { error: error() }, Level::ERROR),
        (Event::Mistake { error: error() }, Level::ERROR),
        (denied(303, None), Level::DEBUG),
        (denied(401, None), Level::DEBUG),
        (denied(403, None), Level::INFO),
        (denied(403, Some(error())), Level::WARN),
        (
            Event::DevelopmentProfile {
                hosts: vec![attribute()],
            },
            Level::WARN,
        ),
        (Event::Ended {}, Level::DEBUG),
        (
            Event::NothingToKeep {
                attribute: attribute(),
            },
            Level::DEBUG,
        ),
        (Event::Opened {}, Level::TRACE),
        (written("changed"), Level::DEBUG),
        (crowded(false), Level::WARN),
        (crowded(true), Level::DEBUG),
        (near(false), Level::WARN),
        (near(true), Level::DEBUG),
        (unreadable(true), Level::WARN),
        (unreadable(false), Level::DEBUG),
        (
            Event::ForeignRequest {
                reason: Foreign::OtherSite,
            },
            Level::WARN,
        ),
        (
            Event::Overwrote {
                refusal: Refusal::UnknownKey,
            },
            Level::WARN,
        ),
        (Event::PlainHttp { host: attribute() }, Level::WARN),
        (Event::Poisoned {}, Level::WARN),
        (Event::GivenUp {}, Level::WARN),
        (Event::Withheld {}, Level::INFO),
        (kept(false), Level::WARN),
        (kept(true), Level::DEBUG),
        (stale(true, false), Level::WARN),
        (stale(true, true), Level::DEBUG),
        (denied(503, None), Level::INFO),
        (replaced(), Level::INFO),
        (refused(Refusal::AbsoluteExpired), Level::DEBUG),
        (refused(Refusal::Destroyed), Level::DEBUG),
        (refused(Refusal::IdleExpired), Level::DEBUG),
        (refused(Refusal::RetiredKey), Level::DEBUG),
        (refused(Refusal::Revoked), Level::DEBUG),
        (refused(Refusal::Superseded), Level::DEBUG),
        (refused(Refusal::Conflict), Level::INFO),
        (refused(Refusal::FromTheFuture), Level::INFO),
        (refused(Refusal::Malformed), Level::INFO),
        (refused(Refusal::Missing), Level::INFO),
        (refused(Refusal::Mixed), Level::INFO),
        (refused(Refusal::NewerFormat), Level::INFO),
        (refused(Refusal::NotFetched), Level::INFO),
        (refused(Refusal::NotKnown), Level::INFO),
        (refused(Refusal::OffLoopback), Level::INFO),
        (refused(Refusal::OverCeiling), Level::INFO),
        (refused(Refusal::Partial), Level::INFO),
        (refused(Refusal::RecordTooNew), Level::INFO),
        (refused(Refusal::Tampered), Level::INFO),
        (refused(Refusal::UnknownKey), Level::INFO),
        (refused(Refusal::WrongFormat), Level::INFO),
    ];
    for (event, wanted) in table {
        assert_eq!(event.level(), wanted, "{event:?}");
    }
}

/// Dashboards and alerts are built on these. One that changes is a change of the interface.
#[test]
fn names_reasons_and_sizes_are_what_they_were() {
    let too_large = || {
        let oversize = Oversize::new(Measure::Total, 7_000, 6_500);
        Error::too_large(oversize)
    };
    let (error_of, foreign) = (Error::misuse("two layers"), Foreign::OtherSite);
    let overwrote = Event::Overwrote {
        refusal: Refusal::UnknownKey,
    };
    let hosts = Vec::new();
    let table = [
        (acting(true), ("acting", "began", None)),
        (acting(false), ("acting", "ended", None)),
        (
            Event::CommitFailed { error: too_large() },
            ("commit_failed", "too_large", Some(7_000)),
        ),
        (
            Event::CommitFailed { error: error() },
            ("commit_failed", "poisoned", None),
        ),
        (crowded(false), ("crowded_request", "first", Some(9_000))),
        (crowded(true), ("crowded_request", "again", Some(9_000))),
        (denied(303, None), ("denied", "redirected", None)),
        (denied(401, None), ("denied", "unauthorized", None)),
        (denied(403, None), ("denied", "forbidden", None)),
        (denied(503, None), ("denied", "unavailable", None)),
        (denied(403, Some(error())), ("denied", "unreadable", None)),
        (
            Event::DevelopmentProfile { hosts },
            ("development_profile", "", None),
        ),
        (Event::Ended {}, ("ended", "", None)),
        (
            Event::ForeignRequest { reason: foreign },
            ("foreign_request", "other_site", None),
        ),
        (Event::GivenUp {}, ("given_up", "", None)),
        (
            Event::HandlerError { error: error() },
            ("handler_error", "poisoned", None),
        ),
        (
            Event::Mistake { error: error_of },
            ("mistake", "misuse", None),
        ),
        (near(false), ("near_budget", "first", Some(4_000))),
        (near(true), ("near_budget", "again", Some(4_000))),
        (
            Event::NotRevoked {
                error: Error::revocation("the table is full"),
            },
            ("not_revoked", "revocation", None),
        ),
        (
            Event::NotStored { error: too_large() },
            ("not_stored", "too_large", Some(7_000)),
        ),
        (
            Event::NothingToKeep {
                attribute: attribute(),
            },
            ("nothing_to_keep", "", None),
        ),
        (Event::Opened {}, ("opened", "", None)),
        (overwrote, ("overwrote", "unknown_key", None)),
        (
            Event::PlainHttp { host: attribute() },
            ("plain_http", "", None),
        ),
        (Event::Poisoned {}, ("poisoned", "", None)),
        (refused(Refusal::Tampered), ("refused", "tampered", None)),
        (kept(false), ("ring_kept", "first", None)),
        (kept(true), ("ring_kept", "again", None)),
        (replaced(), ("ring_replaced", "", None)),
        (stale(true, false), ("stale", "accepted", None)),
        (stale(false, true), ("stale", "refused", None)),
        (store_failed("put"), ("store_failed", "put", None)),
        (store_failed("expire"), ("store_failed", "expire", None)),
        (
            Event::TooLate {
                attribute: attribute(),
            },
            ("too_late", "", None),
        ),
        (unreadable(false), ("unreadable", "read", None)),
        (unreadable(true), ("unreadable", "replaced", None)),
        (Event::Withheld {}, ("withheld", "", None)),
        (written("signed_in"), ("written", "signed_in", Some(236))),
    ];
    for (event, (name, reason, bytes)) in table {
        assert_eq!(event.labels(), [("event", name), ("reason", reason)]);
        assert_eq!((event.name(), event.bytes()), (name, bytes), "{event:?}");
        // A name is that of its variant.
        let shown = format!("{event:?}");
        let variant = shown.split([' ', '{']).next().unwrap_or_default();
        assert_eq!(name.replace('_', ""), variant.to_lowercase());
    }
}
