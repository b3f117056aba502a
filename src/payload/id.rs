//! The id of a session.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// The id of a session: 64 bits for the life of a sign-in and 64 bits fresh at each renewal.
///
/// It identifies a session in logs. It opens nothing: a session is the whole sealed token. `Display` writes 32
/// hex digits, the constant half first, and `FromStr` reads them.
///
/// ```
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
/// # let session = sealed_session::testing::session();
/// session.insert("visits", 1)?;
/// let before = session.id().expect("there is a session now");
/// session.renew()?;
/// let after = session.id().expect("and still is");
/// assert!(before != after && before.is_same_sign_in(&after));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId {
    pub(super) sign_in: [u8; 8],
    pub(super) renewal: [u8; 8],
}

impl SessionId {
    /// Makes a new id.
    pub(crate) fn mint() -> Result<SessionId, Error> {
        let mut halves = [[0; 8]; 2];
        getrandom::fill(halves.as_flattened_mut()).map_err(Error::randomness)?;
        let [sign_in, renewal] = halves;
        Ok(SessionId { sign_in, renewal })
    }

    /// Returns an id of the same sign-in with a fresh second half.
    pub(crate) fn renewed(self) -> Result<SessionId, Error> {
        let mut renewal = [0; 8];
        getrandom::fill(&mut renewal).map_err(Error::randomness)?;
        Ok(SessionId { renewal, ..self })
    }

    /// Returns an id of this sign-in, whatever its second half: for where only the first one counts.
    pub(crate) fn of_sign_in(sign_in: [u8; 8]) -> SessionId {
        SessionId {
            sign_in,
            renewal: [0; 8],
        }
    }

    /// Returns the half that lasts for a sign-in.
    pub(crate) fn sign_in(&self) -> &[u8; 8] {
        &self.sign_in
    }

    /// Returns both halves, the one that lasts for a sign-in first.
    pub(crate) fn bytes(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        let (sign_in, renewal) = bytes.split_at_mut(self.sign_in.len());
        sign_in.copy_from_slice(&self.sign_in);
        renewal.copy_from_slice(&self.renewal);
        bytes
    }

    /// Returns whether both ids belong to one sign-in: to a session and its renewals.
    ///
    /// ```
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let session = sealed_session::testing::session();
    /// session.insert("cart", [4711])?;
    /// let before = session.id().expect("there is a session now");
    /// session.sign_in("user-17", &[&"cart"])?;
    /// let after = session.id().expect("and still is");
    /// assert!(!before.is_same_sign_in(&after));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn is_same_sign_in(&self, other: &SessionId) -> bool {
        self.sign_in == other.sign_in
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign_in, renewal) = (
            u64::from_be_bytes(self.sign_in),
            u64::from_be_bytes(self.renewal),
        );
        write!(f, "{sign_in:016x}{renewal:016x}")
    }
}

/// Reads what `Display` writes: 32 lower-case hex digits.
impl FromStr for SessionId {
    type Err = Error;

    fn from_str(text: &str) -> Result<SessionId, Error> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let bytes = u128::from_str_radix(text, 16).map(u128::to_be_bytes);
        match bytes.as_ref().map(|bytes| bytes.as_chunks().0) {
            Ok(&[sign_in, renewal]) if text.len() == 32 && text.bytes().all(is_digit) => {
                Ok(SessionId { sign_in, renewal })
            }
            _ => Err(Error::configuration(
                "a session id is 32 hex digits in lower case",
            )),
        }
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
