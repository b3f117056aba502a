//! The name of a sign-in in logs.
//!
//! Owns how it is derived from an id, and that there is no way back. Logs nothing itself.

use std::fmt;

use sha2::{Digest, Sha256};

use super::id::SessionId;

/// What is hashed in front of an id, so that nothing else which is ever made of one is the same.
const CONTEXT: &[u8] = b"sealed-session log id";

/// Bytes of a log id.
const LENGTH: usize = 6;

/// The name of a sign-in in logs: 12 hex digits, the same through all renewals, on every node and under every
/// key.
///
/// A reader of a log can do nothing with it. It is not part of the [`SessionId`], which the browser's
/// tombstones are made of: it is the first 6 bytes of the SHA-256 of `sealed-session log id` and the half of
/// the id that a sign-in keeps. That half is 8 random bytes, of which about 65,000 have the same log id, so
/// even somebody who tried them all would not know which one it was. No key takes part, because a log id is to
/// outlive a rotation.
///
/// Two of a million sign-ins have the same log id with a probability of 0.2 %. So it is for reading logs, and
/// not for counting by.
///
/// ```
/// # let session = sealed_session::testing::session();
/// session.sign_in("user-17", &[])?;
/// let log_id = session.log_id().expect("there is a session now");
/// assert_eq!(log_id.to_string().len(), 12);
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LogId([u8; LENGTH]);

impl SessionId {
    /// Returns the name of the sign-in in logs.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.insert("visits", 1)?;
    /// let log_id = session.id().map(|id| id.log_id());
    /// session.renew()?;
    /// assert_eq!(session.id().map(|id| id.log_id()), log_id);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn log_id(&self) -> LogId {
        let hash = Sha256::new()
            .chain_update(CONTEXT)
            .chain_update(self.sign_in)
            .finalize();
        let mut id = [0; LENGTH];
        id.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        LogId(id)
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_id_is_that_of_the_sign_in_and_stays_what_it_is() {
        let id = |sign_in, renewal| SessionId {
            sign_in: [sign_in; 8],
            renewal: [renewal; 8],
        };
        assert_eq!(id(1, 2).log_id(), id(1, 3).log_id());
        assert_ne!(id(1, 2).log_id(), id(2, 2).log_id());
        // printf 'sealed-session log id\1\1\1\1\1\1\1\1' | sha256sum
        assert_eq!(id(1, 2).log_id().to_string(), "694ee3a394ec");
    }
}
