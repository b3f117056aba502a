//! What tokens were refreshed to. It asks no provider itself, and keeps nothing for long.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sealed_session_axum::time::{Duration, OffsetDateTime};
use tokio::sync::OnceCell;

use crate::fault::Fault;
use crate::provider::{Tokens, digest};

/// What tokens were refreshed to, for as long as requests may be under way that bring the old ones. A provider that gives a new
/// refresh token each time takes the second use of one for theft, and ends all of them (RFC 9700, section 4.14.2).
///
/// Requests that come at once wait for the same refresh. So does one that comes a moment later, with the older cookie. Several
/// processes that do not share this send a visitor to the same one, or have a provider that permits a second use for a while.
#[derive(Clone, Default)]
pub(crate) struct Refreshed(Arc<Mutex<HashMap<String, (OffsetDateTime, Place)>>>);

type Place = Arc<OnceCell<Result<Tokens, Fault>>>;

impl Refreshed {
    /// How long an answer is kept.
    const KEPT: Duration = Duration::MINUTE;

    /// Returns what these tokens have become, and has them refreshed if nobody has yet.
    ///
    /// A task of its own waits for the provider. A visitor who stops loading ends the request, and the answer would be lost with
    /// it, although the provider has used up the old refresh token.
    pub(crate) async fn of(
        &self,
        held: &Tokens,
        now: OffsetDateTime,
        refresh: impl Future<Output = Result<Tokens, Fault>> + Send + 'static,
    ) -> Result<Tokens, Fault> {
        // By the access token, because a refresh token may stay the same.
        let name = digest(&held.access);
        let (all, place) = (self.clone(), self.place(&name, now));
        let waits = tokio::spawn(async move {
            let answer = place.get_or_init(|| refresh).await.clone();
            if answer.is_err() {
                all.forget(&name, &place);
            }
            answer
        });
        waits
            .await
            .unwrap_or(Err(Fault::Silent("the refresh broke off")))
    }

    fn place(&self, name: &str, now: OffsetDateTime) -> Place {
        let mut all = self.lock();
        all.retain(|_, (at, _)| now - *at < Refreshed::KEPT);
        let place = all.entry(name.to_owned());
        place.or_insert_with(|| (now, Place::default())).1.clone()
    }

    /// Leaves a fault to those who waited for it. Whoever comes later asks again.
    fn forget(&self, name: &str, failed: &Place) {
        let mut all = self.lock();
        if all
            .get(name)
            .is_some_and(|(_, place)| Arc::ptr_eq(place, failed))
        {
            all.remove(name);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (OffsetDateTime, Place)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(access: &str) -> Tokens {
        Tokens {
            access: access.to_owned(),
            until: 0,
            refresh: None,
            id: String::new(),
        }
    }

    #[tokio::test]
    async fn an_answer_is_kept_for_a_minute() {
        let all = Refreshed::default();
        let start = OffsetDateTime::UNIX_EPOCH;
        let at = async |seconds: i64, answer: &str| {
            let (now, answer) = (start + Duration::seconds(seconds), tokens(answer));
            all.of(&tokens("old"), now, async { Ok(answer) })
                .await
                .map(|tokens| tokens.access)
        };
        assert_eq!(at(0, "first").await.as_deref(), Ok("first"));
        assert_eq!(at(59, "second").await.as_deref(), Ok("first"));
        assert_eq!(at(60, "third").await.as_deref(), Ok("third"));
        assert_eq!(all.lock().len(), 1);
    }

    #[tokio::test]
    async fn those_who_wait_share_a_fault_and_the_next_one_asks_again() {
        let all = Refreshed::default();
        let (now, old) = (OffsetDateTime::UNIX_EPOCH, tokens("old"));
        let fault = Fault::Wrong("a fault");
        let first = all.of(&old, now, async move {
            tokio::task::yield_now().await;
            Err(fault)
        });
        let second = all.of(&old, now, async { Ok(tokens("new")) });
        let (first, second) = tokio::join!(first, second);
        assert_eq!((first.err(), second.err()), (Some(fault), Some(fault)));
        let third = all.of(&old, now, async { Ok(tokens("new")) }).await;
        assert!(third.is_ok_and(|tokens| tokens.access == "new"));
    }
}
