//! Differences between types that a reader notices.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::ops::Bound;

use serde::de::DeserializeOwned;
use serde::de::value::Error;
use serde::{Deserialize, Serialize};

use super::print::{Print, folded, mix, sum};
use super::read::Follow;
use crate::payload::Codec::Postcard;

/// Whether what a `T` wrote is read as a `U`.
fn reads<T, U>(value: &T) -> bool
where
    T: Serialize + DeserializeOwned,
    U: DeserializeOwned,
{
    let read = Postcard.decode::<U>(&Postcard.encode(value).unwrap());
    if let Err(error) = &read {
        assert!(
            error.contains("schema") && error.contains("migrate"),
            "{error}"
        );
    }
    read.is_ok()
}

/// As one deploy wrote them, and as the next one has them.
mod old {
    use super::*;

    #[derive(Serialize, Deserialize)]
    pub(super) struct Payment {
        pub(super) user: u32,
        pub(super) amount: u32,
    }

    #[derive(Serialize, Deserialize)]
    pub(super) enum Rank {
        User,
        Guest,
        Admin,
    }

    #[derive(Serialize, Deserialize)]
    pub(super) enum Notice {
        Joined { user: u32, by: u32 },
        Left(u32),
    }

    #[derive(Serialize, Deserialize)]
    pub(super) struct Id(pub(super) u64);
}

mod new {
    use super::*;

    #[derive(Deserialize)]
    pub(super) struct Payment {
        #[expect(dead_code, reason = "is never read")]
        amount: u32,
        #[expect(dead_code, reason = "is never read")]
        user: u32,
    }

    #[derive(Deserialize)]
    pub(super) struct Renamed {
        #[serde(alias = "user")]
        #[expect(dead_code, reason = "is never read")]
        payer: u32,
        #[expect(dead_code, reason = "is never read")]
        amount: u32,
    }

    #[derive(Deserialize)]
    pub(super) enum Reordered {
        Admin,
        User,
        Guest,
    }

    #[derive(Deserialize, PartialEq, Debug)]
    pub(super) enum Longer {
        User,
        Guest,
        Admin,
        Owner,
    }

    /// `Guest` is gone, and what it was is a `User`. Numbers alone would make an `Admin` of it.
    #[derive(Deserialize, PartialEq, Debug)]
    pub(super) enum Merged {
        #[serde(alias = "Guest")]
        User,
        Admin,
    }

    #[derive(Deserialize)]
    pub(super) enum Notice {
        #[expect(dead_code, reason = "is never read")]
        Joined { by: u32, user: u32 },
        #[expect(dead_code, reason = "is never read")]
        Left(u32),
    }
}

const PAYMENT: old::Payment = old::Payment {
    user: 1,
    amount: 500,
};

#[test]
fn a_type_that_changed_reads_nothing() {
    assert!(reads::<_, old::Payment>(&PAYMENT));
    assert!(!reads::<_, new::Payment>(&PAYMENT));
    assert!(!reads::<_, new::Renamed>(&PAYMENT));
    assert!(!reads::<_, (u32, u32)>(&PAYMENT));
    let among = || vec![(1_u8, Some(PAYMENT))];
    assert!(reads::<_, Vec<(u8, Option<old::Payment>)>>(&among()));
    assert!(!reads::<_, Vec<(u8, Option<new::Payment>)>>(&among()));
    let within = BTreeMap::from([("a".to_owned(), PAYMENT)]);
    assert!(!reads::<_, BTreeMap<String, new::Payment>>(&within));
    let joined = old::Notice::Joined { user: 1, by: 2 };
    assert!(!reads::<_, new::Notice>(&joined));
    assert!(reads::<_, new::Notice>(&old::Notice::Left(1)));
}

#[test]
fn kinds_are_told_apart_that_look_alike() {
    assert!(!reads::<_, u32>(&-1_i32) && !reads::<_, bool>(&1_u8));
    assert!(!reads::<_, u64>(&1_u32) && !reads::<_, i8>(&1_u8));
    assert!(!reads::<_, bool>(&None::<u8>) && !reads::<_, Option<()>>(&true));
    assert!(!reads::<_, Vec<u8>>(&"text".to_owned()) && !reads::<_, String>(&vec![65_u8]));
    assert!(!reads::<_, HashMap<u8, u8>>(&vec![(1_u8, 2_u8)]));
    assert!(!reads::<_, (u8, (u8, u8))>(&((1_u8, 2_u8), 3_u8)));
    assert!(!reads::<_, Vec<u8>>(&(1_u8, 7_u8)) && !reads::<_, Option<u8>>(&(1_u8, 7_u8)));
    assert!(!reads::<_, f32>(&[0_u8; 4]) && !reads::<_, u8>(&()));
    assert!(!reads::<_, char>(&"a".to_owned()));
}

#[test]
fn what_changes_no_value_reads_on() {
    assert!(reads::<_, u64>(&old::Id(7)) && reads::<_, old::Id>(&7_u64));
    assert!(reads::<_, [u8; 2]>(&(1_u8, 2_u8)));
    assert!(
        reads::<_, Vec<String>>(&Vec::<u8>::new()),
        "nothing in it is of a type"
    );
    assert!(reads::<_, std::collections::HashSet<u8>>(&vec![1_u8, 2]));
}

#[test]
fn a_variant_is_read_by_its_name() {
    use old::Rank;
    for role in [Rank::User, Rank::Guest, Rank::Admin] {
        assert!(!reads::<_, new::Reordered>(&role));
        assert!(reads::<_, new::Longer>(&role), "added at the end");
    }
    let merged = |role: &Rank| Postcard.decode(&Postcard.encode(role).unwrap()).ok();
    // Its list of names is `Guest`, `User`, `Admin`.
    assert_eq!(merged(&Rank::User), None);
    assert_eq!(merged(&Rank::Guest), None);
    assert_eq!(merged(&Rank::Admin), Some(new::Merged::Admin));
    // What the standard library reads by variants, it reads by their names, too.
    let ip: IpAddr = "2001:db8::1".parse().unwrap();
    assert!(reads::<_, IpAddr>(&ip));
    assert!(reads::<_, Result<u8, String>>(&Err::<u8, _>(
        "x".to_owned()
    )));
    assert!(reads::<_, (Bound<u8>, Bound<u8>)>(&(
        Bound::Included(1_u8),
        Bound::<u8>::Unbounded
    )));
}

/// Asks for its number, as a type may that knows postcard.
#[derive(PartialEq, Debug)]
struct Numbered(u32);

impl Serialize for Numbered {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit_variant("Numbered", self.0, "n")
    }
}

impl<'de> Deserialize<'de> for Numbered {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Numbered;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a number")
            }
            fn visit_enum<A: serde::de::EnumAccess<'de>>(
                self,
                data: A,
            ) -> Result<Numbered, A::Error> {
                let (number, variant) = data.variant::<u32>()?;
                serde::de::VariantAccess::unit_variant(variant)?;
                Ok(Numbered(number))
            }
        }
        deserializer.deserialize_enum("Numbered", &[], Visitor)
    }
}

#[test]
fn a_variant_without_a_name_is_read_by_its_number() {
    let bytes = Postcard.encode(&Numbered(3)).unwrap();
    assert_eq!(Postcard.decode(&bytes), Ok(Numbered(3)));
    let print = |number| Postcard.encode(&Numbered(number)).unwrap()[..2].to_vec();
    assert_ne!(print(3), print(4));
}

#[test]
fn a_print_alone_or_half_of_one_is_no_value() {
    let unit = Postcard.encode(&()).unwrap();
    assert_eq!(Postcard.decode::<()>(&unit), Ok(()));
    for cut in 0..unit.len() {
        assert!(Postcard.decode::<()>(&unit[..cut]).is_err());
    }
    let mut other = Postcard.encode(&1_u32).unwrap();
    other[1] ^= 1;
    assert!(Postcard.decode::<u32>(&other).is_err());
}

#[test]
fn a_thread_keeps_the_sums_of_lists_of_names_apart() {
    // More than a thread knows. Those that begin alike have one address.
    static NAMES: [&str; 40] = [
        "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r",
        "s", "t", "u", "v", "w", "x", "y", "z", "A", "B", "C", "D", "E", "F", "G", "H", "I", "J",
        "K", "L", "M", "N",
    ];
    for names in (0..40).flat_map(|from| (from..=40).map(move |to| &NAMES[from..to])) {
        for _ in 0..2 {
            let print = Print::default();
            print.fields::<Error>(names).unwrap();
            assert_eq!(
                print.bytes(),
                folded(mix(sum(&[]), sum(names))),
                "{names:?}"
            );
        }
    }
}
