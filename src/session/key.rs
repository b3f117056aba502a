//! The two kinds of keys, string and typed, behind one `get` and one `insert`.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::payload::{Codec, Entry, encode_borrowing, encode_slice};

/// The traits that the public ones rest on. They cannot be named outside, so nobody else implements
/// them.
pub(super) mod sealed {
    use crate::payload::{Codec, Entry};

    /// A value as it is to be stored.
    #[derive(Debug)]
    pub struct Written {
        pub(in crate::session) codec: Codec,
        pub(in crate::session) schema: u32,
        pub(in crate::session) bytes: Vec<u8>,
        pub(in crate::session) is_secret: bool,
    }

    impl Written {
        pub(in crate::session) fn entry<'a>(&'a self, name: &'a str) -> Entry<'a> {
            let entry = Entry::new(name, self.codec, self.schema, &self.bytes);
            if self.is_secret {
                entry.into_secret()
            } else {
                entry
            }
        }
    }

    pub trait Named {
        fn name(&self) -> &str;

        /// Returns whether an attribute that this key cannot read counts as absent.
        fn forgives(&self) -> bool {
            false
        }
    }

    pub trait Reads<T>: Named {
        fn read(&self, entry: &Entry<'_>) -> Result<T, String>;
    }

    /// Marks a value that is handed over by itself.
    #[derive(Debug)]
    pub enum ByValue {}

    /// Marks a value that is handed over by reference.
    #[derive(Debug)]
    pub enum ByReference {}

    /// Marks a slice.
    #[derive(Debug)]
    pub enum BySlice {}

    pub trait Writes<V, M>: Named {
        fn write(&self, value: &V) -> Result<Written, String>;
        /// Checks that this key may replace `entry`.
        fn knows(&self, entry: &Entry<'_>) -> Result<(), String>;
    }
}

use sealed::{ByReference, BySlice, ByValue, Written};

/// Something that names an attribute: a string, or an [`Attribute`](crate::Attribute). Sealed.
///
/// ```
/// use sealed_session::{Attribute, AttributeName, Error, Session};
/// # let session = sealed_session::testing::session();
/// const CART: Attribute<Vec<u32>> = Attribute::new("cart");
///
/// fn forget(session: &Session, key: impl AttributeName) -> Result<(), Error> {
///     session.remove(key).map(drop)
/// }
///
/// session.insert(CART, vec![4711])?;
/// session.insert("theme", "dark")?;
/// forget(&session, CART)?;
/// forget(&session, "theme")?;
/// assert!(session.names().is_empty());
/// # Ok::<(), sealed_session::Error>(())
/// ```
pub trait AttributeName: sealed::Named {}
impl<K: sealed::Named> AttributeName for K {}

/// A key under which a `T` is read: a string, for any `T`, or an `Attribute<T>`. Sealed.
///
/// ```
/// use sealed_session::{Attribute, Error, ReadKey, Session};
/// # let session = sealed_session::testing::session();
/// const CART: Attribute<Vec<u32>> = Attribute::new("cart");
///
/// fn get_or_default<T: Default>(session: &Session, key: impl ReadKey<T>) -> Result<T, Error> {
///     Ok(session.get(key)?.unwrap_or_default())
/// }
///
/// assert!(get_or_default(&session, CART)?.is_empty());
/// assert_eq!(get_or_default::<u32>(&session, "visits")?, 0);
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not read a `{T}` from a session",
    note = "use a string with a type, as in `get::<u32>(\"visits\")`, or an `Attribute<{T}>`"
)]
pub trait ReadKey<T>: sealed::Reads<T> {}
impl<T, K: sealed::Reads<T>> ReadKey<T> for K {}

/// A key under which a `V` is stored: a string, for any `V`, or an `Attribute<V>`. Sealed.
///
/// Both take a `&V` as well, and a string key takes a slice and text that is borrowed, also within
/// another type: `insert("pair", ("a", 1))`. All has to implement `Deserialize` as well, because it
/// is read back. `M` tells those apart and is always inferred. Two things need a word more:
///
/// - a value whose type is yet to be inferred: `insert(NAME, String::from("Ada"))`, not
///   `insert(NAME, "Ada".into())`;
/// - bytes, which serde reads in two ways: `insert("key", bytes.to_vec())`, not a `&[u8]`.
///
/// ```
/// use sealed_session::{Attribute, Error, Session, WriteKey};
/// # let session = sealed_session::testing::session();
/// const THEME: Attribute<String> = Attribute::new("theme");
///
/// fn offer<V>(session: &Session, key: impl WriteKey<V> + Copy, value: V) -> Result<(), Error> {
///     if session.contains(key) { Ok(()) } else { session.insert(key, value) }
/// }
///
/// offer(&session, THEME, "dark".to_owned())?;
/// offer(&session, THEME, "light".to_owned())?;
/// assert_eq!(session.get(THEME)?.as_deref(), Some("dark"));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not store a `{V}` in a session",
    note = "use a string key for a type that implements `Serialize` and `Deserialize`, by value or by reference; an `Attribute<T>` takes a `T` or a `&T` and nothing that becomes one, so a `String` key takes no `&str`"
)]
pub trait WriteKey<V, M = ByValue>: sealed::Writes<V, M> {}
impl<V, M, K: sealed::Writes<V, M>> WriteKey<V, M> for K {}

/// Checks that a string key may read `entry`. It reads and writes JSON text without a schema, and
/// nothing else: an attribute with a schema belongs to the typed key that gave it.
fn is_free(entry: &Entry<'_>) -> Result<(), String> {
    match entry.codec() {
        Some(Codec::Json) if entry.schema == 0 => Ok(()),
        Some(_) => Err("it was stored under a typed key; use that key".to_owned()),
        None => Err("it was stored by a newer version".to_owned()),
    }
}

/// Makes of JSON text what a string key stores.
fn free(bytes: Vec<u8>) -> Written {
    Written {
        codec: Codec::Json,
        schema: 0,
        bytes,
        is_secret: false,
    }
}

macro_rules! string_keys {
    ($($type:ty)*) => {$(
        impl sealed::Named for $type {
            fn name(&self) -> &str {
                self
            }
        }

        impl<T: DeserializeOwned> sealed::Reads<T> for $type {
            fn read(&self, entry: &Entry<'_>) -> Result<T, String> {
                is_free(entry)?;
                Codec::Json.decode(&entry.value())
            }
        }

        // `'static` is what lets a `&str` pass, which nobody reads for as long; see `Places`.
        impl<V: Serialize + Deserialize<'static>> sealed::Writes<V, ByValue> for $type {
            fn write(&self, value: &V) -> Result<Written, String> {
                encode_borrowing(value).map(free)
            }

            fn knows(&self, entry: &Entry<'_>) -> Result<(), String> {
                is_free(entry)
            }
        }

        impl<V: Serialize + DeserializeOwned> sealed::Writes<&V, ByReference> for $type {
            fn write(&self, value: &&V) -> Result<Written, String> {
                Codec::Json.encode(*value).map(free)
            }

            fn knows(&self, entry: &Entry<'_>) -> Result<(), String> {
                is_free(entry)
            }
        }

        impl<V: Serialize + DeserializeOwned> sealed::Writes<&[V], BySlice> for $type {
            fn write(&self, value: &&[V]) -> Result<Written, String> {
                encode_slice(value).map(free)
            }

            fn knows(&self, entry: &Entry<'_>) -> Result<(), String> {
                is_free(entry)
            }
        }
    )*};
}

string_keys! { str String }

impl<K: sealed::Named + ?Sized> sealed::Named for &K {
    fn name(&self) -> &str {
        K::name(self)
    }

    fn forgives(&self) -> bool {
        K::forgives(self)
    }
}

impl<T, K: sealed::Reads<T> + ?Sized> sealed::Reads<T> for &K {
    fn read(&self, entry: &Entry<'_>) -> Result<T, String> {
        K::read(self, entry)
    }
}

impl<V, M, K: sealed::Writes<V, M> + ?Sized> sealed::Writes<V, M> for &K {
    fn write(&self, value: &V) -> Result<Written, String> {
        K::write(self, value)
    }

    fn knows(&self, entry: &Entry<'_>) -> Result<(), String> {
        K::knows(self, entry)
    }
}
