//! What is stored for values of each shape, and that no other shape reads it.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sealed_session::Attribute;
use serde::de::{DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

use crate::check::{each, same};
use crate::entry::{hex, list, load, parse, set_cookies, text, unhex};

const SHAPES: &str = include_str!("shapes.json");

const NOW: u64 = 1_800_000_000;

/// The print of a shape.
pub(super) fn print_of(case: &str) -> Vec<u8> {
    let shapes = parse(SHAPES);
    let named = |entry: &&Value| entry["case"] == case;
    let found = list(&shapes["shapes"]).iter().find(named).unwrap();
    unhex(text(found, "print"))
}

/// A session that is signed and not compressed, so that its bytes can be looked at.
fn plain() -> Value {
    json!({
        "cookies": [],
        "name": "__Host-session",
        "audience": "",
        "keys": ["5a".repeat(32)],
        "accepted": ["signed"],
        "compression": "off",
        "idle": 1_800,
        "absolute": 43_200,
        "now": NOW,
    })
}

/// The bytes that are stored for a value.
fn stored<T: Serialize + DeserializeOwned>(value: T) -> Vec<u8> {
    let (manager, session) = load(&plain());
    session.insert(Attribute::<T>::new("v"), value).unwrap();
    let lines = set_cookies(&manager, &session, NOW);
    let value = lines[0].split(['=', ';']).nth(1).unwrap();
    let token = URL_SAFE_NO_PAD.decode(value).unwrap();
    // The token's header, and a payload's up to the length of the open region.
    let region = &token[9 + 13..];
    let attribute = &region[1..=usize::from(region[0])];
    // Its name, no flags, schema 1, and a length of one byte.
    assert_eq!(attribute[..4], [1, b'v', 0, 1]);
    assert_eq!(usize::from(attribute[4]), attribute.len() - 5);
    attribute[5..].to_vec()
}

#[derive(Serialize, Deserialize)]
struct Unit;

#[derive(Serialize, Deserialize)]
struct Newtype(u64);

#[derive(Serialize, Deserialize)]
struct Two(u8, String);

#[derive(Serialize, Deserialize)]
struct Line {
    sku: String,
    quantity: u32,
}

#[derive(Serialize, Deserialize)]
struct Renamed {
    #[serde(alias = "article")]
    sku: String,
    quantity: u32,
}

#[derive(Serialize, Deserialize)]
enum Payment {
    Cash,
    Card(String),
    Split(u8, u8),
    Bank { iban: String, bic: Option<String> },
}

/// Bytes as serde knows them.
struct Bytes(Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Bytes;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
        }
        deserializer.deserialize_byte_buf(Any)
    }
}

fn line(sku: &str, quantity: u32) -> Line {
    Line {
        sku: sku.to_owned(),
        quantity,
    }
}

/// What is stored for the value of a case.
fn stored_in(case: &str) -> Option<Vec<u8>> {
    let a = || String::from("a");
    Some(match case {
        "bool" => stored(true),
        "i8" => stored(-1_i8),
        "i16" => stored(-1_i16),
        "i32" => stored(-1_i32),
        "i64" => stored(-1_i64),
        "i128" => stored(-1_i128),
        "u8" => stored(1_u8),
        "u16" => stored(1_u16),
        "u32" => stored(1_u32),
        "u64" => stored(1_u64),
        "u128" => stored(1_u128),
        "f32" => stored(1_f32),
        "f64" => stored(1_f64),
        "char" => stored('a'),
        "text" => stored(a()),
        "bytes" => stored(Bytes(b"a".to_vec())),
        "none" => stored(None::<u8>),
        "some" => stored(Some(7_u8)),
        "unit" => stored(()),
        "a unit struct" => stored(Unit),
        "a newtype" => stored(Newtype(7)),
        "a sequence" => stored(vec![1_u8, 2]),
        "an empty sequence" => stored(Vec::<u8>::new()),
        "an array" => stored([1_u8, 2]),
        "a tuple" => stored((1_u8, a())),
        "a tuple struct" => stored(Two(1, a())),
        "a map" => stored(BTreeMap::from([
            ("a".to_owned(), 1_u8),
            ("b".to_owned(), 2),
        ])),
        "a struct" => stored(line("a", 2)),
        "a struct with an alias" => stored(Renamed {
            sku: a(),
            quantity: 2,
        }),
        "structs in a sequence" => stored(vec![line("a", 1), line("b", 2)]),
        "a unit variant" => stored(Payment::Cash),
        "a newtype variant" => stored(Payment::Card(a())),
        "a tuple variant" => stored(Payment::Split(1, 2)),
        "a struct variant" => stored(Payment::Bank {
            iban: a(),
            bic: None,
        }),
        _ => return None,
    })
}

#[test]
fn shapes() {
    let file = parse(SHAPES);
    each(list(&file["shapes"]), |entry| {
        let stored = stored_in(text(entry, "case")).ok_or("no such value")?;
        same("stored", hex(&stored).as_str(), text(entry, "value"))
    });
}

/// The examples of FORMAT.md.
#[test]
fn the_format_shows_these_prints() {
    let format = include_str!("../../FORMAT.md");
    assert!(format.contains(&format!("`{}`", hex(&print_of("text")))));
    let (sku, print) = (stored(line("a", 2)), print_of("a struct"));
    let shown = [&print[..], &sku[2..4], &sku[4..]].map(hex).join(" ");
    assert!(format.contains(&format!("`{shown}`")), "{shown}");
}

#[test]
fn prints_tell_shapes_apart() {
    let file = parse(SHAPES);
    let mut shapes = BTreeMap::new();
    for entry in list(&file["shapes"]) {
        let other = shapes.insert(text(entry, "print"), &entry["shape"]);
        // A type with a name of its own and one without are the same.
        assert!(
            other.is_none_or(|shape| *shape == entry["shape"]),
            "{entry}"
        );
    }
    assert!(shapes.len() > 25, "{}", shapes.len());
}
