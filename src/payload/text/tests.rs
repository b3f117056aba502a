//! Every encoding of text comes back as it was, and what breaks a rule is refused.

use base64_simd::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use proptest::prelude::*;

use super::*;

const UUID_A: &str = "52f22665-a60c-12d2-8918-5d950ee88136";
const UUID_A_BYTES: &[u8] = b"\x52\xf2\x26\x65\xa6\x0c\x12\xd2\x89\x18\x5d\x95\x0e\xe8\x81\x36";

fn url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode_to_string(bytes)
}

/// Bytes that no packing recognises, the same in each run.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0] | 0x80
    };
    std::iter::repeat_with(next).take(length).collect()
}

#[test]
fn each_kind_in_its_one_form() {
    let noise = noise(24);
    let nested = format!("\0\0{UUID_A}\0\0");
    let both = URL_SAFE_NO_PAD.decode_to_vec("-_aB3dE5".repeat(3)).unwrap();
    let table: Vec<(&str, String, Vec<u8>)> = vec![
        (
            "base64url",
            format!("a {}.", url(&noise)),
            [b"\x02a \xc0\x01".as_slice(), &noise, b"\x01."].concat(),
        ),
        (
            "base64",
            format!("{}==", STANDARD_NO_PAD.encode_to_string(&noise[..16])),
            [b"\0\x81\x01", &noise[..16], b"\x02=="].concat(),
        ),
        (
            "hex",
            "id:00112233445566778899aabbccddeeff".to_owned(),
            b"\x03id:\x82\x01\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff"
                .to_vec(),
        ),
        (
            "an odd digit is left over",
            "00112233445566778".to_owned(),
            b"\0\x42\x00\x11\x22\x33\x44\x55\x66\x77\x018".to_vec(),
        ),
        (
            "as many digits as are worth it",
            "001122334455".to_owned(),
            b"\0\x32\x00\x11\x22\x33\x44\x55".to_vec(),
        ),
        (
            "a word of both alphabets",
            format!("{}{}", "-_aB3dE5".repeat(3), "+/aB3dE5".repeat(3)),
            [b"\0\x90\x01".as_slice(), &both, b"\0\x91\x01", &both].concat(),
        ),
        (
            "UUID",
            format!("<{UUID_A}>"),
            [b"\x01<\x03", UUID_A_BYTES, b"\x01>"].concat(),
        ),
        (
            "a UUID behind other digits, and one behind it",
            format!("36{UUID_A}{UUID_A}"),
            [b"\x0236\x03", UUID_A_BYTES, b"\0\x03", UUID_A_BYTES].concat(),
        ),
        (
            "UUID within base64url",
            url(nested.as_bytes()),
            [b"\0\xc4\x02\x02\0\0\x03", UUID_A_BYTES, b"\x02\0\0"].concat(),
        ),
        (
            "a UUID ends a word of base64",
            format!("{}{UUID_A}", url(&noise)),
            [b"\0\xc0\x01".as_slice(), &noise, b"\0\x03", UUID_A_BYTES].concat(),
        ),
    ];
    for (case, text, packed) in table {
        let found = pack(text.as_bytes());
        assert_eq!(found.as_deref(), Some(&*packed), "{case}: {text}");
        assert_eq!(unpacked_length(&packed), Ok(text.len()), "{case}");
        assert_eq!(unpack(&packed, text.len()), text.as_bytes(), "{case}");
    }
}

#[test]
fn what_people_write_and_what_would_not_come_back_stays() {
    for text in [
        "",
        "00112233445",
        "aB3dE5gH7jK9mN1",
        "52F22665-A60C-12D2-8918-5D950EE88136",
        "52f22665-a60c-12d2-8918",
        "how-to-configure-nginx-as-reverse-proxy",
        "SKU/00012/BLUE/COTTON/SHIRT",
        "/projects/settings/members/pending",
        "InternationalizationAndLocalization",
        "the quick brown fox jumps over the lazy dog",
    ] {
        assert_eq!(pack(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn bits_that_would_be_lost_are_not() {
    // The last character of a group of two or three may hold bits that stand for nothing.
    for end in ["", "A", "AB", "AAB", "Z9", "ZZ9", "x", "___"] {
        let text = format!("{}{end}", url(&noise(24)));
        let packed = pack(text.as_bytes()).expect("smaller");
        assert_eq!(unpack(&packed, text.len()), text.as_bytes(), "{text}");
    }
}

#[test]
fn what_breaks_a_rule_is_malformed() {
    let table: &[(&str, &[u8])] = &[
        ("a literal that is not there", b"\x02a"),
        ("an empty literal at the end", b"\0"),
        ("a tag and no body", b"\0\x0a"),
        ("more than there is", b"\0\xff\xff\xff\xff\x0f"),
        ("a reserved encoding", b"\0\x0eab"),
        ("another reserved encoding", b"\0\x0fab"),
        ("base64 of nothing", b"\0\0"),
        ("hex of nothing", b"\0\x02"),
        ("base64 of nothing packed", b"\0\x04"),
        ("a UUID with a length", b"\0\x83\x01aaaaaaaaaaaaaaaa"),
        ("a UUID cut off", b"\0\x03aaaaaaaaaaaaaaa"),
        ("a number in a longer form", b"\x81\0a"),
        // Three bytes stand for the four that are wanted.
        ("base64url within", b"\0\x24\0\x18abc"),
        ("base64 within", b"\0\x25\0\x19abc"),
        ("packed within packed", b"\0\x24\0\x1c\x03abc"),
        ("more within than it says", b"\0\x0c\x02ab"),
        ("less within than it says", b"\0\x1c\x02ab"),
        ("hex within goes beyond", b"\0\x14\0\x12ab"),
    ];
    for (case, packed) in table {
        assert_eq!(unpacked_length(packed), Err(Refusal::Malformed), "{case}");
    }
}

/// Reads 64 KiB of text that changes its alphabet at every step. Looking at the rest of the word at
/// each cut would be two thousand million steps, and no test run would end.
#[test]
fn no_text_costs_its_length_squared() {
    for piece in [
        "-+",
        "A1a-+",
        "aB1_cdefghijklm/",
        "0123456-",
        "0123456789a-",
        "aB1",
    ] {
        let text = piece.repeat(20 * 65_536 / piece.len());
        let spans = scan::spans(text.as_bytes());
        assert!(spans.len() <= text.len() / 8, "{piece}");
    }
}

/// Text as sessions hold it: words, and what machines write.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let bytes = || proptest::collection::vec(any::<u8>(), 0..60);
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let uuid = any::<[u8; 16]>().prop_map(move |bytes| {
        let mut text = hex(&bytes);
        for at in [20, 16, 12, 8] {
            text.insert(at, '-');
        }
        text
    });
    prop_oneof![
        bytes(),
        "[ -~]{0,12}".prop_map(String::into_bytes),
        bytes().prop_map(|bytes| url(&bytes).into_bytes()),
        bytes().prop_map(|bytes| STANDARD_NO_PAD.encode_to_string(bytes).into_bytes()),
        bytes().prop_map(move |bytes| hex(&bytes).into_bytes()),
        uuid.clone().prop_map(String::into_bytes),
        ("[ -~]{0,9}", uuid, "[ -~]{0,9}")
            .prop_map(|(before, uuid, after)| url(format!("{before}{uuid}{after}").as_bytes()))
            .prop_map(String::into_bytes),
    ]
}

proptest! {
    #[test]
    fn everything_comes_back(pieces in proptest::collection::vec(piece(), 0..8)) {
        let value = pieces.concat();
        if let Some(packed) = pack(&value) {
            prop_assert!(packed.len() < value.len());
            prop_assert_eq!(unpacked_length(&packed), Ok(value.len()));
            prop_assert_eq!(unpack(&packed, value.len()), value);
        }
    }

    #[test]
    fn a_packed_form_is_of_one_text(
        pieces in proptest::collection::vec(piece(), 0..8),
        at: proptest::sample::Index,
        bits in 1..=u8::MAX,
    ) {
        let mut value = pieces.concat();
        if let Some(packed) = pack(&value) {
            prop_assert!(is_packed_from(&packed, &value));
            *at.get_mut(&mut value) ^= bits;
            prop_assert!(!is_packed_from(&packed, &value));
            // The last piece may be cut off, and another one may follow.
            *at.get_mut(&mut value) ^= bits;
            prop_assert!(!is_packed_from(&packed, &value[..value.len() - 1]));
            value.push(b'0');
            prop_assert!(!is_packed_from(&packed, &value));
        }
    }

    #[test]
    fn whatever_is_accepted_has_the_length_that_was_told(packed: Vec<u8>) {
        if let Ok(length) = unpacked_length(&packed) {
            prop_assert_eq!(unpack(&packed, length).len(), length);
            prop_assert!(length <= 3 * packed.len());
        }
    }
}
