//! A store, as an application names it. No connection.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use redis::IntoConnectionInfo;
use sealed_session::overflow::Overflow;

use crate::deposits::Deposits;
use crate::error::Error;
use crate::keys::Keys;
use crate::once::Once;
use crate::revocations::SharedRevocations;
use crate::server::Server;
use crate::wire::Wire;

/// Characters of a prefix.
const LONGEST_PREFIX: usize = 64;

/// A Redis or Valkey server, and the prefix of the keys in it. A clone is the same store.
///
/// Opening one does no I/O. Everything that talks to it waits for a second at most, unless told otherwise.
///
/// ```
/// use sealed_session_redis::RedisStore;
/// use std::time::Duration;
///
/// let store = RedisStore::open("redis://shop:password@127.0.0.1:6379/0", "shop")?
///     .with_limit(Duration::from_millis(500));
/// # Ok::<(), sealed_session_redis::Error>(())
/// ```
#[derive(Clone)]
pub struct RedisStore {
    server: Server,
    prefix: Arc<str>,
}

impl RedisStore {
    /// Names a server by its URL, `redis://user:password@host:port/database`, and the prefix of all keys: `shop` has
    /// the keys `{shop}:..`. `rediss://` is TLS, with the feature `tls`, and `redis+unix:///path?user=..&pass=..` is a socket of this
    /// machine. Applications that share a server have prefixes of
    /// their own.
    ///
    /// # Errors
    ///
    /// [`Error::is_configuration`] if the URL is none, asks for TLS without the feature, or if the prefix is empty, longer
    /// than 64 characters, or holds anything but ASCII letters, digits, `-`, `_`, `.` and `:`. The text does not hold the
    /// URL, because that holds the password.
    ///
    /// ```
    /// use sealed_session_redis::RedisStore;
    ///
    /// assert!(RedisStore::open("redis://127.0.0.1", "shop").is_ok());
    /// assert!(RedisStore::open("http://127.0.0.1", "shop").is_err());
    /// assert!(RedisStore::open("redis://127.0.0.1", "{shop}").is_err());
    /// ```
    pub fn open(url: &str, prefix: &str) -> Result<RedisStore, Error> {
        let is_good = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
        if prefix.is_empty() || prefix.len() > LONGEST_PREFIX || !prefix.chars().all(is_good) {
            return Err(Error::configuration(format!(
                "the prefix of a store has 1 to {LONGEST_PREFIX} ASCII letters, digits, `-`, `_`, `.` and `:`",
            )));
        }
        // What the client says of a bad URL may quote it.
        let bad = |_| {
            Error::configuration(
                "the URL of a store is redis://user:password@host:port/database or rediss://.., with special \
                 characters of the password in percent-encoding; this one cannot be read",
            )
        };
        #[cfg(not(feature = "tls"))]
        if url.starts_with("rediss:") || url.starts_with("valkeys:") {
            return Err(Error::configuration(
                "the store is to be reached by TLS: switch on the feature `tls` of sealed-session-redis",
            ));
        }
        let info = url.into_connection_info().map_err(bad)?;
        Ok(RedisStore {
            server: Server::new(info)?,
            prefix: prefix.into(),
        })
    }

    /// Sets how long to wait for a connection, and for each answer. The default is a second.
    ///
    /// ```
    /// use sealed_session_redis::RedisStore;
    /// use std::time::Duration;
    ///
    /// let store = RedisStore::open("redis://127.0.0.1", "shop")?.with_limit(Duration::from_millis(300));
    /// # Ok::<(), sealed_session_redis::Error>(())
    /// ```
    #[must_use]
    pub fn with_limit(mut self, limit: Duration) -> RedisStore {
        self.server.limit = limit;
        self
    }

    /// Says that the server loses nothing when it is started again: `appendonly yes` and `appendfsync always`, on a disk
    /// that keeps what it says it has kept. A node that starts then trusts a server that was started again while no
    /// other node lived, and [`Once`] goes on to know what was used. By default they do not.
    ///
    /// ```
    /// use sealed_session_redis::RedisStore;
    ///
    /// let store = RedisStore::open("redis://127.0.0.1", "shop")?.with_durable_restarts();
    /// # Ok::<(), sealed_session_redis::Error>(())
    /// ```
    #[must_use]
    pub fn with_durable_restarts(mut self) -> RedisStore {
        self.server.is_durable = true;
        self
    }

    /// Begins to read what was revoked, into a table that holds `room` revocations at most. A task of the current tokio
    /// runtime does so until the last handle is gone, the managers' included.
    ///
    /// # Errors
    ///
    /// [`Error::is_configuration`] outside of a tokio runtime. A store that is down is no error: see
    /// [`SharedRevocations::caught_up`].
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, SessionManager};
    /// use sealed_session_redis::RedisStore;
    /// # let runtime = tokio::runtime::Runtime::new()?;
    /// # let _in_it = runtime.enter();
    ///
    /// let store = RedisStore::open("redis://127.0.0.1", "shop")?;
    /// let revoked = store.revocations(100_000)?;
    /// let manager = SessionManager::builder("shop", KeyRing::new(Key::generate()?))
    ///     .revocations(revoked.clone())
    ///     .build()?;
    /// assert_eq!(revoked.status().room, 100_000);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn revocations(&self, room: usize) -> Result<SharedRevocations, Error> {
        SharedRevocations::start(self.server.clone(), Keys::of(&self.prefix), room)
    }

    /// Says of things that count once whether they were used, such as links that sign in: see [`Once`]. It connects when it is
    /// first asked.
    #[must_use]
    pub fn once(&self) -> Once {
        Once::new(Wire::new(self.server.clone()), &self.prefix)
    }

    /// Keeps sessions that fit in no cookie, for
    /// [`SessionManagerBuilder::overflow`](sealed_session::SessionManagerBuilder::overflow). It connects when the first one comes. Each
    /// request that fetches one, or puts one, waits for the store no longer than its [limit](RedisStore::with_limit).
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, SessionManager};
    /// use sealed_session_redis::RedisStore;
    ///
    /// let store = RedisStore::open("redis://shop:password@127.0.0.1:6379/0", "shop")?;
    /// let ring = KeyRing::new(Key::generate()?);
    /// let manager = SessionManager::builder("shop", ring)
    ///     .overflow(store.overflow().with_limit(300_000))
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn overflow(&self) -> Overflow {
        Overflow::new(Deposits::new(Wire::new(self.server.clone()), &self.prefix))
    }
}

/// Shows no password.
impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("address", &self.server.address)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}
