//! The older schemas of an attribute: how a typed key reads them, and how it still writes one.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::payload::Codec;

/// A way between the values of an older schema and those of the key.
#[derive(Clone, Copy)]
pub(super) struct Conversion<F> {
    pub(super) schema: u32,
    pub(super) convert: F,
}

/// Reads values of an older schema.
pub(super) type Migration<T> = Conversion<fn(Codec, &[u8]) -> Result<T, String>>;

/// Writes values of an older schema.
pub(super) type StillWrite<T> = Conversion<fn(Codec, &T) -> Result<Vec<u8>, String>>;

/// Reads values as `Old`, and converts them.
pub(super) const fn migration<T, Old>(schema: u32) -> Migration<T>
where
    Old: DeserializeOwned,
    T: From<Old>,
{
    Conversion {
        schema,
        convert: |codec, bytes| codec.decode::<Old>(bytes).map(T::from),
    }
}

/// Converts values to `Old`, and writes those.
pub(super) const fn still_write<T, Old>(schema: u32) -> StillWrite<T>
where
    Old: Serialize + DeserializeOwned + for<'a> From<&'a T>,
{
    Conversion {
        schema,
        convert: |codec, value| codec.encode(&Old::from(value)),
    }
}
