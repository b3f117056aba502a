//! Finds text in a value that stands for bytes.

use std::ops::Range;

use memchr::memchr2;

use super::encoding::{Encoding, UUID_TEXT};

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

/// Returns the next run of at least `least` bytes of `CLASSES`, from `at` on.
fn next_run<const CLASSES: u8>(text: &[u8], mut at: usize, least: usize) -> Option<Range<usize>> {
    loop {
        // The window is read from its end. Every run of `least` bytes that begins before the last byte
        // outside of the classes contains that byte, so the search goes on behind it.
        let window = text.get(at..at + least)?;
        let Some(inside) = window.iter().rev().position(|&byte| !is(byte, CLASSES)) else {
            return Some(at..at + least + run::<CLASSES>(text.get(at + least..)?));
        };
        at += least - inside;
    }
}

/// Finds the spans of `text`, in order, without overlap.
pub(super) fn spans(text: &[u8]) -> Vec<Span> {
    scan(text, true)
}

/// Finds the spans of hex and UUIDs only.
pub(super) fn spans_but_base64(text: &[u8]) -> Vec<Span> {
    scan(text, false)
}

fn scan(text: &[u8], with_base64: bool) -> Vec<Span> {
    let mut spans = Vec::new();
    // The text up to `done` is in spans, or was searched for base64.
    let (mut done, mut at) = (0, 0);
    while let Some(digits) = next_run::<HEX>(text, at, UUID_FIRST) {
        at = digits.end;
        // More hex digits may stand directly before a UUID.
        let start = digits.end - UUID_FIRST;
        let found = if is_uuid(text.get(start..).unwrap_or_default()) {
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
fn find_base64(text: &[u8], range: Range<usize>, spans: &mut Vec<Span>) {
    let text = text.get(..range.end).unwrap_or_default();
    let mut at = range.start;
    while let Some(mut word) = next_run::<{ ALNUM | URL | STANDARD }>(text, at, BASE64_LEAST) {
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

/// Returns whether `text` begins with a UUID in lower case.
fn is_uuid(text: &[u8]) -> bool {
    let fits = |(at, byte): (usize, &u8)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => is(*byte, HEX),
    };
    text.get(..UUID_TEXT)
        .is_some_and(|text| text.iter().enumerate().all(fits))
}

/// The value of each hex digit.
const NIBBLES: [u8; 256] = {
    let mut nibbles = [0; 256];
    let mut rest: &mut [u8] = &mut nibbles;
    let mut byte = 0u8;
    while let [first, behind @ ..] = rest {
        *first = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => 0,
        };
        byte = byte.wrapping_add(1);
        rest = behind;
    }
    nibbles
};

/// The offsets of each byte's two digits in a UUID (RFC 9562 section 4).
const UUID_DIGITS: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

fn byte(&[high, low]: &[u8; 2]) -> u8 {
    let nibble = |digit: u8| NIBBLES.get(usize::from(digit)).copied().unwrap_or_default();
    nibble(high) << 4 | nibble(low)
}

fn pair(byte: u8) -> [u8; 2] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or_default();
    [digit(byte >> 4), digit(byte & 15)]
}

/// Decodes hex digits. An odd one at the end is left out.
pub(super) fn digits(text: &[u8]) -> Vec<u8> {
    let (pairs, _) = text.as_chunks();
    pairs.iter().map(byte).collect()
}

/// Appends the hex digits of `bytes`.
pub(super) fn put_digits(out: &mut Vec<u8>, bytes: &[u8]) {
    let start = out.len();
    out.resize(start + 2 * bytes.len(), 0);
    let (pairs, _) = out.get_mut(start..).unwrap_or_default().as_chunks_mut();
    for (digits, byte) in pairs.iter_mut().zip(bytes) {
        *digits = pair(*byte);
    }
}

/// Decodes a UUID.
pub(super) fn uuid(text: &[u8]) -> Vec<u8> {
    let digits = |at: usize| text.get(at..).and_then(<[u8]>::first_chunk);
    let mut bytes = Vec::with_capacity(UUID_DIGITS.len());
    bytes.extend(UUID_DIGITS.into_iter().filter_map(digits).map(byte));
    bytes
}

/// Appends the text of a UUID.
pub(super) fn put_uuid(out: &mut Vec<u8>, bytes: &[u8]) {
    let mut text = [b'-'; UUID_TEXT];
    for (at, byte) in UUID_DIGITS.into_iter().zip(bytes) {
        if let Some(digits) = text.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
            *digits = pair(*byte);
        }
    }
    out.extend_from_slice(&text);
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

    proptest! {
        #[test]
        fn no_run_is_passed_over(text in "([ab. ]{0,60}|[ab]{20,90}[. ][ab]{0,90})", least in 1usize..10) {
            let text = text.as_bytes();
            let mut found = Vec::new();
            let mut at = 0;
            while let Some(range) = next_run::<LOWER>(text, at, least) {
                at = range.end;
                found.push(range);
            }
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
