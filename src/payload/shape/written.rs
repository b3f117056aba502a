//! The shape of a value as it was written.

use super::call::Call;

/// The calls and names by which a value was written.
#[derive(Debug)]
pub(in crate::payload) struct Shape {
    pub(super) calls: Vec<Call>,
    pub(super) structs: Structs,
    pub(super) variants: Vec<VariantName>,
}

/// The names of an enum and of the variant that was chosen.
pub(super) type VariantName = (&'static str, &'static str);

/// Compares two names. Most that are equal are the very same text.
pub(super) fn is_name(one: &str, other: &str) -> bool {
    std::ptr::eq(one, other) || one == other
}

/// The names of the fields that each struct wrote, in the order in which the structs began. All share one
/// list, so that a value of many small structs does not cost an allocation for each.
#[derive(Debug, Default)]
pub(super) struct Structs {
    /// The first and the last field of each struct.
    ends: Vec<Option<(usize, usize)>>,
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

impl Structs {
    pub(super) fn begin(&mut self, fields: usize) -> usize {
        // The number is the type's own, and may be anything.
        self.fields.reserve(fields.min(FIELDS));
        self.ends.push(None);
        self.ends.len() - 1
    }

    pub(super) fn field(&mut self, of: usize, name: &'static str) {
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
    pub(super) fn names(&self, of: usize) -> Option<impl Iterator<Item = &'static str>> {
        let ends = self.ends.get(of)?;
        let first = ends.and_then(|(first, _)| self.fields.get(first));
        let next = |field: &&StructField| self.fields.get(field.next?);
        Some(std::iter::successors(first, next).map(|field| field.name))
    }
}
