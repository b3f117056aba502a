//! Values that pass as JSON, and values that are refused, under every feature of serde_json.
//!
//! `cargo xtask unit` runs these with its features `preserve_order` and `arbitrary_precision`, too.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{decode, encode_borrowing};
use crate::payload::Codec;

fn encode<T: Serialize + serde::de::DeserializeOwned>(value: &T) -> Result<Vec<u8>, String> {
    Codec::Json.encode(value)
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
#[serde(tag = "type")]
enum Tagged {
    A {
        x: f64,
    },
    B {
        n: u64,
        m: i64,
        f: f32,
        all: Vec<f64>,
    },
    C(BTreeMap<String, f64>),
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
#[serde(untagged)]
enum Untagged {
    Point { x: f64, y: f64 },
    Number(f64),
    Numbers(Vec<f64>),
    Tagged(Tagged),
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Flat {
    at: u64,
    #[serde(flatten)]
    rest: HashMap<String, Tagged>,
}

fn round_trips<T>(value: &T)
where
    T: Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let text = encode(value).unwrap();
    assert_eq!(text, encode_borrowing(value).unwrap());
    assert_eq!(decode::<T>(&text).as_ref(), Ok(value));
}

const FLOATS: [f64; 12] = [
    0.0,
    -0.0,
    1.0,
    -1.5,
    0.1,
    1e16,
    1e21,
    1.7e308,
    5e-324,
    -2.5e-9,
    9_007_199_254_740_993.0,
    1e100,
];

#[test]
fn floats_pass_where_the_content_tells_the_type() {
    for x in FLOATS {
        round_trips(&Tagged::A { x });
        round_trips(&Tagged::B {
            n: u64::MAX,
            m: i64::MIN,
            f: 0.1,
            all: FLOATS.to_vec(),
        });
        round_trips(&Tagged::C(BTreeMap::from([("x".to_owned(), x)])));
        round_trips(&Untagged::Point { x, y: 2.0 });
        round_trips(&Untagged::Number(x));
        round_trips(&vec![Untagged::Numbers(vec![x, 1.25])]);
        round_trips(&Some(Untagged::Tagged(Tagged::A { x })));
        round_trips(&Flat {
            at: 1,
            rest: HashMap::from([("a".to_owned(), Tagged::A { x })]),
        });
        round_trips(&json!({ "x": x, "all": [x, { "x": x }] }));
    }
}

#[test]
fn numbers_are_what_they_were() {
    round_trips(&(
        u128::MAX,
        i128::MIN,
        u64::MAX,
        100_000_000_000_000_000_000_u128,
    ));
    round_trips(&json!([1, -1, u64::MAX, i64::MIN, 1.5, null]));
    let bits = |text: &[u8]| decode::<f64>(text).map(f64::to_bits);
    assert_eq!(bits(&encode(&-0.0_f64).unwrap()), Ok((-0.0_f64).to_bits()));
    assert_ne!(encode(&-0.0_f64), encode(&0.0_f64));
    // A float that is a whole number is no other number.
    assert_eq!(decode::<Value>(b"1.0").unwrap().as_u64(), None);
    // More than a float can tell: serde_json rounds it or keeps the text, as it is built.
    let long = "100000000000000000000";
    let kept = decode::<Value>(long.as_bytes()).unwrap().to_string();
    assert!(
        kept == long || kept == "1e20" || kept == "1e+20" || kept.ends_with(".0"),
        "{kept}"
    );
}

#[test]
fn maps_by_hashes_are_never_refused_by_chance() {
    for round in 0..1_000 {
        let map = |from: u32| (from..from + 6).map(|n| (n.to_string(), n)).collect();
        let maps: Vec<HashMap<String, u32>> = vec![map(round), map(round + 1)];
        assert!(encode(&maps).is_ok() && encode_borrowing(&maps).is_ok());
    }
}

#[test]
fn an_option_within_an_option_is_refused_where_it_would_be_lost() {
    assert!(encode_borrowing(&Some(None::<u8>)).is_err());
    assert!(encode_borrowing(&Some(())).is_err());
    assert!(encode_borrowing(&vec![Some(Some(1)), Some(None)]).is_err());
    assert!(encode_borrowing(&Some(Some(1))).is_ok());
    assert!(encode_borrowing(&None::<Option<u8>>).is_ok());
}

#[derive(Serialize, Deserialize)]
struct WithName<'a> {
    name: &'a str,
    #[serde(borrow)]
    tags: Vec<&'a str>,
    note: Option<&'a str>,
    owned: String,
}

#[test]
fn borrowed_text_is_proven_as_what_it_stands_for() {
    let local = String::from("b\"\\\u{1}\u{1f600}");
    let b = local.as_str();
    let same = |text: Result<Vec<u8>, String>, wanted: Value| {
        assert_eq!(
            serde_json::from_slice::<Value>(&text.unwrap()).unwrap(),
            wanted
        );
    };
    same(encode_borrowing(&"text"), json!("text"));
    same(encode_borrowing(&""), json!(""));
    same(encode_borrowing(&b), json!(b));
    same(encode_borrowing(&("a", 1, b)), json!(["a", 1, b]));
    same(
        encode_borrowing(&["x", "y", "x", "", b]),
        json!(["x", "y", "x", "", b]),
    );
    same(encode_borrowing(&Some("a")), json!("a"));
    same(encode_borrowing(&vec![Some(b), None]), json!([b, null]));
    let ordered = BTreeMap::from([("b", "1"), ("a", "22"), ("", b), ("ab", "a")]);
    same(encode_borrowing(&ordered), json!(ordered));
    let set = BTreeSet::from(["bb", "a", "b", "aa", ""]);
    same(encode_borrowing(&set), json!(set));
    for _ in 0..50 {
        let map = HashMap::from([("a", 1), ("b", 2), ("c", 3), (b, 4)]);
        same(encode_borrowing(&map), json!(map));
        let set = HashSet::from(["a", "b", "c", b]);
        assert!(encode_borrowing(&set).is_ok());
    }
    let named = WithName {
        name: b,
        tags: vec!["x", "n", "x"],
        note: Some("n"),
        owned: "\u{1}".into(),
    };
    same(encode_borrowing(&named), json!(named));
    // The bytes of places are nobody's.
    let places = ["\u{1}", "\u{1}\u{1}", "\u{1}\u{1}\u{1}"];
    same(encode_borrowing(&places), json!(places));
    same(encode_borrowing(&places.map(str::to_owned)), json!(places));
}

#[test]
fn so_many_texts_are_borrowed_and_no_more() {
    let texts: Vec<String> = (0..5_000).map(|n| n.to_string()).collect();
    let borrowed: Vec<&str> = texts.iter().map(String::as_str).collect();
    assert!(encode_borrowing(&borrowed[..4_096].to_vec()).is_ok());
    let error = encode_borrowing(&borrowed).unwrap_err();
    assert!(error.contains("4,096"), "{error}");
    assert!(encode_borrowing(&vec!["the same"; 5_000]).is_ok());
}

/// A field of what is borrowed, and one that takes its place.
#[derive(Serialize, Deserialize)]
struct Misplaced<'a> {
    #[serde(rename(serialize = "b"))]
    a: &'a str,
    #[serde(rename(serialize = "a"))]
    b: &'a str,
}

#[test]
fn borrowed_text_in_another_place_is_refused() {
    assert!(encode_borrowing(&Misplaced { a: "x", b: "y" }).is_err());
    // What is read as bytes is not an array of numbers.
    assert!(encode_borrowing(&&[1_u8, 2][..]).is_err());
}

#[derive(Deserialize, Debug)]
#[expect(dead_code, reason = "is never read")]
struct Grown {
    name: String,
    added: u32,
}

#[derive(Deserialize, Debug)]
#[expect(dead_code, reason = "is never read")]
struct Around {
    list: Vec<Grown>,
    #[serde(default)]
    maybe: Option<u8>,
}

#[derive(Deserialize, Debug)]
#[serde(tag = "type")]
enum Kinds {
    #[expect(dead_code, reason = "is never read")]
    Grown(Grown),
}

#[derive(Deserialize, Debug)]
#[expect(dead_code, reason = "is never read")]
struct Flattened {
    #[serde(flatten)]
    grown: Grown,
}

#[test]
fn a_missing_field_is_named_and_nothing_else() {
    fn error<T: serde::de::DeserializeOwned + std::fmt::Debug>(text: &str) -> String {
        decode::<T>(text.as_bytes()).unwrap_err()
    }
    let old = r#"{"name":"hunter2"}"#;
    for error in [
        error::<Grown>(old),
        error::<Around>(&format!(r#"{{"list":[{old}]}}"#)),
        error::<Option<Grown>>(old),
        error::<Kinds>(r#"{"type":"Grown","name":"hunter2"}"#),
        error::<Flattened>(old),
        error::<HashMap<String, Grown>>(&format!(r#"{{"hunter2":{old}}}"#)),
    ] {
        assert!(error.contains("the field `added`"), "{error}");
        assert!(
            error.contains("default") && !error.contains("hunter2"),
            "{error}"
        );
    }
    for error in [
        error::<Grown>(r#"{"name":"hunter2","added":"hunter2"}"#),
        error::<u32>(r#""hunter2""#),
        error::<Kinds>(r#"{"type":"hunter2"}"#),
        error::<u32>("hunter2"),
        error::<u32>("1 2"),
        error::<u8>("300"),
    ] {
        assert!(
            error.contains("column") && !error.contains("hunter2"),
            "{error}"
        );
    }
}

#[test]
fn a_refusal_gives_no_advice_that_was_followed() {
    #[derive(Serialize, Deserialize)]
    struct Renamed {
        #[serde(rename(serialize = "userId"), default)]
        user_id: u64,
    }
    let error = encode(&Renamed { user_id: 1 }).unwrap_err();
    assert!(
        error.contains("rename") && !error.contains("Attribute::json"),
        "{error}"
    );
    // And the other codec's refusal names what needs JSON.
    let error = Codec::Postcard.encode(&Tagged::A { x: 1.0 }).unwrap_err();
    assert!(
        error.contains("`tag`") && error.contains("Attribute::json"),
        "{error}"
    );
}

/// Lists within lists.
#[derive(Serialize, Deserialize)]
struct Nest(Vec<Nest>);

/// Writes nothing where what is in it cannot be written.
#[derive(Deserialize)]
struct Careless(Nest);

impl Serialize for Careless {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq;
        let mut seq = serializer.serialize_seq(None)?;
        let _ = seq.serialize_element(&self.0);
        seq.end()
    }
}

#[test]
fn no_value_is_nested_so_deep_that_to_write_it_exhausts_the_stack() {
    let nest = |levels| (1..levels).fold(Nest(Vec::new()), |inner, _| Nest(vec![inner]));
    assert!(encode(&nest(127)).is_ok());
    assert!(encode(&nest(128)).unwrap_err().contains("127 levels"));

    let refused = move || {
        let deep = Careless(nest(100_000));
        let refused = [
            encode(&deep.0),
            encode_borrowing(&deep.0),
            encode(&deep),
            encode_borrowing(&deep),
        ];
        // To drop it would exhaust the stack.
        std::mem::forget(deep);
        refused.map(Result::unwrap_err)
    };
    let thread = std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(refused);
    for error in thread.unwrap().join().unwrap() {
        assert!(error.contains("127 levels"), "{error}");
    }
}
