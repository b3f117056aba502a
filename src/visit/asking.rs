//! Asks about revocations that nobody here knows of recently enough, before a handler runs.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::opening::alive;
use super::shared::Visit;
use super::slot::SlotVisit;
use super::state::Change;
use crate::error::{Error, Refusal};
use crate::revocation::{Answer, AskedRevocations, Question};

/// An answer that has to be waited for before a handler runs.
///
/// [`adapter::pending`](crate::adapter::pending) and [`Guard::pending`](crate::Guard::pending) return it. It is ready
/// when every question of the request was answered, or given up by whoever is asked. Dropped, it changes nothing.
#[must_use = "nobody is asked before it is awaited"]
pub struct Pending {
    answers: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Future for Pending {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.answers.as_mut().poll(context)
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").finish_non_exhaustive()
    }
}

impl Visit {
    /// Returns what has to be waited for so that the sessions of these slots are known within the times given, or within
    /// the configured ones.
    pub(crate) fn pending(
        self: &Arc<Self>,
        slots: impl Iterator<Item = (usize, Option<Duration>)>,
    ) -> Option<Pending> {
        let mut asked: Vec<(usize, AskedRevocations, Question)> = Vec::new();
        for (at, within) in slots {
            let questions = self.at(at, |slot| slot.questions(within));
            asked.extend(
                questions
                    .into_iter()
                    .map(|(whom, question)| (at, whom, question)),
            );
        }
        if asked.is_empty() {
            return None;
        }
        let visit = Arc::clone(self);
        let answers = async move {
            // One after the other: nearly always there is one.
            for (at, whom, question) in asked {
                whom.ask(question, visit.now()).await;
                visit.look_again(at);
            }
        };
        Some(Pending {
            answers: Box::pin(answers),
        })
    }

    /// Forgets a verdict that was passed before there was an answer. A session that was changed since stays: a guard
    /// refuses it by [`known_within`](SlotVisit::known_within).
    fn look_again(&self, at: usize) {
        self.at(at, |slot| {
            if slot.is_in_question() {
                slot.slot.session = None;
            }
        });
    }
}

impl SlotVisit<'_, '_> {
    /// Returns whom to ask about which of the sessions that came.
    fn questions(&self, within: Option<Duration>) -> Vec<(AskedRevocations, Question)> {
        let Some(revoking) = self
            .config
            .revoking
            .as_ref()
            .filter(|revoking| revoking.asks())
        else {
            return Vec::new();
        };
        let within = within.unwrap_or(revoking.bound());
        let alive = alive(self.config, self.came(), self.now).into_iter();
        alive
            .filter_map(|record| self.config.question(revoking, &record, within, self.now))
            .collect()
    }

    /// Returns whether an answer may change what was said of the session.
    fn is_in_question(&self) -> bool {
        let is_open =
            |refusal| matches!(refusal, None | Some(Refusal::Revoked | Refusal::NotKnown));
        let is_as_it_came = self.opened().is_some_and(|state| {
            is_open(state.refusal()) && state.change() == Change::None && state.asks_nothing()
        });
        is_as_it_came && self.made_link().is_none()
    }

    /// Returns what is known of the session that came, if it may be so old. What begins in this request was revoked by
    /// nobody.
    pub(crate) fn known_within(&mut self, within: Duration) -> Result<Answer, Error> {
        let (config, now) = (self.config, self.now);
        let Some(revoking) = &config.revoking else {
            return Err(Error::misuse(
                "a guard asks what was revoked, and the manager looks nowhere; give it \
                 `.revocations(..)`",
            ));
        };
        let state = self.open();
        if state.refusal() == Some(Refusal::NotKnown) && state.record().is_none() {
            return Ok(Answer::NotKnown);
        }
        Ok(match (state.unbroken(), state.record()) {
            (Some(_), Some(record)) => config.answer(revoking, record, within, now),
            _ => Answer::Clear,
        })
    }
}
