//! One attribute: a name, flags, a schema number and the bytes of its value.

use std::borrow::Cow;
use std::fmt;

use super::codec::Codec;
use super::text;
use super::wire::varint_length;
use crate::error::Refusal;

/// In the flags: which codec wrote the value.
const CODEC: u8 = 0b0000_0011;
/// In the flags: kept apart from what is compressed.
const SECRET: u8 = 0b0000_0100;
/// In the flags: the text of the value is packed.
const TEXT: u8 = 0b0000_1000;

/// The codec's number is within the bits kept for it.
const _: () = assert!(Codec::Json as u8 <= CODEC);

/// One attribute as it is stored.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    pub(crate) name: &'a [u8],
    pub(super) flags: u8,
    pub(crate) schema: u32,
    /// The value, perhaps with its text packed.
    pub(super) stored: &'a [u8],
    /// How many bytes [`value`](Entry::value) has.
    pub(super) length: usize,
}

/// Of the value only its length is shown.
impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("name", &String::from_utf8_lossy(self.name))
            .field("schema", &self.schema)
            .field("bytes", &self.stored.len())
            .finish_non_exhaustive()
    }
}

impl<'a> Entry<'a> {
    pub(crate) fn new(name: &'a str, codec: Codec, schema: u32, value: &'a [u8]) -> Entry<'a> {
        Entry {
            name: name.as_bytes(),
            flags: codec as u8,
            schema,
            stored: value,
            length: value.len(),
        }
    }

    /// One as it was read.
    pub(super) fn read(
        name: &'a [u8],
        flags: u8,
        schema: u32,
        stored: &'a [u8],
    ) -> Result<Entry<'a>, Refusal> {
        let mut entry = Entry {
            name,
            flags,
            schema,
            stored,
            length: stored.len(),
        };
        if entry.is_packed() {
            entry.length = text::unpacked_length(stored)?;
        }
        Ok(entry)
    }

    /// The same attribute, kept apart from what is compressed.
    pub(crate) fn into_secret(mut self) -> Entry<'a> {
        self.flags |= SECRET;
        self
    }

    /// The codec of the value; `None` for one that this version does not know, be it by its
    /// number or by a flag beside it.
    pub(crate) fn codec(&self) -> Option<Codec> {
        match self.flags & !(SECRET | TEXT) {
            0 => Some(Codec::Postcard),
            1 => Some(Codec::Json),
            _ => None,
        }
    }

    /// The value's bytes.
    pub(crate) fn value(&self) -> Cow<'a, [u8]> {
        if self.is_packed() {
            text::unpack(self.stored, self.length).into()
        } else {
            self.stored.into()
        }
    }

    /// Whether both store the same bytes.
    pub(super) fn is_equal(&self, other: &Entry<'_>) -> bool {
        let marks = |entry: &Entry<'_>| (entry.flags & !TEXT, entry.schema);
        // Nothing is unpacked for what cannot be the same.
        self.name == other.name
            && marks(self) == marks(other)
            && self.length == other.length
            && self.value() == other.value()
    }

    pub(crate) fn is_secret(&self) -> bool {
        self.flags & SECRET != 0
    }

    /// Whether the text of the value is packed. Beside what this version does not know, the flag
    /// may mean something else.
    pub(super) fn is_packed(&self) -> bool {
        self.flags & TEXT != 0 && self.codec().is_some()
    }

    /// The flags to go with [`value`](Entry::value).
    pub(super) fn value_flags(&self) -> u8 {
        if self.is_packed() {
            self.flags & !TEXT
        } else {
            self.flags
        }
    }

    /// Flags and value with the text packed, if that makes it smaller. What came packed stays as it
    /// is.
    pub(super) fn packed(&self) -> (u8, Cow<'a, [u8]>) {
        let as_it_is = (self.flags, self.stored.into());
        match self.codec() {
            None => as_it_is,
            Some(_) if self.is_packed() => match self.length <= self.stored.len() {
                true => (self.value_flags(), self.value()),
                false => as_it_is,
            },
            Some(_) => match text::pack(self.stored) {
                Some(packed) => (self.flags | TEXT, packed.into()),
                None => as_it_is,
            },
        }
    }

    /// Bytes that the attribute takes before packing and compression.
    pub(crate) fn size(&self) -> usize {
        let schema = varint_length(self.schema as usize);
        let string = |length: usize| varint_length(length) + length;
        1 + schema + string(self.name.len()) + string(self.length)
    }
}
