//! A serializer that writes a form.

use std::any::type_name;
use std::fmt;

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::{Containers, ElementOrder};
use crate::payload::calls::writes;
use crate::payload::places::Places;
use crate::payload::shape::{Call, DEEPEST};

/// How a form is written.
#[derive(Clone, Copy)]
pub(in crate::payload) struct FormOptions<'m> {
    /// Whether the codec is human-readable, which types may ask.
    human: bool,
    /// The order of each container that the reader of the same bytes makes. Without them no container is
    /// sorted.
    containers: Option<&'m Containers>,
    /// Texts that stand for others.
    places: Option<&'m Places>,
}

impl<'m> FormOptions<'m> {
    /// Returns the options for JSON text.
    pub(in crate::payload) fn of_text() -> FormOptions<'m> {
        FormOptions {
            human: true,
            containers: None,
            places: None,
        }
    }

    /// Returns the options for postcard.
    pub(in crate::payload) fn of_bytes() -> FormOptions<'m> {
        FormOptions {
            human: false,
            ..FormOptions::of_text()
        }
    }

    /// Sorts the elements of containers without an order.
    pub(in crate::payload) fn forgiving(self, containers: &'m Containers) -> FormOptions<'m> {
        FormOptions {
            containers: Some(containers),
            ..self
        }
    }

    pub(in crate::payload) fn with_places(self, places: &'m Places) -> FormOptions<'m> {
        FormOptions {
            places: Some(places),
            ..self
        }
    }
}

/// A value's form.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::payload) struct Form {
    bytes: Vec<u8>,
    /// Whether no float is infinite or not a number, which JSON writes as `null`.
    pub(in crate::payload) is_finite: bool,
}

/// The reason for which a value has no form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::payload) enum FormFailure {
    /// Its `Serialize` fails.
    Refused,
    /// It is nested so deep that to write it, by this or by a codec, could exhaust the stack.
    TooDeep,
}

/// Writes the form of `value`.
pub(in crate::payload) fn form<T: Serialize + ?Sized>(
    value: &T,
    options: FormOptions<'_>,
) -> Result<Form, FormFailure> {
    let mut writer = FormWriter {
        options,
        form: Form {
            bytes: Vec::new(),
            is_finite: true,
        },
        opened: 0,
        depth: 0,
        is_too_deep: false,
        next: ElementOrder::Unknown,
    };
    match value.serialize(&mut writer) {
        // A type may ignore the error.
        _ if writer.is_too_deep => Err(FormFailure::TooDeep),
        Ok(()) => Ok(writer.form),
        Err(fmt::Error) => Err(FormFailure::Refused),
    }
}

/// Stands in front of a field's name. No call has this number.
const FIELD: u8 = 0;

struct FormWriter<'m> {
    options: FormOptions<'m>,
    form: Form,
    opened: usize,
    /// The levels above.
    depth: u16,
    is_too_deep: bool,
    /// The order of the iterator that the next container is written from.
    next: ElementOrder,
}

impl<'m> FormWriter<'m> {
    fn call(&mut self, call: Call) {
        self.form.bytes.push(call as u8);
        self.opened += call.brackets();
    }

    fn scalar(&mut self, call: Call, bytes: &[u8]) {
        self.call(call);
        self.form.bytes.extend_from_slice(bytes);
    }

    fn float(&mut self, call: Call, is_finite: bool, bytes: &[u8]) {
        self.form.is_finite &= is_finite;
        self.scalar(call, bytes);
    }

    /// Writes bytes or text behind their length.
    fn string(&mut self, bytes: &[u8]) {
        let length = bytes.len() as u64;
        self.form.bytes.extend_from_slice(&length.to_le_bytes());
        self.form.bytes.extend_from_slice(bytes);
    }

    /// Writes a call with a text: itself, or the name of its type. Variants of an untagged enum may differ in nothing else.
    fn named(&mut self, call: Call, name: &str) {
        self.call(call);
        self.string(name.as_bytes());
    }

    fn variant(&mut self, call: Call, of: &str, index: u32, name: &str) {
        self.scalar(call, &index.to_le_bytes());
        self.string(of.as_bytes());
        self.string(name.as_bytes());
    }

    /// Writes what lies one level deeper.
    fn below<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), fmt::Error> {
        if self.depth == DEEPEST {
            self.is_too_deep = true;
            return Err(fmt::Error);
        }
        self.depth += 1;
        let written = value.serialize(&mut *self);
        self.depth -= 1;
        written
    }

    /// Begins a container that keeps its order.
    fn ordered(&mut self) -> OpenContainer<'_, 'm> {
        OpenContainer {
            writer: self,
            elements: None,
        }
    }

    /// Begins a sequence or a map. The writer's iterator tells best whether it has an order. If it does not, the
    /// reader's type may. If neither tells, as of flattened maps and those in a tagged enum, the entries of a
    /// map are sorted, and the elements of a sequence are not.
    fn begin(&mut self, call: Call) -> OpenContainer<'_, 'm> {
        let written = std::mem::replace(&mut self.next, ElementOrder::Unknown);
        let read = self.options.containers.map(|all| all.kept(self.opened));
        let is_free = match (written, read) {
            (_, None)
            | (ElementOrder::Kept, _)
            | (ElementOrder::Unknown, Some(ElementOrder::Kept)) => false,
            (ElementOrder::Free, _) | (ElementOrder::Unknown, Some(ElementOrder::Free)) => true,
            (ElementOrder::Unknown, Some(ElementOrder::Unknown)) => call == Call::Map,
        };
        self.call(call);
        OpenContainer {
            writer: self,
            elements: is_free.then(Vec::new),
        }
    }

    /// Sorts elements by their bytes. Each begins at one of these offsets.
    fn sort(&mut self, elements: &[usize]) {
        let Some(&first) = elements.first() else {
            return;
        };
        let unsorted = self.form.bytes.split_off(first);
        let ends = elements
            .iter()
            .skip(1)
            .copied()
            .chain([first + unsorted.len()]);
        let ranges = elements.iter().zip(ends);
        let mut sorted: Vec<&[u8]> = ranges
            .filter_map(|(start, end)| unsorted.get(start - first..end - first))
            .collect();
        sorted.sort_unstable();
        self.form.bytes.extend(sorted.concat());
    }
}

/// Fails where the value's own `Serialize` does. The text of that error is dropped, because it may hold a
/// value.
impl<'w, 'm> Serializer for &'w mut FormWriter<'m> {
    type Ok = ();
    type Error = fmt::Error;
    type SerializeSeq = OpenContainer<'w, 'm>;
    type SerializeTuple = OpenContainer<'w, 'm>;
    type SerializeTupleStruct = OpenContainer<'w, 'm>;
    type SerializeTupleVariant = OpenContainer<'w, 'm>;
    type SerializeMap = OpenContainer<'w, 'm>;
    type SerializeStruct = OpenContainer<'w, 'm>;
    type SerializeStructVariant = OpenContainer<'w, 'm>;

    fn is_human_readable(&self) -> bool {
        self.options.human
    }

    writes! { self -> ():
        serialize_bool(value: bool) => self.scalar(Call::Bool, &[value.into()]);
        serialize_i8(value: i8) => self.scalar(Call::I8, &value.to_le_bytes());
        serialize_i16(value: i16) => self.scalar(Call::I16, &value.to_le_bytes());
        serialize_i32(value: i32) => self.scalar(Call::I32, &value.to_le_bytes());
        serialize_i64(value: i64) => self.scalar(Call::I64, &value.to_le_bytes());
        serialize_i128(value: i128) => self.scalar(Call::I128, &value.to_le_bytes());
        serialize_u8(value: u8) => self.scalar(Call::U8, &value.to_le_bytes());
        serialize_u16(value: u16) => self.scalar(Call::U16, &value.to_le_bytes());
        serialize_u32(value: u32) => self.scalar(Call::U32, &value.to_le_bytes());
        serialize_u64(value: u64) => self.scalar(Call::U64, &value.to_le_bytes());
        serialize_u128(value: u128) => self.scalar(Call::U128, &value.to_le_bytes());
        serialize_f32(value: f32) => self.float(Call::F32, value.is_finite(), &value.to_le_bytes());
        serialize_f64(value: f64) => self.float(Call::F64, value.is_finite(), &value.to_le_bytes());
        serialize_char(value: char) => self.scalar(Call::Char, &u32::from(value).to_le_bytes());
        serialize_str(value: &str) => {
            let meant = self.options.places.and_then(|places| places.text(value));
            self.named(Call::Str, meant.unwrap_or(value));
        };
        serialize_bytes(value: &[u8]) => {
            self.call(Call::Bytes);
            // JSON writes bytes as an array.
            self.opened += usize::from(self.options.human);
            self.string(value);
        };
        serialize_none() => self.call(Call::None);
        serialize_unit() => self.call(Call::Unit);
        serialize_unit_struct(name: &'static str) => self.named(Call::UnitStruct, name);
        serialize_unit_variant(of: &'static str, index: u32, name: &'static str) =>
            self.variant(Call::UnitVariant, of, index, name);
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), fmt::Error> {
        self.call(Call::Some);
        self.below(value)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), fmt::Error> {
        self.named(Call::NewtypeStruct, name);
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        of: &'static str,
        index: u32,
        name: &'static str,
        value: &T,
    ) -> Result<(), fmt::Error> {
        self.variant(Call::NewtypeVariant, of, index, name);
        self.below(value)
    }

    writes! { self -> OpenContainer<'w, 'm>:
        serialize_seq(_length: Option<usize>) => self.begin(Call::Seq);
        serialize_map(_length: Option<usize>) => self.begin(Call::Map);
        serialize_tuple(_length: usize) => {
            self.call(Call::Tuple);
            self.ordered()
        };
        serialize_tuple_struct(name: &'static str, _length: usize) => {
            self.named(Call::TupleStruct, name);
            self.ordered()
        };
        serialize_tuple_variant(of: &'static str, index: u32, name: &'static str, _length: usize) => {
            self.variant(Call::TupleVariant, of, index, name);
            self.ordered()
        };
        serialize_struct(name: &'static str, _length: usize) => {
            self.named(Call::Struct, name);
            // serde_json writes a number or raw text by such a struct, and opens no object.
            self.opened -= usize::from(name.starts_with("$serde_json::private::"));
            self.ordered()
        };
        serialize_struct_variant(of: &'static str, index: u32, name: &'static str, _length: usize) => {
            self.variant(Call::StructVariant, of, index, name);
            self.ordered()
        };
    }

    // These two get the iterator, and so its type.

    fn collect_seq<I>(self, elements: I) -> Result<(), fmt::Error>
    where
        I: IntoIterator<Item: Serialize>,
    {
        self.next = ElementOrder::of_iterator(type_name::<I>());
        let mut open = self.serialize_seq(None)?;
        elements
            .into_iter()
            .try_for_each(|element| open.element(&element))?;
        SerializeSeq::end(open)
    }

    fn collect_map<K, V, I>(self, entries: I) -> Result<(), fmt::Error>
    where
        K: Serialize,
        V: Serialize,
        I: IntoIterator<Item = (K, V)>,
    {
        self.next = ElementOrder::of_iterator(type_name::<I>());
        let mut open = self.serialize_map(None)?;
        entries
            .into_iter()
            .try_for_each(|(key, value)| open.serialize_entry(&key, &value))?;
        SerializeMap::end(open)
    }
}

/// A container that is being written.
struct OpenContainer<'w, 'm> {
    writer: &'w mut FormWriter<'m>,
    /// The offset of each element, if they are to be sorted.
    elements: Option<Vec<usize>>,
}

impl OpenContainer<'_, '_> {
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), fmt::Error> {
        if let Some(elements) = &mut self.elements {
            elements.push(self.writer.form.bytes.len());
        }
        self.writer.below(value)
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), fmt::Error> {
        self.writer.form.bytes.push(FIELD);
        self.writer.string(name.as_bytes());
        self.writer.below(value)
    }

    fn close(self) -> Result<(), fmt::Error> {
        if let Some(elements) = &self.elements {
            self.writer.sort(elements);
        }
        self.writer.call(Call::End);
        Ok(())
    }
}

macro_rules! containers {
    ($($trait:ident $method:ident;)*) => {$(
        impl $trait for OpenContainer<'_, '_> {
            type Ok = ();
            type Error = fmt::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), fmt::Error> {
                self.element(value)
            }

            fn end(self) -> Result<(), fmt::Error> {
                self.close()
            }
        }
    )*};
}

containers! {
    SerializeSeq serialize_element;
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
    SerializeTupleVariant serialize_field;
}

macro_rules! structs {
    ($($trait:ident)*) => {$(
        impl $trait for OpenContainer<'_, '_> {
            type Ok = ();
            type Error = fmt::Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), fmt::Error> {
                self.field(name, value)
            }

            fn end(self) -> Result<(), fmt::Error> {
                self.close()
            }
        }
    )*};
}

structs! { SerializeStruct SerializeStructVariant }

/// Writes a key and its value as one element.
impl SerializeMap for OpenContainer<'_, '_> {
    type Ok = ();
    type Error = fmt::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), fmt::Error> {
        self.element(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), fmt::Error> {
        self.writer.below(value)
    }

    fn end(self) -> Result<(), fmt::Error> {
        self.close()
    }
}
