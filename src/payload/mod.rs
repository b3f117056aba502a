//! Writes a record into the bytes of a payload, and reads it back.
//!
//! Owns the layout of a session's content: id, times, attributes, codecs, compression, padding and ceilings.
//! It never sees a key or a cookie. It parses [`Opened`] bytes only, which a holder of the ring has written,
//! and still bounds every size before it allocates.

mod apart;
mod attributes;
mod calls;
mod codec;
mod compression;
mod entry;
mod form;
mod grounds;
mod id;
mod json;
mod labels;
mod log_id;
mod mirrored;
mod places;
mod postcard;
mod record;
mod regions;
mod sample;
mod shape;
mod text;
mod unstorable;
mod value;
mod wire;

pub(crate) use apart::BESIDE_MAX;
pub(crate) use attributes::{Attributes, Detached, Placed};
pub use codec::Codec;
pub(crate) use compression::Compressed;
pub use compression::Compression;
pub(crate) use entry::{Entry, PackedText};
pub(crate) use grounds::{Acting, Grounds};
pub use id::SessionId;
pub(crate) use json::encode_borrowing;
pub(crate) use labels::Labels;
pub use log_id::LogId;
pub use mirrored::{Mirrored, Trace};
pub(crate) use record::{OverCeiling, Record};
pub(crate) use regions::{Packing, Payload, padding};
pub(crate) use value::encode_mirrored;
pub(crate) use wire::SUBJECT_MAX;

#[cfg(doc)]
use crate::seal::Opened;

/// The most bytes of attributes before compression. It bounds what a small token may unpack to.
pub(crate) const UNPACKED_MAX: usize = 65_536;

/// The most bytes of an attribute's name.
pub(crate) const NAME_MAX: usize = 255;
