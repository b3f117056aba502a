//! Sessions that end at the server before their time: revocations, and what is known of them.
//!
//! A token cannot be taken back from somebody who has a copy of it. But a server can keep who was signed out and as of
//! when, which is tiny: a [`Revocation`] of everything, of a subject, of one sign-in, or of all sessions with a label
//! (the [`Target`]s). A manager that looks for none costs what it did before.
//!
//! | to keep revocations | take |
//! | --- | --- |
//! | of one process | a [`RevocationTable`] |
//! | of several nodes | `sealed-session-redis`, or a [`RevocationTable`] on each of them, which a store of yours feeds and [confirms](RevocationTable::confirm) |
//! | that a database of the application's answers for | [`AskedRevocations`] |
//!
//! Give it to [`SessionManagerBuilder::revocations`](crate::SessionManagerBuilder::revocations), and say by
//! [`staleness`](crate::SessionManagerBuilder::staleness) what happens when nobody knows recently enough.
//!
//! ```
//! use sealed_session::revocation::{RevocationTable, Target};
//! use sealed_session::{Key, KeyRing, SessionManager};
//! # use sealed_session::Refusal;
//! # use sealed_session::adapter::{RequestHead, ResponseHead};
//! use time::OffsetDateTime;
//!
//! let table = RevocationTable::new(10_000);
//! let manager = SessionManager::builder("shop", KeyRing::new(Key::generate()?))
//!     .revocations(table.clone())
//!     .build()?;
//! # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
//! # let session = manager.load(RequestHead::default(), now);
//! # session.sign_in("user-17", &[])?;
//! # let changes = manager.commit(&session, ResponseHead::new(200), now)?;
//! # let cookie = changes[0].value().split(';').next().unwrap_or_default().as_bytes();
//! # assert!(manager.load(RequestHead::new([cookie]), now).is_live());
//!
//! // Sign out everywhere.
//! let now = OffsetDateTime::now_utc();
//! # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
//! table.add(manager.revocations_of(Target::Subject("user-17"), now), now)?;
//! # assert_eq!(manager.load(RequestHead::new([cookie]), now).refusal(), Some(Refusal::Revoked));
//! # Ok::<(), sealed_session::Error>(())
//! ```
//!
//! This module owns the words, the rule, and what is kept in memory. It reads no clock, holds no key, and does no I/O
//! but to save a table to a file and to read it.

mod asked;
mod flight;
mod heard;
mod known;
mod question;
mod record;
mod rule;
mod shards;
mod snapshot;
mod source;
mod staleness;
mod table;
mod target;

pub use asked::AskedRevocations;
pub(crate) use heard::Heard;
pub use known::Answer;
pub(crate) use known::Known;
pub use question::Question;
pub use record::Revocation;
pub(crate) use rule::{Begun, first_spared, kept_until};
pub use source::Revocations;
pub use staleness::Staleness;
pub use table::RevocationTable;
pub(crate) use target::{MaskTargets, SessionTargets};
pub use target::{Target, TargetId};
