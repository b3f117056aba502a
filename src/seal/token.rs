//! The layout of a token. Offsets in bytes:
//!
//! | offset | size | encrypted | signed |
//! | --- | --- | --- | --- |
//! | 0 | 1 | format: 1 | format: 2 |
//! | 1 | 4 | key id | key id |
//! | 5 | 4 | issued, big-endian | issued, big-endian |
//! | 9 | 24 | nonce | payload ... |
//! | 33 | n | ciphertext | |
//! | end | 16 | tag | MAC |

use std::ops::Range;

use time::OffsetDateTime;

use super::format;
use crate::cookie::TEXT_MAX;
use crate::error::Refusal;
use crate::keys::KeyId;
use crate::lifetime::Timestamp;

/// Bytes of the header. It travels in the clear, and all of it is bound.
pub(super) const CLEAR: usize = 9;
/// Characters at the beginning of a token's text that hold its header, and so its time.
pub(crate) const HINT: usize = CLEAR / 3 * 4;
/// Bytes of an XAES-256-GCM nonce.
pub(super) const NONCE: usize = 24;
/// Bytes of an AES-GCM tag, and of the MAC of a signed token.
pub(super) const TAG: usize = 16;

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
            Format::Signed => (CLEAR, TAG),
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

/// What a token says of itself in the clear. **Nobody has proven it**: anybody can write such a text.
///
/// ```
/// use sealed_session::{Format, inspect};
///
/// let token = "AcyWvOtrSdGcxC2uV6zFa-FgEShiO6AftAuoObqUhoSmr3F4veNOSVAS2B4OAF9IiGZ0iSyxY1yKWwvXZTjH6RYk\
///     j1lHM9ydq44NluWi5lb-";
/// let claim = inspect::token(token.as_bytes()).expect("it has the layout of a token");
/// assert_eq!((claim.format, claim.length), (Format::Encrypted, 108));
/// assert_eq!(claim.key_id.to_string(), "cc96bceb");
/// assert_eq!(claim.issued_at.unix_timestamp(), 1_799_999_900);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenClaim {
    /// How it would be protected.
    pub format: Format,
    /// The key under which it would be sealed.
    pub key_id: KeyId,
    /// When it would have been sealed, to the second.
    pub issued_at: OffsetDateTime,
    /// The characters of its text.
    pub length: usize,
}

/// Reads what a text says of itself, if it has the layout of a token.
pub(crate) fn claim(text: &[u8]) -> Result<TokenClaim, Refusal> {
    if text.len() > TEXT_MAX {
        return Err(Refusal::OverCeiling);
    }
    let token = base64_simd::URL_SAFE_NO_PAD
        .decode_to_vec(text)
        .map_err(|_| Refusal::Malformed)?;
    let header = Header::read(&token)?;
    open_at(&header, token.len()).ok_or(Refusal::Malformed)?;
    Ok(TokenClaim {
        format: header.format,
        key_id: header.key,
        issued_at: header.issued.to_time(),
        length: text.len(),
    })
}

/// Returns whether a text begins as a token does, whatever becomes of it.
pub(crate) fn begins_as_token(text: &[u8]) -> bool {
    let head = text.get(..HINT).unwrap_or_default();
    let clear = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(head);
    clear.is_ok_and(|clear| Header::read(&clear).is_ok())
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
