//! A node, and requests to it.

use std::hint::black_box;
use std::time::Duration;

use sealed_session::adapter::{self, HeaderChange, RequestHead, ResponseHead};
use sealed_session::revocation::{Revocations, Staleness};
use sealed_session::time::OffsetDateTime;
use sealed_session::{KeyRing, SessionManager};
use sealed_session_redis::{RedisStore, SharedRevocations};
use tokio::runtime::{Builder, Runtime};

use crate::outcome::Outcome;
use crate::server::Server;

/// Revocations that are there from the beginning.
pub(crate) const MANY: u32 = 100_000;

/// Makes a thread's own runtime: a client shares none with another.
pub(crate) fn runtime() -> Outcome<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

pub(crate) struct Node {
    pub(crate) manager: SessionManager,
    pub(crate) shared: SharedRevocations,
}

impl Node {
    /// Starts a node that knows everything. Call it in a runtime.
    pub(crate) async fn start(
        server: &Server,
        ring: &KeyRing,
        looks: impl FnOnce(&SharedRevocations) -> Revocations,
        staleness: Staleness,
    ) -> Outcome<Node> {
        let shared = RedisStore::open(&server.url(), "bench")?.revocations(2 * MANY as usize)?;
        shared.caught_up(Duration::from_secs(10)).await?;
        shared.trust_since(OffsetDateTime::UNIX_EPOCH).await?;
        let builder = SessionManager::builder("session", ring.clone());
        let manager = builder.revocations(looks(&shared)).staleness(staleness);
        Ok(Node {
            manager: manager.build()?,
            shared,
        })
    }
}

/// Signs somebody in, and returns the cookie.
pub(crate) fn sign_in(manager: &SessionManager, subject: &str) -> Outcome<String> {
    let now = OffsetDateTime::now_utc();
    let session = manager.load(RequestHead::default(), now);
    session.sign_in(subject, &[])?;
    let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    let value = changes.first().map(HeaderChange::value).unwrap_or_default();
    Ok(value.split(';').next().unwrap_or_default().to_owned())
}

/// Does what an adapter does with a request whose handler looks at the session. Returns whether it lives.
pub(crate) async fn request(manager: &SessionManager, cookie: &str) -> Outcome<bool> {
    let now = OffsetDateTime::now_utc();
    let session = manager.load(RequestHead::new([cookie.as_bytes()]), now);
    if let Some(pending) = adapter::pending(&session) {
        pending.await;
    }
    let lives = session.is_live();
    black_box(manager.commit(&session, ResponseHead::new(200), now)?);
    Ok(lives)
}
