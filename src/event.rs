//! Events for operators: what there is to tell, and how loud it is in a log.
//!
//! Events carry reasons, names and sizes. They never carry values, keys or tokens. One carries who acts as whom, for the
//! hook alone.

mod label;
mod level;
mod observer;
mod persons;

pub(crate) use observer::Observer;
pub use persons::Persons;

use std::time::Duration;

use tracing::Level;

use crate::cross_origin::Foreign;
use crate::error::{AttributeSize, Error, Refusal};
use crate::keys::KeyId;

/// An event in the life of a session, for logs and metrics.
///
/// Every event goes to the [hook](crate::SessionManagerBuilder::on_event), with the name of the cookie of the
/// session that it is about. It also goes to [`tracing`](https://docs.rs/tracing) under the target
/// `sealed_session`, with the fields `event`, which is its [name](Event::name), and `cookie`. The page on
/// [observability] counts them by a metrics library in ten lines.
///
/// The level in `tracing` says how many lines a busy site may expect:
///
/// | level | what | which events |
/// | --- | --- | --- |
/// | `ERROR` | the application is at fault, and something is lost | `CommitFailed`, `HandlerError`, `Mistake`, `NotRevoked`, `NotStored`, `TooLate` |
/// | `WARN` | something was lost, refused as an attack, or is about to fail | `CrowdedRequest`, `Denied` where a guard cannot read what it asks for, `DevelopmentProfile`, `ForeignRequest`, `GivenUp`, `NearBudget`, `Overwrote`, `PlainHttp`, `Poisoned`, `RingKept`, `Stale`, `Unreadable` when the value is replaced |
/// | `INFO` | a deployment in good order seldom sees it, and one that is not sees it in each such request | `Acting`; `Denied` with a 403 or a 503; `Refused`, but for those below; `RingReplaced`; `Withheld` |
/// | `DEBUG` | everyday life, and repetitions | `Denied` with a 401 or a redirect; `Ended`; `NothingToKeep`; `Written`; `Refused` for a session that is over or whose key is retired; `CrowdedRequest` and `NearBudget` of a session that was so long already; `RingKept` for the same fault as before; `Stale` as long as nobody knows; `Unreadable` when the value is only read |
/// | `TRACE` | every request that looks at its session | `Opened` |
///
/// A 403 of a guard is louder than a 401, because somebody who is signed in reached for what is not theirs.
/// Anybody who is not signed in is sent to the sign-in page, and search engines are every day.
///
/// Nothing removes a cookie that is over, and nothing but the cookie says what was told of a session before.
/// So its refusal comes with every request until another session takes its place, and a session that stays
/// near its budget is told of at every write: `WARN` when it begins or comes near, and `DEBUG` after that.
///
/// `Ended`, `Opened` and `Written` are made only if there is a hook, or a subscriber that takes `DEBUG`.
///
/// No lock is held while an event is told, so a hook, or a layer of `tracing`, may use the session that the
/// event is about. An event that this raises is not told.
///
/// [observability]: https://github.com/sealed-session/sealed-session/blob/main/docs/observability.md
///
/// ```
/// use sealed_session::{Event, Key, KeyRing, SessionManager};
/// use sealed_session::adapter::RequestHead;
/// use std::sync::atomic::{AtomicUsize, Ordering};
/// use std::sync::Arc;
/// # use time::OffsetDateTime;
///
/// let refused = Arc::new(AtomicUsize::new(0));
/// let counter = Arc::clone(&refused);
/// let manager = SessionManager::builder("session", KeyRing::new(Key::generate()?))
///     .on_event(move |event, _cookie| {
///         if let Event::Refused { .. } = event {
///             counter.fetch_add(1, Ordering::Relaxed);
///         }
///     })
///     .build()?;
///
/// let session = manager.load(RequestHead::new([&b"__Host-session=?"[..]]), OffsetDateTime::now_utc());
/// assert!(session.is_new());
/// assert_eq!(refused.load(Ordering::Relaxed), 1);
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// Somebody began to [act](crate::Session::act_as) as another subject, or ended that: by
    /// [`stop_acting`](crate::Session::stop_acting), a sign-in or a sign-out. The response says so. A session that is over,
    /// or revoked, is [`Refused`](Event::Refused) instead. For an audit trail: `tracing` is told that it happened, and the hook who.
    #[non_exhaustive]
    Acting {
        /// Who acts as whom.
        persons: Persons,
        /// Whether it began, and did not end.
        has_begun: bool,
    },
    /// A commit failed. The visitor's old session is as it was.
    #[non_exhaustive]
    CommitFailed {
        /// Why.
        error: Error,
    },
    /// The `Cookie` field of the next request will be longer than common servers take: it holds what this
    /// response writes, and the cookies that came along from elsewhere. Those servers refuse that request,
    /// most with a 400, before the application sees it. With several [slots](crate::slots) the main one
    /// raises the event, once.
    #[non_exhaustive]
    CrowdedRequest {
        /// Bytes of the whole field, the sessions of all slots included.
        bytes: usize,
        /// How many cookies came along that belong to no session of the application.
        others: usize,
        /// The length at which this warning begins: that of the main slot's budget.
        warning_limit: usize,
        /// Whether the request brought a session, and was that long already.
        again: bool,
    },
    /// A guard let a request not pass.
    #[non_exhaustive]
    Denied {
        /// The status of the answer: 401 or 403, or 303 to the sign-in page.
        status: u16,
        /// Why the guard could not read what it asks for; `None` if it could.
        error: Option<Error>,
    },
    /// A manager was built whose sessions travel in the clear, from and to these hosts, by
    /// [`CookieSpec::plain_http_host`](crate::CookieSpec::plain_http_host).
    #[non_exhaustive]
    DevelopmentProfile {
        /// Their names.
        hosts: Vec<String>,
    },
    /// The application ended a session that came with the request, and the response says so. A sign-in, which
    /// takes the place of the session that was there, is [`Written`](Event::Written).
    #[non_exhaustive]
    Ended {},
    /// Another origin caused a request that may change something, or the request did not bring the
    /// [form token](crate::CrossOrigin::with_form_tokens) that is asked for. It is answered 403, and no handler sees it;
    /// see [`CrossOrigin`](crate::CrossOrigin). With several [slots](crate::slots) the main one raises the
    /// event.
    #[non_exhaustive]
    ForeignRequest {
        /// How the request showed it.
        reason: Foreign,
    },
    /// What a handler had stored was given up, because its response is a server error: 500 or
    /// above. The visitor's old session is as it was. An end is sent with any status, and a session that the page
    /// carries in a [link](crate::Transport::url_that_leaks) already is not given up.
    #[non_exhaustive]
    GivenUp {},
    /// An error of a session became the response.
    #[non_exhaustive]
    HandlerError {
        /// Which.
        error: Error,
    },
    /// The application is put together wrongly: two layers cover one request, for instance, or a slot is
    /// missing. Where no layer covers a request, nobody has a hook that could be told, and only `tracing` is.
    #[non_exhaustive]
    Mistake {
        /// What is wrong, and what to do.
        error: Error,
    },
    /// The session is within its budget, but above the budget's
    /// [`warning_limit`](crate::Budget::warning_limit).
    #[non_exhaustive]
    NearBudget {
        /// Bytes of all `Set-Cookie` values of the session.
        bytes: usize,
        /// The size at which this warning begins.
        warning_limit: usize,
        /// The size at which a session is refused.
        allowed: usize,
        /// The largest attribute.
        largest: Option<AttributeSize>,
        /// Which budget holds more, and what the servers in front need for it.
        cure: &'static str,
        /// Whether the session was above it already when it came.
        again: bool,
    },
    /// A session was ended in its browser, and not at the server: the [table](crate::revocation::RevocationTable) has no
    /// room. A copy of its cookie is good for as long as it would have been.
    #[non_exhaustive]
    NotRevoked {
        /// Why, with the number.
        error: Error,
    },
    /// A value was refused because it can never fit, and nothing took its place. The response does not say so,
    /// because it is not the page of a failed commit.
    #[non_exhaustive]
    NotStored {
        /// Why, with the sizes.
        error: Error,
    },
    /// A sign-in is to keep an attribute that the session does not have. It is usual, and it may be a typo.
    #[non_exhaustive]
    NothingToKeep {
        /// The attribute.
        attribute: String,
    },
    /// A request brought a session, and it counts. The event is raised when somebody first looks at the session.
    #[non_exhaustive]
    Opened {},
    /// The application wrote a session over a cookie that may be a live session to another node.
    #[non_exhaustive]
    Overwrote {
        /// Why this node had refused the cookie.
        refusal: Refusal,
    },
    /// A browser reached the application over plain http, on another host than this machine, and a session was about
    /// to be written. Browsers drop its cookie, which is `Secure`, and so the visitor signs in again and again. A
    /// form that was posted shows it, by its `Origin`. A manager raises the event once, by its main
    /// [slot](crate::slots).
    #[non_exhaustive]
    PlainHttp {
        /// The host that the request names.
        host: String,
    },
    /// A session whose handler panicked was not committed.
    #[non_exhaustive]
    Poisoned {},
    /// The ring stays as it was, because the file of keys that is [watched](crate::SessionManager::watch_keys) cannot be
    /// read, or says a ring that is refused. The event is raised at each reading until that is mended.
    #[non_exhaustive]
    RingKept {
        /// Why. It names the file and the line.
        error: Error,
        /// Whether the event before this one was raised for the same fault.
        again: bool,
    },
    /// The key ring was [replaced](crate::SessionManager::replace_ring), for all requests from now on.
    #[non_exhaustive]
    RingReplaced {
        /// The key that seals now.
        sealing: KeyId,
        /// How many keys the ring has.
        keys: usize,
    },
    /// Cookies came along and gave no session.
    #[non_exhaustive]
    Refused {
        /// Why.
        refusal: Refusal,
    },
    /// A session came of which nobody knows recently enough whether it was [revoked](crate::revocation). It is accepted
    /// or refused, as [`Staleness`](crate::revocation::Staleness) says. The event is raised for each such session;
    /// `again` is false for the first one, and for the first one after there was an answer.
    #[non_exhaustive]
    Stale {
        /// The age of what the [table](crate::revocation::RevocationTable) knows; `None` if it was never told of such a
        /// session, and without a table.
        age: Option<Duration>,
        /// Whether the session is accepted.
        is_accepted: bool,
        /// Whether an operator was told already.
        again: bool,
    },
    /// The store of a session that [fits in no cookie](crate::overflow) failed. Reading, the session is
    /// [`NotFetched`](Refusal::NotFetched); writing, its commit fails; and what is to expire is kept until its time.
    #[non_exhaustive]
    StoreFailed {
        /// The call that failed: `put`, `get` or `expire`.
        call: &'static str,
        /// What the store said.
        cause: String,
    },
    /// A change was lost because it came after the response head was sent, or after a link was made that
    /// carries the session.
    #[non_exhaustive]
    TooLate {
        /// The attribute, or the operation.
        attribute: String,
    },
    /// A value could not be read, and its key says that it counts as absent
    /// ([`absent_if_unreadable`](crate::Attribute::absent_if_unreadable)). The event is raised each time that
    /// the value is asked for, and when another value takes its place.
    #[non_exhaustive]
    Unreadable {
        /// The attribute.
        attribute: String,
        /// Why. It holds nothing of the value.
        error: Error,
        /// Whether another value takes its place, so that it is lost.
        is_replaced: bool,
    },
    /// A handler began a session in a request that another site caused, and for which the browser may have kept
    /// the visitor's cookies back. Nothing of it is sent, because it would replace the session that the visitor
    /// has; see [`CrossOrigin`](crate::CrossOrigin).
    #[non_exhaustive]
    Withheld {},
    /// A session was written, whole. A touch, which only keeps it alive, is not told.
    #[non_exhaustive]
    Written {
        /// Bytes of all its `Set-Cookie` values, of its header field, or of its text in links.
        bytes: usize,
        /// How many cookies it takes; 1 for a field or a link.
        cookies: usize,
        /// Bytes of attributes, before compression, that are [stored elsewhere](crate::overflow); 0 if none are.
        stored: usize,
        /// Why: `begun`, `changed`, `renewed`, `signed_in`, or `started_over` without a subject.
        reason: &'static str,
    },
}

/// Sends an event to `tracing`, which has one place in the code for each level.
macro_rules! tell {
    ($level:expr, $($told:tt)+) => {{
        let (level, event, cookie) = $level;
        match level {
            Level::ERROR => tracing::error!(target: "sealed_session", event, cookie, $($told)+),
            Level::WARN => tracing::warn!(target: "sealed_session", event, cookie, $($told)+),
            Level::INFO => tracing::info!(target: "sealed_session", event, cookie, $($told)+),
            Level::DEBUG => tracing::debug!(target: "sealed_session", event, cookie, $($told)+),
            _ => tracing::trace!(target: "sealed_session", event, cookie, $($told)+),
        }
    }};
}

/// Sends an event to `tracing`.
fn trace(event: &Event, cookie: &str) {
    let level = (event.level(), event.name(), cookie);
    match event {
        Event::Acting { has_begun, .. } => {
            tell!(
                level,
                has_begun,
                "somebody acts as another subject, or ended that"
            );
        }
        Event::CommitFailed { error } => tell!(level, %error, "session not committed"),
        Event::CrowdedRequest {
            bytes,
            others,
            warning_limit,
            ..
        } => {
            tell!(
                level,
                bytes,
                others,
                warning_limit,
                "session and other cookies together are longer than common servers take"
            );
        }
        Event::Denied {
            error: Some(error), ..
        } => {
            tell!(level, %error, "a guard could not read what it asks for; the visitor does not pass");
        }
        Event::Denied { status, .. } => tell!(level, status, "a guard let the request not pass"),
        Event::DevelopmentProfile { hosts } => {
            tell!(
                level,
                ?hosts,
                "development profile: sessions of these hosts travel in the clear"
            );
        }
        Event::Ended {} => tell!(level, "session ended"),
        Event::ForeignRequest { reason } => {
            tell!(level, reason = reason.label(), "request refused: {reason}");
        }
        Event::GivenUp {} => {
            tell!(
                level,
                "session not changed: the response is a server error (500 or above)"
            );
        }
        Event::HandlerError { error } => tell!(level, %error, "session error in a handler"),
        Event::Mistake { error } => tell!(level, "{error}"),
        Event::NearBudget {
            bytes,
            allowed,
            largest,
            cure,
            ..
        } => {
            let largest = largest.as_ref().map(|largest| largest.name.as_str());
            tell!(
                level,
                bytes,
                allowed,
                largest,
                "session is near its budget; keep references instead of data; {cure}"
            );
        }
        Event::NotRevoked { error } => tell!(level, %error, "session not ended at the server"),
        Event::NotStored { error } => {
            tell!(level, %error, "value refused, nothing took its place, and the response does not say so");
        }
        Event::NothingToKeep { attribute } => {
            tell!(
                level,
                attribute,
                "a sign-in or `start_over` is to keep an attribute that the session does not have"
            );
        }
        Event::Opened {} => tell!(level, "session opened"),
        Event::Overwrote { refusal } => {
            tell!(
                level,
                reason = refusal.label(),
                "session written over a cookie that may live elsewhere"
            );
        }
        Event::PlainHttp { host } => {
            tell!(
                level,
                host,
                "browsers drop the session's cookie, which is `Secure`: the page came over plain http; in production serve https, and in development use `CookieSpec::development(..).plain_http_host(..)` with this host"
            );
        }
        Event::Poisoned {} => tell!(level, "handler panicked; session not committed"),
        Event::Refused { refusal } => {
            tell!(
                level,
                reason = refusal.label(),
                "session refused: {refusal}"
            );
        }
        Event::RingKept { error, .. } => tell!(level, %error, "key ring not replaced"),
        Event::RingReplaced { sealing, keys } => {
            tell!(level, %sealing, keys, "key ring replaced");
        }
        Event::Stale {
            age, is_accepted, ..
        } => {
            let age = age.map(|age| age.as_secs());
            tell!(
                level,
                age,
                is_accepted,
                "nobody knows recently enough what was revoked; see to the store, or to whoever is asked"
            );
        }
        Event::StoreFailed { call, cause } => {
            tell!(
                level,
                call,
                cause,
                "the store of sessions that fit in no cookie failed; see to it"
            );
        }
        Event::TooLate { attribute } => {
            tell!(
                level,
                attribute,
                "session changed after the response head was sent, or a link made; the change is lost"
            );
        }
        Event::Unreadable {
            attribute,
            error,
            is_replaced,
        } => {
            tell!(level, attribute, %error, is_replaced, "value cannot be read and counts as absent");
        }
        Event::Withheld {} => {
            tell!(
                level,
                "session not begun: another site caused the request, and the visitor may have one; if the route may begin sessions, say so by `CrossOrigin::exempt`, and use a slot with `SameSite=None` for what has to come along"
            );
        }
        Event::Written {
            bytes,
            cookies,
            stored,
            reason,
        } => tell!(level, bytes, cookies, stored, reason, "session written"),
    }
}

#[cfg(test)]
mod tests;
