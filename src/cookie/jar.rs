//! The cookies of one request that carry our names.
//!
//! Reads raw `Cookie` lines as bytes, several of them (RFC 9113 section 8.2.3 lets a client split
//! the field). It trims only space and tab, matches names to the byte and decodes no percent
//! signs: a jar that is more lenient lets a sibling domain plant a `__Host-` cookie. Cookies that
//! are not ours are neither copied nor required to be text.

use super::budget::LINE_MAX;
use super::name::{Names, Slot};

/// The most chunks kept of one family: nine, and some planted ones.
const CHUNKS_KEPT: usize = 32;

/// The most touch cookies kept of one family, and the most cookies of tombstones. There is one of
/// each, unless others were planted.
const MARKS_KEPT: usize = 8;

/// The longest value of a touch cookie, or of a cookie of tombstones, that is looked at.
const MARK_MAX: usize = 256;

/// Bytes of a touch, and some.
const TOUCH_ROOM: usize = 32;

/// A session has one family of names, and one more during a rename.
const FAMILIES_MAX: usize = 2;

/// The pieces found, in the order of the request.
#[derive(Clone, Default)]
pub(crate) struct Jar {
    text: Vec<u8>,
    /// Each family by itself, so that a planted one cannot crowd out the other.
    families: [Pieces; FAMILIES_MAX],
    others: Others,
}

/// What else came along: cookies that are not this library's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Others {
    pub(crate) cookies: usize,
    /// Bytes of names and values, and of what stands between cookies.
    pub(crate) bytes: usize,
}

/// Bytes between two cookies in one line: a semicolon and a space (RFC 6265 section 4.2.1).
pub(crate) const PAIR_END: usize = 2;

/// What came of one family; each kind by itself, so that none can crowd out another.
#[derive(Clone, Default)]
struct Pieces {
    chunks: List<CHUNKS_KEPT>,
    touches: List<MARKS_KEPT>,
    tombstones: List<MARKS_KEPT>,
}

#[derive(Clone)]
struct List<const N: usize> {
    kept: [Piece; N],
    count: usize,
}

#[derive(Clone, Copy, Default)]
struct Piece {
    index: u8,
    /// Longer than any cookie we write; its text was not kept.
    too_long: bool,
    start: u32,
    end: u32,
}

/// One cookie of ours, as it came.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) index: usize,
    /// `None` if it is longer than any cookie we write.
    pub(super) value: Option<&'a [u8]>,
}

impl<const N: usize> Default for List<N> {
    fn default() -> List<N> {
        List {
            kept: [Piece::default(); N],
            count: 0,
        }
    }
}

impl<const N: usize> List<N> {
    fn add(&mut self, text: &mut Vec<u8>, index: usize, value: &[u8], longest: usize) {
        let Some(piece) = self.kept.get_mut(self.count) else {
            return;
        };
        let too_long = value.len() > longest;
        let start = text.len();
        if !too_long {
            // A touch that follows is not to cost a second copy of the token.
            if text.capacity() - text.len() < value.len() {
                text.reserve(value.len() + TOUCH_ROOM);
            }
            text.extend_from_slice(value);
        }
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        *piece = Piece {
            index: u8::try_from(index).unwrap_or(u8::MAX),
            too_long,
            start: offset(start),
            end: offset(text.len()),
        };
        self.count += 1;
    }

    fn found<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = Found<'a>> {
        self.kept.iter().take(self.count).map(|piece| Found {
            index: usize::from(piece.index),
            value: if piece.too_long {
                None
            } else {
                text.get(piece.start as usize..piece.end as usize)
            },
        })
    }
}

impl Jar {
    /// Collects the cookies that carry one of the names of `families`.
    pub(crate) fn read<'a, 'n>(
        lines: impl IntoIterator<Item = &'a [u8]>,
        families: impl Iterator<Item = &'n Names> + Clone,
    ) -> Jar {
        let mut jar = Jar::default();
        for line in lines {
            for pair in line.split(|&byte| byte == b';') {
                // A pair without `=` is a cookie without a name (RFC 6265bis section 5.6).
                let Some(equals) = pair.iter().position(|&byte| byte == b'=') else {
                    jar.others.add(trim(pair));
                    continue;
                };
                let (name, value) = pair.split_at(equals);
                let name = trim(name);
                let found = families
                    .clone()
                    .enumerate()
                    .find_map(|(family, names)| Some((family, names.slot_of(name)?)));
                if let Some((family, slot)) = found {
                    jar.add(family, slot, trim(value.get(1..).unwrap_or_default()));
                }
                if found.is_none() {
                    jar.others.add(trim(pair));
                }
            }
        }
        jar
    }

    fn add(&mut self, family: usize, slot: Slot, value: &[u8]) {
        let Jar { text, families, .. } = self;
        let Some(pieces) = families.get_mut(family) else {
            return;
        };
        match slot {
            Slot::Chunk(index) => pieces.chunks.add(text, index, value, LINE_MAX),
            Slot::Touch => pieces.touches.add(text, 0, value, MARK_MAX),
            Slot::Tombstone => pieces.tombstones.add(text, 0, value, MARK_MAX),
        }
    }

    /// The chunks of one family, in the order of the request.
    pub(super) fn chunks(&self, family: usize) -> impl Iterator<Item = Found<'_>> {
        let pieces = self.families.get(family).into_iter();
        pieces.flat_map(|pieces| pieces.chunks.found(&self.text))
    }

    /// The touch cookies of one family; `None` stands for one that is too long for any version
    /// that this one knows.
    pub(crate) fn touches(&self, family: usize) -> impl Iterator<Item = Option<&[u8]>> {
        let pieces = self.families.get(family).into_iter();
        let found = pieces.flat_map(|pieces| pieces.touches.found(&self.text));
        found.map(|found| found.value)
    }

    /// The cookies of tombstones of one family.
    pub(crate) fn tombstones(&self, family: usize) -> impl Iterator<Item = &[u8]> {
        let pieces = self.families.get(family).into_iter();
        let found = pieces.flat_map(|pieces| pieces.tombstones.found(&self.text));
        found.filter_map(|found| found.value)
    }

    /// What came along besides the session, its touch and its tombstones.
    pub(crate) fn others(&self) -> Others {
        self.others
    }

    /// Whether there may have been more chunks of this family than are kept.
    pub(super) fn is_full(&self, family: usize) -> bool {
        self.families
            .get(family)
            .is_some_and(|pieces| pieces.chunks.count == CHUNKS_KEPT)
    }

    /// Whether there may have been more tombstones of this family than are kept.
    pub(crate) fn may_hide_tombstones(&self, family: usize) -> bool {
        self.families
            .get(family)
            .is_some_and(|pieces| pieces.tombstones.count == MARKS_KEPT)
    }

    /// Whether a cookie of this chunk came along.
    pub(crate) fn has(&self, family: usize, index: usize) -> bool {
        self.chunks(family).any(|found| found.index == index)
    }
}

impl Others {
    fn add(&mut self, pair: &[u8]) {
        if !pair.is_empty() {
            self.cookies += 1;
            self.bytes += pair.len() + PAIR_END;
        }
    }
}

/// Optional white space is space and tab (RFC 9110 section 5.6.3), and nothing else.
fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Index and value of each cookie found.
    type Seen = Vec<(usize, Option<Vec<u8>>)>;

    fn read(lines: &[&[u8]]) -> Seen {
        let jar = Jar::read(lines.iter().copied(), [Names::new("__Host-s")].iter());
        jar.chunks(0)
            .map(|found| (found.index, found.value.map(<[u8]>::to_vec)))
            .collect()
    }

    #[test]
    fn finds_ours_to_the_byte_and_nothing_else() {
        let some = |index: usize, text: &str| (index, Some(text.as_bytes().to_vec()));
        let table: &[(&[&[u8]], Seen)] = &[
            (&[], vec![]),
            (&[b""], vec![]),
            (&[b"__Host-s"], vec![]),
            (&[b"__Host-s="], vec![some(0, "")]),
            (&[b"a=b; __Host-s=x=y ;c=d"], vec![some(0, "x=y")]),
            (&[b"\t__Host-s\t=\tx\t"], vec![some(0, "x")]),
            (
                &[b"__Host-s=1", b"a=b", b"__Host-s.1=2"],
                vec![some(0, "1"), some(1, "2")],
            ),
            (
                &[b"__Host-s=1; __Host-s=2"],
                vec![some(0, "1"), some(0, "2")],
            ),
            (&[b"__Host-s=\"x\""], vec![some(0, "\"x\"")]),
            (&[b"\xff\xfe=\x80; __Host-s=x; \xc0"], vec![some(0, "x")]),
            (&["\u{2000}__Host-s=x; \u{a0}__Host-s=y".as_bytes()], vec![]),
            (
                &[b"%5F%5FHost-s=x; __host-s=y; __Host-s.0=z; __Host-s.9=z"],
                vec![],
            ),
            (&[b"\x0b__Host-s=x"], vec![]),
        ];
        for (lines, wanted) in table {
            assert_eq!(read(lines), *wanted, "{lines:?}");
        }
    }

    #[test]
    fn keeps_neither_long_values_nor_endless_ones() {
        let fits = [b"__Host-s=".as_slice(), &vec![b'A'; LINE_MAX]].concat();
        assert_eq!(read(&[&fits])[0].1.as_ref().map(Vec::len), Some(LINE_MAX));
        let long = [b"__Host-s=".as_slice(), &vec![b'A'; 1 << 20]].concat();
        assert_eq!(read(&[&long]), [(0, None)]);

        let many = b"__Host-s.1=x; ".repeat(10_000);
        assert_eq!(read(&[&many]).len(), CHUNKS_KEPT);
    }

    #[test]
    fn what_else_came_is_counted() {
        let table: &[(&[&[u8]], usize, usize)] = &[
            (&[], 0, 0),
            (&[b"__Host-s=x"], 0, 0),
            (&[b"__Host-s=x; __Host-s.1=y"], 0, 0),
            (&[b"; ;"], 0, 0),
            (&[b"a=b"], 1, 5),
            (&[b" a=b ;c; __Host-s=x", b"\xff=\xff"], 3, 13),
            (&[b"__Host-s.t=12; __Host-s.x=3"], 0, 0),
        ];
        for (lines, cookies, bytes) in table {
            let jar = Jar::read(lines.iter().copied(), [Names::new("__Host-s")].iter());
            let (cookies, bytes) = (*cookies, *bytes);
            assert_eq!(jar.others(), Others { cookies, bytes }, "{lines:?}");
        }
    }

    #[test]
    fn no_kind_of_cookie_crowds_out_another() {
        let line = b"s=x; s.t=a; s.x=b; ".repeat(50);
        let long = [b"s.t=".as_slice(), &[b'A'; MARK_MAX + 1]].concat();
        let names = [Names::new("s")];
        let jar = Jar::read([line.as_slice()], names.iter());
        assert_eq!(jar.chunks(0).count(), CHUNKS_KEPT);
        assert_eq!(jar.touches(0).count(), MARKS_KEPT);
        assert_eq!(jar.tombstones(0).count(), MARKS_KEPT);
        let jar = Jar::read([long.as_slice()], names.iter());
        assert_eq!(jar.touches(0).collect::<Vec<_>>(), [None]);
        assert!(jar.chunks(0).next().is_none() && jar.touches(1).next().is_none());
    }
}
