//! Tries samples of a type, to find at the first insert a loss that would otherwise show in production.
//!
//! A value whose type sometimes leaves out a field (`skip_serializing_if`) comes back as long as the field
//! is there. So builds with debug assertions make a few values of each type before they store the first
//! one: with nothing in its options and containers, with one element in each, with zeros and with ones, and
//! with each variant of its enums. A type is passed over if it refuses a sample, even by a panic, or if it
//! cannot be read without content.

use std::any::type_name;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use serde::de::value::StrDeserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use super::calls::reads;
use super::codec::Codec;
use super::shape::NameList;
use super::unstorable::Unstorable;

/// The deepest level at which a container has an element.
const DEEP: usize = 3;

/// The deepest level of all, for types that contain themselves.
const DEEPEST: usize = 24;

/// The most variants of one enum that are tried.
const VARIANTS: usize = 32;

/// The types that were tried, and whether a sample of theirs was lost.
static TRIED: Mutex<BTreeMap<(Codec, &str), bool>> = Mutex::new(BTreeMap::new());

/// Returns the bytes of a value, unless a sample of its type is lost.
pub(super) fn checked<T: Deserialize<'static>>(
    codec: Codec,
    bytes: Result<Vec<u8>, Unstorable>,
    encode: impl Fn(&T) -> Result<Vec<u8>, Unstorable>,
) -> Result<Vec<u8>, String> {
    let bytes = bytes?;
    if is_lossy(codec, encode) {
        return Err(format!(
            "this value comes back, but not each that `{}` can have: a sample, as builds with debug \
             assertions make it of each type, does not. Look for a field that is left out at times \
             (`skip_serializing_if`), and for a skipped enum variant or one with an alias",
            type_name::<T>()
        ));
    }
    Ok(bytes)
}

/// Returns whether `encode` loses a sample of the type. Each type is tried once.
fn is_lossy<T: Deserialize<'static>>(
    codec: Codec,
    encode: impl Fn(&T) -> Result<Vec<u8>, Unstorable>,
) -> bool {
    if !cfg!(debug_assertions) {
        return false;
    }
    let tried = || TRIED.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (codec, type_name::<T>());
    let known = tried().get(&key).copied();
    known.unwrap_or_else(|| {
        // This runs the type's own code, so the lock is not held.
        let lost = |sample: T| {
            let encoded = catch_unwind(AssertUnwindSafe(|| encode(&sample)));
            matches!(encoded, Ok(Err(Unstorable::Lost(_))))
        };
        let is_lossy = samples(codec == Codec::Json).into_iter().any(lost);
        tried().insert(key, is_lossy);
        is_lossy
    })
}

/// Makes samples of a type, as far as it accepts them.
fn samples<T: Deserialize<'static>>(human: bool) -> Vec<T> {
    let mut samples = Vec::new();
    for (deep, number) in (0..=DEEP).flat_map(|deep| [(deep, 0), (deep, 1)]) {
        let recipe = |variant| Recipe {
            human,
            deep,
            number,
            variant,
            variants: Cell::new(0),
        };
        let mut variant = 0;
        let mut variants = 1;
        while variant < variants {
            let recipe = recipe(variant);
            let sample = Sample {
                recipe: &recipe,
                level: 0,
            };
            // A type may panic where the sample breaks a rule of its own.
            let made = catch_unwind(AssertUnwindSafe(|| T::deserialize(sample)));
            samples.extend(made.into_iter().flatten());
            variants = recipe.variants.get().clamp(variants, VARIANTS);
            variant += 1;
        }
    }
    samples
}

/// How a sample is made.
struct Recipe {
    human: bool,
    /// Containers up to this level have one element, and deeper ones none.
    deep: usize,
    /// The value of every number, and the length of every text.
    number: u8,
    /// The variant of every enum; its last one if it has fewer.
    variant: usize,
    /// The most variants of an enum of the type.
    variants: Cell<usize>,
}

/// The type does not accept the sample.
#[derive(Debug)]
struct NoSample;

impl fmt::Display for NoSample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no sample")
    }
}

impl std::error::Error for NoSample {}

impl serde::de::Error for NoSample {
    fn custom<T: fmt::Display>(_: T) -> NoSample {
        NoSample
    }
}

#[derive(Clone, Copy)]
struct Sample<'r> {
    recipe: &'r Recipe,
    level: usize,
}

impl<'r> Sample<'r> {
    fn items(self, left: usize) -> Result<Items<'r>, NoSample> {
        if self.level >= DEEPEST {
            return Err(NoSample);
        }
        let item = Sample {
            level: self.level + 1,
            ..self
        };
        Ok(Items { item, left })
    }

    /// Returns how many elements a container of any length has.
    fn elements(self) -> usize {
        usize::from(self.level < self.recipe.deep)
    }

    fn text(self) -> &'static str {
        if self.recipe.number == 0 { "" } else { "a" }
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NoSample> {
            visitor.$visit(self.recipe.number.into())
        }
    )*};
}

impl<'de> Deserializer<'de> for Sample<'_> {
    type Error = NoSample;

    numbers! {
        deserialize_i8 visit_i16;
        deserialize_i16 visit_i16;
        deserialize_i32 visit_i32;
        deserialize_i64 visit_i64;
        deserialize_i128 visit_i128;
        deserialize_u8 visit_u8;
        deserialize_u16 visit_u16;
        deserialize_u32 visit_u32;
        deserialize_u64 visit_u64;
        deserialize_u128 visit_u128;
        deserialize_f32 visit_f32;
        deserialize_f64 visit_f64;
    }

    fn is_human_readable(&self) -> bool {
        self.recipe.human
    }

    reads! { self, visitor:
        deserialize_bool() { visitor.visit_bool(self.recipe.number != 0) }
        deserialize_char() { visitor.visit_char('a') }
        deserialize_str() { visitor.visit_borrowed_str(self.text()) }
        deserialize_string() { visitor.visit_str(self.text()) }
        deserialize_bytes() { visitor.visit_borrowed_bytes(self.text().as_bytes()) }
        deserialize_byte_buf() { visitor.visit_bytes(self.text().as_bytes()) }
        deserialize_unit() { visitor.visit_unit() }
        deserialize_unit_struct(_name: &'static str) { visitor.visit_unit() }
        deserialize_newtype_struct(_name: &'static str) { visitor.visit_newtype_struct(self) }
        deserialize_ignored_any() { visitor.visit_unit() }

        /// Makes `None` for JSON, which would lose `Some(None)` although no value of the type may ever be
        /// one.
        deserialize_option() {
            if self.recipe.human || self.elements() == 0 {
                return visitor.visit_none();
            }
            visitor.visit_some(self.items(1)?.item)
        }

        deserialize_seq() { visitor.visit_seq(self.items(self.elements())?) }
        deserialize_map() { visitor.visit_map(self.items(self.elements())?) }
        deserialize_tuple(length: usize) { visitor.visit_seq(self.items(length)?) }
        deserialize_tuple_struct(_name: &'static str, length: usize) {
            visitor.visit_seq(self.items(length)?)
        }
        deserialize_struct(_name: &'static str, fields: NameList) {
            visitor.visit_seq(self.items(fields.len())?)
        }
        deserialize_enum(_name: &'static str, variants: NameList) {
            let found = &self.recipe.variants;
            found.set(found.get().max(variants.len()));
            let chosen = variants.get(self.recipe.variant).or(variants.last());
            visitor.visit_enum(SampleVariant {
                name: chosen.ok_or(NoSample)?,
                items: self.items(0)?,
            })
        }
    }

    // A value that describes itself cannot be made up.
    reads! { self, _visitor:
        deserialize_any() { Err(NoSample) }
        deserialize_identifier() { Err(NoSample) }
    }
}

/// The items of a container.
struct Items<'r> {
    item: Sample<'r>,
    left: usize,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = NoSample;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, NoSample> {
        let Some(left) = self.left.checked_sub(1) else {
            return Ok(None);
        };
        self.left = left;
        seed.deserialize(self.item).map(Some)
    }
}

impl<'de> MapAccess<'de> for Items<'_> {
    type Error = NoSample;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, NoSample> {
        self.next_element_seed(seed)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, NoSample> {
        seed.deserialize(self.item)
    }
}

struct SampleVariant<'r> {
    name: &'static str,
    items: Items<'r>,
}

impl<'de, 'r> EnumAccess<'de> for SampleVariant<'r> {
    type Error = NoSample;
    type Variant = Items<'r>;

    fn variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<(T::Value, Items<'r>), NoSample> {
        let name: StrDeserializer<'_, NoSample> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self.items))
    }
}

impl<'de> VariantAccess<'de> for Items<'_> {
    type Error = NoSample;

    fn unit_variant(self) -> Result<(), NoSample> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, NoSample> {
        seed.deserialize(self.item)
    }

    reads! { self, visitor:
        tuple_variant(length: usize) { visitor.visit_seq(Items { left: length, ..self }) }
        struct_variant(fields: NameList) { visitor.visit_seq(Items { left: fields.len(), ..self }) }
    }
}

// A release build makes no samples.
#[cfg(test)]
#[cfg(debug_assertions)]
mod tests;
