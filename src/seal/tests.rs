//! Sealing and opening, by table; the frozen vectors are in tests/vectors.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::mark::MARK_TEXT;
use super::token::NONCE;
use super::*;
use crate::error::Refusal;
use crate::keys::{Key, KeyRing};
use crate::lifetime::Timestamp;

const NOW: Timestamp = Timestamp(1_800_000_000);

fn key(seed: u8) -> Key {
    Key::new(&[seed; 32]).unwrap()
}

fn sealer(ring: &KeyRing, format: Format, accepted: &[Format]) -> Sealer {
    Sealer::new(ring, format, accepted)
}

fn open(sealer: &Sealer, text: &str, binding: &Binding) -> Result<Vec<u8>, Refusal> {
    let mut room = TokenRoom::new();
    let opened = sealer.open(text.as_bytes(), binding, NOW, &mut room);
    opened.map(|opened| opened.plain().to_vec())
}

/// Returns what a sealer reads of a token's time without opening it.
fn hint(sealer: &Sealer, text: &[u8], now: Timestamp) -> Option<Timestamp> {
    let mut seen = None;
    let note = |issued| {
        seen = Some(issued);
        true
    };
    sealer.may_open_due(text, now, note).then_some(seen?)
}

#[test]
fn both_formats_open_what_they_sealed_and_only_for_what_it_was_sealed_for() {
    let ring = KeyRing::new(key(1));
    let binding = Binding::new("session", "name", "shop");
    for format in [Format::Encrypted, Format::Signed] {
        let sealer = sealer(&ring, format, &[]);
        let text = sealer
            .seal(b"payload", NOW, &binding, String::new())
            .unwrap();
        assert_eq!(text.len(), text_length(format, 7));
        assert_eq!(open(&sealer, &text, &binding), Ok(b"payload".to_vec()));
        for other in [
            Binding::new("token", "name", "shop"),
            Binding::new("session", "other", "shop"),
            Binding::new("session", "name", "office"),
            Binding::new("session", "nam", "eshop"),
        ] {
            assert_eq!(
                open(&sealer, &text, &other),
                Err(Refusal::Tampered),
                "{other:?}"
            );
        }
    }
}

#[test]
fn every_flipped_bit_and_every_truncation_is_refused() {
    let ring = KeyRing::new(key(1));
    let binding = Binding::new("session", "name", "");
    for format in [Format::Encrypted, Format::Signed] {
        let sealer = sealer(&ring, format, &[]);
        let token = URL_SAFE_NO_PAD
            .decode(
                sealer
                    .seal(b"payload", NOW, &binding, String::new())
                    .unwrap(),
            )
            .unwrap();
        for bit in 0..token.len() * 8 {
            let mut flipped = token.clone();
            flipped[bit / 8] ^= 0x80 >> (bit % 8);
            let verdict = open(&sealer, &URL_SAFE_NO_PAD.encode(&flipped), &binding).unwrap_err();
            let wanted = match (bit / 8, flipped[0]) {
                (0, 1 | 2) => Refusal::WrongFormat,
                (0, _) => Refusal::NewerFormat,
                (1..=4, _) => Refusal::UnknownKey,
                _ => Refusal::Tampered,
            };
            assert_eq!(verdict, wanted, "bit {bit}");
        }
        for length in 0..token.len() {
            let verdict = open(&sealer, &URL_SAFE_NO_PAD.encode(&token[..length]), &binding);
            assert!(
                matches!(verdict, Err(Refusal::Malformed | Refusal::Tampered)),
                "{length}"
            );
        }
        let longer = [token.as_slice(), b"x"].concat();
        assert_eq!(
            open(&sealer, &URL_SAFE_NO_PAD.encode(longer), &binding),
            Err(Refusal::Tampered)
        );
    }
}

#[test]
fn text_is_canonical() {
    let sealer = sealer(&KeyRing::new(key(1)), Format::Encrypted, &[]);
    let binding = Binding::new("session", "name", "");
    // 49 + 6 bytes leave four unused bits in the last character.
    let text = sealer
        .seal(b"123456", NOW, &binding, String::new())
        .unwrap();
    let (rest, last) = text.split_at(text.len() - 1);
    let next = char::from(last.as_bytes()[0] + 1);
    for bad in [
        format!("{rest}{next}"),
        format!("{text}="),
        format!("{text} "),
        text.replacen('A', "+", 1),
        format!("{rest}\u{e9}"),
    ] {
        assert_eq!(
            open(&sealer, &bad, &binding),
            Err(Refusal::Malformed),
            "{bad}"
        );
    }
}

/// In the room on the stack, and beyond it.
#[test]
fn tokens_of_every_length_open() {
    let binding = Binding::new("session", "name", "");
    for format in [Format::Encrypted, Format::Signed] {
        let sealer = sealer(&KeyRing::new(key(1)), format, &[]);
        for length in (0..8).chain(1_990..2_020).chain([4_000]) {
            let plain: Vec<u8> = (0..=u8::MAX).cycle().take(length).collect();
            let text = sealer.seal(&plain, NOW, &binding, String::new()).unwrap();
            assert_eq!(open(&sealer, &text, &binding), Ok(plain), "{length} bytes");
            let cut = &text[..text.len() - 1];
            assert!(open(&sealer, cut, &binding).is_err(), "{length} bytes");
        }
    }
}

#[test]
fn keys_are_found_by_id_and_retire_to_the_second() {
    let binding = Binding::new("session", "name", "");
    let old = sealer(&KeyRing::new(key(1)), Format::Encrypted, &[]);
    let text = old.seal(b"x", NOW, &binding, String::new()).unwrap();

    let rotated = KeyRing::new(key(2)).accept(key(1)).unwrap();
    assert!(open(&sealer(&rotated, Format::Encrypted, &[]), &text, &binding).is_ok());
    let dropped = sealer(&KeyRing::new(key(2)), Format::Encrypted, &[]);
    assert_eq!(open(&dropped, &text, &binding), Err(Refusal::UnknownKey));

    for (retires, verdict) in [
        (NOW.0 + 1, Ok(b"x".to_vec())),
        (NOW.0, Err(Refusal::RetiredKey)),
    ] {
        let retires = Timestamp(retires).to_time();
        let ring = KeyRing::new(key(2))
            .accept_until(key(1), time::OffsetDateTime::UNIX_EPOCH, retires)
            .unwrap();
        assert_eq!(
            open(&sealer(&ring, Format::Encrypted, &[]), &text, &binding),
            verdict
        );
    }
}

#[test]
fn formats_are_accepted_by_name_only() {
    let ring = KeyRing::new(key(1));
    let binding = Binding::new("session", "name", "");
    let signed = sealer(&ring, Format::Signed, &[]);
    let text = signed.seal(b"x", NOW, &binding, String::new()).unwrap();
    let strict = sealer(&ring, Format::Encrypted, &[]);
    assert_eq!(open(&strict, &text, &binding), Err(Refusal::WrongFormat));
    let migrating = sealer(&ring, Format::Encrypted, &[Format::Signed]);
    assert_eq!(open(&migrating, &text, &binding), Ok(b"x".to_vec()));
}

#[test]
fn a_touch_speaks_of_one_token_and_a_tombstone_of_one_session() {
    let ring = KeyRing::new(key(2)).accept(key(1)).unwrap();
    let binding = Binding::new("session", "name", "shop");
    let other_binding = Binding::new("session", "name", "office");
    let other_ring = sealer(&KeyRing::new(key(3)), Format::Encrypted, &[]);
    for format in [Format::Encrypted, Format::Signed] {
        let sealer = sealer(&ring, format, &[]);
        let imprint = |plain: &[u8]| {
            let text = sealer.seal(plain, NOW, &binding, String::new()).unwrap();
            let mut room = TokenRoom::new();
            let opened = sealer.open(text.as_bytes(), &binding, NOW, &mut room);
            opened.unwrap().imprint().unwrap()
        };
        let (one, other) = (imprint(b"one"), imprint(b"other"));
        let touch = sealer.touch(&one, NOW, &binding).unwrap();
        assert_eq!(touch.len(), MARK_TEXT);
        let read = |text: &[u8], imprint, binding| sealer.read_touch(text, imprint, binding);
        assert_eq!(read(touch.as_bytes(), &one, &binding), Some(NOW));
        assert_eq!(read(touch.as_bytes(), &other, &binding), None);
        assert_eq!(read(touch.as_bytes(), &one, &other_binding), None);
        assert_eq!(read(&touch.as_bytes()[1..], &one, &binding), None);
        assert_eq!(other_ring.touch(&one, NOW, &binding), None);
        assert_eq!(touch_hint(touch.as_bytes()), TouchHint::Issued(NOW));

        let none = || std::iter::empty();
        let (first, ended) = (key(1).id(), TombstoneOf::SignIn([99; 8]));
        let renewed = TombstoneOf::Renewal([99; 16]);
        let tombstones = sealer.tombstones(&ended, first, &binding, none(), NOW);
        // One under each key, that of the token first.
        assert_eq!(tombstones.len(), 2 * MARK_TEXT);
        let oldest = Sealer::new(&KeyRing::new(key(1)), format, &[]);
        assert!(oldest.holds_tombstone_of(
            std::iter::once(&tombstones.as_bytes()[..MARK_TEXT]),
            &ended,
            &binding
        ));
        assert!(sealer.holds_tombstone_of(
            std::iter::once(tombstones.as_bytes()),
            &ended,
            &binding
        ));
        assert!(!sealer.holds_tombstone_of(
            std::iter::once(tombstones.as_bytes()),
            &TombstoneOf::SignIn([8; 8]),
            &binding
        ));
        assert!(!sealer.holds_tombstone_of(
            std::iter::once(tombstones.as_bytes()),
            &ended,
            &other_binding
        ));
        assert!(!other_ring.holds_tombstone_of(
            std::iter::once(tombstones.as_bytes()),
            &ended,
            &binding
        ));
        // One for a renewal is none for the sign-in, and the other way round.
        let of_renewal = sealer.tombstones(&renewed, first, &binding, none(), NOW);
        let lies = |text: &str, of| {
            sealer.holds_tombstone_of(std::iter::once(text.as_bytes()), of, &binding)
        };
        assert!(lies(&of_renewal, &renewed) && !lies(&of_renewal, &ended));
        assert!(!lies(&tombstones, &renewed));
        assert!(!lies(&of_renewal, &TombstoneOf::Renewal([98; 16])));
        // Earlier ones are carried along, once, and eight in all.
        let mut all = tombstones.clone();
        for session in 1..9 {
            let carried = [all.as_bytes(), b"junk", all.as_bytes()];
            all = sealer.tombstones(
                &TombstoneOf::SignIn([session; 8]),
                first,
                &binding,
                carried.into_iter(),
                NOW,
            );
            assert!(all.len() <= 8 * MARK_TEXT);
            assert_eq!(
                sealer.holds_tombstone_of(std::iter::once(all.as_bytes()), &ended, &binding),
                session < 4
            );
            assert!(sealer.holds_tombstone_of(
                std::iter::once(all.as_bytes()),
                &TombstoneOf::SignIn([session; 8]),
                &binding
            ));
        }
    }
    assert_eq!(touch_hint(b"BQ"), TouchHint::Newer);
    for garbage in [&b""[..], b"A", b"Aw", b"BA", b"!", &[b'A'; 28]] {
        assert_eq!(touch_hint(garbage), TouchHint::Garbage);
    }
}

#[test]
fn a_retired_key_makes_no_marks_and_hints_at_nothing() {
    let binding = Binding::new("session", "name", "");
    let old = sealer(&KeyRing::new(key(1)), Format::Encrypted, &[]);
    let text = old.seal(b"x", NOW, &binding, String::new()).unwrap();
    let retires = NOW.to_time();
    let ring = KeyRing::new(key(2))
        .accept_until(key(1), retires, retires)
        .unwrap();
    let sealer = sealer(&ring, Format::Encrypted, &[]);
    let at = |now| Timestamp(now);
    for (now, wanted, marks) in [(NOW.0 - 1, Some(NOW), 2), (NOW.0, None, 1)] {
        assert_eq!(hint(&sealer, text.as_bytes(), at(now)), wanted);
        let tombstones = sealer.tombstones(
            &TombstoneOf::SignIn([7; 8]),
            key(1).id(),
            &binding,
            std::iter::empty(),
            at(now),
        );
        assert_eq!(tombstones.len(), marks * MARK_TEXT);
    }
    assert_eq!(hint(&old, &text.as_bytes()[..11], NOW), None);
    assert_eq!(hint(&old, b"????????????", NOW), None);
    let signing = Sealer::new(&KeyRing::new(key(1)), Format::Signed, &[]);
    assert_eq!(hint(&signing, text.as_bytes(), NOW), None);
}

#[test]
fn nonces_differ() {
    let sealer = sealer(&KeyRing::new(key(1)), Format::Encrypted, &[]);
    let binding = Binding::new("session", "name", "");
    let one = sealer.seal(b"x", NOW, &binding, String::new()).unwrap();
    assert_ne!(
        one,
        sealer.seal(b"x", NOW, &binding, String::new()).unwrap()
    );
}

#[test]
fn debug_shows_no_key_material() {
    let sealer = sealer(&KeyRing::new(key(0x5a)), Format::Encrypted, &[]);
    let shown = format!("{sealer:?} {:?}", KeyRing::new(key(0x5a)));
    assert!(
        !shown.contains("90, 90") && !shown.contains("5a5a"),
        "{shown}"
    );
}

/// What the independent implementation sealed, from the same nonces.
#[test]
fn seals_the_frozen_vectors_byte_for_byte() {
    let file: serde_json::Value =
        serde_json::from_str(include_str!("../../tests/vectors/tokens.json")).unwrap();
    let mut sealed = 0;
    for entry in file["tokens"].as_array().unwrap() {
        let text = |field: &str| entry[field].as_str().unwrap_or_default();
        let key = Key::new(&unhex(text("master"))).unwrap();
        let format = match text("format") {
            "encrypted" => Format::Encrypted,
            "signed" => Format::Signed,
            other => panic!("{other}"),
        };
        let issued = Timestamp(u32::try_from(entry["issued"].as_u64().unwrap()).unwrap());
        let binding = Binding::new(text("purpose"), text("name"), text("audience"));
        let nonce = unhex(text("nonce")).try_into().unwrap_or([0; NONCE]);
        let sealer = sealer(&KeyRing::new(key), format, &[]);
        let plain = unhex(text("payload"));
        let mut token = String::new();
        sealer.seal_with(&plain, issued, &binding, &nonce, &mut token);
        assert_eq!(token, text("text"), "{}", text("case"));
        assert_eq!(
            open(&sealer, &token, &binding),
            Ok(plain),
            "{}",
            text("case")
        );
        sealed += 1;
    }
    assert!(sealed >= 20, "only {sealed} vectors were found");
}

fn unhex(digits: &str) -> Vec<u8> {
    let digits: Vec<char> = digits.chars().collect();
    let byte = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}
