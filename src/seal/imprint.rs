//! The imprint of a token: the few bytes that tell it from every other.

use super::token::{CLEAR, Format, Header, NONCE, TAG};
use crate::keys::KeyId;

/// Bytes of the longest imprint, that of an encrypted token.
const LONGEST: usize = CLEAR + NONCE + TAG;

/// A token without its payload: the header, the nonce and the tag. The tag stands for the payload, so no
/// two tokens share an imprint. A touch is bound to one.
#[derive(Clone, Copy)]
pub(crate) struct TokenImprint {
    key: KeyId,
    bytes: [u8; LONGEST],
    length: usize,
}

impl TokenImprint {
    /// Makes an imprint from the bytes before the payload and those behind it; `None` if they are shorter than
    /// the format says.
    #[inline]
    pub(super) fn of(header: &Header, before: &[u8], behind: &[u8]) -> Option<TokenImprint> {
        // Lengths that the compiler knows are copied without a call.
        let (bytes, length) = match header.format {
            Format::Encrypted => joined::<{ CLEAR + NONCE }, TAG>(before, behind)?,
            Format::Signed => joined::<CLEAR, TAG>(before, behind)?,
        };
        Some(TokenImprint {
            key: header.key,
            bytes,
            length,
        })
    }

    /// Returns the id of the key that sealed the token.
    pub(crate) fn key(&self) -> KeyId {
        self.key
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// Puts the first bytes of two slices behind one another, and returns how many they are.
fn joined<const BEFORE: usize, const BEHIND: usize>(
    before: &[u8],
    behind: &[u8],
) -> Option<([u8; LONGEST], usize)> {
    let mut bytes = [0; LONGEST];
    let (start, rest) = bytes.split_first_chunk_mut::<BEFORE>()?;
    *start = *before.first_chunk()?;
    *rest.first_chunk_mut::<BEHIND>()? = *behind.first_chunk()?;
    Some((bytes, BEFORE + BEHIND))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifetime::Timestamp;

    #[test]
    fn what_is_shorter_than_a_token_has_no_imprint() {
        for format in [Format::Encrypted, Format::Signed] {
            let header = Header {
                format,
                key: KeyId([1; 4]),
                issued: Timestamp(2),
            };
            let (before, behind) = format.around();
            let of = |before, behind| {
                let bytes = [7; LONGEST];
                let imprint = TokenImprint::of(&header, &bytes[..before], &bytes[..behind]);
                imprint.map(|imprint| imprint.bytes().to_vec())
            };
            assert_eq!(of(before, behind), Some(vec![7; before + behind]));
            assert_eq!(of(before - 1, behind), None);
            assert_eq!(of(before, behind - 1), None);
        }
    }
}
