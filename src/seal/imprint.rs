//! The imprint of a token: the few bytes that tell it from every other.

use super::token::{CLEAR, Header, NONCE, TAG};
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
    /// Makes an imprint from the bytes before the payload and those behind it.
    pub(super) fn of(header: &Header, before: &[u8], behind: &[u8]) -> TokenImprint {
        let mut bytes = [0; LONGEST];
        let (start, rest) = bytes.split_at_mut(before.len().min(LONGEST));
        let length = start.len() + behind.len().min(rest.len());
        for (to, from) in [(start, before), (rest, behind)] {
            // Both are as long as the format says, so both fit.
            if let Some(to) = to.get_mut(..from.len()) {
                to.copy_from_slice(from);
            }
        }
        TokenImprint {
            key: header.key,
            bytes,
            length,
        }
    }

    /// Returns the id of the key that sealed the token.
    pub(crate) fn key(&self) -> KeyId {
        self.key
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}
