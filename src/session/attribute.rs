//! Typed attribute keys.

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::key::{AttributeName, ReadKey, WriteKey, Written};
use super::migration::{Migration, StillWrite, migration, still_write};
use crate::payload::{Codec, Entry, Mirrored, NAME_MAX, encode_mirrored};

/// The most old schemas that one key migrates from.
const MIGRATIONS_MAX: usize = 4;

/// Encodes a value without a proof.
type EncodeMirrored<T> = fn(&T) -> Result<Vec<u8>, String>;

/// A typed key: the name, the type and the schema number of an attribute, usually a `const`.
///
/// postcard writes no field names, so a deploy that changes a struct cannot read what the one before
/// wrote. The schema number tells them apart: raise it with every change of the type, and name
/// the old type in [`migrate`](Attribute::migrate). Should the number be forgotten, two bytes before
/// each value tell that it is of another type: kinds of values, names of fields and of variants, and
/// their order, aliases included. Of such changes 1 in 65,536 passes unseen, and all others are unreadable
/// and never another value. Only a variant may be added at the end of an enum.
///
/// A number that this key does not know, and a value of another type, make the attribute
/// *unreadable*: reading it is an [`Error::is_unreadable`](crate::Error::is_unreadable), and it is
/// carried along byte for byte. Inserting over an unknown number is that error, too, so an old
/// node in a rolling deploy cannot destroy what a new one wrote. A visitor may be able to do without
/// the value: see [`absent_if_unreadable`](Attribute::absent_if_unreadable).
///
/// ```
/// use sealed_session::Attribute;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct CartV1(Vec<u32>);
///
/// #[derive(Serialize, Deserialize, Debug, PartialEq)]
/// struct Cart {
///     lines: Vec<(u32, u16)>,
/// }
///
/// impl From<CartV1> for Cart {
///     fn from(old: CartV1) -> Cart {
///         Cart { lines: old.0.into_iter().map(|article| (article, 1)).collect() }
///     }
/// }
///
/// const CART: Attribute<Cart> = Attribute::new("cart").schema(2).migrate::<CartV1>(1);
///
/// # let session = sealed_session::testing::session();
/// const CART_BEFORE: Attribute<CartV1> = Attribute::new("cart");
/// session.insert(CART_BEFORE, CartV1(vec![4711]))?;
///
/// assert_eq!(session.get(CART)?, Some(Cart { lines: vec![(4711, 1)] }));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[doc(alias("session_key"))]
pub struct Attribute<T> {
    name: &'static str,
    codec: Codec,
    schema: u32,
    is_secret: bool,
    forgives: bool,
    migrations: [Option<Migration<T>>; MIGRATIONS_MAX],
    still_write: Option<StillWrite<T>>,
    /// Encodes values of a mirrored type.
    mirrored: Option<EncodeMirrored<T>>,
    value: PhantomData<fn() -> T>,
}

impl<T> Attribute<T> {
    /// Makes a key whose values are stored as postcard, with schema 1: small, and proven on insert
    /// to read back as they were written. Types that describe themselves need
    /// [`json`](Attribute::json). A value that is nested more than 256 levels deep is refused, because reading it could
    /// exhaust a thread's stack.
    ///
    /// # Panics
    ///
    /// If the name is empty or longer than 255 bytes; in a `const`, that is a compile error.
    ///
    /// ```
    /// use sealed_session::Attribute;
    /// # let session = sealed_session::testing::session();
    /// const CART: Attribute<Vec<u32>> = Attribute::new("cart");
    ///
    /// session.insert(CART, vec![4711])?;
    /// assert_eq!(session.get(CART)?, Some(vec![4711]));
    /// assert!(session.get::<Vec<u32>>("cart").unwrap_err().is_unreadable()); // that would be JSON
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub const fn new(name: &'static str) -> Attribute<T> {
        Attribute::with(name, Codec::Postcard, 1)
    }

    /// Makes a key as [`new`](Attribute::new) does, for a type of which the compiler knows that it reads what
    /// it writes: one that [`mirrored!`](crate::mirrored) makes, or one of the standard library. Nothing is
    /// proven on insert, which takes a seventh of the instructions. What is stored is the same as under `new`, so
    /// a key may change from one to the other at any time.
    ///
    /// # Panics
    ///
    /// As [`new`](Attribute::new).
    ///
    /// ```
    /// use sealed_session::Attribute;
    /// # let session = sealed_session::testing::session();
    /// const CART: Attribute<Vec<u32>> = Attribute::mirrored("cart");
    ///
    /// session.insert(CART, vec![4711])?;
    /// assert_eq!(session.get(Attribute::<Vec<u32>>::new("cart"))?, Some(vec![4711]));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub const fn mirrored(name: &'static str) -> Attribute<T>
    where
        T: Mirrored,
    {
        let mut attribute = Attribute::new(name);
        attribute.mirrored = Some(encode_mirrored::<T>);
        attribute
    }

    /// Makes a key whose values are stored as JSON text, with schema 0: for types that describe
    /// themselves, such as `serde_json::Value` or an enum with `tag` or `untagged`. Its values are
    /// proven on insert, too. It shares its attribute with the string key of the same name as long
    /// as it has no other schema. A field that is added later needs `#[serde(default)]`, or a
    /// schema number.
    ///
    /// # Panics
    ///
    /// As [`new`](Attribute::new).
    ///
    /// ```
    /// # use sealed_session::Attribute;
    /// # let session = sealed_session::testing::session();
    /// const CLAIMS: Attribute<serde_json::Value> = Attribute::json("claims");
    ///
    /// session.insert(CLAIMS, serde_json::json!({ "sub": "ada" }))?;
    /// assert_eq!(session.get(CLAIMS)?.unwrap()["sub"], "ada");
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub const fn json(name: &'static str) -> Attribute<T> {
        Attribute::with(name, Codec::Json, 0)
    }

    const fn with(name: &'static str, codec: Codec, schema: u32) -> Attribute<T> {
        assert!(
            !name.is_empty() && name.len() <= NAME_MAX,
            "a name has 1 to 255 bytes"
        );
        Attribute {
            name,
            codec,
            schema,
            is_secret: false,
            forgives: false,
            migrations: [None; MIGRATIONS_MAX],
            still_write: None,
            mirrored: None,
            value: PhantomData,
        }
    }

    /// Keeps values apart from what is compressed, for secrets that others may try to guess, such as
    /// a CSRF token.
    ///
    /// Compression makes a session shorter where two of its parts are alike. Somebody who chooses
    /// one part, say the text of a search, and sees how long the cookie gets can guess another part
    /// digit by digit. Of a secret value only the length of what is stored shows; so store text or
    /// bytes of one length, and no numbers, which postcard makes as long as they are large. It
    /// costs what compression would have saved.
    ///
    /// That a value is secret sticks to its name until it is removed, also when a string key or an
    /// older node writes it. A session that is signed and not encrypted takes no secrets:
    /// [`Error::is_not_permitted`](crate::Error::is_not_permitted).
    ///
    /// ```
    /// use sealed_session::Attribute;
    /// # use sealed_session::{Format, Key, KeyRing, SessionManager};
    /// # use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    /// const CSRF: Attribute<[u8; 16]> = Attribute::new("csrf").secret();
    ///
    /// # let manager = SessionManager::new("shop", ring.clone())?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// session.insert(CSRF, [7; 16])?;
    /// assert_eq!(session.get(CSRF)?, Some([7; 16]));
    ///
    /// let readable = SessionManager::builder("shop", ring).format(Format::Signed).build()?;
    /// # let session = readable.load(RequestHead::default(), now);
    /// assert!(session.insert(CSRF, [7; 16]).unwrap_err().is_not_permitted());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("csrf_token"))]
    #[must_use]
    pub const fn secret(mut self) -> Attribute<T> {
        self.is_secret = true;
        self
    }

    /// Counts as absent what this key cannot read, for values that a visitor can do without: a cart
    /// that is empty after a deploy is better than an error on every page until the session ends.
    ///
    /// [`get`](crate::Session::get) and [`take`](crate::Session::take) then give `None`,
    /// [`update`](crate::Session::update) begins with the default, and what is stored next takes its
    /// place; until then it is carried along. Each time there is an
    /// [`Event::Unreadable`](crate::Event::Unreadable) with the reason, in the log at `DEBUG` until the value is
    /// lost. This includes what a newer
    /// node wrote under a schema that this one does not know, and so an old node in a rolling deploy
    /// replaces it.
    ///
    /// ```
    /// use sealed_session::Attribute;
    /// # let session = sealed_session::testing::session();
    /// const RECENT: Attribute<Vec<String>> =
    ///     Attribute::new("recent").schema(2).absent_if_unreadable();
    /// const RECENT_BEFORE: Attribute<Vec<u32>> = Attribute::new("recent");
    ///
    /// session.insert(RECENT_BEFORE, vec![4711])?;
    /// assert_eq!(session.get(RECENT)?, None);
    /// session.insert(RECENT, vec!["cups".to_owned()])?;
    /// assert_eq!(session.get(RECENT)?.unwrap(), ["cups"]);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub const fn absent_if_unreadable(mut self) -> Attribute<T> {
        self.forgives = true;
        self
    }

    /// Sets the type's schema number.
    ///
    /// # Panics
    ///
    /// If a migration was named before; in a `const`, that is a compile error.
    ///
    /// ```
    /// use sealed_session::Attribute;
    /// # let session = sealed_session::testing::session();
    /// const CART: Attribute<Vec<(u32, u16)>> = Attribute::new("cart").schema(2);
    /// const CART_BEFORE: Attribute<Vec<u32>> = Attribute::new("cart");
    ///
    /// session.insert(CART_BEFORE, vec![4711])?;
    /// assert!(session.get(CART).unwrap_err().is_unreadable());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub const fn schema(mut self, number: u32) -> Attribute<T> {
        assert!(
            matches!(self.migrations, [None, ..]),
            "name the schema first, and then what it migrates from"
        );
        self.schema = number;
        self
    }

    /// Reads values of an older schema as `Old` and converts them. Reading so does not change the
    /// session; the next insert writes the new form.
    ///
    /// # Panics
    ///
    /// If `number` is not below the key's schema or is named twice, or if there are more than
    /// four migrations; in a `const`, that is a compile error:
    ///
    /// ```compile_fail,E0080
    /// use sealed_session::Attribute;
    ///
    /// const LEVEL: Attribute<u32> = Attribute::new("level").migrate::<u16>(1);
    /// # let _ = LEVEL;
    /// ```
    #[doc(alias("upgrade"))]
    #[must_use]
    pub const fn migrate<Old>(mut self, number: u32) -> Attribute<T>
    where
        Old: DeserializeOwned,
        T: From<Old>,
    {
        assert!(
            number < self.schema,
            "a migration comes from a schema below the key's own"
        );
        assert!(!self.migrates_from(number), "a schema has one migration");
        let migration = migration::<T, Old>(number);
        let [a, b, c, d] = self.migrations;
        self.migrations = match (a, b, c, d) {
            (None, ..) => [Some(migration), None, None, None],
            (_, None, ..) => [a, Some(migration), None, None],
            (_, _, None, _) => [a, b, Some(migration), None],
            (_, _, _, None) => [a, b, c, Some(migration)],
            _ => panic!("a key migrates from four schemas at most"),
        };
        self
    }

    /// Goes on writing the older schema `number`, for the first half of a rolling deploy: nodes
    /// that know only the old form can read what this one writes. Deploy everywhere, then remove
    /// this.
    ///
    /// # Panics
    ///
    /// If the key does not migrate from `number`, so that it could not read what it writes; in a
    /// `const`, that is a compile error.
    ///
    /// ```
    /// # use sealed_session::Attribute;
    /// # let session = sealed_session::testing::session();
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Serialize, Deserialize)]
    /// struct Cents(u32);
    /// impl From<u32> for Cents {
    ///     fn from(euros: u32) -> Cents { Cents(euros * 100) }
    /// }
    /// impl From<&Cents> for u32 {
    ///     fn from(cents: &Cents) -> u32 { cents.0 / 100 }
    /// }
    ///
    /// const PRICE: Attribute<Cents> =
    ///     Attribute::new("price").schema(2).migrate::<u32>(1).still_write::<u32>(1);
    /// session.insert(PRICE, Cents(500))?;
    ///
    /// const PRICE_ON_AN_OLD_NODE: Attribute<u32> = Attribute::new("price");
    /// assert_eq!(session.get(PRICE_ON_AN_OLD_NODE)?, Some(5));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub const fn still_write<Old>(mut self, number: u32) -> Attribute<T>
    where
        Old: Serialize + DeserializeOwned + for<'a> From<&'a T>,
    {
        assert!(
            self.migrates_from(number),
            "a key reads what it writes: name the migration first"
        );
        self.still_write = Some(still_write::<T, Old>(number));
        self
    }

    const fn migrates_from(&self, number: u32) -> bool {
        let mut rest: &[Option<Migration<T>>] = &self.migrations;
        while let [first, behind @ ..] = rest {
            if let Some(migration) = first
                && migration.schema == number
            {
                return true;
            }
            rest = behind;
        }
        false
    }

    /// Returns the attribute's name.
    ///
    /// ```
    /// use sealed_session::Attribute;
    ///
    /// const CART: Attribute<Vec<u32>> = Attribute::new("cart");
    /// assert_eq!(CART.name(), "cart");
    /// ```
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Checks that this key may read `entry`, and with it replace it.
    fn may_read(&self, entry: &Entry<'_>) -> Result<(), String> {
        match entry.codec() {
            None => Err("it was stored by a newer version".to_owned()),
            Some(codec) if codec != self.codec => Err(format!(
                "it was stored as {codec:?} and this key reads {:?}",
                self.codec
            )),
            Some(_) if entry.schema == self.schema || self.migrates_from(entry.schema) => Ok(()),
            Some(_) => Err(self.unknown(entry)),
        }
    }

    fn unknown(&self, entry: &Entry<'_>) -> String {
        format!(
            "it has schema {} and this key reads {} and what it migrates from",
            entry.schema, self.schema
        )
    }
}

impl<T> AttributeName for Attribute<T> {
    fn name(&self) -> &str {
        self.name
    }

    fn forgives(&self) -> bool {
        self.forgives
    }
}

impl<T: DeserializeOwned> ReadKey<T> for Attribute<T> {
    fn read(&self, entry: &Entry<'_>) -> Result<T, String> {
        self.may_read(entry)?;
        if entry.schema == self.schema {
            return self.codec.decode(&entry.value());
        }
        let migration = self
            .migrations
            .iter()
            .flatten()
            .find(|m| m.schema == entry.schema);
        migration.map_or_else(
            || Err(self.unknown(entry)),
            |m| (m.convert)(self.codec, &entry.value()),
        )
    }
}

// The only one: so the key tells the type of a value that is yet to be inferred.
impl<T: Serialize + DeserializeOwned> WriteKey<T> for Attribute<T> {
    fn write(&self, value: &T) -> Result<Written, String> {
        let (schema, bytes) = match (&self.still_write, self.mirrored) {
            (Some(old), _) => (old.schema, (old.convert)(self.codec, value)?),
            (None, Some(encode)) => (self.schema, encode(value)?),
            (None, None) => (self.schema, self.codec.encode(value)?),
        };
        Ok(Written {
            codec: self.codec,
            schema,
            bytes,
            is_secret: self.is_secret,
        })
    }

    fn knows(&self, entry: &Entry<'_>) -> Result<(), String> {
        self.may_read(entry)
    }
}

// Derives would ask the same of `T`.
impl<T> Clone for Attribute<T> {
    fn clone(&self) -> Attribute<T> {
        *self
    }
}
impl<T> Copy for Attribute<T> {}

impl<T> fmt::Debug for Attribute<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attribute")
            .field("name", &self.name)
            .field("codec", &self.codec)
            .field("schema", &self.schema)
            .field("is_secret", &self.is_secret)
            .field("absent_if_unreadable", &self.forgives)
            .finish_non_exhaustive()
    }
}
