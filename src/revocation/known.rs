//! What is known of a session's targets, and what follows from it.

use super::rule::Begun;
use crate::lifetime::Timestamp;

/// The answer to a [`Question`](super::Question).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Nothing that is known ends the session.
    Clear,
    /// The session is over.
    Revoked,
    /// Nobody knows, or not recently enough.
    NotKnown,
}

/// As of when something is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AsOf {
    Never,
    Time(Timestamp),
    /// Nobody else revokes anything.
    Now,
}

impl AsOf {
    /// Returns the age of the knowledge in seconds; `None` if there is none.
    pub(crate) fn age(self, now: Timestamp) -> Option<u32> {
        match self {
            AsOf::Never => None,
            AsOf::Time(time) => Some(now.since(time)),
            AsOf::Now => Some(0),
        }
    }

    /// Returns the second before: for whoever wants an answer of now, which this is not.
    pub(super) fn aged(self) -> AsOf {
        match self {
            AsOf::Time(time) => AsOf::Time(Timestamp(time.0.saturating_sub(1))),
            as_of => as_of,
        }
    }

    /// Returns whether the knowledge is younger than so many seconds, so that nobody has to be asked.
    pub(super) fn is_younger(self, within: u64, now: Timestamp) -> bool {
        match self {
            AsOf::Never => false,
            AsOf::Time(time) => u64::from(now.since(time)) < within,
            AsOf::Now => true,
        }
    }
}

/// What is known of the targets of one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) as_of: AsOf,
    /// The strictest of all revocations that match: the latest one.
    pub(crate) revoked: Option<Timestamp>,
}

impl Known {
    /// The knowledge of somebody who was never told anything.
    pub(crate) const NOTHING: Known = Known {
        as_of: AsOf::Never,
        revoked: None,
    };

    /// The time of a revocation that ends a session whenever it began.
    pub(crate) const ALWAYS: Timestamp = Timestamp(u32::MAX);

    /// Adds what somebody else knows. Of two revocations the stricter one counts, whoever is more recent.
    pub(super) fn with(self, other: Known) -> Known {
        Known {
            as_of: self.as_of.max(other.as_of),
            revoked: self.revoked.max(other.revoked),
        }
    }

    /// Judges a session, if what is known may be so many seconds old.
    pub(crate) fn answer(self, begun: Begun, within: u64, now: Timestamp) -> Answer {
        // What was revoked stays revoked, however old the news is.
        if self
            .revoked
            .is_some_and(|at| at == Known::ALWAYS || begun.is_hit(at))
        {
            return Answer::Revoked;
        }
        match self.as_of.age(now) {
            Some(age) if u64::from(age) <= within => Answer::Clear,
            _ => Answer::NotKnown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_revoked_stays_revoked_and_only_news_gets_old() {
        let begun = |at| Begun {
            at: Timestamp(at),
            skew: 120,
        };
        let now = Timestamp(2_000);
        let at = |seconds| AsOf::Time(Timestamp(seconds));
        let table = [
            // As of when, revoked at, and the answer within 30 s.
            (AsOf::Now, None, Answer::Clear),
            (AsOf::Now, Some(999), Answer::Revoked),
            (AsOf::Now, Some(880), Answer::Clear),
            (at(1_970), None, Answer::Clear),
            (at(1_969), None, Answer::NotKnown),
            (at(1_969), Some(999), Answer::Revoked),
            (at(1_969), Some(880), Answer::NotKnown),
            // A store whose clock is ahead.
            (at(2_100), None, Answer::Clear),
            (AsOf::Never, None, Answer::NotKnown),
            (AsOf::Never, Some(999), Answer::Revoked),
        ];
        for (as_of, revoked, wanted) in table {
            let revoked = revoked.map(Timestamp);
            let answer = Known { as_of, revoked }.answer(begun(1_000), 30, now);
            assert_eq!(answer, wanted, "{as_of:?}, {revoked:?}");
        }
        let always = Known {
            as_of: AsOf::Never,
            revoked: Some(Known::ALWAYS),
        };
        let last = Timestamp(u32::MAX);
        assert_eq!(always.answer(begun(u32::MAX), 0, last), Answer::Revoked);
    }
}
