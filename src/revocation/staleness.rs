//! How old knowledge may be, and what happens beyond that.

use std::time::Duration;

/// How recently a node has to know what was revoked, and what becomes of sessions beyond that.
///
/// A revocation that is known counts, however old the news is. Only later ones are missing: this bound is the time for
/// which somebody who was signed out may still get in.
///
/// The default is 30 seconds, and to [accept](Staleness::or_accept) sessions beyond. An outage of a store is then no
/// outage of the application, and no sign-out of everybody; routes where that is too long a time have a guard that
/// [asks](crate::Guard::known_within). Each session that is accepted or refused so is told by an
/// [event](crate::Event::Stale).
///
/// ```
/// use sealed_session::revocation::Staleness;
/// use std::time::Duration;
///
/// let second = Duration::from_secs(1);
/// assert_eq!(Staleness::default(), Staleness::within(30 * second).or_accept());
/// assert_eq!(Staleness::within(5 * second).or_refuse().bound(), 5 * second);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Staleness {
    bound: Duration,
    beyond: Beyond,
}

/// What becomes of a session of which nobody knows recently enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Beyond {
    Accept,
    Refuse,
}

impl Staleness {
    /// Knowledge may be so old, in whole seconds. With zero nothing counts but an answer of this request: a table that a
    /// store feeds knows nothing, and [`AskedRevocations`](super::AskedRevocations) are asked by each one. Sessions beyond
    /// are accepted.
    #[must_use]
    pub fn within(bound: Duration) -> Staleness {
        Staleness {
            bound,
            beyond: Beyond::Accept,
        }
    }

    /// Accepts sessions beyond the bound, but for guards that [ask](crate::Guard::known_within).
    #[must_use]
    pub fn or_accept(self) -> Staleness {
        Staleness {
            beyond: Beyond::Accept,
            ..self
        }
    }

    /// Refuses sessions beyond the bound, by [`Refusal::NotKnown`](crate::Refusal::NotKnown). Their cookies stay in the
    /// browser, and count again once somebody knows.
    #[must_use]
    pub fn or_refuse(self) -> Staleness {
        Staleness {
            beyond: Beyond::Refuse,
            ..self
        }
    }

    /// Returns the bound.
    #[must_use]
    pub fn bound(&self) -> Duration {
        self.bound
    }

    /// Returns whether sessions beyond the bound are refused.
    #[must_use]
    pub fn refuses(&self) -> bool {
        self.beyond == Beyond::Refuse
    }
}

impl Default for Staleness {
    fn default() -> Staleness {
        Staleness::within(Duration::from_secs(30))
    }
}
