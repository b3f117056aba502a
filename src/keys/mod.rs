//! One key, and the ring of keys that every node of a site holds.
//!
//! Owns key material: how it is made, read, written and wiped, and what is derived from it. It
//! seals nothing and never tries keys: a token names its key by id.

mod derive;
mod key;
mod ring;
mod stack;
mod text;

pub(crate) use derive::KeyUse;
pub use key::{Key, KeyId};
pub use ring::KeyRing;
pub(crate) use ring::{Retirement, RingKey};
pub(crate) use stack::{DERIVING, wipe_used, wiping};
pub use text::KeyText;
