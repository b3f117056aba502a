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
    /// Those that are not there yet.
    answers: Vec<Answering>,
}

impl Pending {
    pub(super) fn new(answers: impl Future<Output = ()> + Send + 'static) -> Pending {
        Pending {
            answers: vec![Box::pin(answers)],
        }
    }
}

impl Future for Pending {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        // All at once: a request waits for the slowest answer, and not for their sum.
        let answers = &mut self.answers;
        answers.retain_mut(|answer| answer.as_mut().poll(context).is_pending());
        match answers.is_empty() {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }
}

type Answering = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Who is asked what, and how young the answer has to be, in seconds.
type ToAsk = (AskedRevocations, Question, u64);

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
        // Nothing of a request that is refused is looked at.
        if self.foreign().is_some() {
            return None;
        }
        let mut answers: Vec<Answering> = Vec::new();
        for (at, within) in slots {
            let (questions, is_stored) = self.at(at, |slot| {
                (slot.questions(within), !slot.unfetched().is_empty())
            });
            if !questions.is_empty() || is_stored {
                let visit = Arc::clone(self);
                answers.push(Box::pin(async move {
                    visit.ask(at, questions).await;
                    // An answer may let a session live that is stored.
                    visit.fetch(at).await;
                }));
            }
        }
        (!answers.is_empty()).then_some(Pending { answers })
    }

    /// Asks about the sessions that came.
    fn ask(self: &Arc<Self>, at: usize, questions: Vec<ToAsk>) -> Pending {
        let ask = |(whom, question, within): ToAsk| -> Answering {
            let visit = Arc::clone(self);
            Box::pin(async move {
                let is_own = whom.ask(question, within, visit.now()).await;
                visit.look_again(at, is_own);
            })
        };
        Pending {
            answers: questions.into_iter().map(ask).collect(),
        }
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
                slot.slot.depot_mut().note(name, fetched);
            });
            self.look_again(at, false);
        }
    }

    /// Forgets a verdict that was passed before there was an answer, and notes that this request asked itself. A session that
    /// was changed since stays: a guard refuses it by [`known_within`](SlotVisit::known_within).
    fn look_again(&self, at: usize, is_own: bool) {
        self.at(at, |slot| {
            let asked = &mut slot.slot.asked;
            *asked = asked.saturating_add(is_own.into());
            if slot.is_in_question() {
                slot.slot.session = None;
            }
        });
    }
}

impl SlotVisit<'_, '_> {
    /// Returns whom to ask about which of the sessions that came. Once it has asked about all of them
    /// itself, their answers are as recent as can be.
    fn questions(&self, within: Option<Duration>) -> Vec<ToAsk> {
        let Some(revoking) = self
            .config
            .revoking
            .as_ref()
            .filter(|revoking| revoking.asks())
        else {
            return Vec::new();
        };
        let within = within.unwrap_or(revoking.bound()).as_secs();
        let living = alive(self.config, self.came(), self.now);
        let mut all: Vec<ToAsk> = Vec::new();
        if usize::from(self.slot.asked) >= living.len() {
            return all;
        }
        for record in living {
            let found = self.config.question(revoking, &record, within, self.now);
            let Some((whom, question)) = found else {
                continue;
            };
            let mut others = all.iter().map(|(_, other, _)| &other.targets);
            if !others.any(|other| *other == question.targets) {
                all.push((whom, question, within));
            }
        }
        all
    }

    /// Returns the deposits to fetch, each once in a request.
    fn unfetched(&self) -> Vec<DepositName> {
        if self.config.overflow.is_none() {
            return Vec::new();
        }
        let mut names = deposits(self.config, self.came(), false, self.now);
        let depot = self.slot.depot();
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
