//! The handle of what several nodes share.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use redis::Pipeline;
use sealed_session::revocation::{Answer, AskedRevocations, Revocation, Revocations};
use time::OffsetDateTime;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use crate::about::About;
use crate::connection::{in_runtime, within};
use crate::error::Error;
use crate::feed::Feed;
use crate::keys::Keys;
use crate::read::now;
use crate::reader;
use crate::replica::Standing;
use crate::server::Server;
use crate::sign_outs;
use crate::status::Status;

/// Revocations that several nodes share. A clone is the same.
///
/// A task of this process reads what others revoke, and confirms what it knows every half second. Another one writes what
/// a `destroy` of this node ends. They end when the last clone and the last manager that looks here are gone.
///
/// ```no_run
/// use sealed_session::revocation::Target;
/// use sealed_session::{KeyRing, SessionManager};
/// use sealed_session_redis::RedisStore;
/// use std::time::Duration;
/// use time::OffsetDateTime;
///
/// # async fn start(ring: KeyRing) -> Result<(), Box<dyn std::error::Error>> {
/// let revoked = RedisStore::open("redis://127.0.0.1", "shop")?.revocations(100_000)?;
/// let manager = SessionManager::builder("shop", ring).revocations(revoked.clone()).build()?;
/// revoked.caught_up(Duration::from_secs(10)).await?;
///
/// let now = OffsetDateTime::now_utc();
/// revoked.revoke(manager.revocations_of(Target::Subject("user-17"), now), now).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SharedRevocations {
    feed: Arc<Feed>,
    task: Arc<Task>,
}

/// Ends the tasks.
struct Task([AbortHandle; 2]);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.iter().for_each(AbortHandle::abort);
    }
}

impl SharedRevocations {
    pub(crate) fn start(
        server: Server,
        keys: Keys,
        room: usize,
    ) -> Result<SharedRevocations, Error> {
        let runtime = Handle::try_current().map_err(|_| {
            Error::configuration("revocations are read by a task: call this in a tokio runtime")
        })?;
        let feed = Arc::new(Feed::new(server, keys, room));
        let waiting = sign_outs::hear(&feed);
        let tasks = [
            runtime.spawn(reader::run(Arc::clone(&feed))),
            runtime.spawn(sign_outs::run(Arc::clone(&feed), waiting)),
        ];
        Ok(SharedRevocations {
            feed,
            task: Arc::new(Task(tasks.map(|task| task.abort_handle()))),
        })
    }

    /// Waits until this node knows everything that is in the store. Wait for it before the server opens, so that it does
    /// not open blind.
    ///
    /// # Errors
    ///
    /// What went wrong last, or [`Error::is_unreachable`], if it takes longer than `limit`. The node goes on trying. Until
    /// it succeeds, sessions are as [`Staleness`](sealed_session::revocation::Staleness) says.
    ///
    /// ```
    /// use sealed_session_redis::RedisStore;
    /// use std::time::Duration;
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    ///
    /// // Nobody is there.
    /// let revoked = RedisStore::open("redis://127.0.0.1:1", "shop")?.revocations(1_000)?;
    /// let error = revoked.caught_up(Duration::from_millis(100)).await.unwrap_err();
    /// assert!(error.is_unreachable());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn caught_up(&self, limit: Duration) -> Result<(), Error> {
        in_runtime()?;
        let mut health = self.feed.health.subscribe();
        let is_whole = health.wait_for(|health| health.is_whole);
        // The sender lives as long as this.
        match timeout(limit, is_whole).await {
            Ok(_) => Ok(()),
            Err(_) => Err(self.feed.health.borrow().error.clone().unwrap_or_else(|| {
                Error::unreachable(format!(
                    "the store at {} was not read within {} ms",
                    self.feed.server.address,
                    limit.as_millis()
                ))
            })),
        }
    }

    /// Revokes, on this node at once, and on the others within milliseconds. `now` is the time of this call.
    ///
    /// # Errors
    ///
    /// [`Error::is_full`] if this node has no room: nothing was revoked. With every other error it is revoked on this node,
    /// and not yet on others; the task writes it as soon as the store takes it, as long as this process lives. Tell the
    /// visitor that the sign-out is under way.
    ///
    /// ```
    /// use sealed_session::revocation::Target;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// use sealed_session_redis::RedisStore;
    /// use time::OffsetDateTime;
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    ///
    /// // Nobody is there, and the revocation is kept until somebody is.
    /// let revoked = RedisStore::open("redis://127.0.0.1:1", "shop")?.revocations(1_000)?;
    /// # let ring = KeyRing::new(Key::generate()?);
    /// let manager = SessionManager::builder("shop", ring).revocations(revoked.clone()).build()?;
    /// let now = OffsetDateTime::now_utc();
    /// let ended = revoked.revoke(manager.revocations_of(Target::Subject("user-17"), now), now).await;
    /// assert!(ended.is_err_and(|error| error.is_unreachable()));
    /// assert!(revoked.status().is_behind);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn revoke(
        &self,
        revocations: impl IntoIterator<Item = Revocation>,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let revocations: Vec<Revocation> = revocations.into_iter().collect();
        let added = self
            .feed
            .replica
            .table
            .add(revocations.iter().copied(), now);
        added.map_err(|error| Error::full(error.to_string()))?;
        self.feed.write(&revocations).await
    }

    /// Makes a manager ask the store whenever what this node knows is older than the configured
    /// [bound](sealed_session::revocation::Staleness::within), and wait for the answer no longer than `limit`. Requests that
    /// ask at the same time share a question.
    ///
    /// With a bound of zero, every request that looks at a session asks. Times are whole seconds, so where the store cannot
    /// be asked, what the task has heard within this second still counts.
    ///
    /// ```
    /// use sealed_session::revocation::Staleness;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// use sealed_session_redis::RedisStore;
    /// use std::time::Duration;
    /// # let runtime = tokio::runtime::Runtime::new()?;
    /// # let _in_it = runtime.enter();
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let revoked = RedisStore::open("redis://127.0.0.1", "shop")?.revocations(1_000)?;
    /// let manager = SessionManager::builder("shop", ring)
    ///     .revocations(revoked.asking(Duration::from_millis(200)))
    ///     .staleness(Staleness::within(Duration::ZERO).or_refuse())
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn asking(&self, limit: Duration) -> Revocations {
        let this = self.clone();
        let ask = AskedRevocations::new(move |question| {
            let this = this.clone();
            async move {
                let feed = &this.feed;
                let refreshed = async { Ok(feed.refresh().await) };
                match within(&feed.server, limit, refreshed).await {
                    Ok(true) => feed.replica.table.answer(&question),
                    _ => Answer::NotKnown,
                }
            }
        });
        Revocations::from(self).or_ask(ask)
    }

    /// Says that nothing which was revoked since `since` is missing in the store: it was used from then on and has lost
    /// nothing, or a backup of it is whole. All nodes take it from there. A time before all sessions, such as 1970, says so of
    /// everything: say it when the application first uses a store, and nobody was signed out before.
    ///
    /// # Errors
    ///
    /// [`Error::is_unreachable`] if this node has not read everything yet, or as in [`revoke`](SharedRevocations::revoke).
    ///
    /// ```
    /// use sealed_session_redis::RedisStore;
    /// use time::OffsetDateTime;
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    ///
    /// let revoked = RedisStore::open("redis://127.0.0.1:1", "shop")?.revocations(1_000)?;
    /// // Nobody is there, so there is nothing that could be trusted.
    /// assert!(revoked.trust_since(OffsetDateTime::UNIX_EPOCH).await.is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn trust_since(&self, since: OffsetDateTime) -> Result<(), Error> {
        let feed = &self.feed;
        if !matches!(feed.replica.standing().0, Standing::Whole(_)) {
            return Err(Error::unreachable(format!(
                "the store at {} was not read yet; wait for `caught_up`",
                feed.server.address
            )));
        }
        let mut commands = Pipeline::new();
        let since = since.min(feed.replica.table.remembers_since());
        About::vouch(&mut commands, &feed.keys, since, None);
        feed.line.all(&commands).await?;
        feed.replica.table.remember_since(since);
        Ok(())
    }

    /// Returns what this node knows, and how it stands with the store. It waits for nothing.
    ///
    /// ```
    /// use sealed_session_redis::RedisStore;
    /// # let runtime = tokio::runtime::Runtime::new()?;
    /// # let _in_it = runtime.enter();
    ///
    /// let revoked = RedisStore::open("redis://127.0.0.1:1", "shop")?.revocations(1_000)?;
    /// let status = revoked.status();
    /// assert!(status.as_of.is_none() && !status.is_connected);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn status(&self) -> Status {
        let table = &self.feed.replica.table;
        let health = self.feed.health.borrow().clone();
        Status {
            as_of: table.known_as_of(now()),
            len: table.len(),
            room: table.capacity(),
            remembers_since: table.remembers_since(),
            is_connected: health.is_connected,
            error: health.error,
            is_behind: self.feed.is_behind.load(Ordering::Acquire),
            repairs: self.feed.repairs.load(Ordering::Relaxed),
        }
    }
}

impl From<&SharedRevocations> for Revocations {
    fn from(shared: &SharedRevocations) -> Revocations {
        let table = shared.feed.replica.table.clone();
        Revocations::from(table).fed_by(Arc::clone(&shared.task))
    }
}

impl From<SharedRevocations> for Revocations {
    fn from(shared: SharedRevocations) -> Revocations {
        Revocations::from(&shared)
    }
}

impl fmt::Debug for SharedRevocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedRevocations")
            .field("status", &self.status())
            .finish()
    }
}
