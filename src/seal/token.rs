//! The layout of a token. Offsets in bytes:
//!
//! | offset | size | encrypted | signed |
//! | --- | --- | --- | --- |
//! | 0 | 1 | format: 1 | format: 2 |
//! | 1 | 4 | key id | key id |
//! | 5 | 4 | issued, big-endian | issued, big-endian |
//! | 9 | 24 | nonce | payload ... |
//! | 33 | n | ciphertext | |
//! | end | 16 or 32 | tag | MAC |

use std::ops::Range;

use super::format;
use crate::error::Refusal;
use crate::keys::KeyId;
use crate::lifetime::Timestamp;

/// Bytes of the header. It travels in the clear, and all of it is bound.
pub(super) const CLEAR: usize = 9;
/// Characters at the beginning of a token's text that hold its header, and so its time.
pub(crate) const HINT: usize = CLEAR / 3 * 4;
/// Bytes of an XAES-256-GCM nonce.
pub(super) const NONCE: usize = 24;
/// Bytes of an AES-GCM tag.
pub(super) const TAG: usize = 16;
/// Bytes of an HMAC-SHA256.
pub(super) const MAC: usize = 32;

/// How a token is protected.
///
/// ```
/// use sealed_session::{Format, Key, KeyRing, SessionManager};
///
/// // An application that moves from signed to encrypted sessions accepts both for a while.
/// let manager = SessionManager::builder("shop", KeyRing::new(Key::generate()?))
///     .format(Format::Encrypted)
///     .accept_format(Format::Signed)
///     .build()?;
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// XAES-256-GCM: without a key nobody can read or change it. The default.
    #[default]
    Encrypted,
    /// HMAC-SHA256: without a key nobody can change it, and everybody who has the cookie can read it.
    Signed,
}

impl Format {
    const fn number(self) -> u8 {
        match self {
            Format::Encrypted => format::ENCRYPTED,
            Format::Signed => format::SIGNED,
        }
    }

    /// Returns how many bytes of a token stand before its payload, and behind it.
    pub(super) const fn around(self) -> (usize, usize) {
        match self {
            Format::Encrypted => (CLEAR + NONCE, TAG),
            Format::Signed => (CLEAR, MAC),
        }
    }

    /// Returns how many bytes of a token are not its payload.
    pub(super) const fn overhead(self) -> usize {
        let (before, behind) = self.around();
        before + behind
    }
}

/// Returns how many characters the text of a token with `plain` bytes of payload has.
pub(crate) const fn text_length(format: Format, plain: usize) -> usize {
    ((plain + format.overhead()) * 4).div_ceil(3)
}

/// The header of a token, which travels in the clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) format: Format,
    pub(super) key: KeyId,
    pub(super) issued: Timestamp,
}

impl Header {
    pub(super) fn to_bytes(self) -> [u8; CLEAR] {
        let [k0, k1, k2, k3] = self.key.0;
        let [t0, t1, t2, t3] = self.issued.0.to_be_bytes();
        [self.format.number(), k0, k1, k2, k3, t0, t1, t2, t3]
    }

    /// Reads a header. Nothing in it is to be trusted before the token has been opened.
    pub(super) fn read(token: &[u8]) -> Result<Header, Refusal> {
        let &[number, k0, k1, k2, k3, t0, t1, t2, t3] =
            token.first_chunk::<CLEAR>().ok_or(Refusal::Malformed)?;
        let format = match number {
            format::ENCRYPTED => Format::Encrypted,
            format::SIGNED => Format::Signed,
            _ => return Err(Refusal::NewerFormat),
        };
        Ok(Header {
            format,
            key: KeyId([k0, k1, k2, k3]),
            issued: Timestamp(u32::from_be_bytes([t0, t1, t2, t3])),
        })
    }
}

/// Returns the range of the payload in a token of `length` bytes; `None` if the token is too short.
pub(super) fn open_at(header: &Header, length: usize) -> Option<Range<usize>> {
    let (start, behind) = header.format.around();
    let end = length.checked_sub(behind)?;
    (start <= end).then_some(start..end)
}

/// Returns the part of a token that is still to be encrypted, while it is being sealed.
pub(super) fn body(token: &mut [u8]) -> &mut [u8] {
    token.get_mut(CLEAR + NONCE..).unwrap_or_default()
}
