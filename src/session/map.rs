//! Implements the verbs of a map.

use super::Session;
use super::key::{AttributeName, ReadKey, WriteKey};
use crate::error::Error;
use crate::event::Event;
use crate::payload::{Attributes, Detached, Entry, NAME_MAX, SessionId};
use crate::visit::{Edit, SessionState};

/// How often [`Session::update`] tries before it gives up.
const UPDATES_MAX: usize = 1_000;

impl Session {
    /// Returns the value under `key`, or `None`.
    ///
    /// # Errors
    ///
    /// If the attribute is there but `key` cannot read it ([`Error::is_unreadable`]): another
    /// type, another kind of key, or a schema that this node does not know. It stays so in every
    /// request of that visitor, until the application says [`replace`](Session::replace) or
    /// [`remove`](Session::remove), unless the key says
    /// [`absent_if_unreadable`](crate::Attribute::absent_if_unreadable).
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.insert("name", "Ada")?;
    /// assert_eq!(session.get::<String>("name")?.as_deref(), Some("Ada"));
    /// assert_eq!(session.get::<String>("nickname")?, None);
    /// assert!(session.get::<u32>("name").unwrap_err().is_unreadable());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn get<T>(&self, key: impl ReadKey<T>) -> Result<Option<T>, Error> {
        // Decoded without the lock: a type's `Deserialize` is not ours.
        match self.read(|state| state.detached(key.name())) {
            Some(found) => self.read_entry(&key, &found.entry(), false),
            None => Ok(None),
        }
    }

    /// Stores `value` under `key`. Storing a value that is there already changes nothing. The bytes
    /// that are stored decide, so a `HashMap` or a `HashSet` counts as changed in another order; a
    /// `BTreeMap` or `BTreeSet` has only one. Fields that a type skips (`#[serde(skip)]`) are not
    /// stored.
    ///
    /// # Errors
    ///
    /// - [`Error::is_not_representable`] if the value would not come back as it is, which is proven
    ///   (but under [`Attribute::mirrored`](crate::Attribute::mirrored)) by reading it back and writing it again, as far as its `Serialize` tells: values that are
    ///   written alike are the same, and a `with` module that rounds is not noticed; in builds with debug assertions also if another value of its type would
    ///   not, so that a test finds a type that leaves out a field at times (`skip_serializing_if`);
    /// - [`Error::is_unreadable`] if what is there has a codec or a schema number that `key` does not
    ///   know, so that it may be a newer node's: see [`replace`](Session::replace);
    /// - [`Error::is_too_large`] if it can never fit, with nothing else in the session;
    /// - [`Error::is_not_permitted`] if the session is signed and it, or an attribute that came
    ///   encrypted, is secret;
    /// - [`Error::is_too_late`] after the response head has been sent, or after the request's changes
    ///   were held back, [`Error::is_poisoned`] after a panic with the session in hand,
    ///   [`Error::is_off_loopback`] under a development profile, and [`Error::is_randomness`] for the
    ///   first value of a session.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.insert("theme", "dark")?;
    /// assert!(session.contains("theme"));
    /// assert!(session.insert("rate", f64::NAN).unwrap_err().is_not_representable());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("put", "set", "set_attribute"))]
    pub fn insert<V>(&self, key: impl WriteKey<V>, value: V) -> Result<(), Error> {
        let mut replaced = None;
        self.put(&key, &value, |_, there| {
            let known = there.map_or(Ok(()), |there| key.knows(&there));
            match known.map_err(|what| Error::unreadable(key.name(), what)) {
                Err(error) if key.forgives() => {
                    replaced = Some(error);
                    Ok(())
                }
                known => known,
            }
        })?;
        if let Some(error) = replaced {
            self.tell_unreadable(key.name(), &error, true);
        }
        Ok(())
    }

    /// Stores `value` under `key`, also over an attribute that `key` cannot read. In a rolling
    /// deploy this destroys what a newer node wrote.
    ///
    /// # Errors
    ///
    /// As [`insert`](Session::insert), but never [`Error::is_unreadable`].
    ///
    /// ```
    /// # use sealed_session::Attribute;
    /// # let session = sealed_session::testing::session();
    /// const OLD: Attribute<u8> = Attribute::new("level");
    /// const NEW: Attribute<u32> = Attribute::new("level").schema(2);
    ///
    /// session.insert(NEW, 300)?;
    /// assert!(session.insert(OLD, 3).unwrap_err().is_unreadable());
    /// session.replace(OLD, 3)?;
    /// assert_eq!(session.get(OLD)?, Some(3));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn replace<V>(&self, key: impl WriteKey<V>, value: V) -> Result<(), Error> {
        self.put(&key, &value, |_, _| Ok(()))
    }

    fn put<V>(
        &self,
        key: &impl WriteKey<V>,
        value: &V,
        allowed: impl FnOnce(&SessionState, Option<Entry<'_>>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let stored = self.try_put(key, value, allowed);
        stored.map_err(|error| self.owned(error))
    }

    fn try_put<V>(
        &self,
        key: &impl WriteKey<V>,
        value: &V,
        allowed: impl FnOnce(&SessionState, Option<Entry<'_>>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let name = key.name();
        if name.is_empty() || name.len() > NAME_MAX {
            let what = format!(
                "a name has 1 to {NAME_MAX} bytes and this one {}",
                name.len()
            );
            return Err(Error::not_representable(
                name.get(..32).unwrap_or(name),
                what,
            ));
        }
        let written = key
            .write(value)
            .map_err(|what| Error::not_representable(name, what))?;
        self.visit
            .at(self.at, |slot| slot.put(name, written.entry(name), allowed))
    }

    /// Changes the value under `key` in place, beginning with the default if there is none, and
    /// returns what `change` returns.
    ///
    /// `change` runs without a lock and may use the session. Should another clone write the
    /// attribute meanwhile, sign in or destroy the session, it runs again on what is there then.
    ///
    /// # Errors
    ///
    /// As [`get`](Session::get) and [`insert`](Session::insert), and [`Error::is_misuse`] if
    /// `change` itself changes the attribute or signs in, each time it runs.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.update("cart", |cart: &mut Vec<u32>| cart.push(4711))?;
    /// let lines = session.update("cart", |cart: &mut Vec<u32>| {
    ///     cart.push(815);
    ///     cart.len()
    /// })?;
    /// assert_eq!(lines, 2);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("entry", "get_or_insert", "get_or_insert_with", "modify"))]
    pub fn update<T: Default, R>(
        &self,
        key: impl ReadKey<T> + WriteKey<T>,
        mut change: impl FnMut(&mut T) -> R,
    ) -> Result<R, Error> {
        for _ in 0..UPDATES_MAX {
            let (id, before) = self.read(|state| (state.id(), state.detached(key.name())));
            let before = before.as_ref().map(Detached::entry);
            let mut value = match &before {
                Some(entry) => self.read_entry(&key, entry, true)?.unwrap_or_default(),
                None => T::default(),
            };
            let result = change(&mut value);
            let mut overtaken = false;
            let put = self.put(&key, &value, |state, there| {
                let other = |id: SessionId| state.id().is_none_or(|now| !now.is_same_sign_in(&id));
                overtaken = id.is_some_and(other) || there != before;
                if overtaken {
                    Err(Error::misuse("overtaken"))
                } else {
                    Ok(())
                }
            });
            if !overtaken {
                return put.map(|()| result);
            }
        }
        Err(self.owned(Error::misuse(format!(
            "`{}`, or who is signed in, changed in each of {UPDATES_MAX} tries to update it; a \
             change of the same attribute and a sign-in within `update` have this effect",
            key.name()
        ))))
    }

    /// Removes an attribute, readable or not, and says whether it was there.
    ///
    /// # Errors
    ///
    /// [`Error::is_too_late`] after the response head has been sent, [`Error::is_poisoned`] after a
    /// panic with the session in hand.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.insert("name", "Ada")?;
    /// assert!(session.remove("name")?);
    /// assert!(!session.remove("name")?);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("delete", "forget", "unset"))]
    pub fn remove(&self, key: impl AttributeName) -> Result<bool, Error> {
        let name = key.name();
        self.visit.at(self.at, |slot| {
            if slot.open().attributes().is_some_and(|all| all.has(name)) {
                return slot.apply(name, Edit::Remove(name));
            }
            // A value that was refused is not missed any more.
            slot.settle(name);
            Ok(false)
        })
    }

    /// Removes an attribute and returns its value.
    ///
    /// # Errors
    ///
    /// As [`get`](Session::get), in which case nothing is removed, and [`Error::is_too_late`]
    /// after the response head has been sent.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.insert("notice", "Saved.")?;
    /// assert_eq!(session.take::<String>("notice")?.as_deref(), Some("Saved."));
    /// assert!(!session.contains("notice"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("flash", "pop", "remove_value"))]
    pub fn take<T>(&self, key: impl ReadKey<T>) -> Result<Option<T>, Error> {
        self.take_by(&key, Edit::Remove(key.name()))
    }

    /// Returns the value of an attribute, which goes by this `edit`.
    pub(super) fn take_by<T>(
        &self,
        key: &impl ReadKey<T>,
        edit: Edit<'_>,
    ) -> Result<Option<T>, Error> {
        let name = key.name();
        loop {
            let Some(found) = self.read(|state| state.detached(name)) else {
                return Ok(None);
            };
            let Some(value) = self.read_entry(key, &found.entry(), false)? else {
                return Ok(None);
            };
            let taken = self.visit.at(self.at, |slot| {
                // Another clone may have been faster.
                let there = slot.open().attributes().and_then(|all| all.get(name));
                if there == Some(found.entry()) {
                    slot.apply(name, edit)
                } else {
                    Ok(false)
                }
            })?;
            if taken {
                return Ok(Some(value));
            }
        }
    }

    /// Returns whether an attribute of this name is there, readable or not.
    ///
    /// ```
    /// # use sealed_session::Attribute;
    /// # let session = sealed_session::testing::session();
    /// const VISITS: Attribute<u32> = Attribute::new("visits");
    /// session.insert(VISITS, 1)?;
    /// assert!(session.contains(VISITS) && session.contains("visits"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("contains_key", "has"))]
    pub fn contains(&self, key: impl AttributeName) -> bool {
        // Without the lock: a type that an application writes may have the name.
        let name = key.name();
        self.read(|state| state.attributes().is_some_and(|all| all.has(name)))
    }

    /// Removes all attributes. The session stays, with its id, its times and its subject, so **a
    /// visitor who is signed in stays signed in**. Where the user's id is a value like any other, as in
    /// many libraries, clearing is signing out; here that is [`destroy`](Session::destroy).
    ///
    /// # Errors
    ///
    /// [`Error::is_too_late`] after the response head has been sent, [`Error::is_poisoned`] after a
    /// panic with the session in hand.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.insert("name", "Ada")?;
    /// session.clear()?;
    /// assert!(session.names().is_empty());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("remove_all", "reset"))]
    pub fn clear(&self) -> Result<(), Error> {
        self.visit.at(self.at, |slot| {
            match slot.open().attributes().is_none_or(Attributes::is_empty) {
                true => Ok(()),
                false => slot.apply("clear", Edit::Clear).map(drop),
            }
        })
    }

    /// Returns the names of all attributes, in ascending order.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.insert("name", "Ada")?;
    /// session.insert("cart", [4711])?;
    /// assert_eq!(session.names(), ["cart", "name"]);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("keys"))]
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let name = |entry: Entry<'_>| String::from_utf8_lossy(entry.name).into_owned();
        self.read(|state| {
            let all = state.attributes().into_iter();
            all.flat_map(Attributes::iter).map(name).collect()
        })
    }

    /// Returns the value of an entry; `None` if it cannot be read and `key` says that it counts as
    /// absent. `is_replaced` tells whether another value takes its place then.
    pub(super) fn read_entry<T>(
        &self,
        key: &impl ReadKey<T>,
        entry: &Entry<'_>,
        is_replaced: bool,
    ) -> Result<Option<T>, Error> {
        let unreadable = |what| Error::unreadable(key.name(), what);
        match key.read(entry).map_err(unreadable) {
            Err(error) if key.forgives() => {
                self.tell_unreadable(key.name(), &error, is_replaced);
                Ok(None)
            }
            read => read.map(Some).map_err(|error| self.owned(error)),
        }
    }

    /// Reports a value that could not be read. Call it without the lock, because a hook may use the
    /// session.
    fn tell_unreadable(&self, attribute: &str, error: &Error, is_replaced: bool) {
        self.tell(&Event::Unreadable {
            attribute: attribute.to_owned(),
            error: error.clone(),
            is_replaced,
        });
    }
}
