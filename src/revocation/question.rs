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

    /// Returns all accounts that the session rests on, each with a time: it is over if sessions of any of them are good from a
    /// later time on. That is who signed in, since the session began. While they [act](crate::Session::act_as) as somebody
    /// else, it is the [subject](Question::subject), too, since they do.
    pub fn accounts(&self) -> impl Iterator<Item = (&str, OffsetDateTime)> {
        let created = self.created_at();
        let actor = self.acting.as_ref().map(|(actor, _)| (&**actor, created));
        let since = self.acting.as_ref().map(|(_, since)| since.to_time());
        let since = since.map_or(created, |since| since.max(created));
        let subject = self.subject().map(|subject| (subject, since));
        actor.into_iter().chain(subject)
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
