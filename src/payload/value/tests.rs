//! Values that pass the proof of their shape, and values that it catches.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;
use std::time::Duration;

use serde::ser::SerializeTuple;
use serde::{Deserialize, Serialize};

use super::Codec::{Json, Postcard};

fn round_trips<T>(value: T)
where
    T: Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    for codec in [Postcard, Json] {
        round_trips_in(codec, &value);
    }
}

fn round_trips_in<T>(codec: super::Codec, value: &T)
where
    T: Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let bytes = codec.encode(value).unwrap();
    assert_eq!(codec.decode::<T>(&bytes).unwrap(), *value);
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
    round_trips_in(Postcard, &Some(None::<u8>));
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

fn is_zero(number: &u8) -> bool {
    *number == 0
}

/// One field left out and another written but not read make up for each other in number and kind.
#[derive(Serialize, Deserialize)]
struct Compensating {
    #[serde(skip_serializing_if = "is_zero")]
    is_admin: u8,
    level: u8,
    #[serde(default, skip_deserializing, skip_serializing_if = "is_zero")]
    computed: u8,
}

/// The usual way to rename a field in a self-describing format.
#[derive(Serialize, Deserialize)]
struct Renaming {
    #[serde(skip_serializing, default)]
    #[expect(dead_code, reason = "written never, read always")]
    old_name: Option<String>,
    #[serde(skip_deserializing, default)]
    new_name: Option<String>,
}

#[derive(Serialize, Deserialize)]
enum Variant {
    #[serde(rename(serialize = "b"))]
    Compensating {
        #[serde(skip_serializing_if = "is_zero")]
        a: u8,
        b: u8,
        #[serde(default, skip_deserializing)]
        c: u8,
    },
}

mod one {
    #[derive(serde::Serialize, Clone, Copy)]
    pub(super) enum Way {
        A,
        B,
    }
}

mod other {
    #[derive(serde::Deserialize)]
    pub(super) enum Way {
        B,
        A,
    }
}

/// Written as one enum and read as another, whose variants stand in another order.
#[derive(Serialize, Deserialize, Clone, Copy)]
#[serde(into = "one::Way", from = "other::Way")]
enum Crossed {
    A,
    B,
}

impl From<Crossed> for one::Way {
    fn from(way: Crossed) -> one::Way {
        match way {
            Crossed::A => one::Way::A,
            Crossed::B => one::Way::B,
        }
    }
}

impl From<other::Way> for Crossed {
    fn from(way: other::Way) -> Crossed {
        match way {
            other::Way::A => Crossed::A,
            other::Way::B => Crossed::B,
        }
    }
}

#[test]
fn fields_are_compared_by_name_and_variants_in_order() {
    let crafted = Compensating {
        is_admin: 0,
        level: 1,
        computed: 9,
    };
    let renamed = Renaming {
        old_name: None,
        new_name: Some("x".into()),
    };
    let variant = Variant::Compensating { a: 0, b: 1, c: 9 };
    for error in [
        Postcard.encode(&crafted),
        Postcard.encode(&renamed),
        Postcard.encode(&variant),
        Postcard.encode(&Crossed::A),
        Postcard.encode(&(Crossed::A, Crossed::B)),
    ] {
        assert!(error.unwrap_err().contains("does not read back"));
    }
}

#[derive(Serialize, Deserialize, Debug)]
#[serde(untagged)]
enum Ambiguous {
    Wide(u16),
    Narrow(u8),
}

#[derive(Serialize, Deserialize)]
struct Clashing {
    name: String,
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

#[test]
fn typed_json_is_proven_too() {
    let clash = Clashing {
        name: "n".into(),
        rest: [("name".into(), "x".into())].into(),
    };
    let deep = (0..200).fold(serde_json::Value::Null, |inner, _| {
        serde_json::json!([inner])
    });
    for error in [
        Json.encode(&Some(None::<u8>)),
        Json.encode(&Some(())),
        Json.encode(&Ambiguous::Narrow(5)),
        Json.encode(&clash),
    ] {
        assert!(error.unwrap_err().contains("does not read back"));
    }
    assert!(Json.encode(&deep).unwrap_err().contains("127 levels"));
    // Left out and filled in again is the same value.
    let profile = Profile {
        admin_of: None,
        nick: "n".into(),
        bio: "b".into(),
    };
    assert!(Json.encode(&profile).is_ok());
    assert!(Json.encode(&Untagged::Number(7)).is_ok());
    assert!(
        Json.encode(&Flat {
            rest: [("a".into(), 1)].into()
        })
        .is_ok()
    );
}

/// Says its secret when it fails.
#[derive(Deserialize)]
struct Indiscreet;

impl Serialize for Indiscreet {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("hunter2 is no good"))
    }
}

#[test]
fn what_a_type_says_of_itself_is_not_repeated() {
    let error = Json.encode(&Indiscreet).unwrap_err();
    assert!(!error.contains("hunter2"), "{error}");
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
            "needs `Attribute::json`",
        ),
    ];
    for (result, name, cause) in errors {
        let error = result.unwrap_err();
        assert!(error.contains(name) && error.contains(cause), "{error}");
    }
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
    let one = Postcard.encode(&1_u8).unwrap();
    assert_eq!(Postcard.decode::<u8>(&one), Ok(1));
    assert!(Postcard.decode::<u8>(&[one, vec![2]].concat()).is_err());
    let error = Json.decode::<u32>(b"\"hunter2\"").unwrap_err();
    assert!(
        error.contains("u32") && !error.contains("hunter2"),
        "{error}"
    );
    assert!(Json.decode::<u32>(b"1 2").is_err());
}

/// Two places of one type, one written and the other read.
#[derive(Serialize, Deserialize)]
struct TwoPlaces(
    #[serde(skip_serializing, default)]
    #[expect(dead_code, reason = "written never, read always")]
    u32,
    #[serde(skip_deserializing)] u32,
);

#[derive(Serialize, Deserialize)]
struct Aliased {
    #[serde(skip_serializing, default, alias = "bio")]
    #[expect(dead_code, reason = "written never, read always")]
    admin_of: String,
    #[serde(skip_deserializing)]
    bio: String,
}

#[derive(Serialize, Deserialize)]
struct HalfRenamed {
    #[serde(rename(serialize = "userId"), default)]
    user_id: u64,
}

#[derive(Serialize, Deserialize)]
struct CrossRenamed {
    #[serde(rename(serialize = "b"))]
    a: String,
    #[serde(rename(serialize = "a"))]
    b: String,
}

#[test]
fn what_is_read_into_another_place_is_refused() {
    let places = || TwoPlaces(1, 2);
    let aliased = || Aliased {
        admin_of: String::new(),
        bio: "root".into(),
    };
    let crossed = || CrossRenamed {
        a: "x".into(),
        b: "y".into(),
    };
    for error in [
        Postcard.encode(&places()),
        Postcard.encode(&vec![places()]),
        Postcard.encode(&aliased()),
        Json.encode(&aliased()),
        Postcard.encode(&HalfRenamed { user_id: 42 }),
        Json.encode(&HalfRenamed { user_id: 42 }),
        Postcard.encode(&crossed()),
        Json.encode(&crossed()),
    ] {
        assert!(error.unwrap_err().contains("does not read back"));
    }
    // Sets and maps change their order, and nothing else.
    round_trips(
        (0..50)
            .map(|n| (n, vec![Payment::Split(n, 1)]))
            .collect::<HashMap<_, _>>(),
    );
    round_trips((0..50).map(|n| format!("{n}")).collect::<HashSet<_>>());
    round_trips_in(
        Json,
        &serde_json::json!({"a": [1, 2.5, u64::MAX, -3, "x", null, {"b": []}]}),
    );
    round_trips(vec![0.1f32, f32::MIN_POSITIVE, 3.4e38]);
}

/// Passes over an error, and comes back as other text than it was.
struct Careless(&'static str, &'static str);

impl Serialize for Careless {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut pair = serializer.serialize_tuple(2)?;
        let _ = pair.serialize_element(self.0);
        pair.serialize_element(self.1)?;
        pair.end()
    }
}

impl<'de> Deserialize<'de> for Careless {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // What the first text does not write of the bytes expected, the second one does.
        <(String, String)>::deserialize(deserializer).map(|_| Careless("zz", "c\x01b"))
    }
}

#[test]
fn a_type_that_passes_over_errors_is_refused_like_any_other() {
    let error = Postcard.encode(&Careless("\x03c", "b")).unwrap_err();
    assert!(error.contains("does not read back"), "{error}");
}
