//! What a store has to do.

use std::pin::Pin;

use time::OffsetDateTime;

/// An error of a store's own.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A store for the attributes of sessions that fit in no cookie: see the [module](crate::overflow).
///
/// What is kept is sealed, and no name is put twice. Each call has a time limit of the store's own: a request waits for as
/// long as the call takes, and nothing here gives up. The text of an error goes to logs.
pub trait OverflowStore: Send + Sync + 'static {
    /// Keeps these bytes under this name, and forgets them at `until`.
    ///
    /// It is ready when what was put would be found from every node.
    fn put(
        &self,
        name: [u8; 16],
        sealed: Vec<u8>,
        until: OffsetDateTime,
    ) -> impl Future<Output = Result<(), BoxError>> + Send;

    /// Returns what is kept under this name; `None` if nothing is. An error if nobody knows: `None` tells the visitor's
    /// browser nothing, but operators that a session was lost.
    fn get(&self, name: [u8; 16])
    -> impl Future<Output = Result<Option<Vec<u8>>, BoxError>> + Send;

    /// Forgets what is kept under this name at `at`, unless it would be forgotten earlier. `at` may be past, and
    /// there may be nothing under the name.
    fn expire(
        &self,
        name: [u8; 16],
        at: OffsetDateTime,
    ) -> impl Future<Output = Result<(), BoxError>> + Send;
}

/// A future of any store.
pub(super) type Answered<'a, T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send + 'a>>;

/// A store of any type.
pub(super) trait AnyStore: Send + Sync {
    fn put(&self, name: [u8; 16], sealed: Vec<u8>, until: OffsetDateTime) -> Answered<'_, ()>;
    fn get(&self, name: [u8; 16]) -> Answered<'_, Option<Vec<u8>>>;
    fn expire(&self, name: [u8; 16], at: OffsetDateTime) -> Answered<'_, ()>;
}

impl<S: OverflowStore> AnyStore for S {
    fn put(&self, name: [u8; 16], sealed: Vec<u8>, until: OffsetDateTime) -> Answered<'_, ()> {
        Box::pin(OverflowStore::put(self, name, sealed, until))
    }

    fn get(&self, name: [u8; 16]) -> Answered<'_, Option<Vec<u8>>> {
        Box::pin(OverflowStore::get(self, name))
    }

    fn expire(&self, name: [u8; 16], at: OffsetDateTime) -> Answered<'_, ()> {
        Box::pin(OverflowStore::expire(self, name, at))
    }
}
