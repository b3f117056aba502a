//! A deserializer that has to follow a trace.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::{Call, Replay};

/// Wraps a deserializer, a visitor, a seed or an access of serde's, and passes every call on as
/// long as it is the one that the trace has next.
pub(in crate::payload) struct Reader<'r, I> {
    inner: I,
    replay: &'r Replay<'r>,
}

impl<'r, I> Reader<'r, I> {
    pub(in crate::payload) fn new(inner: I, replay: &'r Replay<'r>) -> Reader<'r, I> {
        Reader { inner, replay }
    }
}

macro_rules! scalars {
    ($($method:ident $call:ident;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.replay.expect(Call::$call)?;
            self.inner.$method(visitor)
        }
    )*};
}

/// Containers: the call, what is inside through a wrapped visitor, and the end.
macro_rules! containers {
    ($($method:ident($($field:ident: $type:ty),*) $call:ident;)*) => {$(
        fn $method<V: Visitor<'de>>(
            self,
            $($field: $type,)*
            visitor: V,
        ) -> Result<V::Value, D::Error> {
            self.replay.expect(Call::$call)?;
            let value = self.inner.$method($($field,)* Reader::new(visitor, self.replay))?;
            self.replay.expect(Call::End)?;
            Ok(value)
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Reader<'_, D> {
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

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.replay.expect(Call::Struct)?;
        self.replay.expect_fields(fields)?;
        let visitor = Reader::new(visitor, self.replay);
        let value = self.inner.deserialize_struct(name, fields, visitor)?;
        self.replay.expect(Call::End)?;
        Ok(value)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.replay.expect(Call::UnitStruct)?;
        self.inner.deserialize_unit_struct(name, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.replay.expect(Call::NewtypeStruct)?;
        self.inner
            .deserialize_newtype_struct(name, Reader::new(visitor, self.replay))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner
            .deserialize_option(Reader::new(visitor, self.replay))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner
            .deserialize_enum(name, variants, Reader::new(visitor, self.replay))
    }

    // postcard describes no values and refuses these three.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_any(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_identifier(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_ignored_any(visitor)
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Reader<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.replay.expect(Call::None)?;
        self.inner.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.replay.expect(Call::Some)?;
        self.inner.visit_some(Reader::new(inner, self.replay))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inner
            .visit_newtype_struct(Reader::new(inner, self.replay))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.inner.visit_seq(Reader::new(inner, self.replay))
    }

    fn visit_map<A: MapAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(Reader::new(inner, self.replay))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.inner.visit_enum(Reader::new(inner, self.replay))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Reader<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        self.inner.deserialize(Reader::new(inner, self.replay))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Reader<'_, A> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, A::Error> {
        self.inner.next_element_seed(Reader::new(seed, self.replay))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Reader<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        self.inner.next_key_seed(Reader::new(seed, self.replay))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.inner.next_value_seed(Reader::new(seed, self.replay))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, 'r, A: EnumAccess<'de>> EnumAccess<'de> for Reader<'r, A> {
    type Error = A::Error;
    type Variant = Reader<'r, A::Variant>;

    // The seed reads the variant's number, which is no call of its own when writing.
    fn variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<(T::Value, Self::Variant), A::Error> {
        let (value, variant) = self.inner.variant_seed(seed)?;
        Ok((value, Reader::new(variant, self.replay)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Reader<'_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.replay.expect(Call::UnitVariant)?;
        self.inner.unit_variant()
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, A::Error> {
        self.replay.expect(Call::NewtypeVariant)?;
        self.inner
            .newtype_variant_seed(Reader::new(seed, self.replay))
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.replay.expect(Call::TupleVariant)?;
        let value = self
            .inner
            .tuple_variant(length, Reader::new(visitor, self.replay))?;
        self.replay.expect(Call::End)?;
        Ok(value)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.replay.expect(Call::StructVariant)?;
        self.replay.expect_fields(fields)?;
        let value = self
            .inner
            .struct_variant(fields, Reader::new(visitor, self.replay))?;
        self.replay.expect(Call::End)?;
        Ok(value)
    }
}
