//! The print of a value's shape: two bytes by which the reader of another type knows that the value
//! is not its own. FORMAT.md specifies it.

use std::cell::Cell;

use serde::de::Error;

use super::call::{Call, NameList};
use super::read::Follow;

/// FNV-1a in 64 bits, over numbers as well as bytes.
const BASIS: u64 = 0xCBF2_9CE4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01B3;

/// Stands behind each name. UTF-8 never has this byte, so different lists of names are different bytes.
const NAME_END: u8 = 0xFF;

/// How many lists of names a thread knows the sums of.
const KNOWN: usize = 16;

thread_local! {
    /// The sums of names that were taken last, so that each read of a type does not sum them anew. A list lies in static
    /// memory, where its address stands for its content and gives it its place here.
    static SUMS: [Cell<(NameList, u64)>; KNOWN] =
        const { [const { Cell::new((&[], BASIS)) }; KNOWN] };
}

/// Takes the print of the calls that a reader makes.
#[derive(Debug)]
pub(in crate::payload) struct Print {
    state: Cell<u64>,
}

impl Default for Print {
    fn default() -> Print {
        Print {
            state: Cell::new(BASIS),
        }
    }
}

impl Print {
    #[inline]
    fn mix(&self, number: u64) {
        self.state.set(mix(self.state.get(), number));
    }

    /// Returns the print as it is stored in front of a value.
    pub(in crate::payload) fn bytes(&self) -> [u8; 2] {
        folded(self.state.get())
    }
}

impl Follow for Print {
    #[inline]
    fn call<E: Error>(&self, call: Call) -> Result<(), E> {
        match call {
            Call::NewtypeStruct => {}
            Call::UnitStruct => self.mix(Call::Unit as u64),
            Call::TupleStruct => self.mix(Call::Tuple as u64),
            call => self.mix(call as u64),
        }
        Ok(())
    }

    #[inline]
    fn fields<E: Error>(&self, names: NameList) -> Result<(), E> {
        self.mix(known_sum(names));
        Ok(())
    }

    #[inline]
    fn variant(&self, chosen: Result<&'static str, u32>) {
        self.mix(match chosen {
            Ok(name) => sum(&[name]),
            Err(number) => number.into(),
        });
    }

    #[inline]
    fn becomes(&self, _: &'static str) {}
}

/// Sums names, if their sum is not known yet.
#[inline]
fn known_sum(names: NameList) -> u64 {
    SUMS.with(|sums| {
        let place = names.as_ptr().addr() / size_of::<&str>() % KNOWN;
        let Some(known) = sums.get(place) else {
            return sum(names);
        };
        let (there, sum) = known.get();
        match std::ptr::eq(there, names) {
            true => sum,
            false => learn(known, names),
        }
    })
}

#[cold]
fn learn(known: &Cell<(NameList, u64)>, names: NameList) -> u64 {
    let sum = sum(names);
    known.set((names, sum));
    sum
}

/// Returns a state as the two bytes of a print.
pub(in crate::payload) fn folded(state: u64) -> [u8; 2] {
    let [a, b, c, d, e, f, g, h] = state.to_be_bytes();
    [a ^ c ^ e ^ g, b ^ d ^ f ^ h]
}

#[inline]
pub(in crate::payload) const fn mix(state: u64, number: u64) -> u64 {
    (state ^ number).wrapping_mul(PRIME)
}

/// Sums names. The sum of none is where a print begins.
pub(in crate::payload) const fn sum(mut names: &[&str]) -> u64 {
    let mut state = BASIS;
    while let [name, behind @ ..] = names {
        state = mix_name(state, name.as_bytes());
        names = behind;
    }
    state
}

/// Adds a name to a sum.
pub(in crate::payload) const fn mix_name(mut state: u64, mut name: &[u8]) -> u64 {
    while let [byte, behind @ ..] = name {
        state = mix(state, *byte as u64);
        name = behind;
    }
    mix(state, NAME_END as u64)
}
