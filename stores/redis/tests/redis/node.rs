//! A node of an application, and its visitors.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use sealed_session::adapter::{RequestHead, ResponseHead};
use sealed_session::revocation::{Revocations, Staleness, Target};
use sealed_session::{Key, KeyRing, Refusal, SessionManager};
use sealed_session_redis::{Error, RedisStore, SharedRevocations};
use time::OffsetDateTime;

/// What the nodes of all tests share.
static RING: LazyLock<KeyRing> = LazyLock::new(|| KeyRing::new(Key::generate().unwrap()));

/// Longer than anything takes that is to happen at once.
pub(crate) const SOON: Duration = Duration::from_secs(10);

/// A node: a manager, and what it knows of a store.
pub(crate) struct Node {
    pub(crate) manager: SessionManager,
    pub(crate) shared: SharedRevocations,
}

impl Node {
    /// Starts a node that has read the store.
    pub(crate) async fn start(store: &RedisStore) -> Node {
        let node = Node::blind(store, 1_000);
        node.shared.caught_up(SOON).await.unwrap();
        node
    }

    /// Starts a node that has read nothing yet.
    pub(crate) fn blind(store: &RedisStore, room: usize) -> Node {
        let shared = store.revocations(room).unwrap();
        Node {
            manager: manager(&shared),
            shared,
        }
    }

    /// Signs somebody in, and returns the cookie.
    pub(crate) fn sign_in(&self, subject: &str) -> String {
        self.sign_in_at(subject, now())
    }

    /// Signs somebody in at another time.
    pub(crate) fn sign_in_at(&self, subject: &str, now: OffsetDateTime) -> String {
        sign_in(&self.manager, subject, now)
    }

    /// Why a cookie is refused, if it is.
    pub(crate) fn refusal(&self, cookie: &str) -> Option<Refusal> {
        refusal(&self.manager, cookie)
    }

    /// Ends all sessions of somebody.
    pub(crate) async fn revoke(&self, subject: &str) -> Result<(), Error> {
        let now = now();
        let all = self.manager.revocations_of(Target::Subject(subject), now);
        self.shared.revoke(all, now).await
    }

    /// Waits until a cookie is refused for this reason, or accepted.
    pub(crate) async fn wait_for(&self, cookie: &str, wanted: Option<Refusal>) {
        until("a refusal", || self.refusal(cookie) == wanted).await;
    }
}

pub(crate) fn ring() -> KeyRing {
    RING.clone()
}

/// A manager that refuses whatever nobody knows of.
pub(crate) fn manager(revocations: impl Into<Revocations>) -> SessionManager {
    SessionManager::builder("shop", RING.clone())
        .revocations(revocations)
        .staleness(Staleness::within(Duration::from_secs(5)).or_refuse())
        .build()
        .unwrap()
}

pub(crate) fn sign_in(manager: &SessionManager, subject: &str, now: OffsetDateTime) -> String {
    let session = manager.load(RequestHead::default(), now);
    session.sign_in(subject, &[]).unwrap();
    let changes = manager
        .commit(&session, ResponseHead::new(200), now)
        .unwrap();
    changes[0].value().split(';').next().unwrap().to_owned()
}

pub(crate) fn refusal(manager: &SessionManager, cookie: &str) -> Option<Refusal> {
    manager
        .load(RequestHead::new([cookie.as_bytes()]), now())
        .refusal()
}

pub(crate) fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// Waits until something is so.
pub(crate) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < SOON, "{what} does not come");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
