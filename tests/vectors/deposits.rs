//! The store that an entry tells of, and what a writer puts there.

use std::cell::RefCell;
use std::collections::HashMap;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use sealed_session::Session;
use sealed_session::adapter::{self, Pending, ResponseHead};
use sealed_session::overflow::{BoxError, Overflow, OverflowStore};
use time::OffsetDateTime;

thread_local! {
    static PUT: RefCell<Option<([u8; 16], Vec<u8>)>> = const { RefCell::new(None) };
}

/// What is kept, by name; `None` if the store gives no answer.
struct Store(Option<HashMap<Vec<u8>, Vec<u8>>>);

impl OverflowStore for Store {
    async fn put(
        &self,
        name: [u8; 16],
        sealed: Vec<u8>,
        _: OffsetDateTime,
    ) -> Result<(), BoxError> {
        PUT.set(Some((name, sealed)));
        Ok(())
    }

    async fn get(&self, name: [u8; 16]) -> Result<Option<Vec<u8>>, BoxError> {
        let kept = self.0.as_ref().ok_or("no answer")?;
        Ok(kept.get(name.as_slice()).cloned())
    }

    async fn expire(&self, _: [u8; 16], _: OffsetDateTime) -> Result<(), BoxError> {
        Ok(())
    }
}

/// A store in which this is kept; `None` if it gives no answer.
pub(super) fn overflow(kept: Option<HashMap<Vec<u8>, Vec<u8>>>) -> Overflow {
    Overflow::new(Store(kept))
}

/// Returns the name and the bytes that were put last on this thread.
pub(super) fn put() -> Option<([u8; 16], Vec<u8>)> {
    PUT.take()
}

/// Fetches what is stored of a session.
pub(super) fn fetch(session: &Session) {
    adapter::pending(session).into_iter().for_each(wait);
}

/// Stores what fits in no cookie.
pub(super) fn store(session: &Session, now: OffsetDateTime) {
    let pending = adapter::pending_commit(session, ResponseHead::new(200), now);
    pending.into_iter().for_each(wait);
}

fn wait(pending: Pending) {
    let mut context = Context::from_waker(Waker::noop());
    assert_eq!(pin!(pending).poll(&mut context), Poll::Ready(()));
}
