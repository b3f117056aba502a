//! The two kinds of keys, string and typed, behind one `get` and one `insert`.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::attribute::Attribute;
use crate::payload::{Codec, Entry, json};

/// What the public traits rest on; not nameable outside, so nobody else implements them.
mod sealed {
    use crate::payload::{Codec, Entry};

    pub trait Named {
        fn name(&self) -> &str;
    }

    pub trait Reads<T>: Named {
        fn read(&self, entry: &Entry<'_>) -> Result<T, String>;
    }

    pub trait Writes<V>: Named {
        fn write(&self, value: &V) -> Result<(Codec, u32, Vec<u8>), String>;
        /// Whether this key may replace `entry`.
        fn knows(&self, entry: &Entry<'_>) -> Result<(), String>;
    }
}

/// Something that names an attribute: a string, or an [`Attribute`]. Sealed.
pub trait AttributeName: sealed::Named {}
impl<K: sealed::Named> AttributeName for K {}

/// A key under which a `T` is read: a string, for any `T`, or an `Attribute<T>`. Sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not read a `{T}` from a session",
    note = "use a string with a type, as in `get::<u32>(\"visits\")`, or an `Attribute<{T}>`"
)]
pub trait ReadKey<T>: sealed::Reads<T> {}
impl<T, K: sealed::Reads<T>> ReadKey<T> for K {}

/// A key under which a `V` is stored: a string, for any `V`, or an `Attribute<V>`, which takes a
/// `&V` as well. Sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not store a `{V}` in a session",
    note = "use a string, or an `Attribute<{V}>` whose type implements `Serialize` and `Deserialize`"
)]
pub trait WriteKey<V>: sealed::Writes<V> {}
impl<V, K: sealed::Writes<V>> WriteKey<V> for K {}

/// A string key reads and writes JSON text without a schema, and nothing else: an attribute with
/// a schema belongs to the typed key that gave it.
fn is_free(entry: &Entry<'_>) -> Result<(), String> {
    match entry.codec() {
        Some(Codec::Json) if entry.schema == 0 => Ok(()),
        Some(_) => Err("it was stored under a typed key; use that key".to_owned()),
        None => Err("it was stored by a newer version".to_owned()),
    }
}

macro_rules! string_keys {
    ($($type:ty),*) => {$(
        impl sealed::Named for $type {
            fn name(&self) -> &str {
                self
            }
        }

        impl<T: DeserializeOwned> sealed::Reads<T> for $type {
            fn read(&self, entry: &Entry<'_>) -> Result<T, String> {
                is_free(entry)?;
                Codec::Json.decode(entry.value)
            }
        }

        impl<V: Serialize> sealed::Writes<V> for $type {
            fn write(&self, value: &V) -> Result<(Codec, u32, Vec<u8>), String> {
                Ok((Codec::Json, 0, json(value)?))
            }

            fn knows(&self, entry: &Entry<'_>) -> Result<(), String> {
                is_free(entry)
            }
        }
    )*};
}

string_keys!(&str, &String);

impl<T> sealed::Named for Attribute<T> {
    fn name(&self) -> &str {
        Attribute::name(self)
    }
}

impl<T: DeserializeOwned> sealed::Reads<T> for Attribute<T> {
    fn read(&self, entry: &Entry<'_>) -> Result<T, String> {
        self.read_entry(entry)
    }
}

impl<T: Serialize + DeserializeOwned> sealed::Writes<T> for Attribute<T> {
    fn write(&self, value: &T) -> Result<(Codec, u32, Vec<u8>), String> {
        self.write_value(value)
    }

    fn knows(&self, entry: &Entry<'_>) -> Result<(), String> {
        Attribute::knows(self, entry)
    }
}

impl<T: Serialize + DeserializeOwned> sealed::Writes<&T> for Attribute<T> {
    fn write(&self, value: &&T) -> Result<(Codec, u32, Vec<u8>), String> {
        self.write_value(value)
    }

    fn knows(&self, entry: &Entry<'_>) -> Result<(), String> {
        Attribute::knows(self, entry)
    }
}
