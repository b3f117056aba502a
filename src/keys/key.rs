//! One 32-byte master key.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use ctutils::CtEq;
use zeroize::Zeroizing;

use super::derive::{KeyUse, derive};
use super::stack::{DERIVING, wiping};
use super::text::{self, KeyText};
use crate::error::Error;

/// A master key. The keys of encryption and authentication, and its own id, are derived from it.
///
/// It is wiped from memory when dropped, does not serialize, and shows only its id in `Debug`.
///
/// Two keys are equal if all their bytes are, compared in constant time.
///
/// ```
/// use sealed_session::Key;
///
/// let key = Key::generate()?;
/// let text = key.to_text();
/// assert_eq!(text.expose().parse::<Key>()?.id(), key.id());
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[doc(alias("SECRET_KEY", "secret_key"))]
#[derive(Clone)]
pub struct Key {
    /// Clones share one place in memory, and moving the key moves a pointer, so no copy is left behind.
    master: Arc<Zeroizing<[u8; 32]>>,
    id: KeyId,
}

impl Key {
    /// Makes a key from the operating system's random bytes.
    ///
    /// # Errors
    ///
    /// [`Error::is_randomness`] if the operating system gives none.
    ///
    /// ```
    /// use sealed_session::Key;
    ///
    /// let (one, other) = (Key::generate()?, Key::generate()?);
    /// assert_ne!(one.to_text().expose(), other.to_text().expose());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("secret_key_base"))]
    pub fn generate() -> Result<Key, Error> {
        wiping::<DERIVING, _>(|| {
            let mut master = Zeroizing::new([0; 32]);
            getrandom::fill(&mut *master).map_err(Error::randomness)?;
            Key::new(&*master)
        })
    }

    /// Makes a key from 32 uniformly random bytes, such as a secret store hands out.
    ///
    /// A passphrase is no key: nothing is stretched here.
    ///
    /// # Errors
    ///
    /// [`Error::is_key`] if there are not exactly 32 bytes, or if all are zero.
    ///
    /// ```
    /// use sealed_session::Key;
    ///
    /// assert!(Key::new(b"too short").unwrap_err().is_key());
    /// assert!(Key::new(&[0; 32]).unwrap_err().is_key());
    /// ```
    pub fn new(master: &[u8]) -> Result<Key, Error> {
        let master: &[u8; 32] = master.try_into().map_err(|_| {
            Error::key(format!(
                "a key is 32 random bytes; these are {}",
                master.len()
            ))
        })?;
        if master.iter().all(|&byte| byte == 0) {
            return Err(Error::key("all 32 bytes are zero, which is no secret"));
        }
        Ok(wiping::<DERIVING, _>(|| {
            let [a, b, c, d, ..] = *derive(master, KeyUse::Id, "");
            Key {
                master: Arc::new(Zeroizing::new(*master)),
                id: KeyId([a, b, c, d]),
            }
        }))
    }

    /// Returns the public id of this key, which tokens carry.
    ///
    /// ```
    /// use sealed_session::Key;
    ///
    /// // Derived from the key, so every server gives it the same.
    /// assert_eq!(Key::new(&[7; 32])?.id(), Key::new(&[7; 32])?.id());
    /// assert_ne!(Key::new(&[7; 32])?.id(), Key::new(&[8; 32])?.id());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Returns the text form, which belongs where secrets are kept. It begins with `sealed_key_v1_`, which
    /// secret scanners can match, and ends with a checksum.
    ///
    /// ```
    /// use sealed_session::Key;
    ///
    /// let text = Key::generate()?.to_text();
    /// assert_eq!(text.expose().len(), "sealed_key_v1_".len() + 48);
    ///
    /// let cut_off = &text.expose()[..40];
    /// assert!(cut_off.parse::<Key>().unwrap_err().is_key());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn to_text(&self) -> KeyText {
        wiping::<DERIVING, _>(|| text::write(&self.master))
    }

    /// Derives the key for one use. It comes back on the stack, so this is called within [`wiping`].
    pub(crate) fn derive(&self, kind: KeyUse) -> Zeroizing<[u8; 32]> {
        self.derive_for(kind, "")
    }

    /// Derives the key for one use and one string of an application's, as [`derive`](Key::derive) does.
    pub(crate) fn derive_for(&self, kind: KeyUse, application: &str) -> Zeroizing<[u8; 32]> {
        derive(&self.master, kind, application)
    }
}

/// Compares the bytes in constant time.
impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        self.master.ct_eq(&**other.master).to_bool()
    }
}

impl Eq for Key {}

/// Does what [`Key::new`] does.
impl TryFrom<&[u8]> for Key {
    type Error = Error;

    fn try_from(master: &[u8]) -> Result<Key, Error> {
        Key::new(master)
    }
}

/// Reads the text form. White space, quotes and a byte-order mark around it are ignored.
impl FromStr for Key {
    type Err = Error;

    fn from_str(text: &str) -> Result<Key, Error> {
        wiping::<DERIVING, _>(|| text::read(text).and_then(|master| Key::new(&*master)))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// The public id of a key: four bytes derived from it, written as eight lower-case hex digits.
///
/// ```
/// # use sealed_session::Key;
/// let key = Key::new(&[7; 32])?;
/// assert_eq!(key.id().to_string(), "bdfab1f0");
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub(crate) [u8; 4]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

/// Reads what `Display` writes: eight lower-case hex digits.
impl FromStr for KeyId {
    type Err = Error;

    fn from_str(text: &str) -> Result<KeyId, Error> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 8 || !text.bytes().all(is_digit) {
            return Err(Error::key("a key id is eight hex digits in lower case"));
        }
        let number = u32::from_str_radix(text, 16).unwrap_or_default();
        Ok(KeyId(number.to_be_bytes()))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
