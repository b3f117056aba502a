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

/// What a value asked to write.
#[derive(Debug, Default)]
pub(super) struct Trace {
    calls: RefCell<Vec<Call>>,
    /// The names of the fields that each struct wrote, structs in the order of their beginnings.
    fields: RefCell<Vec<Vec<&'static str>>>,
    variants: RefCell<Vec<(&'static str, u32)>>,
    not_finite: Cell<bool>,
}

impl Trace {
    fn call(&self, call: Call) {
        self.calls.borrow_mut().push(call);
    }

    /// Notes the beginning of a struct, and returns its number.
    fn begin_struct(&self) -> usize {
        let mut structs = self.fields.borrow_mut();
        structs.push(Vec::new());
        structs.len() - 1
    }

    fn field(&self, of: usize, name: &'static str) {
        if let Some(fields) = self.fields.borrow_mut().get_mut(of) {
            fields.push(name);
        }
    }

    fn variant(&self, of: &'static str, index: u32) {
        self.variants.borrow_mut().push((of, index));
    }

    fn float(&self, finite: bool) {
        self.not_finite.set(self.not_finite.get() || !finite);
    }

    /// Whether a float was infinite or not a number, which JSON writes as `null`.
    pub(super) fn is_not_finite(&self) -> bool {
        self.not_finite.get()
    }

    /// Whether two values were written alike. Maps and sets may have changed their order; without
    /// any, the order counts.
    pub(super) fn is_like(&self, other: &Trace) -> bool {
        let (calls, others) = (&*self.calls.borrow(), &*other.calls.borrow());
        let (variants, other_variants) = (&*self.variants.borrow(), &*other.variants.borrow());
        if self.is_ordered() {
            return calls == others && variants == other_variants;
        }
        sorted(calls) == sorted(others) && sorted(variants) == sorted(other_variants)
    }

    /// Whether the bytes of two values written alike are the same, but for the order of maps and
    /// sets.
    pub(super) fn is_same(&self, one: &[u8], other: &[u8]) -> bool {
        one == other || (!self.is_ordered() && sorted(one) == sorted(other))
    }

    fn is_ordered(&self) -> bool {
        let unordered = |call: &Call| matches!(call, Call::Map | Call::Seq);
        !self.calls.borrow().iter().any(unordered)
    }

    /// Expects the same calls again, this time to read.
    pub(super) fn replay(&self) -> Replay {
        Replay {
            calls: self.calls.borrow().clone(),
            fields: self.fields.borrow().clone(),
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

/// A trace that a reader has to follow.
#[derive(Debug)]
pub(super) struct Replay {
    calls: Vec<Call>,
    fields: Vec<Vec<&'static str>>,
    at: Cell<usize>,
    structs: Cell<usize>,
    differs: Cell<bool>,
}

impl Replay {
    fn expect<E: serde::de::Error>(&self, call: Call) -> Result<(), E> {
        let at = self.at.get();
        self.at.set(at + 1);
        self.check(self.calls.get(at) == Some(&call))
    }

    /// Expects a struct whose fields are among `known`, in that order. Aliases only add names.
    fn expect_fields<E: serde::de::Error>(&self, known: &[&str]) -> Result<(), E> {
        let at = self.structs.get();
        self.structs.set(at + 1);
        let mut known = known.iter();
        let written = self.fields.get(at);
        self.check(written.is_some_and(|names| names.iter().all(|name| known.any(|k| k == name))))
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
        self.agrees() && self.at.get() == self.calls.len()
    }
}
