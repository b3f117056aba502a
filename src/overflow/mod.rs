//! Overflow: the rare session that fits in no cookie.
//!
//! A session that outgrows its [`Budget`](crate::Budget) is an error. A manager with an [`Overflow`] puts the attributes
//! of such a session into a store of the application's instead, and every other session stays whole in its cookie:
//!
//! - The cookie keeps who is signed in, all times, the labels, a random name, and a random key.
//! - The store gets the attributes under that name, sealed under that key, and when they may be forgotten. It learns a
//!   length and a time, and can change nothing unnoticed.
//! - Each write has a fresh name and a fresh key, so requests that write at once meet as they do with cookies: the browser keeps
//!   the answer that arrives last. What was written over is kept for [`SPARE`] more, for answers that are under way.
//! - A sign-out or a sign-in makes the store forget at once what came: a copy of the cookie opens nothing, unless it was
//!   written anew.
//! - Revocations, lifetimes, touches and tombstones need no fetch. A session that they end is not fetched.
//!
//! Sessions read and write as ever, and an adapter awaits [`adapter::pending`](crate::adapter::pending) and
//! [`adapter::pending_commit`](crate::adapter::pending_commit). If the store fails, a session that is in it is
//! [`NotFetched`](crate::Refusal::NotFetched) and stays in the browser, and one that would have to go there is an error
//! that [`is_overflow`](crate::Error::is_overflow).
//!
//! ```
//! use std::collections::HashMap;
//! use std::sync::Mutex;
//!
//! use sealed_session::overflow::{BoxError, Overflow, OverflowStore};
//! use sealed_session::{adapter, Key, KeyRing, SessionManager};
//! # use sealed_session::adapter::{RequestHead, ResponseHead};
//! use time::OffsetDateTime;
//!
//! /// Of one process, for as long as it runs.
//! #[derive(Default)]
//! struct Memory(Mutex<HashMap<[u8; 16], (Vec<u8>, OffsetDateTime)>>);
//!
//! impl OverflowStore for Memory {
//!     async fn put(&self, name: [u8; 16], sealed: Vec<u8>, until: OffsetDateTime) -> Result<(), BoxError> {
//!         self.0.lock().unwrap().insert(name, (sealed, until));
//!         Ok(())
//!     }
//!
//!     async fn get(&self, name: [u8; 16]) -> Result<Option<Vec<u8>>, BoxError> {
//!         let all = self.0.lock().unwrap();
//!         let living = all.get(&name).filter(|(_, until)| *until > OffsetDateTime::now_utc());
//!         Ok(living.map(|(sealed, _)| sealed.clone()))
//!     }
//!
//!     async fn expire(&self, name: [u8; 16], at: OffsetDateTime) -> Result<(), BoxError> {
//!         if let Some((_, until)) = self.0.lock().unwrap().get_mut(&name) {
//!             *until = at.min(*until);
//!         }
//!         Ok(())
//!     }
//! }
//!
//! # fn wait(future: impl Future<Output = ()>) {
//! #     let waker = std::task::Waker::noop();
//! #     let poll = std::pin::pin!(future).poll(&mut std::task::Context::from_waker(waker));
//! #     assert!(poll.is_ready());
//! # }
//! let manager = SessionManager::builder("shop", KeyRing::new(Key::generate()?))
//!     .overflow(Overflow::new(Memory::default()))
//!     .build()?;
//!
//! // What an adapter does. The draft is ten times what the cookie may take.
//! let now = OffsetDateTime::now_utc();
//! let session = manager.load(RequestHead::default(), now);
//! let draft: Vec<u64> = (0..3_000).map(|n| n * 0x9e37_79b9_7f4a).collect();
//! session.insert("draft", draft.clone())?;
//! # wait(async {
//! if let Some(pending) = adapter::pending_commit(&session, ResponseHead::new(200), now) {
//!     pending.await;
//! }
//! # });
//! let changes = manager.commit(&session, ResponseHead::new(200), now)?;
//! let cookie = changes[0].value().split(';').next().unwrap_or_default();
//! assert!(cookie.len() < 300);
//!
//! // The next request.
//! let session = manager.load(RequestHead::new([cookie.as_bytes()]), now);
//! # wait(async {
//! if let Some(pending) = adapter::pending(&session) {
//!     pending.await;
//! }
//! # });
//! assert_eq!(session.get::<Vec<u64>>("draft")?, Some(draft));
//! # Ok::<(), sealed_session::Error>(())
//! ```
//!
//! This module owns the words and the limits. It seals nothing, and decides nothing about a session.

mod handle;
mod store;

pub use handle::Overflow;
pub use store::{BoxError, OverflowStore};

use std::time::Duration;

/// How long the store keeps what was written over: an hour.
///
/// A cookie that was written over counts no more once its successor has arrived. It may never arrive, because the
/// connection broke: then the browser goes on with the older one, and the next request writes it anew. An hour is
/// twice the idle timeout that is the default, so most visitors who come back at all come back within it; and it is
/// short beside the absolute lifetime, for which everything that was ever written over would be kept otherwise.
pub const SPARE: Duration = Duration::from_secs(3_600);
