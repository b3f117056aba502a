//! The attributes of a record: an index over bytes that are decoded when they are asked for.
//!
//! An attribute that this version cannot read is carried along byte for byte. A value is unpacked when it is
//! asked for, and packed again only if it changes.

use std::ops::Range;
use std::sync::Arc;

use smallvec::SmallVec;

use super::NAME_MAX;
use super::entry::{Entry, PackedText};
use super::wire::{Cursor, put_varint};
use crate::error::Refusal;

/// The attributes of one session, in ascending order of their names' bytes.
#[derive(Clone, Default)]
pub(crate) struct Attributes {
    /// The bytes of the token's attributes. Unchanged attributes stay here.
    body: Arc<[u8]>,
    /// Many sessions have one attribute, and need no allocation for it.
    index: SmallVec<[IndexEntry; 1]>,
}

/// Where one attribute's name and value are, and what its flags say.
#[derive(Clone)]
struct IndexEntry {
    name: Bytes,
    flags: u8,
    schema: u32,
    value: Bytes,
    /// Bytes of the value once its text is unpacked.
    length: u32,
}

impl IndexEntry {
    fn entry<'a>(&'a self, body: &'a [u8]) -> Entry<'a> {
        Entry {
            name: self.name.of(body),
            flags: self.flags,
            schema: self.schema,
            stored: self.value.of(body),
            length: self.length as usize,
        }
    }
}

/// Bytes that lie in the token's body, or that were set since.
#[derive(Clone)]
enum Bytes {
    In { at: u32, length: u32 },
    Own(Arc<[u8]>),
}

impl Bytes {
    fn of<'a>(&'a self, body: &'a [u8]) -> &'a [u8] {
        match self {
            Bytes::In { at, length } => {
                let (at, length) = (*at as usize, *length as usize);
                body.get(at..at + length).unwrap_or_default()
            }
            Bytes::Own(bytes) => bytes,
        }
    }
}

/// A value and its place among the attributes, as long as none is added or removed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed<'a> {
    /// The attribute as it would be stored.
    pub(crate) entry: Entry<'a>,
    at: Result<usize, usize>,
    /// Whether storing it changes anything.
    pub(crate) is_change: bool,
}

impl<'a> Placed<'a> {
    /// Places the first attribute of a session.
    pub(crate) fn first(entry: Entry<'a>) -> Placed<'a> {
        Placed {
            entry,
            at: Err(0),
            is_change: true,
        }
    }

    /// Returns the same with the text of the value packed, if it was packed already.
    pub(crate) fn with_text<'t>(self, packed: Option<&'t PackedText>) -> Placed<'t>
    where
        'a: 't,
    {
        let entry = packed.map_or(self.entry, |packed| self.entry.with_text(packed));
        Placed { entry, ..self }
    }
}

/// One attribute, apart from the others.
pub(crate) struct Detached {
    body: Arc<[u8]>,
    indexed: IndexEntry,
}

impl Detached {
    pub(crate) fn entry(&self) -> Entry<'_> {
        self.indexed.entry(&self.body)
    }
}

impl Attributes {
    pub(crate) fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Entry<'_>> {
        self.index.iter().map(|indexed| self.entry(indexed))
    }

    /// Returns whether there is an attribute of this name.
    #[inline]
    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name.as_bytes()).is_ok()
    }

    /// Returns the attribute of this name.
    pub(crate) fn get(&self, name: &str) -> Option<Entry<'_>> {
        let at = self.find(name.as_bytes()).ok()?;
        self.index.get(at).map(|indexed| self.entry(indexed))
    }

    /// Returns the attribute of this name, apart from the others, so that it can be decoded while they change.
    pub(crate) fn detached(&self, name: &str) -> Option<Detached> {
        let indexed = self.index.get(self.find(name.as_bytes()).ok()?)?;
        Some(Detached {
            body: Arc::clone(&self.body),
            indexed: indexed.clone(),
        })
    }

    fn entry<'a>(&'a self, indexed: &'a IndexEntry) -> Entry<'a> {
        indexed.entry(&self.body)
    }

    #[inline]
    fn find(&self, name: &[u8]) -> Result<usize, usize> {
        self.index
            .binary_search_by(|indexed| indexed.name.of(&self.body).cmp(name))
    }

    /// Looks up what storing `new` would do. That an attribute is secret sticks to its name.
    pub(crate) fn placed<'a>(&self, new: Entry<'a>) -> Placed<'a> {
        let mut placed = Placed {
            entry: new,
            at: self.find(new.name),
            is_change: true,
        };
        if let Some(there) = self.replaced(&placed) {
            if there.is_secret() {
                placed.entry = new.into_secret();
            }
            placed.is_change = !there.is_equal(&placed.entry);
        }
        placed
    }

    /// Returns the attribute whose place `placed` takes.
    pub(crate) fn replaced(&self, placed: &Placed<'_>) -> Option<Entry<'_>> {
        let slot = self.index.get(placed.at.ok()?)?;
        Some(self.entry(slot))
    }

    /// Stores what was [`placed`](Attributes::placed) since the last change.
    pub(crate) fn put(&mut self, placed: &Placed<'_>) {
        let new = &placed.entry;
        let value = Bytes::Own(new.stored.into());
        match placed.at {
            Ok(at) => {
                if let Some(indexed) = self.index.get_mut(at) {
                    (indexed.flags, indexed.schema) = (new.flags, new.schema);
                    (indexed.value, indexed.length) = (value, number(new.length));
                }
            }
            Err(at) => {
                let name = Bytes::Own(new.name.into());
                self.index.insert(
                    at,
                    IndexEntry {
                        name,
                        flags: new.flags,
                        schema: new.schema,
                        value,
                        length: number(new.length),
                    },
                );
            }
        }
    }

    /// Removes an attribute. Returns `false` if there is none of this name.
    pub(crate) fn remove(&mut self, name: &str) -> bool {
        let found = self.find(name.as_bytes());
        found.map(|at| self.index.remove(at)).is_ok()
    }

    /// Drops every attribute whose name is not wanted.
    pub(crate) fn retain(&mut self, wanted: impl Fn(&[u8]) -> bool) {
        let body = &self.body;
        self.index.retain(|indexed| wanted(indexed.name.of(body)));
    }

    /// Writes the attributes that are not secret, with their values unpacked.
    pub(super) fn open(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.open_length());
        for entry in self.iter().filter(|entry| !entry.is_secret()) {
            write(&mut out, &entry, entry.value_flags(), &entry.value());
        }
        out
    }

    /// Returns how many bytes [`open`](Attributes::open) writes.
    pub(super) fn open_length(&self) -> usize {
        let open = self.iter().filter(|entry| !entry.is_secret());
        open.map(|entry| entry.size()).sum()
    }

    /// Writes the same with the text packed in each value in which that saves a byte; `None` if in none.
    pub(super) fn open_text_packed(&self) -> Option<Vec<u8>> {
        let open = || self.iter().filter(|entry| !entry.is_secret());
        let mut out = Vec::with_capacity(open().map(|entry| entry.stored_size()).sum());
        let mut any = false;
        for entry in open() {
            let (flags, value) = entry.packed();
            any |= flags != entry.value_flags();
            write(&mut out, &entry, flags, &value);
        }
        any.then_some(out)
    }

    /// Writes the attributes that are secret, as they are.
    pub(super) fn secret(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for entry in self.iter().filter(Entry::is_secret) {
            write(&mut out, &entry, entry.flags, entry.stored);
        }
        out
    }

    /// Indexes the attributes in two regions of `body`, the open ones and the secret ones. The open ones may unpack to
    /// `ceiling` bytes.
    #[inline]
    pub(super) fn read(
        body: Arc<[u8]>,
        [open, secret]: [Range<usize>; 2],
        ceiling: usize,
    ) -> Result<Attributes, Refusal> {
        let is_mixed = !open.is_empty() && !secret.is_empty();
        let mut index: SmallVec<[IndexEntry; 1]> = SmallVec::new();
        let unpacked = read_region(&body, open, false, &mut index)?;
        if !secret.is_empty() {
            read_region(&body, secret, true, &mut index)?;
        }
        if unpacked > ceiling {
            return Err(Refusal::OverCeiling);
        }
        // Each region is in order. Together they have to be put in order, and may name an attribute twice.
        if is_mixed {
            index.sort_by(|a, b| a.name.of(&body).cmp(b.name.of(&body)));
            let twice = |pair: &[IndexEntry]| matches!(pair, [a, b] if a.name.of(&body) == b.name.of(&body));
            if index.windows(2).any(twice) {
                return Err(Refusal::Malformed);
            }
        }
        Ok(Attributes { body, index })
    }
}

/// Appends one attribute.
fn write(out: &mut Vec<u8>, entry: &Entry<'_>, flags: u8, value: &[u8]) {
    put_varint(out, entry.name.len());
    out.extend_from_slice(entry.name);
    out.push(flags);
    put_varint(out, entry.schema as usize);
    put_varint(out, value.len());
    out.extend_from_slice(value);
}

/// Indexes the attributes of one region, and returns how many bytes they unpack to.
#[inline]
fn read_region(
    body: &[u8],
    region: Range<usize>,
    is_secret: bool,
    index: &mut SmallVec<[IndexEntry; 1]>,
) -> Result<usize, Refusal> {
    let whole = body.get(..region.end).ok_or(Refusal::Malformed)?;
    let mut cursor = Cursor::new(whole, region.start);
    let mut last = None;
    let mut unpacked = 0;
    while !cursor.rest().is_empty() {
        let (entry, indexed) = read_one(&mut cursor)?;
        let in_order = last.is_none_or(|last| last < entry.name);
        if !in_order || entry.is_secret() != is_secret || is_secret && entry.is_packed() {
            return Err(Refusal::Malformed);
        }
        last = Some(entry.name);
        unpacked += entry.size();
        index.push(indexed);
    }
    Ok(unpacked)
}

#[inline]
fn read_one<'a>(cursor: &mut Cursor<'a>) -> Result<(Entry<'a>, IndexEntry), Refusal> {
    let name = cursor.string()?;
    let name_at = before(cursor, name);
    // Nearly every name is ASCII, which is quicker to see than UTF-8.
    let is_text = || name.is_ascii() || std::str::from_utf8(name).is_ok();
    if name.is_empty() || name.len() > NAME_MAX || !is_text() {
        return Err(Refusal::Malformed);
    }
    let flags = cursor.byte()?;
    let schema = u32::try_from(cursor.varint()?).map_err(|_| Refusal::Malformed)?;
    let value = cursor.string()?;
    let entry = Entry::read(name, flags, schema, value)?;
    let indexed = IndexEntry {
        name: name_at,
        flags,
        schema,
        value: before(cursor, value),
        length: number(entry.length),
    };
    Ok((entry, indexed))
}

/// Returns a length in 32 bits: a session is far shorter than 4 GiB.
fn number(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// Returns where the bytes lie that were just taken from `cursor`.
fn before(cursor: &Cursor<'_>, taken: &[u8]) -> Bytes {
    Bytes::In {
        at: number(cursor.at() - taken.len()),
        length: number(taken.len()),
    }
}

#[cfg(test)]
mod tests;
