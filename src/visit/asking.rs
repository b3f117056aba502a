//! Asks about revocations that nobody here knows of recently enough, and fetches what is stored elsewhere, before a
//! handler runs.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::depot::Fetched;
use super::opening::{alive, deposits};
use super::shared::Visit;
use super::slot::SlotVisit;
use super::state::Change;
use crate::error::{Error, Refusal};
use crate::revocation::{Answer, AskedRevocations, Question};
use crate::seal::DepositName;

/// An answer that has to be waited for, before a handler runs or before a commit.
///
/// [`adapter::pending`](crate::adapter::pending), [`Guard::pending`](crate::Guard::pending) and
/// [`adapter::pending_commit`](crate::adapter::pending_commit) return it. It is ready when every question of the request
/// was answered, or given up by whoever is asked. Dropped, it changes nothing of the request.
#[must_use = "nobody is asked before it is awaited"]
pub struct Pending {
    answers: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Pending {
    pub(super) fn new(answers: impl Future<Output = ()> + Send + 'static) -> Pending {
        Pending {
            answers: Box::pin(answers),
        }
    }
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
    /// the configured ones, and are whole.
    pub(crate) fn pending(
        self: &Arc<Self>,
        slots: impl Iterator<Item = (usize, Option<Duration>)>,
    ) -> Option<Pending> {
        let mut asked: Vec<(usize, AskedRevocations, Question)> = Vec::new();
        let mut stored: Vec<usize> = Vec::new();
        for (at, within) in slots {
            let (questions, is_stored) = self.at(at, |slot| {
                let questions = slot.questions(within);
                // An answer may let a session live that is stored.
                let may_live = slot.config.overflow.is_some() && !questions.is_empty();
                (questions, may_live || !slot.unfetched().is_empty())
            });
            let questions = questions.into_iter();
            asked.extend(questions.map(|(whom, question)| (at, whom, question)));
            stored.extend(is_stored.then_some(at));
        }
        if asked.is_empty() && stored.is_empty() {
            return None;
        }
        let visit = Arc::clone(self);
        Some(Pending::new(async move {
            // One after the other: nearly always there is one.
            for (at, whom, question) in asked {
                whom.ask(question, visit.now()).await;
                visit.look_again(at);
            }
            for at in stored {
                visit.fetch(at).await;
            }
        }))
    }

    /// Fetches what is stored of the sessions that came and live.
    async fn fetch(&self, at: usize) {
        let Some(overflow) = &self.config(at).overflow else {
            return;
        };
        for name in self.at(at, |slot| slot.unfetched()) {
            let found = overflow.get(name).await;
            // Without the lock: the text of an error is the store's own code.
            let found = found.map_err(|error| error.to_string());
            self.at(at, |slot| {
                let fetched = match found {
                    Ok(Some(sealed)) => Fetched::Sealed(sealed),
                    Ok(None) => Fetched::Nothing,
                    Err(cause) => {
                        slot.note_failed("get", cause);
                        Fetched::Failed
                    }
                };
                let depot = slot.slot.depot.get_or_insert_default();
                depot.note(name, fetched);
            });
            self.look_again(at);
        }
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

    /// Returns the deposits to fetch, each once in a request.
    fn unfetched(&self) -> Vec<DepositName> {
        if self.config.overflow.is_none() {
            return Vec::new();
        }
        let mut names = deposits(self.config, self.came(), false, self.now);
        let depot = self.slot.depot.as_ref();
        names.retain(|name| !depot.is_some_and(|depot| depot.was_fetched(name)));
        names
    }

    /// Returns whether an answer may change what was said of the session.
    fn is_in_question(&self) -> bool {
        let is_open = |refusal| {
            matches!(
                refusal,
                None | Some(Refusal::Revoked | Refusal::NotFetched | Refusal::NotKnown)
            )
        };
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
        let is_open = state.refusal().is_some_and(Refusal::may_be_known_later);
        if is_open && state.record().is_none() {
            return Ok(Answer::NotKnown);
        }
        Ok(match (state.unbroken(), state.record()) {
            (Some(_), Some(record)) => config.answer(revoking, record, within, now),
            _ => Answer::Clear,
        })
    }
}
