//! The shape of a value: what serde was asked to write, call by call, and asked to read back.
//!
//! postcard writes no field names, so a type that writes other fields than it reads
//! (`skip_serializing_if` and its like) shifts every byte behind them, and one value comes back as
//! another. Comparing re-encoded bytes is no cure: it refuses a `HashMap` for its order and passes
//! crafted values. So both directions are traced, and the traces must agree: the kind of every
//! call, and the names of every struct's fields.

mod read;
mod write;

use std::cell::{Cell, RefCell};

pub(super) use read::Reader;
pub(super) use write::Writer;

/// One call of serde's data model. Containers end with [`Call::End`], so that equal traces mean
/// equal trees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Call {
    Bool,
    I8,
    I16,
    I32,
    I64,
    I128,
    U8,
    U16,
    U32,
    U64,
    U128,
    F32,
    F64,
    Char,
    Str,
    Bytes,
    None,
    Some,
    Unit,
    UnitStruct,
    NewtypeStruct,
    Seq,
    Tuple,
    TupleStruct,
    Map,
    Struct,
    UnitVariant,
    NewtypeVariant,
    TupleVariant,
    StructVariant,
    End,
}

/// Notes what a value asks to write; or compares it with a shape, and notes nothing.
#[derive(Debug, Default)]
pub(super) struct Trace<'s> {
    calls: RefCell<Vec<Call>>,
    structs: RefCell<Structs>,
    variants: RefCell<Vec<(&'static str, u32)>>,
    not_finite: Cell<bool>,
    expected: Option<Expected<'s>>,
}

/// A shape that a writer has to follow.
#[derive(Debug)]
struct Expected<'s> {
    shape: &'s Shape,
    calls: Cell<usize>,
    variants: Cell<usize>,
    differs: Cell<bool>,
}

impl Expected<'_> {
    fn expect<T: PartialEq>(&self, all: &[T], at: &Cell<usize>, written: &T) {
        if all.get(at.replace(at.get() + 1)) != Some(written) {
            self.differs.set(true);
        }
    }
}

impl<'s> Trace<'s> {
    /// A trace of a value of about `calls` calls.
    pub(super) fn of_about(calls: usize) -> Trace<'s> {
        let trace = Trace::default();
        trace.calls.borrow_mut().reserve(calls);
        trace
    }

    /// A trace of a value that was written before. Names of fields were compared when it was read.
    pub(super) fn expecting(shape: &'s Shape) -> Trace<'s> {
        Trace {
            expected: Some(Expected {
                shape,
                calls: Cell::new(0),
                variants: Cell::new(0),
                differs: Cell::new(false),
            }),
            ..Trace::default()
        }
    }

    /// Whether all that was expected was written, and nothing else, in the same order.
    pub(super) fn is_repeated(&self) -> bool {
        self.expected.as_ref().is_some_and(|expected| {
            !expected.differs.get()
                && expected.calls.get() == expected.shape.calls.len()
                && expected.variants.get() == expected.shape.variants.len()
        })
    }

    fn call(&self, call: Call) {
        match &self.expected {
            None => self.calls.borrow_mut().push(call),
            Some(expected) => expected.expect(&expected.shape.calls, &expected.calls, &call),
        }
    }

    /// Notes the beginning of a struct, and returns its number.
    fn begin_struct(&self) -> usize {
        match &self.expected {
            None => self.structs.borrow_mut().begin(),
            Some(_) => 0,
        }
    }

    fn field(&self, of: usize, name: &'static str) {
        if self.expected.is_none() {
            self.structs.borrow_mut().field(of, name);
        }
    }

    fn variant(&self, of: &'static str, index: u32) {
        match &self.expected {
            None => self.variants.borrow_mut().push((of, index)),
            Some(expected) => {
                let written = (of, index);
                expected.expect(&expected.shape.variants, &expected.variants, &written);
            }
        }
    }

    fn float(&self, finite: bool) {
        self.not_finite.set(self.not_finite.get() || !finite);
    }

    /// What was written, when all is.
    pub(super) fn finish(self) -> Shape {
        Shape {
            calls: self.calls.into_inner(),
            structs: self.structs.into_inner(),
            variants: self.variants.into_inner(),
            is_finite: !self.not_finite.get(),
        }
    }
}

/// The names of the fields that each struct wrote, structs in the order of their beginnings. One
/// list for all: a value of many small structs is not to cost an allocation for each.
#[derive(Debug, Default)]
struct Structs {
    /// The first and the last field of each.
    ends: Vec<Option<(usize, usize)>>,
    fields: Vec<Field>,
}

#[derive(Debug)]
struct Field {
    name: &'static str,
    /// The next one of the same struct, behind those of structs within.
    next: Option<usize>,
}

impl Structs {
    fn begin(&mut self) -> usize {
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
        self.fields.push(Field { name, next: None });
    }

    /// The names of the fields of one struct; `None` if there are not so many structs.
    fn names(&self, of: usize) -> Option<impl Iterator<Item = &'static str>> {
        let ends = self.ends.get(of)?;
        let first = ends.and_then(|(first, _)| self.fields.get(first));
        let next = |field: &&Field| self.fields.get(field.next?);
        Some(std::iter::successors(first, next).map(|field| field.name))
    }
}

/// What a value wrote.
#[derive(Debug)]
pub(super) struct Shape {
    calls: Vec<Call>,
    structs: Structs,
    variants: Vec<(&'static str, u32)>,
    is_finite: bool,
}

impl Shape {
    /// Whether no float was infinite or not a number, which JSON writes as `null`.
    pub(super) fn is_finite(&self) -> bool {
        self.is_finite
    }

    /// Whether two values were written alike. Maps and sets may have changed their order; without
    /// any, the order counts.
    pub(super) fn is_like(&self, other: &Shape) -> bool {
        let alike = self.calls == other.calls && self.variants == other.variants;
        alike
            || !self.is_ordered()
                && sorted(&self.calls) == sorted(&other.calls)
                && sorted(&self.variants) == sorted(&other.variants)
    }

    /// Whether the bytes of two values written alike are the same, but for the order of maps and
    /// sets.
    pub(super) fn is_same(&self, one: &[u8], other: &[u8]) -> bool {
        one == other || (!self.is_ordered() && sorted(one) == sorted(other))
    }

    fn is_ordered(&self) -> bool {
        let unordered = |call: &Call| matches!(call, Call::Map | Call::Seq);
        !self.calls.iter().any(unordered)
    }

    /// Expects the same calls again, this time to read.
    pub(super) fn replay(&self) -> Replay<'_> {
        Replay {
            shape: self,
            at: Cell::new(0),
            structs: Cell::new(0),
            differs: Cell::new(false),
        }
    }
}

fn sorted<T: Ord + Clone>(items: &[T]) -> Vec<T> {
    let mut items = items.to_vec();
    items.sort_unstable();
    items
}

/// A shape that a reader has to follow.
#[derive(Debug)]
pub(super) struct Replay<'s> {
    shape: &'s Shape,
    at: Cell<usize>,
    structs: Cell<usize>,
    differs: Cell<bool>,
}

impl Replay<'_> {
    fn expect<E: serde::de::Error>(&self, call: Call) -> Result<(), E> {
        let at = self.at.get();
        self.at.set(at + 1);
        self.check(self.shape.calls.get(at) == Some(&call))
    }

    /// Expects a struct whose fields are among `known`, in that order. Aliases only add names.
    fn expect_fields<E: serde::de::Error>(&self, known: &[&str]) -> Result<(), E> {
        let at = self.structs.get();
        self.structs.set(at + 1);
        let mut known = known.iter();
        let names = self.shape.structs.names(at);
        self.check(names.is_some_and(|mut names| names.all(|name| known.any(|k| *k == name))))
    }

    fn check<E: serde::de::Error>(&self, agrees: bool) -> Result<(), E> {
        if agrees {
            return Ok(());
        }
        self.differs.set(true);
        Err(E::custom("another shape was written"))
    }

    /// Whether the reader has asked for nothing but what was written, so far.
    pub(super) fn agrees(&self) -> bool {
        !self.differs.get()
    }

    /// Whether the reader has asked for all that was written, and for nothing else.
    pub(super) fn is_done(&self) -> bool {
        self.agrees() && self.at.get() == self.shape.calls.len()
    }
}
