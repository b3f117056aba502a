//! A serializer that notes each call and passes it on.

use serde::ser::{
    Error, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::call::Call;
use super::read::{DEEPEST, TOO_DEEP};
use super::recorder::Note;

/// Wraps a serializer, a container or a value of serde's, notes every call, and passes it on.
pub(in crate::payload) struct ShapeWriter<'t, S, N> {
    inner: S,
    note: &'t N,
    /// The levels above.
    depth: u16,
}

impl<'t, S, N> ShapeWriter<'t, S, N> {
    #[inline]
    pub(in crate::payload) fn new(inner: S, note: &'t N) -> ShapeWriter<'t, S, N> {
        ShapeWriter::at(0, inner, note)
    }

    #[inline]
    fn at(depth: u16, inner: S, note: &'t N) -> ShapeWriter<'t, S, N> {
        ShapeWriter { inner, note, depth }
    }

    #[inline]
    fn of<O>(&self, inner: O) -> ShapeWriter<'t, O, N> {
        ShapeWriter::at(self.depth, inner, self.note)
    }
}

/// Wraps what lies one level deeper.
#[inline]
fn below<O, N: Note, E: Error>(depth: u16, inner: O, note: &N) -> Result<ShapeWriter<'_, O, N>, E> {
    if depth == DEEPEST {
        note.is_too_deep();
        return Err(E::custom(TOO_DEEP));
    }
    Ok(ShapeWriter::at(depth + 1, inner, note))
}

impl<T: Serialize + ?Sized, N: Note> Serialize for ShapeWriter<'_, &T, N> {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.inner.serialize(self.of(serializer))
    }
}

/// Implements calls that are noted and passed on.
macro_rules! passed {
    ($($method:ident($($argument:ident: $type:ty),*) $call:ident;)*) => {$(
        #[inline]
        fn $method(self, $($argument: $type),*) -> Result<S::Ok, S::Error> {
            self.note.call(Call::$call);
            self.inner.$method($($argument),*)
        }
    )*};
}

/// Implements calls that open a container whose fields have no names.
macro_rules! opened {
    ($($method:ident($($argument:ident: $type:ty),*) -> $open:ident $call:ident;)*) => {$(
        #[inline]
        fn $method(self, $($argument: $type),*) -> Result<Self::$open, S::Error> {
            self.note.call(Call::$call);
            let inner = self.inner.$method($($argument),*)?;
            Ok(ShapeWriter::at(self.depth, inner, self.note))
        }
    )*};
}

impl<'t, S: Serializer, N: Note> Serializer for ShapeWriter<'t, S, N> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = ShapeWriter<'t, S::SerializeSeq, N>;
    type SerializeTuple = ShapeWriter<'t, S::SerializeTuple, N>;
    type SerializeTupleStruct = ShapeWriter<'t, S::SerializeTupleStruct, N>;
    type SerializeTupleVariant = ShapeWriter<'t, S::SerializeTupleVariant, N>;
    type SerializeMap = ShapeWriter<'t, S::SerializeMap, N>;
    type SerializeStruct = StructWriter<'t, S::SerializeStruct, N>;
    type SerializeStructVariant = StructWriter<'t, S::SerializeStructVariant, N>;

    passed! {
        serialize_bool(value: bool) Bool;
        serialize_i8(value: i8) I8;
        serialize_i16(value: i16) I16;
        serialize_i32(value: i32) I32;
        serialize_i64(value: i64) I64;
        serialize_i128(value: i128) I128;
        serialize_u8(value: u8) U8;
        serialize_u16(value: u16) U16;
        serialize_u32(value: u32) U32;
        serialize_u64(value: u64) U64;
        serialize_u128(value: u128) U128;
        serialize_f32(value: f32) F32;
        serialize_f64(value: f64) F64;
        serialize_char(value: char) Char;
        serialize_str(value: &str) Str;
        serialize_bytes(value: &[u8]) Bytes;
        serialize_none() None;
        serialize_unit() Unit;
        serialize_unit_struct(name: &'static str) UnitStruct;
    }

    opened! {
        serialize_seq(length: Option<usize>) -> SerializeSeq Seq;
        serialize_tuple(length: usize) -> SerializeTuple Tuple;
        serialize_tuple_struct(name: &'static str, length: usize) -> SerializeTupleStruct TupleStruct;
        serialize_map(length: Option<usize>) -> SerializeMap Map;
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.note.call(Call::Some);
        let inside = below(self.depth, value, self.note)?;
        self.inner.serialize_some(&inside)
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.note.call(Call::NewtypeStruct);
        let inside = self.of(value);
        self.inner.serialize_newtype_struct(name, &inside)
    }

    #[inline]
    fn serialize_unit_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<S::Ok, S::Error> {
        self.note.call(Call::UnitVariant);
        self.note.variant(name, variant);
        self.inner.serialize_unit_variant(name, index, variant)
    }

    #[inline]
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.note.call(Call::NewtypeVariant);
        self.note.variant(name, variant);
        let inside = below(self.depth, value, self.note)?;
        self.inner
            .serialize_newtype_variant(name, index, variant, &inside)
    }

    #[inline]
    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        self.note.call(Call::TupleVariant);
        self.note.variant(name, variant);
        let inner = self
            .inner
            .serialize_tuple_variant(name, index, variant, length)?;
        Ok(ShapeWriter::at(self.depth, inner, self.note))
    }

    #[inline]
    fn serialize_struct(
        self,
        name: &'static str,
        length: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        self.note.call(Call::Struct);
        let begun = self.note.begin_struct(length);
        Ok(StructWriter {
            inner: self.inner.serialize_struct(name, length)?,
            note: self.note,
            depth: self.depth,
            begun,
        })
    }

    #[inline]
    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        self.note.call(Call::StructVariant);
        self.note.variant(name, variant);
        let begun = self.note.begin_struct(length);
        let inner = self
            .inner
            .serialize_struct_variant(name, index, variant, length)?;
        Ok(StructWriter {
            inner,
            note: self.note,
            depth: self.depth,
            begun,
        })
    }
}

macro_rules! containers {
    ($($trait:ident: $($method:ident)*;)*) => {$(
        impl<C: $trait, N: Note> $trait for ShapeWriter<'_, C, N> {
            type Ok = C::Ok;
            type Error = C::Error;

            $(#[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
                let inside = below(self.depth, value, self.note)?;
                self.inner.$method(&inside)
            })*

            #[inline]
            fn end(self) -> Result<C::Ok, C::Error> {
                self.note.call(Call::End);
                self.inner.end()
            }
        }
    )*};
}

containers! {
    SerializeSeq: serialize_element;
    SerializeTuple: serialize_element;
    SerializeTupleStruct: serialize_field;
    SerializeTupleVariant: serialize_field;
    SerializeMap: serialize_key serialize_value;
}

/// A struct that is being written. The names of its fields are noted, too.
pub(in crate::payload) struct StructWriter<'t, C, N: Note> {
    inner: C,
    note: &'t N,
    depth: u16,
    begun: N::Struct,
}

macro_rules! structs {
    ($($trait:ident)*) => {$(
        impl<C: $trait, N: Note> $trait for StructWriter<'_, C, N> {
            type Ok = C::Ok;
            type Error = C::Error;

            #[inline]
            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), C::Error> {
                self.note.field(&mut self.begun, key);
                let inside = below(self.depth, value, self.note)?;
                self.inner.serialize_field(key, &inside)
            }

            fn skip_field(&mut self, key: &'static str) -> Result<(), C::Error> {
                self.inner.skip_field(key)
            }

            #[inline]
            fn end(self) -> Result<C::Ok, C::Error> {
                self.note.call(Call::End);
                self.inner.end()
            }
        }
    )*};
}

structs! { SerializeStruct SerializeStructVariant }
