//! Records the shape of a value while it is written.

use std::cell::RefCell;

use super::call::Call;
use super::written::{BegunStruct, Shape};

/// Takes the calls by which a value is written.
pub(in crate::payload) trait Note {
    /// A struct that is being written.
    type Struct;

    /// Takes the next call.
    fn call(&self, call: Call);

    /// Takes notice that something is not written, because it lies too deep.
    fn is_too_deep(&self);

    /// Takes the beginning of a struct of so many fields, after its call.
    fn begin_struct(&self, fields: usize) -> Self::Struct;

    /// Takes the name of the next field of a struct, before the field.
    fn field(&self, of: &mut Self::Struct, name: &'static str);

    /// Takes the names of an enum and of the chosen variant, after the call.
    fn variant(&self, of: &'static str, name: &'static str);
}

/// Records the calls by which a value is written.
#[derive(Debug)]
pub(in crate::payload) struct Recorder(RefCell<Shape>);

impl Recorder {
    /// Makes a recorder for a value of about `calls` calls.
    pub(in crate::payload) fn of_about(calls: usize) -> Recorder {
        Recorder(RefCell::new(Shape::of_about(calls)))
    }

    /// Returns the shape of the value, once it is written.
    pub(in crate::payload) fn finish(self) -> Shape {
        self.0.into_inner()
    }
}

// Types of other crates are written in those: without `inline` each call of theirs is one of ours.
impl Note for Recorder {
    type Struct = BegunStruct;

    #[inline]
    fn call(&self, call: Call) {
        self.0.borrow_mut().calls.push(call);
    }

    fn is_too_deep(&self) {
        self.0.borrow_mut().is_too_deep = true;
    }

    #[inline]
    fn begin_struct(&self, fields: usize) -> BegunStruct {
        self.0.borrow_mut().structs.begin(fields)
    }

    #[inline]
    fn field(&self, of: &mut BegunStruct, name: &'static str) {
        self.0.borrow_mut().structs.field(of, name);
    }

    #[inline]
    fn variant(&self, of: &'static str, name: &'static str) {
        self.0.borrow_mut().variants.push((of, name));
    }
}
