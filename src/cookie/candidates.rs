//! The texts that a request's cookies may be read as.
//!
//! Several cookies of one name are ordinary: a stale one in another scope, or one that a sibling
//! domain planted. Each is a candidate. The number of combinations tried is bounded.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::TEXT_MAX;
use super::chunk::{COUNT, SET_TAG};
use super::jar::{Found, Jar};
use super::name::CHUNKS_MAX;
use crate::error::Refusal;

/// The most candidates judged in one request; each may cost a decryption.
const CANDIDATES_MAX: usize = 8;

/// A complete text, not yet decoded: the base cookie alone, or a set of chunks joined.
pub(crate) type Candidate<'a> = Cow<'a, [u8]>;

/// The texts that the cookies of one family may be read as.
#[derive(Default)]
pub(crate) struct Candidates<'a> {
    /// Complete texts in the order of the request; a base cookie that gives none stands there with
    /// the reason. Empty only if no cookie of the family came.
    pub(crate) list: SmallVec<[Result<Candidate<'a>, Refusal>; 1]>,
    /// Whether there was more than is judged: it may hold a live session.
    pub(crate) more: bool,
    complete: usize,
}

impl<'a> Candidates<'a> {
    /// Returns the one text that came elsewhere than in cookies, where nothing comes in chunks.
    pub(crate) fn of_one(text: Result<&'a [u8], Refusal>) -> Candidates<'a> {
        let mut all = Candidates::default();
        match text {
            Ok(text) if text.len() > TEXT_MAX => all.refuse(Refusal::OverCeiling),
            Ok(text @ [b'A', ..]) => all.add(Cow::Borrowed(text)),
            Ok(_) => all.refuse(Refusal::Malformed),
            Err(refusal) => all.refuse(refusal),
        }
        all
    }

    /// Reads the cookies of one family.
    pub(crate) fn of(jar: &'a Jar, family: usize) -> Candidates<'a> {
        let mut all = Candidates {
            more: jar.is_full(family),
            ..Candidates::default()
        };
        let mut is_any = false;
        for chunk in jar.chunks(family) {
            is_any = true;
            match chunk.value {
                _ if chunk.index != 0 => {}
                None => all.refuse(Refusal::OverCeiling),
                Some(text @ [b'A', ..]) => all.add(Cow::Borrowed(text)),
                Some(text) => match Set::begin(text) {
                    None => all.refuse(Refusal::Malformed),
                    Some(set) => set.join(jar, family, &mut all),
                },
            }
        }
        // Each first chunk gives a text or a reason.
        if is_any && all.list.is_empty() {
            all.refuse(Refusal::Partial);
        }
        all
    }

    fn refuse(&mut self, refusal: Refusal) {
        self.list.push(Err(refusal));
    }

    /// Adds a complete text, as long as there are not too many. An equal one is opened once.
    #[inline]
    fn add(&mut self, candidate: Candidate<'a>) {
        if self.list.iter().flatten().any(|there| *there == candidate) {
            return;
        }
        if self.complete < CANDIDATES_MAX {
            self.complete += 1;
            self.list.push(Ok(candidate));
        } else {
            self.more = true;
        }
    }
}

/// A set of chunks, as its first one describes it.
struct Set<'a> {
    count: usize,
    tag: &'a [u8],
    first: &'a [u8],
}

impl<'a> Set<'a> {
    /// Reads a first chunk: the count, the tag of the set, the beginning of the text.
    fn begin(value: &'a [u8]) -> Option<Set<'a>> {
        let count = match *value.first()? {
            digit @ b'2'..=b'9' => usize::from(digit - b'0'),
            _ => return None,
        };
        let tag = value.get(COUNT..COUNT + SET_TAG)?;
        Some(Set {
            count,
            tag,
            first: value.get(COUNT + SET_TAG..)?,
        })
    }

    /// Adds every way to complete the set, or the reason why there is none.
    fn join(&self, jar: &'a Jar, family: usize, all: &mut Candidates<'a>) {
        let mut parts: [Vec<&[u8]>; CHUNKS_MAX] = Default::default();
        for (index, options) in parts.iter_mut().enumerate().take(self.count).skip(1) {
            let found: Vec<Found<'_>> = jar.chunks(family).filter(|f| f.index == index).collect();
            for part in found.iter().filter_map(|f| f.value?.strip_prefix(self.tag)) {
                if !options.contains(&part) {
                    options.push(part);
                }
            }
            if options.is_empty() {
                return all.refuse(if found.is_empty() {
                    Refusal::Partial
                } else if found.iter().any(|found| found.value.is_some()) {
                    Refusal::Mixed
                } else {
                    Refusal::OverCeiling
                });
            }
        }
        let combinations: usize = parts.iter().map(|options| options.len().max(1)).product();
        all.more |= combinations > CANDIDATES_MAX;
        let mut joined = (0..combinations.min(CANDIDATES_MAX))
            .map(|combination| self.text(&parts, combination))
            // One that does not end with the tag of its set was put together by someone else.
            .filter(|text| text.starts_with(b"A") && text.ends_with(self.tag))
            .peekable();
        if joined.peek().is_none() {
            all.refuse(Refusal::Malformed);
        }
        joined.for_each(|text| all.add(Cow::Owned(text)));
    }

    /// Joins the text of one combination, counted with the lowest number fastest.
    fn text(&self, parts: &[Vec<&[u8]>], mut combination: usize) -> Vec<u8> {
        let longest = |options: &Vec<&[u8]>| options.iter().map(|part| part.len()).max();
        let rest: usize = parts.iter().filter_map(longest).sum();
        let mut text = Vec::with_capacity(self.first.len() + rest);
        text.extend_from_slice(self.first);
        for options in parts.iter().filter(|options| !options.is_empty()) {
            let option = options.get(combination % options.len());
            text.extend_from_slice(option.unwrap_or(&&b""[..]));
            combination /= options.len();
        }
        text
    }
}

/// Returns how many chunks the set has that this first one begins, and the beginning of its text.
pub(crate) fn set_of(first: &[u8]) -> Option<(usize, &[u8])> {
    Set::begin(first).map(|set| (set.count, set.first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cookie::Names;

    fn read(line: &str) -> Vec<Result<String, Refusal>> {
        let jar = Jar::read([line.as_bytes()], &Names::new("s"), None);
        let text = |text: Candidate<'_>| String::from_utf8_lossy(&text).into_owned();
        Candidates::of(&jar, 0)
            .list
            .into_iter()
            .map(|candidate| candidate.map(text))
            .collect()
    }

    #[test]
    fn what_a_request_may_be_read_as() {
        use Refusal::{Malformed, Mixed, OverCeiling, Partial};
        let ok = |text: &str| Ok(text.to_owned());
        let long = format!("s={}", "A".repeat(5_000));
        let long_part = format!("s=2wxyzA; s.1={}", "A".repeat(5_000));
        let table: &[(&str, Vec<Result<String, Refusal>>)] = &[
            ("a=b", vec![]),
            ("s=Aone", vec![ok("Aone")]),
            ("s=Aone; s=Atwo", vec![ok("Aone"), ok("Atwo")]),
            ("s=", vec![Err(Malformed)]),
            ("s=xone; s=Atwo", vec![Err(Malformed), ok("Atwo")]),
            ("s=1wxyzA", vec![Err(Malformed)]),
            ("s=2wxy", vec![Err(Malformed)]),
            // Left-overs beside a bare token do not matter.
            ("s=Aone; s.1=wxyzB", vec![ok("Aone")]),
            // A set of two, in either order.
            ("s=2wxyzAone; s.1=wxyztwowxyz", vec![ok("Aonetwowxyz")]),
            ("s.1=wxyztwowxyz; s=2wxyzAone", vec![ok("Aonetwowxyz")]),
            // The count governs: a third chunk is a left-over, whatever its set.
            (
                "s=2wxyzAone; s.1=wxyztwowxyz; s.2=abcdx; s.3=wxyzx",
                vec![ok("Aonetwowxyz")],
            ),
            // An old set beside a complete one is left over.
            (
                "s.1=abcdold; s=2wxyzAone; s.1=wxyztwowxyz",
                vec![ok("Aonetwowxyz")],
            ),
            ("s=2wxyzAone", vec![Err(Partial)]),
            ("s=3wxyzAone; s.1=wxyzwxyz", vec![Err(Partial)]),
            ("s.1=wxyztwo", vec![Err(Partial)]),
            ("s=2wxyzAone; s.1=abcdtwo", vec![Err(Mixed)]),
            ("s=2wxyzAone; s.1=wxyztwo", vec![Err(Malformed)]),
            ("s=2wxyzXone; s.1=wxyztwowxyz", vec![Err(Malformed)]),
            // Two chunks with the right tag: both are tried, a copy is not.
            (
                "s=2wxyzA; s.1=wxyz1wxyz; s.1=wxyz1wxyz; s.1=wxyz2wxyz",
                vec![ok("A1wxyz"), ok("A2wxyz")],
            ),
            (&long, vec![Err(OverCeiling)]),
            (&long_part, vec![Err(OverCeiling)]),
        ];
        for (line, wanted) in table {
            assert_eq!(read(line), *wanted, "{line}");
        }
    }

    #[test]
    fn combinations_are_bounded() {
        let mut line = "s=9wxyzA".to_owned();
        for (index, planted) in (1..9).flat_map(|index| [(index, 'a'), (index, 'b'), (index, 'c')])
        {
            line.push_str(&format!("; s.{index}=wxyz{planted}wxyz"));
        }
        let bases: String = (0..100).map(|number| format!("s=A{number}; ")).collect();
        for line in [line, bases] {
            let jar = Jar::read([line.as_bytes()], &Names::new("s"), None);
            let all = Candidates::of(&jar, 0);
            assert_eq!(
                all.list.iter().filter(|c| c.is_ok()).count(),
                CANDIDATES_MAX
            );
            assert!(all.more);
        }
        // An equal text is opened once, and crowds nobody out.
        let jar = Jar::read([b"s=A; ".repeat(30).as_slice()], &Names::new("s"), None);
        let all = Candidates::of(&jar, 0);
        assert_eq!((all.list.len(), all.more), (1, false));
        // What is no complete text costs nothing, and takes nobody's place.
        let line = format!("{}s=Agood", "s=2wxyzA; s=x; ".repeat(15));
        assert_eq!(read(&line)[30], Ok("Agood".to_owned()));
    }
}
