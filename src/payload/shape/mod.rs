//! The shape of a value: what serde was asked to write, call by call, and asked to read back.
//!
//! postcard writes no field names, so a type that writes other fields than it reads
//! (`skip_serializing_if` and its like) shifts every byte behind them, and one value comes back as
//! another. Comparing re-encoded bytes is no cure: it refuses a `HashMap` for its order and passes
//! crafted values. So both directions are traced, and the traces must agree.

mod read;
mod write;

use std::cell::{Cell, RefCell};

pub(super) use read::Reader;
pub(super) use write::Writer;

/// One call of serde's data model. Containers end with [`Call::End`], so that equal traces mean
/// equal trees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    variants: RefCell<Vec<(&'static str, u32)>>,
    not_finite: Cell<bool>,
}

impl Trace {
    fn call(&self, call: Call) {
        self.calls.borrow_mut().push(call);
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

    /// The enum variants, in an order that does not depend on a map's.
    pub(super) fn into_variants(self) -> Vec<(&'static str, u32)> {
        let mut variants = self.variants.into_inner();
        variants.sort_unstable();
        variants
    }

    /// Expects the same calls again, this time to read.
    pub(super) fn replay(&self) -> Replay {
        Replay {
            calls: self.calls.borrow().clone(),
            at: Cell::new(0),
            differs: Cell::new(false),
        }
    }
}

/// A trace that a reader has to follow.
#[derive(Debug)]
pub(super) struct Replay {
    calls: Vec<Call>,
    at: Cell<usize>,
    differs: Cell<bool>,
}

impl Replay {
    fn expect<E: serde::de::Error>(&self, call: Call) -> Result<(), E> {
        let at = self.at.get();
        self.at.set(at + 1);
        if self.calls.get(at) == Some(&call) {
            return Ok(());
        }
        self.differs.set(true);
        Err(E::custom("another shape was written"))
    }

    /// Whether the reader asked for something else than was written.
    pub(super) fn differs(&self) -> bool {
        self.differs.get() || self.at.get() != self.calls.len()
    }
}
