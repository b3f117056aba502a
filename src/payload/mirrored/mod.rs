//! Types that read exactly what they write, because of what they are made of.
//!
//! Owns the contract, the macro that makes such types, and the list of types that are so already. It proves
//! nothing at run time: whatever cannot be told from a type's definition is refused by the compiler.

mod contract;
mod foreign;
mod made;
mod trace;

pub use contract::Mirrored;
pub use trace::Trace;

#[cfg(test)]
mod tests;
