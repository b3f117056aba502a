//! Sessions that fit in no cookie: what is stored, when, and what becomes of a session when the store fails.

mod contents;
mod failures;
mod life;
mod ways;

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use sealed_session::adapter::{self, RequestHead, ResponseHead};
use sealed_session::overflow::{BoxError, Overflow, OverflowStore};
use sealed_session::{Error, Session, SessionManager, SessionManagerBuilder};
use time::OffsetDateTime;

use crate::common::{Browser, commit, noise, ring};

type Name = [u8; 16];

/// A store in memory that can fail, counts, and forgets by the test's clock.
#[derive(Clone, Default)]
struct Store(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    kept: HashMap<Name, (Vec<u8>, OffsetDateTime)>,
    failing: Vec<&'static str>,
    calls: Vec<(&'static str, Name)>,
    now: Option<OffsetDateTime>,
}

impl Store {
    fn overflow(&self) -> Overflow {
        Overflow::new(self.clone())
    }

    fn with<R>(&self, act: impl FnOnce(&mut Inner) -> R) -> R {
        act(&mut self.0.lock().unwrap())
    }

    fn call(&self, call: &'static str, name: Name) -> Result<(), BoxError> {
        self.with(|inner| {
            inner.calls.push((call, name));
            match inner.failing.contains(&call) {
                true => Err("connection refused".into()),
                false => Ok(()),
            }
        })
    }

    /// From now on these calls fail.
    fn fails(&self, calls: &[&'static str]) {
        self.with(|inner| inner.failing = calls.to_vec());
    }

    /// The calls since the last time.
    fn calls(&self) -> Vec<&'static str> {
        self.with(|inner| inner.calls.drain(..).map(|(call, _)| call).collect())
    }

    /// What is kept at `now`.
    fn kept(&self, now: OffsetDateTime) -> Vec<Name> {
        let is_kept = |(_, until): &(Vec<u8>, OffsetDateTime)| *until > now;
        self.with(|inner| {
            let kept = inner.kept.iter().filter(|(_, kept)| is_kept(kept));
            kept.map(|(name, _)| *name).collect()
        })
    }
}

impl OverflowStore for Store {
    async fn put(
        &self,
        name: Name,
        sealed: Vec<u8>,
        until: OffsetDateTime,
    ) -> Result<(), BoxError> {
        self.call("put", name)?;
        let before = self.with(|inner| inner.kept.insert(name, (sealed, until)));
        assert!(before.is_none(), "no name is put twice");
        Ok(())
    }

    async fn get(&self, name: Name) -> Result<Option<Vec<u8>>, BoxError> {
        self.call("get", name)?;
        Ok(self.with(|inner| {
            let now = inner.now.expect("the time of a request");
            let kept = inner.kept.get(&name).filter(|(_, until)| *until > now);
            kept.map(|(sealed, _)| sealed.clone())
        }))
    }

    async fn expire(&self, name: Name, at: OffsetDateTime) -> Result<(), BoxError> {
        self.call("expire", name)?;
        self.with(|inner| {
            if let Some((_, until)) = inner.kept.get_mut(&name) {
                *until = at.min(*until);
            }
        });
        Ok(())
    }
}

/// Waits for what is ready at once.
fn wait(future: impl Future<Output = ()>) {
    let mut context = Context::from_waker(Waker::noop());
    assert_eq!(pin!(future).poll(&mut context), Poll::Ready(()));
}

fn builder() -> SessionManagerBuilder {
    SessionManager::builder("session", ring())
}

/// A manager with the smallest budget that there is, and a store behind it.
fn stored() -> (SessionManager, Store) {
    let store = Store::default();
    let manager = builder().overflow(store.overflow()).build().unwrap();
    (manager, store)
}

/// More than any cookie takes.
fn much(seed: u64) -> Vec<u8> {
    noise(20_000, seed)
}

/// An adapter on the way in.
fn open(
    browser: &Browser,
    manager: &SessionManager,
    store: &Store,
    now: OffsetDateTime,
) -> Session {
    store.with(|inner| inner.now = Some(now));
    let line = browser.line();
    let session = manager.load(RequestHead::new([line.as_bytes()]), now);
    adapter::pending(&session).into_iter().for_each(wait);
    session
}

/// An adapter on the way out.
fn send(
    manager: &SessionManager,
    session: &Session,
    now: OffsetDateTime,
) -> Result<Vec<String>, Error> {
    let pending = adapter::pending_commit(session, ResponseHead::new(200), now);
    pending.into_iter().for_each(wait);
    commit(manager, session, now)
}

fn visit<R>(
    browser: &mut Browser,
    (manager, store): (&SessionManager, &Store),
    now: OffsetDateTime,
    with: impl FnOnce(&Session) -> R,
) -> R {
    let session = open(browser, manager, store, now);
    let result = with(&session);
    let lines = send(manager, &session, now).unwrap();
    lines.iter().for_each(|line| browser.keep(line));
    result
}
