//! The two kinds of keys, string and typed, behind one `get` and one `insert`.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::payload::{Codec, Entry, encode_borrowing};

/// A value as it is to be stored. It cannot be named outside, so nobody else makes keys.
#[derive(Debug)]
pub struct Written {
    pub(super) codec: Codec,
    pub(super) schema: u32,
    pub(super) bytes: Vec<u8>,
    pub(super) is_secret: bool,
}

impl Written {
    pub(super) fn entry<'a>(&'a self, name: &'a str) -> Entry<'a> {
        let entry = Entry::new(name, self.codec, self.schema, &self.bytes);
        if self.is_secret {
            entry.into_secret()
        } else {
            entry
        }
    }
}

/// Something that names an attribute: a string, or an [`Attribute`](crate::Attribute).
///
/// ```
/// use sealed_session::{Attribute, AttributeName, Error, Session};
/// # let session = sealed_session::testing::session();
/// const CART: Attribute<Vec<u32>> = Attribute::new("cart");
///
/// fn forget(session: &Session, keys: &[&dyn AttributeName]) -> Result<(), Error> {
///     keys.iter().try_for_each(|key| session.remove(key).map(drop))
/// }
///
/// session.insert(CART, vec![4711])?;
/// session.insert("theme", "dark")?;
/// forget(&session, &[&CART, &"theme"])?;
/// assert!(session.names().is_empty());
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` names no attribute of a session",
    note = "use a string or an `Attribute`; in a list of `&dyn AttributeName`, `&\"theme\"` or `&THEME`"
)]
pub trait AttributeName {
    /// Returns the attribute's name.
    ///
    /// ```
    /// use sealed_session::{Attribute, AttributeName};
    ///
    /// let keep: [&dyn AttributeName; 2] = [&Attribute::<u32>::new("visits"), &"theme"];
    /// assert_eq!(keep.map(AttributeName::name), ["visits", "theme"]);
    /// ```
    fn name(&self) -> &str;

    /// Returns whether an attribute that this key cannot read counts as absent.
    #[doc(hidden)]
    fn forgives(&self) -> bool {
        false
    }
}

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
    message = "`{Self}` is no key under which a session has a `{T}`",
    note = "use a string with a type, as in `get::<u32>(\"visits\")`, or an `Attribute<{T}>`"
)]
pub trait ReadKey<T>: AttributeName {
    #[doc(hidden)]
    fn read(&self, entry: &Entry<'_>) -> Result<T, String>;
}

/// A key under which a `V` is stored: a string, for any `V`, or an `Attribute<V>`. Sealed.
///
/// The value is handed over. So `insert(CART, lines.collect())` and `insert(NAME, "Ada".into())` need no
/// type: the key has it. Under a string key text may be borrowed, also within another type:
/// `insert("pair", ("a", 1))`. All has to implement `Deserialize` as well, because it is read back
/// before it is stored; beside that, a clone of a value costs little. Bytes are a `Vec<u8>` and not a
/// `&[u8]`: serde reads the two differently.
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
/// offer(&session, THEME, "dark".into())?;
/// offer(&session, THEME, "light".into())?;
/// assert_eq!(session.get(THEME)?.as_deref(), Some("dark"));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no key under which a session stores a `{V}`",
    note = "use a string, or an `Attribute<{V}>`"
)]
pub trait WriteKey<V>: AttributeName {
    #[doc(hidden)]
    fn write(&self, value: &V) -> Result<Written, String>;

    /// Checks that this key may replace `entry`.
    #[doc(hidden)]
    fn knows(&self, entry: &Entry<'_>) -> Result<(), String>;
}

/// Checks that a string key may read `entry`. It reads and writes JSON text without a schema, and
/// nothing else: an attribute with a schema belongs to the typed key that gave it.
fn is_free(entry: &Entry<'_>) -> Result<(), String> {
    match entry.codec() {
        Some(Codec::Json) if entry.schema == 0 => Ok(()),
        Some(_) => Err("it was stored under a typed key; use that key".to_owned()),
        None => Err("it was stored by a newer version".to_owned()),
    }
}

macro_rules! string_keys {
    ($($type:ty)*) => {$(
        impl AttributeName for $type {
            fn name(&self) -> &str {
                self
            }
        }

        impl<T: DeserializeOwned> ReadKey<T> for $type {
            fn read(&self, entry: &Entry<'_>) -> Result<T, String> {
                is_free(entry)?;
                Codec::Json.decode(&entry.value())
            }
        }

        // `'static` is what lets a `&str` pass, which nobody reads for as long; see `Places`.
        impl<V: Serialize + Deserialize<'static>> WriteKey<V> for $type {
            fn write(&self, value: &V) -> Result<Written, String> {
                Ok(Written {
                    codec: Codec::Json,
                    schema: 0,
                    bytes: encode_borrowing(value)?,
                    is_secret: false,
                })
            }

            fn knows(&self, entry: &Entry<'_>) -> Result<(), String> {
                is_free(entry)
            }
        }
    )*};
}

string_keys! { str String }

impl<K: AttributeName + ?Sized> AttributeName for &K {
    fn name(&self) -> &str {
        K::name(self)
    }

    fn forgives(&self) -> bool {
        K::forgives(self)
    }
}

impl<T, K: ReadKey<T> + ?Sized> ReadKey<T> for &K {
    fn read(&self, entry: &Entry<'_>) -> Result<T, String> {
        K::read(self, entry)
    }
}

impl<V, K: WriteKey<V> + ?Sized> WriteKey<V> for &K {
    fn write(&self, value: &V) -> Result<Written, String> {
        K::write(self, value)
    }

    fn knows(&self, entry: &Entry<'_>) -> Result<(), String> {
        K::knows(self, entry)
    }
}
