//! The frozen tickets of tests/vectors, sealed once more: those for other sites, too.

use serde_json::Value;

use super::*;
use crate::keys::{Key, KeyRing};
use crate::seal::Format;

fn unhex(digits: &Value) -> Vec<u8> {
    let digits = digits.as_str().unwrap();
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}

#[test]
fn sealing_gives_the_frozen_texts_and_they_open_as_sealed() {
    let file: Value =
        serde_json::from_str(include_str!("../../../tests/vectors/tickets.json")).unwrap();
    let groups = ["tickets", "edges"].map(|group| file[group].as_array().unwrap());
    for entry in groups.into_iter().flatten() {
        let ring = KeyRing::new(Key::new(&unhex(&entry["master"])).unwrap());
        let part = |name: &str| entry[name].as_str().unwrap();
        let binding = TicketBinding {
            purpose: part("purpose"),
            target: part("target"),
            audience: part("audience"),
        };
        let state = entry["state"].as_str().map(|_| unhex(&entry["state"]));
        let contents = unhex(&entry["plaintext"]);
        let contents = &contents[if state.is_some() { 17 } else { 1 }..];
        let issued = Timestamp(entry["issued"].as_u64().unwrap().try_into().unwrap());
        let nonce = unhex(&entry["nonce"]);
        // Also where sessions are signed.
        for format in [Format::Encrypted, Format::Signed] {
            let sealer = Sealer::new(&ring, format, &[]);
            let nonce = nonce.as_slice().try_into().unwrap();
            let text = sealer.seal_ticket_with(contents, state.as_deref(), issued, &binding, nonce);
            assert_eq!(text, part("text"), "{}", part("case"));
            let opened = sealer
                .open_ticket(text.as_bytes(), &binding, issued)
                .unwrap();
            assert_eq!(
                (opened.contents.as_slice(), opened.issued),
                (contents, issued)
            );
            assert_eq!(opened.state.is_some(), state.is_some());
            assert!(
                opened
                    .state
                    .is_none_or(|seal| seal.is_of(state.as_deref().unwrap()))
            );
        }
    }
}
