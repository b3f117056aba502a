//! The attributes of a record: an index over bytes that are decoded only when asked for.
//!
//! Each attribute is a name, flags, a schema number and the bytes of its value. What this version
//! cannot read it carries along byte for byte.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use super::NAME_MAX;
use super::codec::Codec;
use super::wire::{Source, put_varint, varint_length};
use crate::error::Refusal;

/// In the flags: which codec wrote the value.
const CODEC: u8 = 0b0000_0011;
/// In the flags: kept apart from what is compressed.
const SECRET: u8 = 0b0000_0100;

/// The attributes of one session, in ascending order of their names' bytes.
#[derive(Clone, Default)]
pub(crate) struct Attributes {
    /// What the token held; unchanged attributes stay here.
    body: Arc<Vec<u8>>,
    index: Vec<Slot>,
}

#[derive(Clone)]
struct Slot {
    name: Bytes,
    flags: u8,
    schema: u32,
    value: Bytes,
}

impl Slot {
    fn entry<'a>(&'a self, body: &'a [u8]) -> Entry<'a> {
        Entry {
            name: self.name.of(body),
            flags: self.flags,
            schema: self.schema,
            value: self.value.of(body),
        }
    }
}

#[derive(Clone)]
enum Bytes {
    In(Range<usize>),
    Own(Arc<[u8]>),
}

impl Bytes {
    fn of<'a>(&'a self, body: &'a [u8]) -> &'a [u8] {
        match self {
            Bytes::In(range) => body.get(range.clone()).unwrap_or_default(),
            Bytes::Own(bytes) => bytes,
        }
    }
}

/// One attribute, held on its own.
pub(crate) struct Detached {
    body: Arc<Vec<u8>>,
    slot: Slot,
}

impl Detached {
    pub(crate) fn entry(&self) -> Entry<'_> {
        self.slot.entry(&self.body)
    }
}

/// One attribute as it is stored.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    pub(crate) name: &'a [u8],
    flags: u8,
    pub(crate) schema: u32,
    pub(crate) value: &'a [u8],
}

/// Of the value only its length is shown.
impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("name", &String::from_utf8_lossy(self.name))
            .field("schema", &self.schema)
            .field("bytes", &self.value.len())
            .finish_non_exhaustive()
    }
}

impl<'a> Entry<'a> {
    pub(crate) fn new(name: &'a str, codec: Codec, schema: u32, value: &'a [u8]) -> Entry<'a> {
        Entry {
            name: name.as_bytes(),
            flags: codec as u8,
            schema,
            value,
        }
    }

    /// The codec of the value; `None` for one that this version does not know, be it by its
    /// number or by a flag beside it.
    pub(crate) fn codec(&self) -> Option<Codec> {
        match self.flags & !SECRET {
            0 => Some(Codec::Postcard),
            1 => Some(Codec::Json),
            _ => None,
        }
    }

    /// Whether both store the same value: the same bytes, or the same JSON in another order of its
    /// objects' members.
    fn is_equal(&self, other: &Entry<'_>) -> bool {
        let same_json = || {
            let read = |entry: &Entry<'_>| serde_json::from_slice::<Value>(entry.value).ok();
            read(self).is_some_and(|value| Some(value) == read(other))
        };
        let alike = (self.name, self.flags, self.schema) == (other.name, other.flags, other.schema);
        alike && (self.value == other.value || self.codec() == Some(Codec::Json) && same_json())
    }

    fn is_secret(&self) -> bool {
        self.flags & SECRET != 0
    }

    /// Bytes that the attribute takes before compression.
    pub(crate) fn size(&self) -> usize {
        let schema = varint_length(self.schema as usize);
        let strings = [self.name.len(), self.value.len()];
        1 + schema
            + strings
                .map(|length| varint_length(length) + length)
                .iter()
                .sum::<usize>()
    }
}

impl Attributes {
    pub(crate) fn len(&self) -> usize {
        self.index.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Entry<'_>> {
        self.index.iter().map(|slot| self.entry(slot))
    }

    pub(crate) fn get(&self, name: &str) -> Option<Entry<'_>> {
        let at = self.find(name.as_bytes()).ok()?;
        self.index.get(at).map(|slot| self.entry(slot))
    }

    /// The attribute of this name, apart from the others: it can be decoded while they change.
    pub(crate) fn detached(&self, name: &str) -> Option<Detached> {
        let slot = self.index.get(self.find(name.as_bytes()).ok()?)?;
        Some(Detached {
            body: Arc::clone(&self.body),
            slot: slot.clone(),
        })
    }

    fn entry<'a>(&'a self, slot: &'a Slot) -> Entry<'a> {
        slot.entry(&self.body)
    }

    fn find(&self, name: &[u8]) -> Result<usize, usize> {
        self.index
            .binary_search_by(|slot| slot.name.of(&self.body).cmp(name))
    }

    /// Whether [`put`](Attributes::put) would change anything.
    pub(crate) fn differs(&self, new: &Entry<'_>) -> bool {
        let found = self.find(new.name).ok().and_then(|at| self.index.get(at));
        found.is_none_or(|slot| !self.entry(slot).is_equal(&self.keeping_marks(*new)))
    }

    /// Stores `new`. That an attribute is secret sticks to its name.
    pub(crate) fn put(&mut self, new: &Entry<'_>) {
        let new = self.keeping_marks(*new);
        let at = self.find(new.name);
        let value = Bytes::Own(new.value.into());
        match at {
            Ok(at) => {
                if let Some(slot) = self.index.get_mut(at) {
                    (slot.flags, slot.schema, slot.value) = (new.flags, new.schema, value);
                }
            }
            Err(at) => {
                let name = Bytes::Own(new.name.into());
                self.index.insert(
                    at,
                    Slot {
                        name,
                        flags: new.flags,
                        schema: new.schema,
                        value,
                    },
                );
            }
        }
    }

    fn keeping_marks<'a>(&self, mut new: Entry<'a>) -> Entry<'a> {
        let old = self.find(new.name).ok().and_then(|at| self.index.get(at));
        new.flags |= old.map_or(0, |slot| slot.flags & SECRET);
        new
    }

    /// Removes an attribute; `false` if there is none of this name.
    pub(crate) fn remove(&mut self, name: &str) -> bool {
        let found = self.find(name.as_bytes());
        found.map(|at| self.index.remove(at)).is_ok()
    }

    /// Drops every attribute whose name is not wanted.
    pub(crate) fn retain(&mut self, wanted: impl Fn(&[u8]) -> bool) {
        let body = &self.body;
        self.index.retain(|slot| wanted(slot.name.of(body)));
    }

    /// Appends the attributes that are secret, or those that are not.
    pub(super) fn write(&self, secret: bool, out: &mut Vec<u8>) {
        for entry in self.iter().filter(|entry| entry.is_secret() == secret) {
            put_varint(out, entry.name.len());
            out.extend_from_slice(entry.name);
            out.push(entry.flags);
            put_varint(out, entry.schema as usize);
            put_varint(out, entry.value.len());
            out.extend_from_slice(entry.value);
        }
    }

    /// Indexes the attributes in two regions of `body`: the open ones, then the secret ones.
    pub(super) fn read(
        body: Vec<u8>,
        open: Range<usize>,
        secret: Range<usize>,
    ) -> Result<Attributes, Refusal> {
        let mut index = Vec::new();
        for (region, is_secret) in [(open, false), (secret, true)] {
            let region_start = index.len();
            let whole = body.get(..region.end).ok_or(Refusal::Malformed)?;
            let mut source = Source::new(whole, region.start);
            while !source.rest().is_empty() {
                let slot = read_one(&mut source)?;
                let in_order = index
                    .get(region_start..)
                    .and_then(<[Slot]>::last)
                    .is_none_or(|before: &Slot| before.name.of(&body) < slot.name.of(&body));
                if !in_order || (slot.flags & SECRET != 0) != is_secret {
                    return Err(Refusal::Malformed);
                }
                index.push(slot);
            }
        }
        index.sort_by(|a, b| a.name.of(&body).cmp(b.name.of(&body)));
        let twice = |pair: &[Slot]| matches!(pair, [a, b] if a.name.of(&body) == b.name.of(&body));
        if index.windows(2).any(twice) {
            return Err(Refusal::Malformed);
        }
        Ok(Attributes {
            body: Arc::new(body),
            index,
        })
    }
}

fn read_one(source: &mut Source<'_>) -> Result<Slot, Refusal> {
    let name = source.string()?;
    let name_at = source.at() - name.len()..source.at();
    if name.is_empty() || name.len() > NAME_MAX || std::str::from_utf8(name).is_err() {
        return Err(Refusal::Malformed);
    }
    let flags = source.byte()?;
    let schema = u32::try_from(source.varint()?).map_err(|_| Refusal::Malformed)?;
    let value = source.string()?;
    let value_at = source.at() - value.len()..source.at();
    Ok(Slot {
        name: Bytes::In(name_at),
        flags,
        schema,
        value: Bytes::In(value_at),
    })
}

/// The codec's number is within the bits kept for it.
const _: () = assert!(Codec::Json as u8 <= CODEC);

#[cfg(test)]
mod tests {
    use super::*;

    fn written(attributes: &Attributes) -> Attributes {
        let mut body = Vec::new();
        attributes.write(false, &mut body);
        let open = body.len();
        attributes.write(true, &mut body);
        let end = body.len();
        Attributes::read(body, 0..open, open..end).unwrap()
    }

    fn names(attributes: &Attributes) -> Vec<&str> {
        attributes
            .iter()
            .map(|entry| std::str::from_utf8(entry.name).unwrap())
            .collect()
    }

    #[test]
    fn one_door_knows_what_changes() {
        let mut attributes = Attributes::default();
        let new = Entry::new("b", Codec::Json, 0, b"1");
        assert!(attributes.differs(&new));
        attributes.put(&new);
        assert!(!attributes.differs(&new));
        for other in [
            Entry::new("b", Codec::Json, 0, b"2"),
            Entry::new("b", Codec::Json, 1, b"1"),
            Entry::new("b", Codec::Postcard, 0, b"1"),
            Entry::new("a", Codec::Json, 0, b"1"),
        ] {
            assert!(attributes.differs(&other), "{other:?}");
        }
        attributes.put(&Entry::new("a", Codec::Postcard, 7, b""));
        assert_eq!(names(&attributes), ["a", "b"]);
        let read = written(&attributes);
        assert!(read.iter().eq(attributes.iter()));
        assert!(attributes.remove("b") && !attributes.remove("b"));
        assert_eq!(attributes.len(), 1);
    }

    #[test]
    fn unknown_flags_are_carried_along_and_secrecy_sticks() {
        let body = b"\x01a\x80\x05\x02xy\x01s\x05\0\x01z".to_vec();
        let mut read = Attributes::read(body.clone(), 0..7, 7..13).unwrap();
        assert_eq!(read.get("a").unwrap().codec(), None);
        assert_eq!(read.get("s").unwrap().codec(), Some(Codec::Json));
        read.put(&Entry::new("s", Codec::Json, 0, b"new"));
        assert!(read.get("s").unwrap().is_secret());
        assert!(written(&read).iter().eq(read.iter()));
        let mut again = Vec::new();
        read.write(false, &mut again);
        assert_eq!(again, body[..7]);
    }

    #[test]
    fn what_is_not_in_its_one_form_is_malformed() {
        let open: &[(&str, &[u8])] = &[
            ("no name", b"\0\0\0\0"),
            ("name is not text", b"\x01\xff\0\0\0"),
            ("cut off", b"\x01a\0\0\x02x"),
            ("same name twice", b"\x01a\0\0\0\x01a\0\0\0"),
            ("out of order", b"\x01b\0\0\0\x01a\0\0\0"),
            ("secret in the open", b"\x01a\x04\0\0"),
        ];
        for (case, body) in open {
            let result = Attributes::read(body.to_vec(), 0..body.len(), 0..0);
            assert!(result.is_err(), "{case}");
        }
        let secret = b"\x01a\0\0\0".to_vec();
        assert!(Attributes::read(secret, 0..0, 0..5).is_err());
        let in_both = b"\x01a\0\0\0\x01a\x04\0\0".to_vec();
        assert!(Attributes::read(in_both, 0..5, 5..10).is_err());
        assert!(Attributes::read(vec![0; 4], 0..9, 0..0).is_err());
    }
}
