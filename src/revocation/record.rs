//! A revocation, as it is kept and sent.

use time::OffsetDateTime;

use super::target::TargetId;
use crate::error::Error;
use crate::lifetime::Timestamp;

/// Bytes of a revocation.
pub(super) const REVOCATION: usize = 24;

/// What is kept of a revocation: its target, its time, and until when it has to be kept. It names nobody.
///
/// [`SessionManager::revocations_of`](crate::SessionManager::revocations_of) makes it.
///
/// ```
/// use sealed_session::revocation::{Revocation, Target};
/// # use sealed_session::{Key, KeyRing, SessionManager};
/// # use time::OffsetDateTime;
/// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
///
/// let revocation = manager.revocations_of(Target::Subject("user-17"), now)[0];
/// assert_eq!(revocation.at(), now);
/// // 12 hours of a session's lifetime, and twice the 120 s that clocks may differ.
/// assert_eq!(revocation.until(), now + time::Duration::seconds(12 * 3_600 + 240));
/// assert_eq!(Revocation::from_bytes(&revocation.to_bytes())?, revocation);
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    pub(crate) target: TargetId,
    pub(crate) at: Timestamp,
    pub(crate) until: Timestamp,
}

impl Revocation {
    /// Returns what is revoked.
    #[must_use]
    pub fn target(&self) -> TargetId {
        self.target
    }

    /// Returns the time of the revocation, in whole seconds.
    #[must_use]
    pub fn at(&self) -> OffsetDateTime {
        self.at.to_time()
    }

    /// Returns the time from which on no session can be alive that this ends.
    #[must_use]
    pub fn until(&self) -> OffsetDateTime {
        self.until.to_time()
    }

    /// Returns the 24 bytes by which a store keeps it: section 11 of [FORMAT.md].
    ///
    /// [FORMAT.md]: https://github.com/sealed-session/sealed-session/blob/main/FORMAT.md
    #[must_use]
    pub fn to_bytes(&self) -> [u8; REVOCATION] {
        let mut bytes = [0; REVOCATION];
        let (target, times) = bytes.split_at_mut(16);
        let (at, until) = times.split_at_mut(4);
        target.copy_from_slice(&self.target.to_bytes());
        at.copy_from_slice(&self.at.0.to_be_bytes());
        until.copy_from_slice(&self.until.0.to_be_bytes());
        bytes
    }

    /// Reads what [`to_bytes`](Revocation::to_bytes) wrote.
    ///
    /// # Errors
    ///
    /// [`Error::is_revocation`] if these are not 24 bytes, or if it was to be kept until before it was made.
    ///
    /// ```
    /// use sealed_session::revocation::Revocation;
    ///
    /// assert!(Revocation::from_bytes(b"too short").unwrap_err().is_revocation());
    /// ```
    pub fn from_bytes(bytes: &[u8]) -> Result<Revocation, Error> {
        let Ok(bytes) = <[u8; REVOCATION]>::try_from(bytes) else {
            let what = format!("one has {REVOCATION} bytes and this {}", bytes.len());
            return Err(Error::revocation(what));
        };
        let [target @ .., a, b, c, d, e, f, g, h] = bytes;
        let revocation = Revocation {
            target: TargetId::from_bytes(target),
            at: Timestamp(u32::from_be_bytes([a, b, c, d])),
            until: Timestamp(u32::from_be_bytes([e, f, g, h])),
        };
        match revocation.at <= revocation.until {
            true => Ok(revocation),
            false => Err(Error::revocation(
                "one was to be kept until before it was made",
            )),
        }
    }
}
