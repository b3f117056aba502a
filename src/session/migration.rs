//! The older schemas of an attribute: how a typed key reads them, and how it still writes one.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::payload::Codec;

/// Reads values of an older schema.
pub(super) struct Migration<T> {
    pub(super) schema: u32,
    pub(super) read: fn(Codec, &[u8]) -> Result<T, String>,
}

impl<T> Migration<T> {
    /// Reads them as `Old`, and converts them.
    pub(super) const fn of<Old>(schema: u32) -> Migration<T>
    where
        Old: DeserializeOwned,
        T: From<Old>,
    {
        Migration {
            schema,
            read: read_as::<T, Old>,
        }
    }
}

/// Writes values of an older schema.
pub(super) struct StillWrite<T> {
    pub(super) schema: u32,
    pub(super) write: fn(Codec, &T) -> Result<Vec<u8>, String>,
}

impl<T> StillWrite<T> {
    /// Converts them to `Old`, and writes those.
    pub(super) const fn of<Old>(schema: u32) -> StillWrite<T>
    where
        Old: Serialize + DeserializeOwned + for<'a> From<&'a T>,
    {
        StillWrite {
            schema,
            write: write_as::<T, Old>,
        }
    }
}

fn read_as<T: From<Old>, Old: DeserializeOwned>(codec: Codec, bytes: &[u8]) -> Result<T, String> {
    codec.decode::<Old>(bytes).map(T::from)
}

fn write_as<T, Old>(codec: Codec, value: &T) -> Result<Vec<u8>, String>
where
    Old: Serialize + DeserializeOwned + for<'a> From<&'a T>,
{
    codec.encode(&Old::from(value))
}

// Derives would ask the same of `T`.
impl<T> Clone for Migration<T> {
    fn clone(&self) -> Migration<T> {
        *self
    }
}
impl<T> Copy for Migration<T> {}
impl<T> Clone for StillWrite<T> {
    fn clone(&self) -> StillWrite<T> {
        *self
    }
}
impl<T> Copy for StillWrite<T> {}
