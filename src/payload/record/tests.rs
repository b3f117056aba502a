//! How much the length of a session tells of a secret in it to somebody who chooses a part of the rest.

use super::*;
use crate::payload::{Codec, Compression, Entry};

/// Queries for each candidate of a digit; 16 candidates make 8,192.
const QUERIES: u32 = 512;

const DIGITS: &str = "0123456789ABCDEF";

/// What stands before the digits of the secret in the payload. It is no secret: names, flags and
/// lengths are the same for every visitor.
const BEFORE: &str = "\u{4}csrf\0\u{1}\u{11}\u{10}";

/// The payload's length, with the secret and a note that the attacker chose.
fn length(secret: &str, note: &str, is_secret: bool, padding: usize) -> usize {
    let postcard = |text: &str| postcard::to_allocvec(text).unwrap();
    let (secret, note) = (postcard(secret), postcard(note));
    let csrf = Entry::new("csrf", Codec::Postcard, 1, &secret);
    let note = Entry::new("note", Codec::Postcard, 1, &note);
    let mut record = Record::to_measure(Attributes::of_one(note));
    let csrf = if is_secret { csrf.into_secret() } else { csrf };
    let placed = record.attributes.placed(csrf);
    record.attributes.put(&placed);
    let packing = Packing {
        compression: Compression::Auto,
        cookies: &|_| 1,
        padding,
        known: None,
    };
    record.encode(packing).unwrap().bytes.len()
}

/// Text without hex digits, another for each number.
fn filler(number: u32) -> String {
    let mut state = number.wrapping_mul(2_654_435_769) | 1;
    let letter = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'G' + state.to_be_bytes()[1] % 20)
    };
    (0..20 + number % 64).map(letter).collect()
}

/// Guesses the secret digit by digit: what makes the session shortest repeats most of it.
fn attack(length: impl Fn(&str) -> usize) -> String {
    let mut known = String::new();
    while known.len() < 16 {
        let text = format!("{BEFORE}{known}");
        // Longer matches would cost a byte more, and hide the one that they save.
        let end: String = text.chars().skip(text.len().saturating_sub(9)).collect();
        let cost = |digit: &char| -> usize {
            (0..QUERIES)
                .map(|query| length(&format!("{end}{digit}{}", filler(query))))
                .sum()
        };
        known.extend(DIGITS.chars().min_by_key(cost));
    }
    known
}

fn digits_right(found: &str, secret: &str) -> usize {
    found
        .chars()
        .zip(secret.chars())
        .filter(|(a, b)| a == b)
        .count()
}

const SECRETS: [&str; 2] = ["7C3D09E4A1B85F26", "E04B91D7720FA3C8"];

#[test]
fn a_plain_attribute_is_told_by_its_length() {
    for secret in SECRETS {
        let found = attack(|note| length(secret, note, false, 1));
        assert_eq!(found, secret, "without padding");
    }
}

/// So nobody believes that padding is a defence.
#[test]
fn padding_does_not_help() {
    for secret in SECRETS {
        let found = attack(|note| length(secret, note, false, PADDING));
        assert_eq!(found, secret, "with padding");
    }
}

#[test]
fn a_secret_attribute_tells_nothing() {
    let [one, other] = SECRETS;
    for padding in [1, PADDING] {
        let asked = std::cell::Cell::new(0);
        let found = attack(|note| {
            asked.set(asked.get() + 1);
            let with_one = length(one, note, true, padding);
            // Whatever is asked, another secret would have given the same answer.
            assert_eq!(with_one, length(other, note, true, padding));
            with_one
        });
        assert_eq!(asked.get(), 16 * 8_192);
        assert!(digits_right(&found, one) < 8, "{found}");
    }
}
