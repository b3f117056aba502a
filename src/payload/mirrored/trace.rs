//! The print of a value whose reader need not be asked.

use crate::payload::shape::{Call, DEEPEST, folded, mix, mix_name, sum};

/// Takes the print of a value that reads what it writes. See `Print`, which takes it from a reader.
#[derive(Debug)]
pub struct Trace {
    state: u64,
    /// The levels above what is traced.
    depth: u16,
    is_too_deep: bool,
}

impl Trace {
    /// Begins the print of a value.
    pub(in crate::payload) fn begin() -> Trace {
        Trace {
            state: sum(&[]),
            depth: 0,
            is_too_deep: false,
        }
    }

    /// Returns the print as it is stored in front of the value; `None` if no reader would go so deep.
    pub(in crate::payload) fn bytes(&self) -> Option<[u8; 2]> {
        (!self.is_too_deep).then(|| folded(self.state))
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
        self.state = mix(self.state, number);
    }

    #[inline]
    pub(super) fn call(&mut self, call: Call) {
        self.is_too_deep |= self.depth > DEEPEST;
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

    /// Takes a variant of this name around one value.
    #[inline]
    pub fn newtype_variant(&mut self, name: u64, content: impl FnOnce(&mut Trace)) {
        self.mix(name);
        self.call(Call::NewtypeVariant);
        self.within(content);
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
        self.within(content);
        self.call(Call::End);
    }

    /// Takes what is one level deeper. Below what is too deep nothing is looked at.
    #[inline]
    pub(super) fn within(&mut self, content: impl FnOnce(&mut Trace)) {
        if self.depth <= DEEPEST {
            self.depth += 1;
            content(self);
            self.depth -= 1;
        }
    }
}
