//! The shape of a value as it was written.

use std::iter::successors;

use super::call::Call;

/// The calls and names by which a value was written.
#[derive(Debug, Default)]
pub(in crate::payload) struct Shape {
    pub(super) calls: Vec<Call>,
    pub(super) structs: Structs,
    pub(super) variants: Vec<VariantName>,
    /// Whether the rest of the value lies too deep to be written.
    pub(in crate::payload) is_too_deep: bool,
}

impl Shape {
    /// Makes an empty one with room for so many calls.
    pub(super) fn of_about(calls: usize) -> Shape {
        Shape {
            calls: Vec::with_capacity(calls),
            ..Shape::default()
        }
    }
}

/// The names of an enum and of the variant that was chosen.
pub(super) type VariantName = (&'static str, &'static str);

/// Compares two names. Most that are equal are the very same text.
#[inline]
pub(super) fn is_name(one: &str, other: &str) -> bool {
    std::ptr::eq(one, other) || one == other
}

/// The names of the fields that each struct wrote, in the order in which the structs began. All share one
/// list, so that a value of many small structs does not cost an allocation for each.
#[derive(Debug, Default)]
pub(super) struct Structs {
    /// The first field of each struct.
    firsts: Vec<Option<usize>>,
    pub(super) fields: Vec<StructField>,
}

/// The most fields for which room is made at once.
const FIELDS: usize = 64;

#[derive(Debug)]
pub(super) struct StructField {
    pub(super) name: &'static str,
    /// The next field of the same struct. Those of inner structs may lie in between.
    next: Option<usize>,
}

/// A struct that is being written: its number, and its last field so far.
pub(in crate::payload) struct BegunStruct {
    number: usize,
    last: Option<usize>,
}

impl Structs {
    #[inline]
    pub(super) fn begin(&mut self, fields: usize) -> BegunStruct {
        // The number is the type's own, and may be anything.
        self.fields.reserve(fields.min(FIELDS));
        let number = self.firsts.len();
        self.firsts.push(None);
        BegunStruct { number, last: None }
    }

    #[inline]
    pub(super) fn field(&mut self, of: &mut BegunStruct, name: &'static str) {
        let at = Some(self.fields.len());
        let before = match of.last {
            Some(last) => self.fields.get_mut(last).map(|last| &mut last.next),
            None => self.firsts.get_mut(of.number),
        };
        if let Some(before) = before {
            *before = at;
        }
        of.last = at;
        self.fields.push(StructField { name, next: None });
    }

    /// Returns the names of the fields of one struct; `None` if there are not so many structs.
    #[inline]
    pub(super) fn names(&self, of: usize) -> Option<impl Iterator<Item = &'static str>> {
        let field = |at: usize| self.fields.get(at);
        let first = self.firsts.get(of)?.and_then(field);
        Some(successors(first, move |last| last.next.and_then(field)).map(|field| field.name))
    }
}
