//! Compares the calls by which a value is written with the shape of one that was written before.

use std::cell::Cell;

use super::call::Call;
use super::recorder::Note;
use super::written::{Shape, StructField, VariantName, is_name};

impl Shape {
    /// Makes a follower that expects a writer to make the same calls.
    pub(in crate::payload) fn repeat(&self) -> Repeater<'_> {
        Repeater {
            calls: Cell::new(&self.calls),
            fields: Cell::new(&self.structs.fields),
            variants: Cell::new(&self.variants),
            differs: Cell::new(false),
        }
    }
}

/// What a writer still has to do to repeat a shape.
#[derive(Debug)]
pub(in crate::payload) struct Repeater<'s> {
    calls: Cell<&'s [Call]>,
    fields: Cell<&'s [StructField]>,
    variants: Cell<&'s [VariantName]>,
    differs: Cell<bool>,
}

impl Repeater<'_> {
    /// Returns whether the expected calls were made, and no others, in the same order.
    pub(in crate::payload) fn is_done(&self) -> bool {
        !self.differs.get()
            && self.calls.get().is_empty()
            && self.fields.get().is_empty()
            && self.variants.get().is_empty()
    }

    #[inline]
    fn expect<'s, T>(&self, expected: &Cell<&'s [T]>, is: impl Fn(&'s T) -> bool) {
        match expected.get() {
            [next, behind @ ..] if is(next) => expected.set(behind),
            _ => self.differs.set(true),
        }
    }
}

impl Note for Repeater<'_> {
    type Struct = ();

    #[inline]
    fn call(&self, call: Call) {
        self.expect(&self.calls, |expected| *expected == call);
    }

    /// What repeats a shape is as deep as that.
    fn is_too_deep(&self) {}

    #[inline]
    fn begin_struct(&self, _: usize) {}

    #[inline]
    fn field(&self, (): &mut (), name: &'static str) {
        self.expect(&self.fields, |expected| is_name(expected.name, name));
    }

    #[inline]
    fn variant(&self, of: &'static str, name: &'static str) {
        self.expect(&self.variants, |expected| {
            is_name(expected.0, of) && is_name(expected.1, name)
        });
    }
}
