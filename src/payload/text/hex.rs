//! Hex digits in lower case, and the bytes that they stand for.
//!
//! Eight digits are one number, and each step works on all of its bytes: without a table, and without a branch.

use super::encoding::UUID_TEXT;

/// Eight characters, the first one lowest.
type Eight = u64;

/// The highest bit of each character.
const HIGH: Eight = each(0x80);

/// Where each four digits of a UUID begin (RFC 9562 section 4).
const FOURS: [usize; 8] = [0, 4, 9, 14, 19, 24, 28, 32];

/// Appends the bytes that hex digits stand for. An odd digit at the end is left out.
pub(super) fn put_bytes(out: &mut Vec<u8>, digits: &[u8]) {
    let (eights, rest) = digits.as_chunks();
    for eight in eights {
        out.extend_from_slice(&decode(Eight::from_le_bytes(*eight)));
    }
    let last = decode(Eight::from_le_bytes(padded(rest)));
    out.extend_from_slice(last.get(..rest.len() / 2).unwrap_or_default());
}

/// Appends the hex digits of `bytes`.
pub(super) fn put_digits(out: &mut Vec<u8>, bytes: &[u8]) {
    let (fours, rest) = bytes.as_chunks();
    // The room is made once, and not looked for with each digit.
    let begin = out.len();
    out.resize(begin + 2 * bytes.len(), 0);
    let (eights, last) = out.get_mut(begin..).unwrap_or_default().as_chunks_mut();
    for (eight, four) in eights.iter_mut().zip(fours) {
        *eight = encode(*four);
    }
    let digits = encode(padded(rest));
    last.iter_mut()
        .zip(digits)
        .for_each(|(to, digit)| *to = digit);
}

/// Returns whether `text` is the hex digits of `bytes`.
pub(super) fn are_digits_of(text: &[u8], bytes: &[u8]) -> bool {
    let ((eights, last), (fours, rest)) = (text.as_chunks(), bytes.as_chunks());
    let mut pairs = eights.iter().zip(fours);
    text.len() == 2 * bytes.len()
        && pairs.all(|(eight, four)| *eight == encode(*four))
        && encode(padded(rest)).starts_with(last)
}

/// Returns whether `text` is the UUID of these bytes.
pub(super) fn is_uuid_of(text: &[u8], bytes: &[u8]) -> bool {
    let (fours, _) = bytes.as_chunks();
    let digits = fours.iter().map(|four| Eight::from_le_bytes(encode(*four)));
    text.len() == UUID_TEXT && eights_of_uuid(text).is_some_and(|eights| digits.eq(eights))
}

/// Returns whether `text` begins with a UUID in lower case.
pub(super) fn is_uuid(text: &[u8]) -> bool {
    eights_of_uuid(text).is_some_and(|eights| eights.into_iter().all(are_digits))
}

/// Appends the bytes of the UUID that `text` begins with.
pub(super) fn put_bytes_of_uuid(out: &mut Vec<u8>, text: &[u8]) {
    let eights = eights_of_uuid(text).unwrap_or_default();
    out.extend_from_slice(eights.map(decode).as_flattened());
}

/// Appends the text of a UUID.
pub(super) fn put_uuid(out: &mut Vec<u8>, bytes: &[u8]) {
    let (&[a, b, c, d], []) = bytes.as_chunks() else {
        return;
    };
    let digits = [a, b, c, d].map(encode);
    let mut text = [b'-'; UUID_TEXT];
    for (at, four) in FOURS.into_iter().zip(digits.as_flattened().as_chunks().0) {
        if let Some(place) = text.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<4>) {
            *place = *four;
        }
    }
    out.extend_from_slice(&text);
}

/// Returns the digits of a UUID without its dashes (RFC 9562 section 4); `None` if one is missing.
fn eights_of_uuid(text: &[u8]) -> Option<[Eight; 4]> {
    fn behind_dash(text: &[u8]) -> Option<(Eight, &[u8])> {
        let (four, rest) = text.strip_prefix(b"-")?.split_first_chunk()?;
        Some((u32::from_le_bytes(*four).into(), rest))
    }
    let text = text.first_chunk::<UUID_TEXT>()?;
    let (a, rest) = text.split_first_chunk()?;
    let (b, rest) = behind_dash(rest)?;
    let (c, rest) = behind_dash(rest)?;
    let (d, rest) = behind_dash(rest)?;
    let (e, rest) = behind_dash(rest)?;
    let f = rest.first_chunk()?;
    let [a, f] = [a, f].map(|eight| Eight::from_le_bytes(*eight));
    Some([a, b | c << 32, d | e << 32, f])
}

/// Returns whether all eight characters are hex digits in lower case.
fn are_digits(text: Eight) -> bool {
    // The highest bit of each character tells. What is not ASCII may borrow from the next one, and is no digit.
    let within = |first, last| {
        let not_below = (text | HIGH).wrapping_sub(each(first));
        let not_above = (each(last) | HIGH).wrapping_sub(text);
        not_below & not_above
    };
    (within(b'0', b'9') | within(b'a', b'f')) & !text & HIGH == HIGH
}

/// Returns the four bytes that eight hex digits stand for.
fn decode(text: Eight) -> [u8; 4] {
    // Letters have bit 6, and `a` ends in 1.
    let letters = text >> 6 & each(1);
    let nibbles = (text & each(0x0f)) + 9 * letters;
    let [a, _, b, _, c, _, d, _] = (nibbles << 4 | nibbles >> 8).to_le_bytes();
    [a, b, c, d]
}

/// Returns the eight hex digits of four bytes.
fn encode(four: [u8; 4]) -> [u8; 8] {
    // Each byte gets the place of two.
    let four = Eight::from(u32::from_le_bytes(four));
    let twos = (four | four << 16) & 0x0000_ffff_0000_ffff;
    let bytes = (twos | twos << 8) & 0x00ff_00ff_00ff_00ff;
    let nibbles = (bytes >> 4 | bytes << 8) & each(0x0f);
    // Six more make the fifth bit of those from ten on.
    let letters = (nibbles + each(6)) >> 4 & each(1);
    let digits = nibbles + each(b'0') + u64::from(b'a' - b'9' - 1) * letters;
    digits.to_le_bytes()
}

/// Returns so many characters that are all the same.
const fn each(character: u8) -> Eight {
    Eight::from_le_bytes([character; 8])
}

/// Returns fewer than `N` bytes with zeros behind them.
fn padded<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut padded = [0; N];
    for (to, from) in padded.iter_mut().zip(bytes) {
        *to = *from;
    }
    padded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_has_two_digits_in_each_place() {
        for byte in 0..=u8::MAX {
            let expected = format!("{byte:02x}");
            for place in 0..9 {
                let mut bytes = vec![0x5a; 9];
                bytes[place] = byte;
                let mut text = Vec::new();
                put_digits(&mut text, &bytes);
                assert_eq!(text[2 * place..][..2], *expected.as_bytes());
                assert_eq!(text.len(), 18);
                assert!(are_digits_of(&text, &bytes) && !are_digits_of(&text[..16], &bytes));
                let mut read = Vec::new();
                put_bytes(&mut read, &text);
                assert_eq!(read, bytes);
                bytes[place] ^= 0x10;
                assert!(!are_digits_of(&text, &bytes));
            }
        }
        let mut read = Vec::new();
        put_bytes(&mut read, b"0a1");
        assert_eq!(read, [0x0a]);
    }

    #[test]
    fn digits_are_told_from_all_other_characters_in_each_place() {
        for character in 0..=u8::MAX {
            let is_digit = matches!(character, b'0'..=b'9' | b'a'..=b'f');
            for place in 0..8 {
                for beside in [b'0', b'9', b'a', b'f'] {
                    let mut text = [beside; 8];
                    text[place] = character;
                    assert_eq!(are_digits(Eight::from_le_bytes(text)), is_digit, "{text:?}");
                }
            }
        }
    }

    #[test]
    fn a_uuid_has_its_dashes_and_no_other_character() {
        let text = b"52f22665-a60c-12d2-8918-5d950ee88136";
        let bytes = b"\x52\xf2\x26\x65\xa6\x0c\x12\xd2\x89\x18\x5d\x95\x0e\xe8\x81\x36";
        assert!(is_uuid(text) && !is_uuid(&text[..35]));
        let (mut read, mut out) = (Vec::new(), Vec::new());
        put_bytes_of_uuid(&mut read, text);
        assert_eq!(read, bytes);
        put_uuid(&mut out, bytes);
        assert_eq!(out, text);
        for at in 0..text.len() {
            for other in [b'0', b'-', b'A', b'g', 0xb0] {
                let mut text = *text;
                text[at] = other;
                let is_dash = matches!(at, 8 | 13 | 18 | 23);
                let fits = if is_dash {
                    other == b'-'
                } else {
                    other == b'0'
                };
                assert_eq!(is_uuid(&text), fits, "{at}, {other}");
                let is_same = other == out[at];
                assert_eq!(is_uuid_of(&text, bytes), is_same, "{at}, {other}");
            }
        }
    }
}
