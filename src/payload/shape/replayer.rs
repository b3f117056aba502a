//! Compares the calls of a reader with the shape that was written.

use std::cell::Cell;

use super::call::{Call, NameList};
use super::print::Print;
use super::read::Follow;
use super::written::{Shape, is_name};
use crate::payload::form::{Containers, ElementOrder};

impl Shape {
    /// Makes a follower that expects a reader to make the same calls.
    pub(in crate::payload) fn replay(&self) -> Replayer<'_> {
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
pub(in crate::payload) struct Replayer<'s> {
    shape: &'s Shape,
    at: Cell<usize>,
    structs: Cell<usize>,
    differs: Cell<bool>,
    containers: Containers,
    print: Print,
}

impl Follow for Replayer<'_> {
    #[inline]
    fn call<E: serde::de::Error>(&self, call: Call) -> Result<(), E> {
        let at = self.at.get();
        self.at.set(at + 1);
        self.containers.pass(call.brackets());
        self.print.call::<E>(call)?;
        self.check(self.shape.calls.get(at) == Some(&call))
    }

    /// Expects a struct whose fields are among `known`, in that order. Aliases only add names.
    #[inline]
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
    #[inline]
    fn check<E: serde::de::Error>(&self, agrees: bool) -> Result<(), E> {
        if agrees {
            return Ok(());
        }
        self.differs.set(true);
        Err(E::custom("another shape was written"))
    }

    /// Returns whether the reader has asked so far for nothing but what was written.
    pub(in crate::payload) fn agrees(&self) -> bool {
        !self.differs.get()
    }

    /// Returns whether the reader has asked for everything that was written, and for nothing else.
    pub(in crate::payload) fn is_done(&self) -> bool {
        self.agrees() && self.at.get() == self.shape.calls.len()
    }

    /// Returns the print of the value that was read.
    pub(in crate::payload) fn print(&self) -> [u8; 2] {
        self.print.bytes()
    }

    /// Returns the order of each container that the reader makes.
    pub(in crate::payload) fn containers(&self) -> &Containers {
        &self.containers
    }
}
