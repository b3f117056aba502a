//! The print of a value whose reader need not be asked.

use crate::payload::shape::{Call, folded, mix, mix_name, sum};

/// Takes the print of a value that reads what it writes. See `Print`, which takes it from a reader.
#[derive(Debug)]
pub struct Trace(u64);

impl Trace {
    /// Begins the print of a value.
    pub(in crate::payload) fn begin() -> Trace {
        Trace(sum(&[]))
    }

    /// Returns the print as it is stored in front of the value.
    pub(in crate::payload) fn bytes(&self) -> [u8; 2] {
        folded(self.0)
    }

    /// Sums names of fields, or the name of a variant, as the source has them.
    #[must_use]
    pub const fn names(mut names: &[&str]) -> u64 {
        let mut state = sum(&[]);
        while let [name, behind @ ..] = names {
            state = match name.as_bytes() {
                // A raw identifier, whose name serde takes without the mark.
                [b'r', b'#', name @ ..] => mix_name(state, name),
                name => mix_name(state, name),
            };
            names = behind;
        }
        state
    }

    #[inline]
    fn mix(&mut self, number: u64) {
        self.0 = mix(self.0, number);
    }

    #[inline]
    pub(super) fn call(&mut self, call: Call) {
        self.mix(call as u64);
    }

    /// Takes a struct with fields of these names.
    #[inline]
    pub fn structure(&mut self, names: u64, content: impl FnOnce(&mut Trace)) {
        self.container(Call::Struct, |trace| {
            trace.mix(names);
            content(trace);
        });
    }

    /// Takes a variant of this name without content.
    #[inline]
    pub fn unit_variant(&mut self, name: u64) {
        self.mix(name);
        self.call(Call::UnitVariant);
    }

    /// Takes a variant of this name, in front of its content.
    #[inline]
    pub fn newtype_variant(&mut self, name: u64) {
        self.mix(name);
        self.call(Call::NewtypeVariant);
    }

    /// Takes a variant of this name with fields of these names.
    #[inline]
    pub fn struct_variant(&mut self, name: u64, names: u64, content: impl FnOnce(&mut Trace)) {
        self.mix(name);
        self.container(Call::StructVariant, |trace| {
            trace.mix(names);
            content(trace);
        });
    }

    #[inline]
    pub(super) fn container(&mut self, call: Call, content: impl FnOnce(&mut Trace)) {
        self.call(call);
        content(self);
        self.call(Call::End);
    }
}
