//! The imprint of a token: the few bytes that tell it from every other.

use super::token::{CLEAR, Header, MAC, NONCE, TAG};
use crate::keys::KeyId;

/// Bytes of the longest imprint, that of an encrypted token.
const LONGEST: usize = CLEAR + NONCE + TAG;
const _: () = assert!(CLEAR + MAC <= LONGEST);

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
        let mut length = 0;
        let around = before.iter().chain(behind);
        for (to, from) in bytes.iter_mut().zip(around) {
            *to = *from;
            length += 1;
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
