//! The shape of a value: the calls by which serde was asked to write it, and to read it back.
//!
//! postcard writes no field names. So a type that writes other fields than it reads (`skip_serializing_if`
//! and its like) shifts every byte behind them, and one value comes back as another. Comparing re-encoded
//! bytes is no cure: that refuses a `HashMap` for its order, and accepts crafted values. So the calls of both
//! directions are compared: the kind of each call, and the names of each struct's fields. The session keeps
//! the [`Print`] of a shape, by which a reader of another type knows that the value is not its own.

mod print;
mod read;
mod write;

use std::cell::{Cell, RefCell};

pub(super) use print::Print;
use read::Follow;
pub(super) use read::ShapeReader;
pub(super) use write::ShapeWriter;

use super::form::{Containers, ElementOrder};

/// The names that a type gives its fields or variants.
pub(super) type NameList = &'static [&'static str];

/// One call of serde's data model. Containers end with [`Call::End`], so equal lists of calls mean equal
/// trees. The numbers are those of FORMAT.md, and frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Call {
    Bool = 1,
    I8 = 2,
    I16 = 3,
    I32 = 4,
    I64 = 5,
    I128 = 6,
    U8 = 7,
    U16 = 8,
    U32 = 9,
    U64 = 10,
    U128 = 11,
    F32 = 12,
    F64 = 13,
    Char = 14,
    Str = 15,
    Bytes = 16,
    None = 17,
    Some = 18,
    Unit = 19,
    Seq = 20,
    Tuple = 21,
    Map = 22,
    Struct = 23,
    UnitVariant = 24,
    NewtypeVariant = 25,
    TupleVariant = 26,
    StructVariant = 27,
    End = 28,
    // Types with a name of their own. A print takes them for what they are without it.
    UnitStruct = 32,
    NewtypeStruct = 33,
    TupleStruct = 34,
}

impl Call {
    /// Returns how many arrays and objects the call opens in JSON.
    pub(super) fn brackets(self) -> usize {
        match self {
            Call::Seq | Call::Tuple | Call::TupleStruct | Call::Map | Call::Struct => 1,
            Call::NewtypeVariant => 1,
            Call::TupleVariant | Call::StructVariant => 2,
            _ => 0,
        }
    }
}

/// Records the calls by which a value is written, or compares them with a shape.
#[derive(Debug, Default)]
pub(super) struct Recorder<'s> {
    calls: RefCell<Vec<Call>>,
    structs: RefCell<Structs>,
    variants: RefCell<Vec<VariantName>>,
    expected: Option<Expected<'s>>,
}

/// The names of an enum and of the variant that was chosen.
type VariantName = (&'static str, &'static str);

/// A shape that a writer has to follow.
#[derive(Debug)]
struct Expected<'s> {
    shape: &'s Shape,
    calls: Cell<usize>,
    fields: Cell<usize>,
    variants: Cell<usize>,
    differs: Cell<bool>,
}

impl Expected<'_> {
    fn expect<T>(&self, all: &[T], at: &Cell<usize>, is: impl Fn(&T) -> bool) {
        if !all.get(at.replace(at.get() + 1)).is_some_and(is) {
            self.differs.set(true);
        }
    }
}

impl<'s> Recorder<'s> {
    /// Makes a recorder for a value of about `calls` calls.
    pub(super) fn of_about(calls: usize) -> Recorder<'s> {
        let recorder = Recorder::default();
        recorder.calls.borrow_mut().reserve(calls);
        recorder
    }

    /// Makes a recorder that compares a value with the shape of one that was written before.
    pub(super) fn expecting(shape: &'s Shape) -> Recorder<'s> {
        Recorder {
            expected: Some(Expected {
                shape,
                calls: Cell::new(0),
                fields: Cell::new(0),
                variants: Cell::new(0),
                differs: Cell::new(false),
            }),
            ..Recorder::default()
        }
    }

    /// Returns whether the expected calls were made, and no others, in the same order.
    pub(super) fn is_repeated(&self) -> bool {
        self.expected.as_ref().is_some_and(|expected| {
            !expected.differs.get()
                && expected.calls.get() == expected.shape.calls.len()
                && expected.fields.get() == expected.shape.structs.fields.len()
                && expected.variants.get() == expected.shape.variants.len()
        })
    }

    fn call(&self, call: Call) {
        match &self.expected {
            None => self.calls.borrow_mut().push(call),
            Some(expected) => {
                expected.expect(&expected.shape.calls, &expected.calls, |found| {
                    *found == call
                });
            }
        }
    }

    /// Notes the beginning of a struct of so many fields, and returns its number.
    fn begin_struct(&self, fields: usize) -> usize {
        match &self.expected {
            None => self.structs.borrow_mut().begin(fields),
            Some(_) => 0,
        }
    }

    fn field(&self, of: usize, name: &'static str) {
        match &self.expected {
            None => self.structs.borrow_mut().field(of, name),
            Some(expected) => {
                let fields = &expected.shape.structs.fields;
                expected.expect(fields, &expected.fields, |field| is_name(field.name, name));
            }
        }
    }

    fn variant(&self, of: &'static str, name: &'static str) {
        match &self.expected {
            None => self.variants.borrow_mut().push((of, name)),
            Some(expected) => {
                let is = |found: &VariantName| is_name(found.0, of) && is_name(found.1, name);
                expected.expect(&expected.shape.variants, &expected.variants, is);
            }
        }
    }

    /// Returns the shape of the value, once it is written.
    pub(super) fn finish(self) -> Shape {
        Shape {
            calls: self.calls.into_inner(),
            structs: self.structs.into_inner(),
            variants: self.variants.into_inner(),
        }
    }
}

/// Compares two names. Most that are equal are the very same text.
fn is_name(one: &str, other: &str) -> bool {
    std::ptr::eq(one, other) || one == other
}

/// The names of the fields that each struct wrote, in the order in which the structs began. All share one
/// list, so that a value of many small structs does not cost an allocation for each.
#[derive(Debug, Default)]
struct Structs {
    /// The first and the last field of each struct.
    ends: Vec<Option<(usize, usize)>>,
    fields: Vec<StructField>,
}

/// The most fields for which room is made at once.
const FIELDS: usize = 64;

#[derive(Debug)]
struct StructField {
    name: &'static str,
    /// The next field of the same struct. Those of inner structs may lie in between.
    next: Option<usize>,
}

impl Structs {
    fn begin(&mut self, fields: usize) -> usize {
        // The number is the type's own, and may be anything.
        self.fields.reserve(fields.min(FIELDS));
        self.ends.push(None);
        self.ends.len() - 1
    }

    fn field(&mut self, of: usize, name: &'static str) {
        let at = self.fields.len();
        let Some(ends) = self.ends.get_mut(of) else {
            return;
        };
        let (first, last) = ends.unwrap_or((at, at));
        *ends = Some((first, at));
        if let Some(before) = self.fields.get_mut(last) {
            before.next = Some(at);
        }
        self.fields.push(StructField { name, next: None });
    }

    /// Returns the names of the fields of one struct; `None` if there are not so many structs.
    fn names(&self, of: usize) -> Option<impl Iterator<Item = &'static str>> {
        let ends = self.ends.get(of)?;
        let first = ends.and_then(|(first, _)| self.fields.get(first));
        let next = |field: &&StructField| self.fields.get(field.next?);
        Some(std::iter::successors(first, next).map(|field| field.name))
    }
}

/// The calls and names by which a value was written.
#[derive(Debug)]
pub(super) struct Shape {
    calls: Vec<Call>,
    structs: Structs,
    variants: Vec<VariantName>,
}

impl Shape {
    /// Makes a follower that expects a reader to make the same calls.
    pub(super) fn replay(&self) -> Replayer<'_> {
        Replayer {
            shape: self,
            at: Cell::new(0),
            structs: Cell::new(0),
            differs: Cell::new(false),
            containers: Containers::default(),
            print: Print::default(),
        }
    }
}

/// A shape that a reader has to follow, and the print of what it read.
#[derive(Debug)]
pub(super) struct Replayer<'s> {
    shape: &'s Shape,
    at: Cell<usize>,
    structs: Cell<usize>,
    differs: Cell<bool>,
    containers: Containers,
    print: Print,
}

impl Follow for Replayer<'_> {
    fn call<E: serde::de::Error>(&self, call: Call) -> Result<(), E> {
        let at = self.at.get();
        self.at.set(at + 1);
        self.containers.pass(call.brackets());
        self.print.call::<E>(call)?;
        self.check(self.shape.calls.get(at) == Some(&call))
    }

    /// Expects a struct whose fields are among `known`, in that order. Aliases only add names.
    fn fields<E: serde::de::Error>(&self, known: NameList) -> Result<(), E> {
        let at = self.structs.get();
        self.structs.set(at + 1);
        self.print.fields::<E>(known)?;
        let mut known = known.iter();
        let names = self.shape.structs.names(at);
        self.check(names.is_some_and(|mut names| names.all(|name| known.any(|k| is_name(k, name)))))
    }

    fn variant(&self, chosen: Result<&'static str, u32>) {
        self.print.variant(chosen);
    }

    fn becomes(&self, name: &'static str) {
        self.containers.note(ElementOrder::of_value(name));
    }
}

impl Replayer<'_> {
    fn check<E: serde::de::Error>(&self, agrees: bool) -> Result<(), E> {
        if agrees {
            return Ok(());
        }
        self.differs.set(true);
        Err(E::custom("another shape was written"))
    }

    /// Returns whether the reader has asked so far for nothing but what was written.
    pub(super) fn agrees(&self) -> bool {
        !self.differs.get()
    }

    /// Returns whether the reader has asked for everything that was written, and for nothing else.
    pub(super) fn is_done(&self) -> bool {
        self.agrees() && self.at.get() == self.shape.calls.len()
    }

    /// Returns the print of the value that was read.
    pub(super) fn print(&self) -> [u8; 2] {
        self.print.bytes()
    }

    /// Returns the order of each container that the reader makes.
    pub(super) fn containers(&self) -> &Containers {
        &self.containers
    }
}

#[cfg(test)]
mod tests;
