//! Types by which values were crossed, or good ones refused.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::payload::Codec::{self, Json, Postcard};

/// A map of a few changes its order half of the time.
const ROUNDS: u32 = 60;

const BOTH: &[Codec] = &[Postcard, Json];

fn map(round: u32) -> HashMap<String, u32> {
    let words = (0..round % 9 + 2).map(|n| format!("{}", n * 7919 + round));
    words.zip(0..).collect()
}

/// Writes what belongs together in two lists, and reads one of them sorted.
#[derive(PartialEq, Debug, Clone)]
struct Parallel(HashMap<String, u32>);

#[derive(Deserialize)]
struct Lists {
    names: std::collections::BTreeSet<String>,
    numbers: Vec<u32>,
}

/// The elements of an iterator, as a sequence.
struct Each<I>(std::cell::RefCell<Option<I>>);

impl<I: Iterator<Item: Serialize>> Serialize for Each<I> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.take().unwrap())
    }
}

impl Serialize for Parallel {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut lists = serializer.serialize_struct("Parallel", 2)?;
        lists.serialize_field("names", &Each(Some(self.0.keys()).into()))?;
        lists.serialize_field("numbers", &Each(Some(self.0.values()).into()))?;
        lists.end()
    }
}

impl<'de> Deserialize<'de> for Parallel {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Lists { names, numbers } = Lists::deserialize(deserializer)?;
        Ok(Parallel(names.into_iter().zip(numbers).collect()))
    }
}

#[test]
fn lists_of_keys_and_of_values_have_to_agree() {
    for round in 0..ROUNDS {
        let value = Parallel(map(round));
        for codec in BOTH {
            if let Ok(bytes) = codec.encode(&value) {
                assert_eq!(codec.decode::<Parallel>(&bytes).as_ref(), Ok(&value));
            }
        }
    }
}

#[derive(Serialize, Deserialize)]
struct UserRef {
    id: u32,
}

#[derive(Serialize, Deserialize)]
struct AdminRef {
    id: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Who {
    User(UserRef),
    Admin(AdminRef),
}

#[test]
fn types_that_differ_in_their_names_only_are_told_apart() {
    assert!(Json.encode(&Who::User(UserRef { id: 7 })).is_ok());
    assert!(Json.encode(&Who::Admin(AdminRef { id: 7 })).is_err());
}

/// Reads its variant as an enum of units, as some types do by hand.
#[derive(PartialEq, Debug)]
enum Address {
    V4(u32),
    V6(u64),
}

#[derive(Deserialize)]
enum Kind {
    V4,
    V6,
}

impl Serialize for Address {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Address::V4(bits) => serializer.serialize_newtype_variant("Address", 0, "V4", bits),
            Address::V6(bits) => serializer.serialize_newtype_variant("Address", 1, "V6", bits),
        }
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::{EnumAccess, VariantAccess};
        struct ReadsAddress;
        impl<'de> serde::de::Visitor<'de> for ReadsAddress {
            type Value = Address;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an address")
            }
            fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Address, A::Error> {
                match access.variant()? {
                    (Kind::V4, bits) => bits.newtype_variant().map(Address::V4),
                    (Kind::V6, bits) => bits.newtype_variant().map(Address::V6),
                }
            }
        }
        deserializer.deserialize_enum("Address", &["V4", "V6"], ReadsAddress)
    }
}

#[test]
fn a_variant_may_be_read_as_an_enum_of_units() {
    for value in [Address::V4(7), Address::V6(8)] {
        let bytes = Postcard.encode(&value).unwrap();
        assert_eq!(Postcard.decode::<Address>(&bytes), Ok(value));
    }
}

/// Panics where a rule of its own is broken.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Average {
    total: u32,
    #[serde(with = "divisor")]
    count: u32,
}

mod divisor {
    pub(super) fn serialize<S: serde::Serializer>(count: &u32, to: S) -> Result<S::Ok, S::Error> {
        let _ = 100 / *count;
        serde::Serialize::serialize(count, to)
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
        serde::Deserialize::deserialize(from)
    }
}

#[test]
fn a_sample_that_makes_a_type_panic_is_passed_over() {
    let value = Average { total: 9, count: 3 };
    for codec in BOTH {
        let bytes = codec.encode(&value).unwrap();
        assert_eq!(codec.decode::<Average>(&bytes).as_ref(), Ok(&value));
    }
}
