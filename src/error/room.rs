//! Errors of a session for which there is no room: in its budget, or in the store that it overflows into.

use super::kind::ErrorKind;
use super::{Error, Oversize, Unstored};

impl Error {
    pub(crate) fn too_large(oversize: Oversize) -> Error {
        Error::new(ErrorKind::TooLarge(oversize))
    }

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

    /// Returns the sizes behind an error that [`is_too_large`](Error::is_too_large) or [`is_overflow`](Error::is_overflow).
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// let error = session.insert("noise", "x".repeat(100_000)).unwrap_err();
    /// assert!(error.sizes().is_some_and(|sizes| sizes.needed > sizes.allowed));
    ///
    /// session.insert("name", "Ada")?;
    /// let other = session.get::<u32>("name").unwrap_err();
    /// assert_eq!(other.sizes(), None);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn sizes(&self) -> Option<&Oversize> {
        match &self.0.kind {
            ErrorKind::TooLarge(oversize) | ErrorKind::Overflow { oversize, .. } => Some(oversize),
            _ => None,
        }
    }
}
