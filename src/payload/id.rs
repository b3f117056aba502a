//! The id of a session.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// The id of a session: 64 random bits for the life of a sign-in, and 64 that are zero until the first renewal and
/// random after each.
///
/// It identifies a session in logs. It opens nothing: a session is the whole sealed token. Whatever tells one sign-in
/// from another is made of the first half. `Display` writes 32 hex digits, the constant half first, and `FromStr` reads
/// them.
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
    /// The second half of what was never renewed. It takes no bytes in a token.
    pub(super) const NEVER_RENEWED: [u8; 8] = [0; 8];

    /// Makes a new id.
    pub(crate) fn mint() -> Result<SessionId, Error> {
        Ok(SessionId::of_sign_in(random()?))
    }

    /// Returns an id of the same sign-in with a fresh second half.
    pub(crate) fn renewed(self) -> Result<SessionId, Error> {
        let renewal = random()?;
        Ok(SessionId { renewal, ..self })
    }

    /// Returns the id with which this sign-in began: also for where only the first half counts.
    pub(crate) fn of_sign_in(sign_in: [u8; 8]) -> SessionId {
        SessionId {
            sign_in,
            renewal: SessionId::NEVER_RENEWED,
        }
    }

    /// Returns whether the session was renewed since its sign-in.
    pub(super) fn is_renewed(&self) -> bool {
        self.renewal != SessionId::NEVER_RENEWED
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

fn random() -> Result<[u8; 8], Error> {
    let mut half = [0; 8];
    getrandom::fill(&mut half).map_err(Error::randomness)?;
    Ok(half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_no_second_half_until_it_is_renewed() {
        let begun = SessionId::mint().unwrap();
        assert!(!begun.is_renewed() && begun.to_string().ends_with(&"0".repeat(16)));
        assert!(!begun.is_same_sign_in(&SessionId::mint().unwrap()));
        let renewed = begun.renewed().unwrap();
        assert!(renewed.is_renewed() && renewed.is_same_sign_in(&begun));
        let again = renewed.renewed().unwrap();
        assert!(again != renewed && again.is_same_sign_in(&begun));
    }
}
