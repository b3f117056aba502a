//! Why a session that fits in no cookie was not stored elsewhere.

use std::fmt;
use std::sync::Arc;

use super::kind::ErrorKind;
use super::{Error, Oversize};

/// Why a session is not in the store that it would have to be in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unstored {
    /// Nobody awaited that it is put there, or it was changed since.
    NotAsked,
    /// The store failed, and said this.
    Failed(Arc<str>),
}

impl Error {
    pub(crate) fn overflow(oversize: Oversize, unstored: Unstored) -> Error {
        Error::new(ErrorKind::Overflow { oversize, unstored })
    }

    pub(crate) fn in_place_of_unfetched() -> Error {
        Error::new(ErrorKind::Unfetched)
    }

    /// Returns whether a session could not be sent because of the store that it [overflows](crate::overflow) into: the
    /// store failed, or nobody waited for it. The browser keeps its previous session.
    ///
    /// ```
    /// # use sealed_session::overflow::{BoxError, OverflowStore};
    /// use sealed_session::overflow::Overflow;
    /// use sealed_session::adapter::{RequestHead, ResponseHead};
    /// use sealed_session::{Key, KeyRing, SessionManager};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # struct Store;
    /// # impl OverflowStore for Store {
    /// #     async fn put(&self, _: [u8; 16], _: Vec<u8>, _: OffsetDateTime) -> Result<(), BoxError> { Ok(()) }
    /// #     async fn get(&self, _: [u8; 16]) -> Result<Option<Vec<u8>>, BoxError> { Ok(None) }
    /// #     async fn expire(&self, _: [u8; 16], _: OffsetDateTime) -> Result<(), BoxError> { Ok(()) }
    /// # }
    /// # let store = Store;
    /// let manager = SessionManager::builder("shop", KeyRing::new(Key::generate()?))
    ///     .overflow(Overflow::new(store))
    ///     .build()?;
    /// let session = manager.load(RequestHead::default(), now);
    /// session.insert("draft", "x".repeat(100_000))?;
    ///
    /// // An adapter that does not await `adapter::pending_commit`.
    /// let error = manager.commit(&session, ResponseHead::new(200), now).unwrap_err();
    /// assert!(error.is_overflow() && !error.is_too_large());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn is_overflow(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::Overflow { .. } | ErrorKind::Unfetched
        )
    }
}

/// Says why, and what to do.
impl fmt::Display for Unstored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unstored::NotAsked => f.write_str(
                "nobody awaited `adapter::pending_commit` since its last change: see whether the adapter's version \
                 knows of overflow",
            ),
            Unstored::Failed(cause) => write!(f, "the store failed: {cause}"),
        }
    }
}
