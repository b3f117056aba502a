//! One key, and the ring of keys that every node of a site holds.
//!
//! Owns key material: how it is made, read, written and wiped, what is derived from it, and which key seals when. It
//! seals nothing and never tries keys: a token names its key by id.

mod derive;
mod key;
mod ring;
mod ring_file;
mod ring_key;
mod ring_text;
mod source;
mod stack;
mod text;

pub(crate) use derive::KeyUse;
pub use key::{Key, KeyId};
pub use ring::KeyRing;
pub(crate) use ring::RingEntry;
pub(crate) use ring_file::{RingFile, TextPrint};
pub use ring_key::RingKey;
pub(crate) use source::FileText;

pub(crate) use stack::{DERIVING, wipe_used, wiping};
pub use text::KeyText;
