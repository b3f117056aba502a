//! Finds text in a value that stands for bytes.

use std::ops::Range;

use memchr::memchr2;
use smallvec::SmallVec;

use super::encoding::{Encoding, UUID_TEXT};
use super::hex;

/// A piece of text that may be packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) encoding: Encoding,
    pub(super) at: usize,
    pub(super) length: usize,
}

impl Span {
    pub(super) fn range(&self) -> Range<usize> {
        self.at..self.at + self.length
    }
}

/// The fewest hex digits that are packed. A run costs two to four bytes.
const HEX_LEAST: usize = 12;

/// The fewest characters of base64 that are packed.
const BASE64_LEAST: usize = 16;

/// Hex digits of a UUID before its first dash.
const UUID_FIRST: usize = 8;

const LOWER: u8 = 1;
const UPPER: u8 = 2;
const DIGIT: u8 = 4;
const ALNUM: u8 = LOWER | UPPER | DIGIT;
const HEX: u8 = 8;
/// `-` and `_`, of base64url (RFC 4648 section 5).
const URL: u8 = 16;
/// `+` and `/`, of base64 (RFC 4648 section 4).
const STANDARD: u8 = 32;

/// Returns the classes that a byte belongs to.
const fn class(byte: u8) -> u8 {
    match byte {
        b'a'..=b'f' => LOWER | HEX,
        b'g'..=b'z' => LOWER,
        b'A'..=b'Z' => UPPER,
        b'0'..=b'9' => DIGIT | HEX,
        b'-' | b'_' => URL,
        b'+' | b'/' => STANDARD,
        _ => 0,
    }
}

/// The classes of every byte. The table halves the time for tokens of some kilobytes.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut rest: &mut [u8] = &mut classes;
    let mut byte = 0;
    while let [first, behind @ ..] = rest {
        *first = class(byte);
        byte = byte.wrapping_add(1);
        rest = behind;
    }
    classes
};

fn is(byte: u8, classes: u8) -> bool {
    let class = CLASSES.get(usize::from(byte));
    class.is_some_and(|class| class & classes != 0)
}

/// How many bytes are classified together. The compiler turns that into a few vector instructions.
const TOGETHER: usize = 32;

/// Returns how many bytes at the front are of `CLASSES`.
fn run<const CLASSES: u8>(text: &[u8]) -> usize {
    let (groups, _) = text.as_chunks::<TOGETHER>();
    let whole = groups.iter().take_while(|group| are::<CLASSES>(group));
    let whole = whole.count() * TOGETHER;
    let rest = text.get(whole..).unwrap_or_default();
    let outside = rest.iter().position(|&byte| !is(byte, CLASSES));
    whole + outside.unwrap_or(rest.len())
}

/// Returns whether all bytes are of `CLASSES`. It repeats [`class`] without a table and without a branch.
fn are<const CLASSES: u8>(group: &[u8; TOGETHER]) -> bool {
    let wanted = |class: u8| CLASSES & class != 0;
    let of = |byte: u8| {
        let within = |first: u8, count: u8| byte.wrapping_sub(first) < count;
        (wanted(LOWER) & within(b'a', 26))
            | (wanted(UPPER) & within(b'A', 26))
            | (wanted(DIGIT | HEX) & within(b'0', 10))
            | (wanted(HEX) & within(b'a', 6))
            | (wanted(URL) & ((byte == b'-') | (byte == b'_')))
            | (wanted(STANDARD) & ((byte == b'+') | (byte == b'/')))
    };
    group.iter().fold(true, |all, &byte| all & of(byte))
}

/// Returns the next run of at least `LEAST` bytes of `CLASSES`, from `at` on.
fn next_run<const CLASSES: u8, const LEAST: usize>(text: &[u8], at: usize) -> Option<Range<usize>> {
    let mut rest = text.get(at..)?;
    loop {
        // The window is read from its end. Every run of `LEAST` bytes that begins before the last byte
        // outside of the classes contains that byte, so the search goes on behind it.
        let (window, behind) = rest.split_first_chunk::<LEAST>()?;
        match window.iter().rposition(|&byte| !is(byte, CLASSES)) {
            Some(outside) => rest = rest.get(outside + 1..)?,
            None => {
                let start = text.len() - rest.len();
                return Some(start..start + LEAST + run::<CLASSES>(behind));
            }
        }
    }
}

/// What was found in one value. Most values hold a few, and need no allocation for them.
type Spans = SmallVec<[Span; 8]>;

/// Finds the spans of `text`, in order, without overlap.
pub(super) fn spans(text: &[u8]) -> Spans {
    scan(text, true)
}

/// Finds the spans of hex and UUIDs only.
pub(super) fn spans_but_base64(text: &[u8]) -> Spans {
    scan(text, false)
}

fn scan(text: &[u8], with_base64: bool) -> Spans {
    let mut spans = Spans::new();
    // The text up to `done` is in spans, or was searched for base64.
    let (mut done, mut at) = (0, 0);
    while let Some(digits) = next_run::<HEX, UUID_FIRST>(text, at) {
        at = digits.end;
        // More hex digits may stand directly before a UUID.
        let start = digits.end - UUID_FIRST;
        let found = if hex::is_uuid(text.get(start..).unwrap_or_default()) {
            Span {
                encoding: Encoding::Uuid,
                at: start,
                length: UUID_TEXT,
            }
        } else if digits.len() >= HEX_LEAST {
            Span {
                encoding: Encoding::Hex,
                at: digits.start,
                length: digits.len(),
            }
        } else {
            continue;
        };
        if with_base64 {
            find_base64(text, done..found.at, &mut spans);
        }
        (done, at) = (found.range().end, found.range().end);
        spans.push(found);
    }
    if with_base64 {
        find_base64(text, done..text.len(), &mut spans);
    }
    spans
}

/// Finds the spans of base64 in `range`, and appends them.
fn find_base64(text: &[u8], range: Range<usize>, spans: &mut Spans) {
    let text = text.get(..range.end).unwrap_or_default();
    let mut at = range.start;
    while let Some(mut word) = next_run::<{ ALNUM | URL | STANDARD }, BASE64_LEAST>(text, at) {
        at = word.end;
        // A word seldom holds characters of both alphabets. It is then cut where the other alphabet begins.
        // Each cut looks at the piece that it cuts off, at most twice, so the whole takes linear time.
        while word.len() >= BASE64_LEAST {
            let rest = text.get(word.clone()).unwrap_or_default();
            let of_one = |other: Option<usize>| other.unwrap_or(rest.len());
            let (mut encoding, mut length) =
                (Encoding::Base64Url, of_one(memchr2(b'+', b'/', rest)));
            if length < rest.len() {
                let standard = of_one(memchr2(b'-', b'_', rest));
                if standard > length {
                    (encoding, length) = (Encoding::Base64, standard);
                }
            }
            if length >= BASE64_LEAST && is_mixed(rest.get(..length).unwrap_or_default()) {
                let at = word.start;
                spans.push(Span {
                    encoding,
                    at,
                    length,
                });
            }
            word.start += length;
        }
    }
}

/// Returns whether text has lower case, upper case and digits. Words and paths are of the same alphabets, and
/// compress better as they are. People seldom write all three in one word. Of texts of 22 random characters,
/// 2 in 100 lack one of them.
fn is_mixed(text: &[u8]) -> bool {
    let has = |class| text.iter().any(|&byte| is(byte, class));
    has(LOWER) && has(UPPER) && has(DIGIT)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn agree<const CLASSES: u8>() {
        for byte in 0..=u8::MAX {
            assert_eq!(
                are::<CLASSES>(&[byte; TOGETHER]),
                is(byte, CLASSES),
                "{byte}"
            );
        }
    }

    #[test]
    fn both_ways_to_tell_a_class_agree() {
        agree::<HEX>();
        agree::<{ ALNUM | URL | STANDARD }>();
        agree::<LOWER>();
        assert!(!are::<LOWER>(b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaA"));
    }

    /// Finds all runs of `LEAST` lower-case letters, as long as they are.
    fn found<const LEAST: usize>(text: &[u8]) -> Vec<Range<usize>> {
        let next = |at: &usize| next_run::<LOWER, LEAST>(text, *at);
        let ranges = std::iter::successors(next(&0), |range| next(&range.end));
        ranges.collect()
    }

    proptest! {
        #[test]
        fn no_run_is_passed_over(text in "([ab. ]{0,60}|[ab]{20,90}[. ][ab]{0,90})") {
            let text = text.as_bytes();
            for (least, found) in [(1, found::<1>(text)), (4, found::<4>(text)), (9, found::<9>(text))] {
                let mut expected = Vec::new();
                let mut start = 0;
                for end in 0..=text.len() {
                    if text.get(end).is_none_or(|byte| !byte.is_ascii_lowercase()) {
                        if end - start >= least {
                            expected.push(start..end);
                        }
                        start = end + 1;
                    }
                }
                prop_assert_eq!(found, expected);
            }
        }
    }
}
