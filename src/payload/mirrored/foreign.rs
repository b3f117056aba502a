//! Types of the standard library that read exactly what serde writes of them.
//!
//! Left out is what serde reads otherwise than it writes at times, or in another order: `BinaryHeap`, which has none.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::hash::Hash;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZero;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::contract::{MapKey, Mirrored};
use super::trace::Trace;
use crate::payload::shape::Call;

macro_rules! scalars {
    ($($type:ty: $call:ident;)*) => {$(
        impl Mirrored for $type {
            #[inline]
            fn trace(&self, trace: &mut Trace) {
                trace.call(Call::$call);
            }
        }
        impl MapKey for $type {}
    )*};
}

// serde takes the two whose width differs between machines for 64 bits.
scalars! {
    bool: Bool;
    i8: I8; i16: I16; i32: I32; i64: I64; i128: I128; isize: I64;
    u8: U8; u16: U16; u32: U32; u64: U64; u128: U128; usize: U64;
    NonZero<i8>: I8; NonZero<i16>: I16; NonZero<i32>: I32; NonZero<i64>: I64; NonZero<i128>: I128;
    NonZero<u8>: U8; NonZero<u16>: U16; NonZero<u32>: U32; NonZero<u64>: U64; NonZero<u128>: U128;
    NonZero<isize>: I64; NonZero<usize>: U64;
    f32: F32; f64: F64;
    char: Char;
    String: Str; Box<str>: Str; Cow<'static, str>: Str;
    (): Unit;
}

macro_rules! sequences {
    ($($type:ty where [$($bounds:tt)*];)*) => {$(
        impl<$($bounds)*> Mirrored for $type {
            #[inline]
            fn trace(&self, trace: &mut Trace) {
                trace.container(Call::Seq, |trace| {
                    self.iter().for_each(|element| element.trace(trace));
                });
            }
        }
    )*};
}

sequences! {
    Vec<T> where [T: Mirrored];
    Box<[T]> where [T: Mirrored];
    VecDeque<T> where [T: Mirrored];
    BTreeSet<T> where [T: MapKey + Ord];
    HashSet<T> where [T: MapKey + Eq + Hash];
}

macro_rules! maps {
    ($($type:ty where [$($bounds:tt)*];)*) => {$(
        impl<$($bounds)*> Mirrored for $type {
            #[inline]
            fn trace(&self, trace: &mut Trace) {
                trace.container(Call::Map, |trace| {
                    for (key, value) in self {
                        key.trace(trace);
                        value.trace(trace);
                    }
                });
            }
        }
    )*};
}

maps! {
    BTreeMap<K, V> where [K: MapKey + Ord, V: Mirrored];
    HashMap<K, V> where [K: MapKey + Eq + Hash, V: Mirrored];
}

macro_rules! tuples {
    ($(($($part:ident)+))*) => {$(
        impl<$($part: Mirrored),+> Mirrored for ($($part,)+) {
            #[inline]
            fn trace(&self, trace: &mut Trace) {
                #[expect(non_snake_case, reason = "each is named after its type")]
                let ($($part,)+) = self;
                trace.container(Call::Tuple, |trace| {
                    $($part.trace(trace);)+
                });
            }
        }
        impl<$($part: MapKey),+> MapKey for ($($part,)+) {}
    )*};
}

tuples! {
    (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H)
}

// serde has those of up to 32 elements.
impl<T: Mirrored, const N: usize> Mirrored for [T; N]
where
    [T; N]: Serialize + DeserializeOwned,
{
    #[inline]
    fn trace(&self, trace: &mut Trace) {
        trace.container(Call::Tuple, |trace| {
            self.iter().for_each(|element| element.trace(trace));
        });
    }
}

impl<T: Mirrored> Mirrored for Option<T> {
    #[inline]
    fn trace(&self, trace: &mut Trace) {
        match self {
            None => trace.call(Call::None),
            Some(value) => {
                trace.call(Call::Some);
                trace.within(|trace| value.trace(trace));
            }
        }
    }
}

impl<T: Mirrored> Mirrored for Box<T> {
    #[inline]
    fn trace(&self, trace: &mut Trace) {
        T::trace(self, trace);
    }
}

impl Mirrored for Duration {
    #[inline]
    fn trace(&self, trace: &mut Trace) {
        trace.structure(const { Trace::names(&["secs", "nanos"]) }, |trace| {
            trace.call(Call::U64);
            trace.call(Call::U32);
        });
    }
}

// Addresses are bytes in formats that no human reads.

impl Mirrored for Ipv4Addr {
    #[inline]
    fn trace(&self, trace: &mut Trace) {
        self.octets().trace(trace);
    }
}

impl Mirrored for Ipv6Addr {
    #[inline]
    fn trace(&self, trace: &mut Trace) {
        self.octets().trace(trace);
    }
}

impl Mirrored for IpAddr {
    fn trace(&self, trace: &mut Trace) {
        match self {
            IpAddr::V4(address) => {
                let name = const { Trace::names(&["V4"]) };
                trace.newtype_variant(name, |trace| address.trace(trace));
            }
            IpAddr::V6(address) => {
                let name = const { Trace::names(&["V6"]) };
                trace.newtype_variant(name, |trace| address.trace(trace));
            }
        }
    }
}

impl<T: MapKey, const N: usize> MapKey for [T; N] where [T; N]: Mirrored {}
impl<T: MapKey> MapKey for Option<T> {}
impl<T: MapKey> MapKey for Vec<T> {}
impl MapKey for Duration {}
impl MapKey for Ipv4Addr {}
impl MapKey for Ipv6Addr {}
impl MapKey for IpAddr {}
