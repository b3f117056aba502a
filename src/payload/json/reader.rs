//! Watches serde_json read, by wrapping every deserializer, visitor, seed and access.

use std::any::type_name;
use std::fmt;

use serde::de::value::MapDeserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use super::field_error::FieldError;
use super::observed::{Borrowing, Observed};
use crate::payload::calls::reads;
use crate::payload::form::ElementOrder;
use crate::payload::shape::NameList;

/// Wraps a deserializer, a seed, or an access of serde's.
pub(super) struct JsonReader<'r, I> {
    pub(super) inner: I,
    pub(super) observed: &'r Observed<'r>,
}

impl<'r, I> JsonReader<'r, I> {
    /// Wraps a visitor whose containers have an order or none.
    fn visitor<V>(&self, visitor: V, kept: ElementOrder) -> Watching<'r, V> {
        Watching {
            visitor,
            kept,
            observed: self.observed,
        }
    }

    fn of<O>(&self, inner: O) -> JsonReader<'r, O> {
        JsonReader {
            inner,
            observed: self.observed,
        }
    }
}

/// Implements calls that pass a watching visitor on, for containers that have an order or none.
macro_rules! watched {
    ($kept:expr; $($method:ident($($argument:ident: $type:ty),*))*) => {reads! { self, visitor: $(
        $method($($argument: $type),*) {
            let visitor = self.visitor(visitor, $kept);
            Ok(self.inner.$method($($argument,)* visitor)?)
        }
    )*}};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for JsonReader<'_, D> {
    type Error = FieldError<D::Error>;

    watched! { ElementOrder::of_value(type_name::<V::Value>());
        deserialize_bool() deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64()
        deserialize_i128() deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64()
        deserialize_u128() deserialize_f32() deserialize_f64() deserialize_char()
        deserialize_string() deserialize_bytes() deserialize_byte_buf() deserialize_option()
        deserialize_unit() deserialize_seq() deserialize_identifier()
    }

    watched! { ElementOrder::Kept;
        deserialize_unit_struct(name: &'static str)
        deserialize_tuple(length: usize)
        deserialize_tuple_struct(name: &'static str, length: usize)
        deserialize_struct(name: &'static str, fields: NameList)
        deserialize_enum(name: &'static str, variants: NameList)
    }

    // The type that they are read into is not known.
    watched! { ElementOrder::Unknown; deserialize_any() }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }

    reads! { self, visitor:
        deserialize_map() {
            // A struct that asks for a map has flattened fields, whose types are not known.
            let kept = match type_name::<V>().contains("::deserialize::__Visitor") {
                true => ElementOrder::Unknown,
                false => ElementOrder::of_value(type_name::<V::Value>()),
            };
            let visitor = self.visitor(visitor, kept);
            Ok(self.inner.deserialize_map(visitor)?)
        }
        /// Counts ignored containers, too.
        deserialize_ignored_any() { self.deserialize_any(visitor) }
        deserialize_str() {
            let borrows = type_name::<V::Value>() == "&str";
            if borrows && !matches!(self.observed.borrowing, Borrowing::Never) {
                let text = String::deserialize(self.inner)?;
                return visitor.visit_borrowed_str(self.observed.place::<D::Error>(text)?);
            }
            let visitor = self.visitor(visitor, ElementOrder::Kept);
            Ok(self.inner.deserialize_str(visitor)?)
        }
        deserialize_newtype_struct(name: &'static str) {
            if name.starts_with("$serde_json::private::") {
                // serde_json hands raw text over in its own way.
                return Ok(self.inner.deserialize_newtype_struct(name, visitor)?);
            }
            let visitor = self.visitor(visitor, ElementOrder::Kept);
            Ok(self.inner.deserialize_newtype_struct(name, visitor)?)
        }
    }
}

/// Wraps a visitor.
struct Watching<'r, V> {
    visitor: V,
    kept: ElementOrder,
    observed: &'r Observed<'r>,
}

impl<'r, V> Watching<'r, V> {
    /// Hands the content to the visitor, and keeps the name of a missing field.
    fn inside<I, T, E>(
        self,
        inner: I,
        visit: impl FnOnce(V, JsonReader<'r, I>) -> Result<T, FieldError<E>>,
    ) -> Result<T, E> {
        let observed = self.observed;
        visit(self.visitor, JsonReader { inner, observed }).map_err(|error| observed.keep(error))
    }
}

macro_rules! scalars {
    ($($method:ident $type:ty;)*) => {$(
        fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            self.visitor.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Watching<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    scalars! {
        visit_bool bool;
        visit_i8 i8;
        visit_i16 i16;
        visit_i32 i32;
        visit_i64 i64;
        visit_i128 i128;
        visit_u8 u8;
        visit_u16 u16;
        visit_u32 u32;
        visit_u64 u64;
        visit_u128 u128;
        visit_f32 f32;
        visit_f64 f64;
        visit_char char;
        visit_str &str;
        visit_borrowed_str &'de str;
        visit_string String;
        visit_bytes &[u8];
        visit_borrowed_bytes &'de [u8];
        visit_byte_buf Vec<u8>;
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.observed.containers.note(self.kept);
        self.observed.containers.pass(1);
        self.inside(inner, V::visit_seq)
    }

    fn visit_map<A: MapAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        if type_name::<A>().ends_with("::NumberDeserializer") {
            return number(self.visitor, inner);
        }
        self.observed.containers.note(self.kept);
        self.observed.containers.pass(1);
        self.inside(inner, V::visit_map)
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inside(inner, V::visit_some)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inside(inner, V::visit_newtype_struct)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.inside(inner, V::visit_enum)
    }
}

/// Reads a number that serde_json keeps as text and wraps into a map. A value that serde buffers before it
/// knows the type (`Content`) gets a float, if a float says the same. Other types that ask for it know of
/// the map.
fn number<'de, V, A>(visitor: V, mut inner: A) -> Result<V::Value, A::Error>
where
    V: Visitor<'de>,
    A: MapAccess<'de>,
{
    if !type_name::<V>().contains("Content") {
        return visitor.visit_map(inner);
    }
    let Some((key, text)) = inner.next_entry::<String, String>()? else {
        return Err(Error::custom("no number"));
    };
    let plain = |text: &str| text.replace('+', "");
    if let Ok(float) = text.parse::<f64>()
        && serde_json::to_string(&float).is_ok_and(|again| plain(&again) == plain(&text))
    {
        return visitor.visit_f64(float);
    }
    visitor.visit_map(MapDeserializer::new(std::iter::once((key, text))))
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for JsonReader<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        let observed = self.observed;
        let read = self.inner.deserialize(JsonReader { inner, observed });
        read.map_err(|error| observed.keep(error))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for JsonReader<'_, A> {
    type Error = FieldError<A::Error>;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Self::Error> {
        let seed = self.of(seed);
        Ok(self.inner.next_element_seed(seed)?)
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for JsonReader<'_, A> {
    type Error = FieldError<A::Error>;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Self::Error> {
        let seed = self.of(seed);
        Ok(self.inner.next_key_seed(seed)?)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<T::Value, Self::Error> {
        let seed = self.of(seed);
        Ok(self.inner.next_value_seed(seed)?)
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, 'r, A: EnumAccess<'de>> EnumAccess<'de> for JsonReader<'r, A> {
    type Error = FieldError<A::Error>;
    type Variant = JsonReader<'r, A::Variant>;

    fn variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<(T::Value, Self::Variant), Self::Error> {
        let (observed, seed) = (self.observed, self.of(seed));
        let (value, inner) = self.inner.variant_seed(seed)?;
        Ok((value, JsonReader { inner, observed }))
    }
}

/// Counts the object that JSON puts around a variant with content.
impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for JsonReader<'_, A> {
    type Error = FieldError<A::Error>;

    fn unit_variant(self) -> Result<(), Self::Error> {
        Ok(self.inner.unit_variant()?)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, Self::Error> {
        self.observed.containers.pass(1);
        let seed = self.of(seed);
        Ok(self.inner.newtype_variant_seed(seed)?)
    }

    reads! { self, visitor:
        tuple_variant(length: usize) {
            self.observed.containers.pass(1);
            let visitor = self.visitor(visitor, ElementOrder::Kept);
            Ok(self.inner.tuple_variant(length, visitor)?)
        }
        struct_variant(fields: NameList) {
            self.observed.containers.pass(1);
            let visitor = self.visitor(visitor, ElementOrder::Kept);
            Ok(self.inner.struct_variant(fields, visitor)?)
        }
    }
}
