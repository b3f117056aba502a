//! The question whether a session was revoked, for whoever has to ask somebody else.

use std::fmt;

use time::OffsetDateTime;

use super::known::{Answer, AsOf, Known};
use super::record::Revocation;
use super::rule::Begun;
use super::target::{SessionTargets, TargetId};
use crate::payload::SessionId;

/// A session of which somebody has to say whether it was revoked: what [`AskedRevocations`](super::AskedRevocations)
/// are asked.
///
/// Its `Debug` shows nothing of the session.
#[derive(Clone)]
pub struct Question {
    pub(crate) id: SessionId,
    pub(crate) subject: Option<String>,
    pub(crate) labels: Vec<String>,
    pub(crate) begun: Begun,
    pub(crate) targets: SessionTargets,
}

impl Question {
    /// Returns the session's id. Its first half, the first 16 digits of its text, lasts for the sign-in.
    #[must_use]
    pub fn id(&self) -> SessionId {
        self.id
    }

    /// Returns who is signed in.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// Returns the session's [labels](crate::Session::labels).
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.labels.iter().map(String::as_str)
    }

    /// Returns when the session began, which is its sign-in. Compare this, and not when it was last written, with the
    /// time from which on an account's sessions are good.
    #[must_use]
    pub fn created_at(&self) -> OffsetDateTime {
        self.begun.at.to_time()
    }

    /// Returns the names under which revocations that end the session are kept: its sign-in first, then everything, its
    /// subject and its labels. A store that keeps [`Revocation`]s looks for all of them.
    pub fn targets(&self) -> impl Iterator<Item = TargetId> {
        let SessionTargets { sign_in, wider } = &self.targets;
        sign_in.iter().chain(wider).copied()
    }

    /// Answers the question by what a store has under [`targets`](Question::targets). All that match count, and the
    /// strictest wins, in whatever order they come.
    #[must_use]
    pub fn answer(&self, found: impl IntoIterator<Item = Revocation>) -> Answer {
        let strictest = found
            .into_iter()
            .filter_map(|revocation| match revocation.target {
                target if self.targets.sign_in.contains(&target) => Some(Known::ALWAYS),
                target if self.targets.wider.contains(&target) => Some(revocation.at),
                _ => None,
            });
        let known = Known {
            as_of: AsOf::Now,
            revoked: strictest.max(),
        };
        known.answer(self.begun, 0, self.begun.at)
    }
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Question").finish_non_exhaustive()
    }
}
