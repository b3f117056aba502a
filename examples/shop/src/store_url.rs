//! The URL of a store. It may hold a password, so nothing shows it.

use std::fmt;

use sealed_session_redis::{Error, RedisStore};

/// Where `--revocation` says that the store is.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreUrl(String);

impl StoreUrl {
    /// Reads a URL.
    ///
    /// # Errors
    ///
    /// As [`RedisStore::open`].
    ///
    /// ```
    /// use shop::StoreUrl;
    ///
    /// let url = StoreUrl::new("redis://shop:secret@127.0.0.1".to_owned())?;
    /// assert_eq!(format!("{url:?}"), "StoreUrl(..)");
    /// assert!(StoreUrl::new("127.0.0.1:6379".to_owned()).is_err());
    /// # Ok::<(), sealed_session_redis::Error>(())
    /// ```
    pub fn new(url: String) -> Result<StoreUrl, Error> {
        let url = StoreUrl(url);
        url.open().map(|_| url)
    }

    /// Returns the store that it names, which nobody has talked to yet. Its keys begin with `{shop}:`.
    ///
    /// # Errors
    ///
    /// None, because it was read.
    pub fn open(&self) -> Result<RedisStore, Error> {
        RedisStore::open(&self.0, "shop")
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreUrl(..)")
    }
}
