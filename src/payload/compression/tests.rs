//! The choice between the forms of a region, and that no form can lie about its size.

use proptest::collection;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::payload::UNPACKED_MAX;
use crate::payload::regions::PADDING;

/// The payload around a region, as in a record without subject.
fn payload(region: &Region<'_>) -> usize {
    (13 + region.length()).next_multiple_of(PADDING)
}

fn chosen(policy: Compression, plain: &str, packed: Option<&[u8]>, room: usize) -> Method {
    let cookies = |region: &Region<'_>| payload(region).div_ceil(room);
    let region = policy.choose(Some(plain.as_bytes()), packed, payload, &cookies, None);
    region.method
}

/// Text that LZ4 shortens, and DEFLATE more.
fn words() -> String {
    let list = [
        "orders:read",
        "orders:write",
        "users:read",
        "users:write",
        "reports:read",
        "reports:export",
        "settings:read",
        "settings:write",
        "webhooks:read",
        "audit:read",
    ];
    list.map(|word| format!("billing.{word}.everybody;"))
        .concat()
}

#[test]
fn a_policy_spends_time_where_it_buys_something() {
    let words = words();
    let lz4 = payload(&Region::of(Method::Lz4, words.as_bytes()));
    let deflate = payload(&Region::of(Method::Deflate, words.as_bytes()));
    assert!(
        deflate < lz4 && lz4 < words.len(),
        "{deflate} {lz4} {}",
        words.len()
    );

    let method = |policy, room| chosen(policy, &words, None, room);
    assert_eq!(method(Compression::Off, 9_999), Method::Stored);
    assert_eq!(method(Compression::Smallest, 9_999), Method::Deflate);
    assert_eq!(method(Compression::Auto, lz4), Method::Lz4, "one cookie");
    assert_eq!(
        method(Compression::Auto, lz4 - 1),
        Method::Deflate,
        "one less"
    );
    // Both need two: then the one that is read faster.
    assert_eq!(method(Compression::Auto, deflate - 1), Method::Lz4);
    // Nothing is tried below the threshold, whatever it might save.
    let short = |bytes| chosen(Compression::Smallest, &"a".repeat(bytes), None, 1);
    assert_eq!([short(0), short(63)], [Method::Stored; 2]);
    assert_ne!(short(64), Method::Stored);
}

#[test]
fn of_equally_good_forms_it_is_the_one_that_is_read_fastest() {
    // Six bytes less, and as many blocks of padding.
    let text = format!("{}0123456789", "an even row, ".repeat(5));
    let (stored, lz4) = (
        Region::of(Method::Stored, text.as_bytes()),
        Region::of(Method::Lz4, text.as_bytes()),
    );
    let in_blocks = |region: &Region<'_>| region.length().next_multiple_of(4 * PADDING);
    assert!(lz4.length() < stored.length() && in_blocks(&lz4) == in_blocks(&stored));
    for policy in [Compression::Auto, Compression::Smallest] {
        let region = policy.choose(Some(text.as_bytes()), None, in_blocks, &|_| 1, None);
        assert_eq!(region.method, Method::Stored, "{policy:?}");
        // To the byte, it is another matter.
        let region = policy.choose(
            Some(text.as_bytes()),
            None,
            |region| 13 + region.length(),
            &|_| 1,
            None,
        );
        assert_ne!(region.method, Method::Stored, "{policy:?}");
    }
}

#[test]
fn nothing_makes_a_payload_larger() {
    // Packed text is no help where LZ4 sees the same text twice.
    let words = words();
    let noise: Vec<u8> = (1..words.len())
        .map(|n| n.wrapping_mul(2_654_435_769).to_be_bytes()[4])
        .collect();
    for policy in [Compression::Auto, Compression::Smallest] {
        let alone = policy.choose(Some(words.as_bytes()), None, payload, &|_| 1, None);
        let beside = policy.choose(Some(words.as_bytes()), Some(&noise), payload, &|_| 1, None);
        assert_eq!(payload(&alone), payload(&beside), "{policy:?}");
    }
}

#[test]
fn what_is_known_is_taken_for_the_very_region_that_it_was_made_of() {
    let text = words();
    let other = text.replace("webhooks", "webhoaks");
    for policy in [Compression::Auto, Compression::Smallest] {
        let anew = made(policy, &text, None);
        let known = made(policy, &text, None).into_compressed().unwrap();
        let taken = made(policy, &text, Some(&known));
        assert_eq!(taken.bytes.as_ptr(), known.bytes.as_ptr(), "{policy:?}");
        assert_eq!((taken.method, &taken.bytes), (anew.method, &anew.bytes));
        // Of another region, or by the method that is not chosen, it is made anew.
        for method in [Method::Lz4, Method::Deflate] {
            for of in [&text, &other] {
                let known = Region::of(method, of.as_bytes()).into_compressed();
                let region = made(policy, &text, known.as_ref());
                assert_eq!((region.method, &region.bytes), (anew.method, &anew.bytes));
            }
        }
    }
}

/// The padding of a longer region may have room for what a renewal adds, and that of a shorter one not.
#[test]
fn what_fits_in_any_way_is_stored_in_one_that_fits() {
    const MOST: usize = 1_856;
    let content = |region: &Region<'_>| 13 + region.length();
    let padded = |region: &Region<'_>| content(region).next_multiple_of(PADDING);
    let cookies = |region: &Region<'_>| match (content(region) + 8).next_multiple_of(PADDING) {
        ..=MOST => 1,
        _ => usize::MAX,
    };
    // A xorshift generator.
    let next = |n: &u64| {
        let n = n ^ (n << 13);
        let n = n ^ (n >> 7);
        Some(n ^ (n << 17))
    };
    let numbers = std::iter::successors(Some(7), next);
    let noise: Vec<u8> = numbers.map(|n| n.to_le_bytes()[0]).take(1_900).collect();
    let mut close = 0;
    for repeated in (8..80).step_by(6) {
        for length in 1_800..1_860 {
            let text = [&noise[..length - repeated], &noise[..repeated]].concat();
            let ways = [Method::Stored, Method::Lz4, Method::Deflate];
            let ways = ways.map(|way| Region::of(way, &text));
            let fits = ways.iter().any(|way| cookies(way) == 1);
            let [stored, lz4, _] = &ways;
            close += u32::from(padded(stored) == padded(lz4) && cookies(stored) != cookies(lz4));
            for policy in [Compression::Auto, Compression::Smallest] {
                let chosen = policy.choose(Some(&text), None, padded, &cookies, None);
                assert_eq!(
                    cookies(&chosen) == 1,
                    fits,
                    "{repeated}, {length}, {policy:?}"
                );
            }
        }
    }
    assert!(close > 0, "no length was at the edge");
}

fn made<'a>(policy: Compression, text: &'a str, known: Option<&'a Compressed>) -> Region<'a> {
    policy.choose(Some(text.as_bytes()), None, payload, &|_| 1, known)
}

/// Texts of few letters, so that much repeats, at lengths on both sides of what is looked through.
fn texts() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof!["[ab]{1,20}", "[a-z0-9]{1,30}", "(abcd|wxyz){1,9}"];
    let pieces = collection::vec(piece, 0..16);
    pieces.prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #[test]
    fn lz4_is_passed_over_only_where_it_would_not_be_chosen(
        text in texts(),
        around in 0..PADDING,
        padding in select(vec![1, PADDING]),
    ) {
        let lz4 = Region::of(Method::Lz4, &text);
        prop_assert!(lz4_at_best(&text) <= lz4.bytes.len());
        let payload = |region: &Region<'_>| (around + region.length()).next_multiple_of(padding);
        let is_smaller = payload(&lz4) < payload(&Region::of(Method::Stored, &text));
        let chosen = Compression::Auto.choose(Some(&text), None, payload, &|_| 1, None);
        prop_assert_eq!(chosen.method == Method::Lz4, is_smaller && text.len() >= LEAST);
    }
}

#[test]
fn nothing_repeats_in_text_that_lz4_is_not_tried_on() {
    let numbers = (1_u32..).map(|n| n.wrapping_mul(2_654_435_769).to_be_bytes()[1]);
    let noise: Vec<u8> = numbers.take(SHORT).collect();
    // Two groups of four may count as one.
    assert!(lz4_at_best(&noise) > SHORT - 4);
    let twice = noise[..SHORT / 2].repeat(2);
    assert!(lz4_at_best(&twice) < SHORT / 2 + 16);
    // LZ4 ends behind its last token, and leaves the last bytes as they are.
    assert_eq!(lz4_at_best(&noise[..64]), 65);
    assert_eq!(lz4_at_best(&[b'a'; 64]), 64 + 1 - (64 - LZ4_LAST - 4));
    assert_eq!(lz4_at_best(&[b'a'; SHORT + 1]), 0);
}

fn unpacked(method: Method, cursor: &mut Cursor<'_>) -> Result<Vec<u8>, Refusal> {
    let region = Region::read(method, cursor, UNPACKED_MAX)?;
    let mut out = vec![0; region.unpacked_length()];
    region.unpack(&mut out).map(|()| out)
}

#[test]
fn regions_come_back() {
    let words = words();
    for method in [Method::Stored, Method::Lz4, Method::Deflate] {
        for text in ["", "a", &words, &words.repeat(200)] {
            let region = Region::of(method, text.as_bytes());
            let mut bytes = Vec::new();
            region.write(&mut bytes);
            assert_eq!(bytes.len(), region.length());
            bytes.extend(b"next");
            let mut cursor = Cursor::new(&bytes, 0);
            let read = unpacked(method, &mut cursor);
            assert_eq!(read.as_deref(), Ok(text.as_bytes()), "{method:?}");
            assert_eq!(cursor.rest(), b"next");
        }
    }
}

#[test]
fn a_region_that_lies_is_refused() {
    let text = words();
    for method in [Method::Lz4, Method::Deflate] {
        let honest = Region::of(method, text.as_bytes());
        let read = |bytes: &[u8], claimed: usize| {
            let lying = Region {
                method,
                open: &[],
                unpacked: claimed,
                bytes: bytes.into(),
            };
            let mut out = Vec::new();
            lying.write(&mut out);
            unpacked(method, &mut Cursor::new(&out, 0)).err()
        };
        let bytes: &[u8] = &honest.bytes;
        assert_eq!(read(bytes, text.len()), None);
        let more = [bytes, &[0]].concat();
        for (case, bytes, claimed) in [
            ("too little", bytes, text.len() + 1),
            ("too much", bytes, text.len() - 1),
            ("nothing", bytes, 0),
            ("cut off", &bytes[..bytes.len() - 1], text.len()),
            ("more behind it", &more, text.len()),
            ("none of it", &[], text.len()),
        ] {
            assert_eq!(
                read(bytes, claimed),
                Some(Refusal::Malformed),
                "{method:?}: {case}"
            );
        }
        // Refused for what it says, before anything is reserved.
        assert_eq!(read(bytes, UNPACKED_MAX + 1), Some(Refusal::OverCeiling));
        assert_eq!(read(bytes, u32::MAX as usize), Some(Refusal::OverCeiling));
    }
    // A stream that never ends, and one that refers to what was before it.
    for bad in [
        &[0xff_u8; 64][..],
        &[0x03, 0x00, 0x03, 0x00],
        &[0x4b, 0x04, 0x12, 0x00],
    ] {
        assert!(!is_unpacked_deflate(bad, &mut [0; 64]));
    }
}

#[test]
fn what_a_thread_packed_before_changes_nothing() {
    let short: Vec<u8> = (0..=u8::MAX).flat_map(|byte| [1, 2, 3, 4, byte]).collect();
    for length in [0, LARGE - 1, LARGE, UNPACKED_MAX] {
        for region in [vec![b'a'; length], short.clone()] {
            let packed = Region::of(Method::Lz4, &region).bytes;
            let alone = lz4_flex::block::compress(&region);
            assert!(*packed == alone, "{} behind {length}", region.len());
        }
    }
}
