//! The question whether a session was revoked, for whoever has to ask somebody else.

use std::fmt;

use time::OffsetDateTime;

use super::known::{Answer, AsOf, Known};
use super::record::Revocation;
use super::rule::Begun;
use super::target::{SessionTargets, TargetId};
use crate::lifetime::Timestamp;
use crate::payload::SessionId;

/// A session of which somebody has to say whether it was revoked: what [`AskedRevocations`](super::AskedRevocations)
/// are asked.
///
/// Its `Debug` shows nothing of the session.
#[derive(Clone)]
pub struct Question {
    pub(crate) id: SessionId,
    pub(crate) subject: Option<String>,
    /// Who acts as them, and since when.
    pub(crate) acting: Option<(String, Timestamp)>,
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

    /// Returns who acts as the [subject](Question::subject), if [somebody does](crate::Session::act_as). The session is
    /// over if the account of either is.
    #[must_use]
    pub fn actor(&self) -> Option<&str> {
        self.acting.as_ref().map(|(actor, _)| actor.as_str())
    }

    /// Returns since when. Compare this with the time from which on the subject's sessions are good, and
    /// [`created_at`](Question::created_at) with that of the actor's.
    #[must_use]
    pub fn acting_since(&self) -> Option<OffsetDateTime> {
        self.acting.as_ref().map(|(_, since)| since.to_time())
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

    /// Returns the names under which revocations that end the session are kept: its sign-in first, then everything,
    /// whoever signed in, its labels, and whom they act as. A store that keeps [`Revocation`]s looks for all of them.
    pub fn targets(&self) -> impl Iterator<Item = TargetId> {
        let SessionTargets {
            sign_in,
            wider,
            mask,
        } = &self.targets;
        let mask = mask.iter().flat_map(|mask| &mask.names);
        sign_in.iter().chain(wider).chain(mask).copied()
    }

    /// Answers the question by what a store has under [`targets`](Question::targets). All that match count, and the
    /// strictest wins, in whatever order they come.
    #[must_use]
    pub fn answer(&self, found: impl IntoIterator<Item = Revocation>) -> Answer {
        let is_mask = |revocation: Revocation| {
            let find = |name: &TargetId| (revocation.target == *name).then_some(revocation.at);
            self.targets.is_unmasked(self.begun.skew, find)
        };
        let strictest = found
            .into_iter()
            .filter_map(|revocation| match revocation.target {
                target if self.targets.sign_in.contains(&target) => Some(Known::ALWAYS),
                target if self.targets.wider.contains(&target) => Some(revocation.at),
                _ => is_mask(revocation).then_some(Known::ALWAYS),
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
