//! One attribute: a name, flags, a schema number and the bytes of its value.

use std::borrow::Cow;
use std::fmt;

use super::codec::Codec;
use super::text;
use super::wire::varint_length;
use crate::error::Refusal;

/// The flags that hold the codec's number.
const CODEC: u8 = 0b0000_0011;
/// The flag of an attribute that is kept apart from the compressed ones.
const SECRET: u8 = 0b0000_0100;
/// The flag of a value whose text is packed.
const TEXT: u8 = 0b0000_1000;

/// The codec's number fits the bits that are kept for it.
const _: () = assert!(Codec::Json as u8 <= CODEC);

/// One attribute as it is stored.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    pub(crate) name: &'a [u8],
    pub(super) flags: u8,
    pub(crate) schema: u32,
    /// The value, perhaps with its text packed.
    pub(super) stored: &'a [u8],
    /// Bytes of [`value`](Entry::value).
    pub(super) length: usize,
}

/// Shows only the length of the value.
impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("name", &String::from_utf8_lossy(self.name))
            .field("schema", &self.schema)
            .field("bytes", &self.stored.len())
            .finish_non_exhaustive()
    }
}

/// The value of one attribute with its text packed.
pub(crate) struct PackedText(Vec<u8>);

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

    /// Makes an attribute of the parts that were read from a payload.
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

    /// Marks the attribute as one that is kept apart from the compressed ones.
    pub(crate) fn into_secret(mut self) -> Entry<'a> {
        self.flags |= SECRET;
        self
    }

    /// Returns the codec of the value; `None` if this version does not know its number, or a flag beside it.
    pub(crate) fn codec(&self) -> Option<Codec> {
        Codec::of(self.flags & !(SECRET | TEXT))
    }

    /// Returns the value's bytes, unpacked.
    pub(crate) fn value(&self) -> Cow<'a, [u8]> {
        if self.is_packed() {
            text::unpack(self.stored, self.length).into()
        } else {
            self.stored.into()
        }
    }

    /// Returns whether both attributes are the same.
    pub(super) fn is_equal(&self, other: &Entry<'_>) -> bool {
        let marks = |entry: &Entry<'_>| (entry.flags & !TEXT, entry.schema);
        // The values are compared last, when everything else is the same.
        self.name == other.name
            && marks(self) == marks(other)
            && self.length == other.length
            && match self.is_packed() && !other.is_packed() {
                true => text::is_packed_from(self.stored, other.stored),
                false => self.value() == other.value(),
            }
    }

    pub(crate) fn is_secret(&self) -> bool {
        self.flags & SECRET != 0
    }

    /// Returns whether the text of the value is packed. With a codec or a flag that this version does not know,
    /// the flag may mean something else.
    pub(super) fn is_packed(&self) -> bool {
        self.flags & TEXT != 0 && self.codec().is_some()
    }

    /// Returns the flags that go with [`value`](Entry::value).
    pub(super) fn value_flags(&self) -> u8 {
        if self.is_packed() {
            self.flags & !TEXT
        } else {
            self.flags
        }
    }

    /// Returns flags and value with the text packed, if that is smaller. A value that came packed stays as it
    /// is.
    pub(super) fn packed(&self) -> (u8, Cow<'a, [u8]>) {
        match self.text_packed() {
            Some(packed) => (self.flags | TEXT, packed.into()),
            None if self.is_packed() && self.length <= self.stored.len() => {
                (self.value_flags(), self.value())
            }
            None => (self.flags, self.stored.into()),
        }
    }

    /// Packs the text of the value ahead of the commit. Returns `None` if that is not smaller, or if the value is to
    /// stay as it is.
    pub(crate) fn pack_text(&self) -> Option<PackedText> {
        match self.is_secret() {
            true => None,
            false => self.text_packed().map(PackedText),
        }
    }

    /// Packs the text of a value that is not packed and whose codec is known. Returns `None` if that is not smaller.
    fn text_packed(&self) -> Option<Vec<u8>> {
        let may_be_packed = self.codec().is_some() && !self.is_packed();
        may_be_packed.then(|| text::pack(self.stored))?
    }

    /// Returns the same attribute with the text of its value packed.
    pub(crate) fn with_text<'t>(self, packed: &'t PackedText) -> Entry<'t>
    where
        'a: 't,
    {
        Entry {
            flags: self.flags | TEXT,
            stored: &packed.0,
            ..self
        }
    }

    /// Returns how many bytes the attribute takes before packing and compression.
    pub(crate) fn size(&self) -> usize {
        self.size_with(self.length)
    }

    /// Returns how many bytes the attribute takes before compression, as it is stored.
    pub(crate) fn stored_size(&self) -> usize {
        self.size_with(self.stored.len())
    }

    fn size_with(&self, value: usize) -> usize {
        let schema = varint_length(self.schema as usize);
        let string = |length: usize| varint_length(length) + length;
        1 + schema + string(self.name.len()) + string(value)
    }
}
