//! A deserializer that reports each call to a follower.
//!
//! Variants are offered to a type by the names that it gave, and not by their numbers. If it knows another
//! variant by such a name as well (an alias), it takes that variant, and the comparison shows it.

use std::any::type_name;
use std::fmt;

use serde::de::value::U32Deserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::call::{Call, NameList};
use crate::payload::calls::reads;

/// Follows the calls of a reader.
pub(in crate::payload) trait Follow {
    /// Takes the next call. It is an error if another one is expected.
    fn call<E: Error>(&self, call: Call) -> Result<(), E>;

    /// Takes the names by which a struct knows its fields, after its call.
    fn fields<E: Error>(&self, known: NameList) -> Result<(), E>;

    /// Takes the chosen variant of an enum, before its call: a name, or a number if it has none.
    fn variant(&self, chosen: Result<&'static str, u32>);

    /// Takes the type that a sequence or a map is read into, before its call.
    fn becomes(&self, name: &'static str);
}

/// The levels below a value that are written and read (FORMAT.md rule 4.24). A type that contains itself would exhaust the
/// stack with a few hundred bytes, and end the process at each request that brings them. serde_json takes 127
/// levels of lists and maps; here an option is one as well.
pub(in crate::payload) const DEEPEST: u16 = 256;

pub(super) const TOO_DEEP: &str = "nested too deep";

/// Wraps a deserializer, a visitor, a seed or an access of serde's, and passes every call on as long as the
/// follower agrees.
pub(in crate::payload) struct ShapeReader<'r, I, F> {
    inner: I,
    follow: &'r F,
    /// The levels above.
    depth: u16,
}

impl<'r, I, F> ShapeReader<'r, I, F> {
    pub(in crate::payload) fn new(inner: I, follow: &'r F) -> ShapeReader<'r, I, F> {
        ShapeReader::at(0, inner, follow)
    }

    #[inline]
    fn at(depth: u16, inner: I, follow: &'r F) -> ShapeReader<'r, I, F> {
        ShapeReader {
            inner,
            follow,
            depth,
        }
    }
}

/// Wraps the deserializer of what lies one level deeper.
#[inline]
fn below<D, F, E: Error>(depth: u16, inner: D, follow: &F) -> Result<ShapeReader<'_, D, F>, E> {
    if depth == DEEPEST {
        return Err(E::custom(TOO_DEEP));
    }
    Ok(ShapeReader::at(depth + 1, inner, follow))
}

macro_rules! scalars {
    ($($method:ident $call:ident;)*) => {reads! { self, visitor: $(
        $method() {
            self.follow.call(Call::$call)?;
            self.inner.$method(visitor)
        }
    )*}};
}

/// Implements the calls of containers: the call, the content through a wrapped visitor, and the end.
macro_rules! containers {
    ($($method:ident($($field:ident: $type:ty),*) $call:ident;)*) => {reads! { self, visitor: $(
        $method($($field: $type),*) {
            self.follow.becomes(type_name::<V::Value>());
            self.follow.call(Call::$call)?;
            let value = self.inner.$method($($field,)* ShapeReader::at(self.depth, visitor, self.follow))?;
            self.follow.call(Call::End)?;
            Ok(value)
        }
    )*}};
}

impl<'de, D: Deserializer<'de>, F: Follow> Deserializer<'de> for ShapeReader<'_, D, F> {
    type Error = D::Error;

    scalars! {
        deserialize_bool Bool;
        deserialize_i8 I8;
        deserialize_i16 I16;
        deserialize_i32 I32;
        deserialize_i64 I64;
        deserialize_i128 I128;
        deserialize_u8 U8;
        deserialize_u16 U16;
        deserialize_u32 U32;
        deserialize_u64 U64;
        deserialize_u128 U128;
        deserialize_f32 F32;
        deserialize_f64 F64;
        deserialize_char Char;
        deserialize_str Str;
        deserialize_string Str;
        deserialize_bytes Bytes;
        deserialize_byte_buf Bytes;
        deserialize_unit Unit;
    }

    containers! {
        deserialize_seq() Seq;
        deserialize_tuple(length: usize) Tuple;
        deserialize_tuple_struct(name: &'static str, length: usize) TupleStruct;
        deserialize_map() Map;
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }

    reads! { self, visitor:
        deserialize_struct(name: &'static str, fields: NameList) {
            self.follow.call(Call::Struct)?;
            self.follow.fields(fields)?;
            let visitor = ShapeReader::at(self.depth, visitor, self.follow);
            let value = self.inner.deserialize_struct(name, fields, visitor)?;
            self.follow.call(Call::End)?;
            Ok(value)
        }
        deserialize_unit_struct(name: &'static str) {
            self.follow.call(Call::UnitStruct)?;
            self.inner.deserialize_unit_struct(name, visitor)
        }
        deserialize_newtype_struct(name: &'static str) {
            self.follow.call(Call::NewtypeStruct)?;
            let visitor = ShapeReader::at(self.depth, visitor, self.follow);
            self.inner.deserialize_newtype_struct(name, visitor)
        }
        deserialize_option() {
            self.inner.deserialize_option(ShapeReader::at(self.depth, visitor, self.follow))
        }
        deserialize_enum(name: &'static str, variants: NameList) {
            let (inner, follow, depth) = (visitor, self.follow, self.depth);
            let visitor = NamedVariants { inner, variants, follow, depth };
            self.inner.deserialize_enum(name, variants, visitor)
        }

        // postcard does not describe values, and refuses these three.
        deserialize_any() { self.inner.deserialize_any(visitor) }
        deserialize_identifier() { self.inner.deserialize_identifier(visitor) }
        deserialize_ignored_any() { self.inner.deserialize_ignored_any(visitor) }
    }
}

impl<'de, V: Visitor<'de>, F: Follow> Visitor<'de> for ShapeReader<'_, V, F> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    #[inline]
    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.follow.call(Call::None)?;
        self.inner.visit_none()
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.follow.call(Call::Some)?;
        self.inner
            .visit_some(below(self.depth, inner, self.follow)?)
    }

    #[inline]
    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inner
            .visit_newtype_struct(ShapeReader::at(self.depth, inner, self.follow))
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.inner
            .visit_seq(ShapeReader::at(self.depth, inner, self.follow))
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.inner
            .visit_map(ShapeReader::at(self.depth, inner, self.follow))
    }
}

impl<'de, S: DeserializeSeed<'de>, F: Follow> DeserializeSeed<'de> for ShapeReader<'_, S, F> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        self.inner
            .deserialize(below(self.depth, inner, self.follow)?)
    }
}

impl<'de, A: SeqAccess<'de>, F: Follow> SeqAccess<'de> for ShapeReader<'_, A, F> {
    type Error = A::Error;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, A::Error> {
        self.inner
            .next_element_seed(ShapeReader::at(self.depth, seed, self.follow))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, A: MapAccess<'de>, F: Follow> MapAccess<'de> for ShapeReader<'_, A, F> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        self.inner
            .next_key_seed(ShapeReader::at(self.depth, seed, self.follow))
    }

    #[inline]
    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.inner
            .next_value_seed(ShapeReader::at(self.depth, seed, self.follow))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

/// An enum with the names of its variants.
struct NamedVariants<'r, A, F> {
    inner: A,
    variants: NameList,
    follow: &'r F,
    depth: u16,
}

impl<'de, V: Visitor<'de>, F: Follow> Visitor<'de> for NamedVariants<'_, V, F> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    #[inline]
    fn visit_enum<A: EnumAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.inner.visit_enum(NamedVariants {
            inner,
            variants: self.variants,
            follow: self.follow,
            depth: self.depth,
        })
    }
}

impl<'de, 'r, A: EnumAccess<'de>, F: Follow> EnumAccess<'de> for NamedVariants<'r, A, F> {
    type Error = A::Error;
    type Variant = ShapeReader<'r, A::Variant, F>;

    // The seed reads the variant's number. The writer makes no call of its own for it.
    #[inline]
    fn variant_seed<T: DeserializeSeed<'de>>(
        self,
        inner: T,
    ) -> Result<(T::Value, Self::Variant), A::Error> {
        let seed = NamedVariants {
            inner,
            variants: self.variants,
            follow: self.follow,
            depth: self.depth,
        };
        let (value, variant) = self.inner.variant_seed(seed)?;
        Ok((value, ShapeReader::at(self.depth, variant, self.follow)))
    }
}

impl<'de, S: DeserializeSeed<'de>, F: Follow> DeserializeSeed<'de> for NamedVariants<'_, S, F> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        let number = <u32 as serde::Deserialize>::deserialize(inner)?;
        let name = usize::try_from(number)
            .ok()
            .and_then(|at| self.variants.get(at));
        self.follow.variant(name.copied().ok_or(number));
        self.inner.deserialize(Chosen {
            number: number.into_deserializer(),
            name: name.copied(),
        })
    }
}

/// A chosen variant. It gives its name if it is asked for an identifier, and its number if it is asked for a
/// number.
struct Chosen<E> {
    number: U32Deserializer<E>,
    name: Option<&'static str>,
}

impl<'de, E: Error> Deserializer<'de> for Chosen<E> {
    type Error = E;

    reads! { self, visitor:
        deserialize_any() { self.number.deserialize_any(visitor) }
        deserialize_identifier() {
            match self.name {
                Some(name) => visitor.visit_str(name),
                None => self.number.deserialize_any(visitor),
            }
        }
        deserialize_enum(name: &'static str, variants: NameList) {
            self.number.deserialize_enum(name, variants, visitor)
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct ignored_any
    }
}

impl<'de, A: VariantAccess<'de>, F: Follow> VariantAccess<'de> for ShapeReader<'_, A, F> {
    type Error = A::Error;

    #[inline]
    fn unit_variant(self) -> Result<(), A::Error> {
        self.follow.call(Call::UnitVariant)?;
        self.inner.unit_variant()
    }

    #[inline]
    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, A::Error> {
        self.follow.call(Call::NewtypeVariant)?;
        self.inner
            .newtype_variant_seed(ShapeReader::at(self.depth, seed, self.follow))
    }

    reads! { self, visitor:
        tuple_variant(length: usize) {
            self.follow.call(Call::TupleVariant)?;
            let visitor = ShapeReader::at(self.depth, visitor, self.follow);
            let value = self.inner.tuple_variant(length, visitor)?;
            self.follow.call(Call::End)?;
            Ok(value)
        }
        struct_variant(fields: NameList) {
            self.follow.call(Call::StructVariant)?;
            self.follow.fields(fields)?;
            let visitor = ShapeReader::at(self.depth, visitor, self.follow);
            let value = self.inner.struct_variant(fields, visitor)?;
            self.follow.call(Call::End)?;
            Ok(value)
        }
    }
}
