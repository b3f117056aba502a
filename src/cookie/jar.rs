//! The cookies of one request that carry our names.
//!
//! Reads raw `Cookie` lines as bytes, several of them (RFC 9113 section 8.2.3 lets a client split
//! the field). It trims only space and tab, matches names to the byte and decodes no percent
//! signs: a jar that is more lenient lets a sibling domain plant a `__Host-` cookie. Cookies that
//! are not ours are neither copied nor required to be text. Ours are copied only out of lines that cannot be shared.

use memchr::memchr;
use smallvec::SmallVec;

use super::budget::LINE_MAX;
use super::kept_text::{KeptText, ReadLine};
use super::name::{Names, Role};
use crate::head::{CookieLine, Line as _};

/// The most chunks kept of one family: nine, and some planted ones.
const CHUNKS_KEPT: u8 = 32;

/// The most touch cookies kept of one family, and the most cookies of either kind of tombstones. There is one of
/// each, unless others were planted.
pub(crate) const MARKS_KEPT: u8 = 8;

/// The longest value of a touch cookie, or of a cookie of tombstones, that is looked at.
pub(crate) const MARK_MAX: usize = 256;

/// A session has one family of names, and one more during a rename.
const FAMILIES_MAX: usize = 2;

/// The pieces found, in the order of the request.
#[derive(Clone, Default)]
pub(crate) struct Jar {
    text: KeptText,
    /// Nearly no request has more than two chunks, a touch and tombstones.
    pieces: SmallVec<[Piece; 4]>,
    /// How many of each family and kind: each by itself, so that none can crowd out another.
    counts: [[u8; KINDS]; FAMILIES_MAX],
    others: Tally,
}

/// Cookies of a request, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) cookies: usize,
    /// Bytes of names and values, and of what stands between cookies.
    pub(crate) bytes: usize,
}

/// Bytes between two cookies in one line: a semicolon and a space (RFC 6265 section 4.2.1).
pub(crate) const PAIR_END: usize = 2;

#[derive(Clone, Copy)]
struct Piece {
    family: u8,
    role: Role,
    /// Longer than any cookie we write; its text does not count.
    too_long: bool,
    /// The line in which its value is kept, and where.
    line: u8,
    start: u32,
    end: u32,
}

/// Kinds of cookies in a family.
const KINDS: usize = 4;

/// Returns the number of a kind, how many cookies of it are kept, and the longest value.
const fn kind(role: Role) -> (usize, u8, usize) {
    match role {
        Role::Chunk(_) => (0, CHUNKS_KEPT, LINE_MAX),
        Role::Touch => (1, MARKS_KEPT, MARK_MAX),
        Role::Tombstone => (2, MARKS_KEPT, MARK_MAX),
        Role::Renewed => (3, MARKS_KEPT, MARK_MAX),
    }
}

/// One cookie of ours, as it came.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) index: usize,
    /// `None` if it is longer than any cookie we write.
    pub(super) value: Option<&'a [u8]>,
}

impl Jar {
    /// Collects the cookies that carry one of the `own` names, or one from before a rename.
    pub(crate) fn read<'a>(
        lines: impl IntoIterator<Item: CookieLine<'a>>,
        own: &Names,
        former: Option<&Names>,
    ) -> Jar {
        let mut jar = Jar::default();
        for line in lines {
            let (mut read, mut next) = (ReadLine::new(line), 0);
            for pair in pairs(line.bytes()) {
                let at = next;
                next += pair.len() + ";".len();
                // A pair without `=` is a cookie without a name (RFC 6265bis section 5.6).
                let Some(equals) = memchr(b'=', pair) else {
                    jar.others.add(trim(pair));
                    continue;
                };
                let (name, value) = pair.split_at(equals);
                let name = trim(name);
                let found = match (own.role_of(name), former) {
                    (Some(role), _) => Some((0, role)),
                    (None, Some(former)) => former.role_of(name).map(|role| (1, role)),
                    (None, None) => None,
                };
                match found {
                    Some((family, role)) => {
                        let value = value.get(1..).unwrap_or_default();
                        let spaces = value.len() - trim_start(value).len();
                        let at = at + equals + "=".len() + spaces;
                        jar.add(family, role, (trim(value), at), &mut read);
                    }
                    None => jar.others.add(trim(pair)),
                }
            }
        }
        jar
    }

    /// Returns whether no cookie of ours came.
    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Returns whether touches and tombstones are all that came. Under another `SameSite` than that of the
    /// session, from before it was changed, a browser sends them by themselves.
    pub(crate) fn has_no_chunk(&self) -> bool {
        let [[own, ..], [former, ..]] = self.counts;
        own == 0 && former == 0
    }

    /// Returns whether any tombstone came, of either kind and any family.
    pub(crate) fn has_tombstones(&self) -> bool {
        let kinds = [Role::Tombstone, Role::Renewed].map(|role| kind(role).0);
        let came = |counts: &[u8; KINDS]| kinds.iter().any(|kind| counts.get(*kind) != Some(&0));
        self.counts.iter().any(came)
    }

    /// Returns whether any cookie of one family came.
    pub(crate) fn holds(&self, family: usize) -> bool {
        self.pieces(family).next().is_some()
    }

    /// Adds a cookie whose value stands at `at` of its line.
    fn add<'a>(
        &mut self,
        family: usize,
        role: Role,
        (value, at): (&[u8], usize),
        read: &mut ReadLine<impl CookieLine<'a>>,
    ) {
        let (kind, most, longest) = kind(role);
        let counts = self.counts.get_mut(family);
        let Some(count) = counts
            .and_then(|kinds| kinds.get_mut(kind))
            .filter(|count| **count < most)
        else {
            return;
        };
        *count += 1;
        let too_long = value.len() > longest;
        let (line, start) = match too_long {
            true => (0, 0),
            false => self.text.keep(value, at, read),
        };
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.pieces.push(Piece {
            family: u8::try_from(family).unwrap_or(u8::MAX),
            role,
            too_long,
            line,
            start: offset(start),
            end: offset(start + value.len()),
        });
    }

    /// Returns the pieces of one family in the order of the request: their roles, and their values;
    /// `None` for one that is longer than any cookie we write.
    #[inline]
    pub(crate) fn pieces(&self, family: usize) -> impl Iterator<Item = (Role, Option<&[u8]>)> {
        let of_family = self
            .pieces
            .iter()
            .filter(move |piece| usize::from(piece.family) == family);
        of_family.map(|piece| {
            let range = piece.start as usize..piece.end as usize;
            let value = if piece.too_long {
                None
            } else {
                self.text.get(piece.line, range)
            };
            (piece.role, value)
        })
    }

    /// Returns the chunks of one family.
    #[inline]
    pub(super) fn chunks(&self, family: usize) -> impl Iterator<Item = Found<'_>> {
        self.pieces(family).filter_map(|(role, value)| match role {
            Role::Chunk(index) => Some(Found {
                index: index.into(),
                value,
            }),
            _ => None,
        })
    }

    /// Returns the cookies of one family that play this role; `None` stands for one that is too long for any
    /// version that this one knows.
    pub(crate) fn marks(&self, family: usize, role: Role) -> impl Iterator<Item = Option<&[u8]>> {
        let pieces = self.pieces(family);
        pieces.filter_map(move |(played, value)| (played == role).then_some(value))
    }

    /// Returns the touch cookies of one family, for which nearly every request is asked.
    pub(crate) fn touches(&self, family: usize) -> impl Iterator<Item = Option<&[u8]>> {
        let pieces = self.pieces(family);
        pieces.filter_map(|(role, value)| matches!(role, Role::Touch).then_some(value))
    }

    /// Counts the cookies that came besides the session, its touch and its tombstones.
    pub(crate) fn others(&self) -> Tally {
        self.others
    }

    /// Counts the session's cookies that were kept, its touch and its tombstones included; `families` are those
    /// that it was read for.
    pub(crate) fn own<'n>(&self, families: impl Iterator<Item = &'n Names>) -> Tally {
        let mut own = Tally::default();
        for (family, names) in families.enumerate() {
            for (role, value) in self.pieces(family) {
                if let Some(value) = value {
                    own.count(names.of(role).len() + "=".len() + value.len());
                }
            }
        }
        own
    }

    /// Returns whether there may have been more chunks of this family than are kept.
    pub(super) fn is_full(&self, family: usize) -> bool {
        self.is_used_up(family, Role::Chunk(0))
    }

    /// Returns whether there may have been more tombstones of this family than are kept.
    pub(crate) fn may_hide_tombstones(&self, family: usize) -> bool {
        self.is_used_up(family, Role::Tombstone) || self.is_used_up(family, Role::Renewed)
    }

    fn is_used_up(&self, family: usize, role: Role) -> bool {
        let (kind, most, _) = kind(role);
        let counts = self.counts.get(family);
        counts.and_then(|kinds| kinds.get(kind)) == Some(&most)
    }

    /// Returns whether a cookie of this chunk came along.
    pub(crate) fn has(&self, family: usize, index: usize) -> bool {
        self.chunks(family).any(|found| found.index == index)
    }

    /// Returns whether a cookie of this chunk or of a later one came along.
    pub(crate) fn has_from(&self, family: usize, index: usize) -> bool {
        self.chunks(family).any(|found| found.index >= index)
    }
}

/// Splits a line into pairs, untrimmed. A site's own cookies are often longer than ours.
pub(crate) fn pairs(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let line = rest?;
        let end = memchr(b';', line);
        rest = end.and_then(|end| line.get(end + 1..));
        line.get(..end.unwrap_or(line.len()))
    })
}

impl Tally {
    fn add(&mut self, pair: &[u8]) {
        if !pair.is_empty() {
            self.count(pair.len());
        }
    }

    /// Counts a cookie whose name and value take `pair` bytes.
    fn count(&mut self, pair: usize) {
        self.cookies += 1;
        self.bytes += pair + PAIR_END;
    }

    /// Adds both up.
    pub(crate) fn with(self, more: Tally) -> Tally {
        Tally {
            cookies: self.cookies + more.cookies,
            bytes: self.bytes + more.bytes,
        }
    }

    /// Returns what is left without `part`.
    pub(crate) fn without(self, part: Tally) -> Tally {
        Tally {
            cookies: self.cookies.saturating_sub(part.cookies),
            bytes: self.bytes.saturating_sub(part.bytes),
        }
    }
}

/// Removes optional white space, which is space and tab (RFC 9110 section 5.6.3), and nothing else.
pub(crate) fn trim(text: &[u8]) -> &[u8] {
    let mut text = trim_start(text);
    while let [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

fn trim_start(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = text {
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
        let names = Names::new("__Host-s");
        let seen = |jar: &Jar| -> Seen {
            let chunks = jar.chunks(0);
            chunks
                .map(|found| (found.index, found.value.map(<[u8]>::to_vec)))
                .collect()
        };
        let copied = Jar::read(lines.iter().copied(), &names, None);
        #[cfg(feature = "http-1")]
        {
            // Not every line of the table can be a header value.
            let shared = lines.iter().map(|line| http::HeaderValue::from_bytes(line));
            if let Ok(shared) = shared.collect::<Result<Vec<_>, _>>() {
                let jar = Jar::read(&shared, &names, None);
                assert_eq!(seen(&jar), seen(&copied));
            }
        }
        seen(&copied)
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
        assert_eq!(read(&[&many]).len(), usize::from(CHUNKS_KEPT));
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
            let jar = Jar::read(lines.iter().copied(), &Names::new("__Host-s"), None);
            let (cookies, bytes) = (*cookies, *bytes);
            assert_eq!(jar.others(), Tally { cookies, bytes }, "{lines:?}");
        }
    }

    #[test]
    fn what_is_ours_is_counted_as_it_came() {
        let names = [Names::new("s"), Names::new("former")];
        let table: &[(&str, usize, &str)] = &[
            ("", 0, ""),
            ("a=b", 0, ""),
            ("s=x; a=b; s.1=yy", 2, "s=x; s.1=yy; "),
            ("s=x; s=x; s.t= t ; s.x=z", 4, "s=x; s=x; s.t=t; s.x=z; "),
            ("former.8=x; s=", 2, "former.8=x; s=; "),
        ];
        for (line, cookies, text) in table {
            let own = Jar::read([line.as_bytes()], &names[0], names.get(1)).own(names.iter());
            let (cookies, bytes) = (*cookies, text.len());
            assert_eq!(own, Tally { cookies, bytes }, "{line}");
        }
    }

    #[test]
    fn no_kind_of_cookie_crowds_out_another() {
        let line = b"s=x; s.t=a; s.x=b; s.r=c; ".repeat(50);
        let long = [b"s.t=".as_slice(), &[b'A'; MARK_MAX + 1]].concat();
        let names = [Names::new("s")];
        let jar = Jar::read([line.as_slice()], &names[0], None);
        assert_eq!(jar.chunks(0).count(), usize::from(CHUNKS_KEPT));
        assert_eq!(jar.touches(0).count(), usize::from(MARKS_KEPT));
        assert_eq!(
            jar.marks(0, Role::Tombstone).count(),
            usize::from(MARKS_KEPT)
        );
        assert_eq!(jar.marks(0, Role::Renewed).count(), usize::from(MARKS_KEPT));
        let jar = Jar::read([long.as_slice()], &names[0], None);
        assert_eq!(jar.touches(0).collect::<Vec<_>>(), [None]);
        assert!(jar.chunks(0).next().is_none() && jar.touches(1).next().is_none());
    }
}
