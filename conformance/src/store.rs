//! A store for sessions that fit in no cookie, which takes a while and may fail.

use std::collections::HashMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use sealed_session::overflow::{BoxError, OverflowStore};
use sealed_session::time::OffsetDateTime;

/// A clone is the same store.
#[derive(Clone, Default)]
pub(crate) struct Store(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    kept: HashMap<[u8; 16], Vec<u8>>,
    fails: bool,
}

impl Store {
    pub(crate) fn fails(&self, fails: bool) {
        self.lock().fails = fails;
    }

    /// Counts what is kept.
    pub(crate) fn len(&self) -> usize {
        self.lock().kept.len()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with it, a while later.
    async fn later<R>(&self, act: impl FnOnce(&mut Inner) -> R) -> Result<R, BoxError> {
        let mut turns = 3;
        let while_others_go_first = poll_fn(|context| {
            if turns == 0 {
                return Poll::Ready(());
            }
            turns -= 1;
            context.waker().wake_by_ref();
            Poll::Pending
        });
        while_others_go_first.await;
        let mut inner = self.lock();
        match inner.fails {
            true => Err("the store is away".into()),
            false => Ok(act(&mut inner)),
        }
    }
}

impl OverflowStore for Store {
    async fn put(
        &self,
        name: [u8; 16],
        sealed: Vec<u8>,
        _: OffsetDateTime,
    ) -> Result<(), BoxError> {
        self.later(|inner| drop(inner.kept.insert(name, sealed)))
            .await
    }

    async fn get(&self, name: [u8; 16]) -> Result<Option<Vec<u8>>, BoxError> {
        self.later(|inner| inner.kept.get(&name).cloned()).await
    }

    async fn expire(&self, _: [u8; 16], _: OffsetDateTime) -> Result<(), BoxError> {
        self.later(|_| ()).await
    }
}
