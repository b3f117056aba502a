//! What the shape proof passes, and what it catches.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Codec::{Json, Postcard};

fn round_trips<T>(value: T)
where
    T: Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    for codec in [Postcard, Json] {
        let bytes = codec.encode(&value).unwrap();
        assert_eq!(codec.decode::<T>(&bytes).unwrap(), value);
    }
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
enum Payment {
    None,
    Card(String),
    Bank { iban: String, bic: Option<String> },
    Split(u8, u8),
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Unit;

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Wrapper(u64);

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Pair(i8, char);

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Basket {
    lines: Vec<(String, u32)>,
    #[serde(alias = "how", alias = "method")]
    payment: Payment,
    #[serde(default)]
    note: Option<String>,
    #[serde(skip)]
    cached: u32,
}

#[test]
fn ordinary_types_pass() {
    round_trips(true);
    round_trips((1i8, 2i16, 3i32, 4i64, 5i128, 6u8, 7u16, 8u32, 9u64, 10u128));
    round_trips((1.5f32, -2.5f64, 'ß', String::from("text"), ()));
    round_trips([[1u8; 3]; 2]);
    round_trips(Some(Some(3u8)));
    round_trips(Option::<Option<u8>>::None);
    round_trips(Unit);
    round_trips(Wrapper(7));
    round_trips(Pair(-1, 'x'));
    round_trips(Duration::from_millis(1_500));
    round_trips("2001:db8::1".parse::<IpAddr>().unwrap());
    round_trips(HashSet::from([1, 2, 3, 4, 5, 6, 7]));
    let payments = [
        Payment::None,
        Payment::Card("4711".into()),
        Payment::Bank {
            iban: "DE".into(),
            bic: None,
        },
        Payment::Split(1, 2),
    ];
    round_trips(payments.to_vec());
    let named = payments
        .iter()
        .cloned()
        .map(|payment| (format!("{payment:?}"), payment));
    round_trips(named.collect::<HashMap<String, Payment>>());
    round_trips(Basket {
        lines: vec![("SKU".into(), 2)],
        payment: Payment::Split(3, 4),
        note: None,
        cached: 0,
    });
}

/// With its first field left out, the others of this type read as that field.
#[derive(Serialize, Deserialize)]
struct Profile {
    #[serde(skip_serializing_if = "Option::is_none")]
    admin_of: Option<String>,
    nick: String,
    bio: String,
}

#[derive(Serialize, Deserialize)]
struct Tail {
    kept: u8,
    #[serde(skip_serializing, default)]
    #[expect(dead_code, reason = "written never, read always")]
    dropped: u8,
}

#[derive(Serialize, Deserialize)]
enum Shifted {
    A,
    #[serde(skip)]
    #[expect(
        dead_code,
        reason = "skipped, it shifts the numbers of those behind it"
    )]
    B,
    C,
    D,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Number(u8),
}

#[derive(Serialize, Deserialize)]
struct Flat {
    #[serde(flatten)]
    rest: BTreeMap<String, u8>,
}

/// Writes a `u8` and reads a `u16`; small numbers look the same on the wire.
struct Wider(u8);

impl Serialize for Wider {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.0)
    }
}

impl<'de> Deserialize<'de> for Wider {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u16::deserialize(deserializer).map(|n| Wider(u8::try_from(n).unwrap_or_default()))
    }
}

#[test]
fn shifting_types_are_refused_with_their_name_and_the_cause() {
    let shifts = "skip_serializing_if";
    let crafted = Profile {
        admin_of: None,
        nick: "\u{1}everything".into(),
        bio: "\0".repeat(12),
    };
    let errors = [
        (Postcard.encode(&crafted), "Profile", shifts),
        (
            Postcard.encode(&Tail {
                kept: 1,
                dropped: 2,
            }),
            "Tail",
            shifts,
        ),
        (Postcard.encode(&Shifted::C), "Shifted", shifts),
        (Postcard.encode(&vec![Shifted::D]), "Shifted", shifts),
        (Postcard.encode(&Wider(3)), "Wider", shifts),
        (
            Postcard.encode(&Untagged::Number(1)),
            "Untagged",
            "Attribute::json",
        ),
        (
            Postcard.encode(&Flat {
                rest: BTreeMap::new(),
            }),
            "Flat",
            "Attribute::json",
        ),
        (
            Postcard.encode(&serde_json::json!({"a": 1})),
            "Value",
            "Attribute::json",
        ),
    ];
    for (result, name, cause) in errors {
        let error = result.unwrap_err();
        assert!(error.contains(name) && error.contains(cause), "{error}");
    }
    // The same type is fine when nothing is left out.
    let whole = Profile {
        admin_of: Some("x".into()),
        nick: "n".into(),
        bio: "b".into(),
    };
    assert!(Postcard.encode(&whole).is_ok());
}

#[test]
fn json_refuses_what_it_would_store_as_null() {
    assert!(Json.encode(&f64::NAN).unwrap_err().contains("not a number"));
    assert!(Json.encode(&vec![1.0, f32::INFINITY]).is_err());
    assert!(Postcard.encode(&f64::INFINITY).is_ok());
    assert!(
        Json.encode(&HashMap::from([((1, 2), 3)]))
            .unwrap_err()
            .contains("no JSON form")
    );
}

#[test]
fn decoding_uses_every_byte_and_quotes_none() {
    assert!(
        Postcard
            .decode::<u8>(&[1, 2])
            .unwrap_err()
            .contains("1 bytes are left over")
    );
    let error = Json.decode::<u32>(b"\"hunter2\"").unwrap_err();
    assert!(
        error.contains("u32") && !error.contains("hunter2"),
        "{error}"
    );
    assert!(Json.decode::<u32>(b"1 2").is_err());
}
