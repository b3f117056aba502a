//! A serializer that records each call and passes it on.

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::call::Call;
use super::recorder::Recorder;

/// Records every call, and passes it on to `inner`.
pub(in crate::payload) struct ShapeWriter<'t, S> {
    inner: S,
    recorder: &'t Recorder<'t>,
}

impl<'t, S> ShapeWriter<'t, S> {
    pub(in crate::payload) fn new(inner: S, recorder: &'t Recorder<'t>) -> ShapeWriter<'t, S> {
        ShapeWriter { inner, recorder }
    }

    fn inside<'v, T: ?Sized>(&self, value: &'v T) -> Inside<'t, 'v, T> {
        let recorder = self.recorder;
        Inside { value, recorder }
    }
}

/// A value inside another, whose calls are recorded as well.
struct Inside<'t, 'v, T: ?Sized> {
    value: &'v T,
    recorder: &'t Recorder<'t>,
}

impl<T: Serialize + ?Sized> Serialize for Inside<'_, '_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value
            .serialize(ShapeWriter::new(serializer, self.recorder))
    }
}

macro_rules! scalars {
    ($($method:ident($type:ty) $call:ident;)*) => {$(
        fn $method(self, value: $type) -> Result<S::Ok, S::Error> {
            self.recorder.call(Call::$call);
            self.inner.$method(value)
        }
    )*};
}

impl<'t, S: Serializer> Serializer for ShapeWriter<'t, S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = ShapeWriter<'t, S::SerializeSeq>;
    type SerializeTuple = ShapeWriter<'t, S::SerializeTuple>;
    type SerializeTupleStruct = ShapeWriter<'t, S::SerializeTupleStruct>;
    type SerializeTupleVariant = ShapeWriter<'t, S::SerializeTupleVariant>;
    type SerializeMap = ShapeWriter<'t, S::SerializeMap>;
    type SerializeStruct = StructWriter<'t, S::SerializeStruct>;
    type SerializeStructVariant = StructWriter<'t, S::SerializeStructVariant>;

    scalars! {
        serialize_bool(bool) Bool;
        serialize_i8(i8) I8;
        serialize_i16(i16) I16;
        serialize_i32(i32) I32;
        serialize_i64(i64) I64;
        serialize_i128(i128) I128;
        serialize_u8(u8) U8;
        serialize_u16(u16) U16;
        serialize_u32(u32) U32;
        serialize_u64(u64) U64;
        serialize_u128(u128) U128;
        serialize_char(char) Char;
        serialize_str(&str) Str;
        serialize_bytes(&[u8]) Bytes;
        serialize_unit_struct(&'static str) UnitStruct;
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }

    fn serialize_f32(self, value: f32) -> Result<S::Ok, S::Error> {
        self.recorder.call(Call::F32);
        self.inner.serialize_f32(value)
    }

    fn serialize_f64(self, value: f64) -> Result<S::Ok, S::Error> {
        self.recorder.call(Call::F64);
        self.inner.serialize_f64(value)
    }

    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.recorder.call(Call::None);
        self.inner.serialize_none()
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.recorder.call(Call::Unit);
        self.inner.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.recorder.call(Call::Some);
        let inside = self.inside(value);
        self.inner.serialize_some(&inside)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.recorder.call(Call::NewtypeStruct);
        let inside = self.inside(value);
        self.inner.serialize_newtype_struct(name, &inside)
    }

    fn serialize_unit_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<S::Ok, S::Error> {
        self.recorder.call(Call::UnitVariant);
        self.recorder.variant(name, variant);
        self.inner.serialize_unit_variant(name, index, variant)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.recorder.call(Call::NewtypeVariant);
        self.recorder.variant(name, variant);
        let inside = self.inside(value);
        self.inner
            .serialize_newtype_variant(name, index, variant, &inside)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        self.recorder.call(Call::Seq);
        Ok(ShapeWriter::new(
            self.inner.serialize_seq(length)?,
            self.recorder,
        ))
    }

    fn serialize_tuple(self, length: usize) -> Result<Self::SerializeTuple, S::Error> {
        self.recorder.call(Call::Tuple);
        Ok(ShapeWriter::new(
            self.inner.serialize_tuple(length)?,
            self.recorder,
        ))
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        self.recorder.call(Call::TupleStruct);
        Ok(ShapeWriter::new(
            self.inner.serialize_tuple_struct(name, length)?,
            self.recorder,
        ))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        self.recorder.call(Call::TupleVariant);
        self.recorder.variant(name, variant);
        let inner = self
            .inner
            .serialize_tuple_variant(name, index, variant, length)?;
        Ok(ShapeWriter::new(inner, self.recorder))
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        self.recorder.call(Call::Map);
        Ok(ShapeWriter::new(
            self.inner.serialize_map(length)?,
            self.recorder,
        ))
    }

    fn serialize_struct(
        self,
        name: &'static str,
        length: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        self.recorder.call(Call::Struct);
        let number = self.recorder.begin_struct(length);
        Ok(StructWriter {
            inner: self.inner.serialize_struct(name, length)?,
            recorder: self.recorder,
            number,
        })
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        self.recorder.call(Call::StructVariant);
        self.recorder.variant(name, variant);
        let number = self.recorder.begin_struct(length);
        let inner = self
            .inner
            .serialize_struct_variant(name, index, variant, length)?;
        Ok(StructWriter {
            inner,
            recorder: self.recorder,
            number,
        })
    }
}

macro_rules! containers {
    ($($trait:ident::$method:ident;)*) => {$(
        impl<C: $trait> $trait for ShapeWriter<'_, C> {
            type Ok = C::Ok;
            type Error = C::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
                let inside = self.inside(value);
                self.inner.$method(&inside)
            }

            fn end(self) -> Result<C::Ok, C::Error> {
                self.recorder.call(Call::End);
                self.inner.end()
            }
        }
    )*};
}

containers! {
    SerializeSeq::serialize_element;
    SerializeTuple::serialize_element;
    SerializeTupleStruct::serialize_field;
    SerializeTupleVariant::serialize_field;
}

/// A struct that is being written. The names of its fields are recorded, too.
pub(in crate::payload) struct StructWriter<'t, C> {
    inner: C,
    recorder: &'t Recorder<'t>,
    number: usize,
}

macro_rules! structs {
    ($($trait:ident)*) => {$(
        impl<C: $trait> $trait for StructWriter<'_, C> {
            type Ok = C::Ok;
            type Error = C::Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), C::Error> {
                self.recorder.field(self.number, key);
                let inside = Inside { value, recorder: self.recorder };
                self.inner.serialize_field(key, &inside)
            }

            fn skip_field(&mut self, key: &'static str) -> Result<(), C::Error> {
                self.inner.skip_field(key)
            }

            fn end(self) -> Result<C::Ok, C::Error> {
                self.recorder.call(Call::End);
                self.inner.end()
            }
        }
    )*};
}

structs! { SerializeStruct SerializeStructVariant }

impl<C: SerializeMap> SerializeMap for ShapeWriter<'_, C> {
    type Ok = C::Ok;
    type Error = C::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
        let inside = self.inside(value);
        self.inner.serialize_key(&inside)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
        let inside = self.inside(value);
        self.inner.serialize_value(&inside)
    }

    fn end(self) -> Result<C::Ok, C::Error> {
        self.recorder.call(Call::End);
        self.inner.end()
    }
}
