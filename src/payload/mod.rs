//! A record to packed bytes and back.
//!
//! Owns the layout of a session's content: id, times, attributes, codecs, compression, padding
//! and ceilings. It never sees a key or a cookie, and parses only [`Opened`] bytes, so whatever
//! it reads was written by a holder of the ring; it still bounds every size before it allocates.

mod attributes;
mod codec;
mod compression;
mod entry;
mod form;
mod id;
mod json;
mod places;
mod record;
mod sample;
mod shape;
mod text;
mod wire;

pub(crate) use attributes::{Attributes, Detached, Placed};
pub(crate) use codec::Codec;
pub use compression::Compression;
pub(crate) use entry::Entry;
pub use id::SessionId;
pub(crate) use json::{encode_borrowing, encode_slice};
pub(crate) use record::{PADDING, Packing, Payload, Record, SUBJECT_MAX};

#[cfg(doc)]
use crate::seal::Opened;

/// The most bytes of attributes before compression. Bounds what a small token may unpack to.
pub(crate) const UNPACKED_MAX: usize = 65_536;

/// The longest attribute name, in bytes.
pub(crate) const NAME_MAX: usize = 255;
