//! Mirrored types of the standard library write what the proof lets pass, print included. For those of the macro see
//! `tests/core/contents/mirrored.rs`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fmt::Debug;
use std::net::IpAddr;
use std::num::NonZero;
use std::time::Duration;

use super::{Mirrored, Trace};
use crate::payload::Codec::Postcard;
use crate::payload::postcard::{mirrored, owned};

#[track_caller]
fn as_proven<T: Mirrored + PartialEq + Debug>(value: T) {
    let bytes = mirrored(&value).unwrap();
    assert_eq!(bytes, owned(&value).unwrap(), "{value:?}");
    assert_eq!(Postcard.decode::<T>(&bytes), Ok(value));
}

#[test]
fn types_of_the_standard_library_are_written_as_proven() {
    as_proven((1_i8, 2_i16, 3_i32, -4_i64, 5_i128, 6_isize, true, 'ß'));
    as_proven((
        1_u8,
        2_u16,
        300_u32,
        u64::MAX,
        u128::MAX,
        6_usize,
        1.5_f32,
        f64::MIN,
    ));
    as_proven((
        String::from("text"),
        Box::<str>::from("box"),
        Cow::Borrowed("cow"),
        (),
    ));
    as_proven((
        NonZero::new(1_u8),
        NonZero::new(2_u16),
        NonZero::new(0_u32),
        NonZero::new(4_u64),
    ));
    as_proven((
        NonZero::new(1_i8),
        NonZero::new(2_i16),
        NonZero::new(3_i32),
        NonZero::new(-4_i64),
    ));
    as_proven((
        NonZero::new(1_u128),
        NonZero::new(1_i128),
        NonZero::new(1_usize),
        NonZero::new(1_isize),
    ));
    as_proven(Some(Some(None::<u8>)));
    as_proven(([[1_u8; 3]; 2], [0_u8; 0], (1_u8,), (1_u8, 2_u8, 3_u8)));
    as_proven((1_u8, 2_u8, 3_u8, 4_u8, 5_u8));
    as_proven((1_u8, 2_u8, 3_u8, 4_u8, 5_u8, (1_u8, 2_u8)));
    as_proven((1_u8, 2_u8, 3_u8, 4_u8, 5_u8, 6_u8, [(); 3]));
    as_proven((
        vec![1_u8, 2],
        VecDeque::from([1_u16]),
        vec![Box::new(1_u8)].into_boxed_slice(),
    ));
    as_proven((
        BTreeSet::from([1_u8, 2]),
        BTreeMap::from([("a".to_owned(), 1_u8)]),
    ));
    as_proven((0..50_u8).collect::<HashSet<_>>());
    as_proven(
        (0..50_u8)
            .map(|n| (n, n.to_string()))
            .collect::<HashMap<_, _>>(),
    );
    as_proven(Duration::new(1, 999_999_999));
    as_proven(["192.0.2.1", "2001:db8::1"].map(|text| text.parse::<IpAddr>().unwrap()));
    let not_a_number = mirrored(&f64::from_bits(0x7FF8_0000_0000_0001)).unwrap();
    let back = Postcard.decode::<f64>(&not_a_number).unwrap();
    assert_eq!(back.to_bits(), 0x7FF8_0000_0000_0001, "postcard keeps bits");
}

/// Says of itself what no macro would: it writes one number and reads another.
#[derive(Debug)]
struct Liar(u8);

impl serde::Serialize for Liar {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Liar {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Liar, D::Error> {
        u8::deserialize(deserializer).map(|read| Liar(read + 1))
    }
}

impl Mirrored for Liar {
    fn trace(&self, trace: &mut Trace) {
        self.0.trace(trace);
    }
}

#[test]
#[cfg(debug_assertions)]
fn a_type_that_lies_is_found_by_a_debug_build() {
    assert!(mirrored(&Liar(1)).is_ok());
    let error = crate::payload::encode_mirrored(&Liar(1)).unwrap_err();
    assert!(error.contains("does not read back"), "{error}");
}
