//! Records the shape of a value while it is written, or compares it with one that was recorded.

use std::cell::{Cell, RefCell};

use super::call::Call;
use super::written::{Shape, Structs, VariantName, is_name};

/// Records the calls by which a value is written, or compares them with a shape.
#[derive(Debug, Default)]
pub(in crate::payload) struct Recorder<'s> {
    calls: RefCell<Vec<Call>>,
    structs: RefCell<Structs>,
    variants: RefCell<Vec<VariantName>>,
    expected: Option<Expected<'s>>,
}

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
    pub(in crate::payload) fn of_about(calls: usize) -> Recorder<'s> {
        let recorder = Recorder::default();
        recorder.calls.borrow_mut().reserve(calls);
        recorder
    }

    /// Makes a recorder that compares a value with the shape of one that was written before.
    pub(in crate::payload) fn expecting(shape: &'s Shape) -> Recorder<'s> {
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
    pub(in crate::payload) fn is_repeated(&self) -> bool {
        self.expected.as_ref().is_some_and(|expected| {
            !expected.differs.get()
                && expected.calls.get() == expected.shape.calls.len()
                && expected.fields.get() == expected.shape.structs.fields.len()
                && expected.variants.get() == expected.shape.variants.len()
        })
    }

    pub(super) fn call(&self, call: Call) {
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
    pub(super) fn begin_struct(&self, fields: usize) -> usize {
        match &self.expected {
            None => self.structs.borrow_mut().begin(fields),
            Some(_) => 0,
        }
    }

    pub(super) fn field(&self, of: usize, name: &'static str) {
        match &self.expected {
            None => self.structs.borrow_mut().field(of, name),
            Some(expected) => {
                let fields = &expected.shape.structs.fields;
                expected.expect(fields, &expected.fields, |field| is_name(field.name, name));
            }
        }
    }

    pub(super) fn variant(&self, of: &'static str, name: &'static str) {
        match &self.expected {
            None => self.variants.borrow_mut().push((of, name)),
            Some(expected) => {
                let is = |found: &VariantName| is_name(found.0, of) && is_name(found.1, name);
                expected.expect(&expected.shape.variants, &expected.variants, is);
            }
        }
    }

    /// Returns the shape of the value, once it is written.
    pub(in crate::payload) fn finish(self) -> Shape {
        Shape {
            calls: self.calls.into_inner(),
            structs: self.structs.into_inner(),
            variants: self.variants.into_inner(),
        }
    }
}
