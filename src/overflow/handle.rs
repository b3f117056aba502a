//! A store of any type, with its limit.

use std::fmt;
use std::sync::Arc;

use super::store::{Answered, AnyStore, OverflowStore};
use time::OffsetDateTime;

/// The most bytes of attributes by default.
const LIMIT: usize = 1_048_576;

/// The most bytes of attributes that a limit may be.
const LIMIT_MAX: usize = 16 * 1_048_576;

/// A store for sessions that fit in no cookie, and how large they may be. A clone is the same store.
///
/// The [module](crate::overflow) has an example.
#[derive(Clone)]
pub struct Overflow {
    store: Arc<dyn AnyStore>,
    limit: usize,
}

impl Overflow {
    /// Takes a store. A session in it may have 1 MiB of attributes before compression, 400 times what a cookie
    /// holds. Each request that brings it fetches and opens all of it, so what is larger belongs in a table of the
    /// application's.
    ///
    /// The [module](crate::overflow) has an example.
    pub fn new(store: impl OverflowStore) -> Overflow {
        Overflow {
            store: Arc::new(store),
            limit: LIMIT,
        }
    }

    /// Sets the most bytes of all attributes of a session before compression, their names included; at most 16 MiB.
    /// It has to be the same on all nodes: one with a lower limit refuses what is larger.
    ///
    /// ```
    /// # use sealed_session::overflow::{BoxError, OverflowStore};
    /// use sealed_session::overflow::Overflow;
    /// use sealed_session::{Key, KeyRing, SessionManager};
    /// # use time::OffsetDateTime;
    /// # struct Store;
    /// # impl OverflowStore for Store {
    /// #     async fn put(&self, _: [u8; 16], _: Vec<u8>, _: OffsetDateTime) -> Result<(), BoxError> { Ok(()) }
    /// #     async fn get(&self, _: [u8; 16]) -> Result<Option<Vec<u8>>, BoxError> { Ok(None) }
    /// #     async fn expire(&self, _: [u8; 16], _: OffsetDateTime) -> Result<(), BoxError> { Ok(()) }
    /// # }
    /// # let store = Store;
    /// let overflow = Overflow::new(store).with_limit(100_000);
    /// let manager = SessionManager::builder("shop", KeyRing::new(Key::generate()?))
    ///     .overflow(overflow.clone())
    ///     .build()?;
    /// # let session = sealed_session::adapter::RequestHead::default();
    /// # let session = manager.load(session, OffsetDateTime::now_utc());
    /// assert_eq!(session.size()?.room, 100_000);
    ///
    /// let builder = SessionManager::builder("shop", KeyRing::new(Key::generate()?));
    /// let unbounded = overflow.with_limit(usize::MAX);
    /// assert!(builder.overflow(unbounded).build().unwrap_err().is_configuration());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn with_limit(mut self, bytes: usize) -> Overflow {
        self.limit = bytes;
        self
    }

    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Says what is wrong with the limit, if anything is.
    pub(crate) fn check(&self) -> Result<(), String> {
        match self.limit {
            ..=LIMIT_MAX => Ok(()),
            limit => Err(format!(
                "an overflow of {limit} bytes for each session; {LIMIT_MAX} is the most"
            )),
        }
    }

    pub(crate) fn put(
        &self,
        name: [u8; 16],
        sealed: Vec<u8>,
        until: OffsetDateTime,
    ) -> Answered<'_, ()> {
        self.store.put(name, sealed, until)
    }

    pub(crate) fn get(&self, name: [u8; 16]) -> Answered<'_, Option<Vec<u8>>> {
        self.store.get(name)
    }

    pub(crate) fn expire(&self, name: [u8; 16], at: OffsetDateTime) -> Answered<'_, ()> {
        self.store.expire(name, at)
    }
}

impl fmt::Debug for Overflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Overflow")
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}
