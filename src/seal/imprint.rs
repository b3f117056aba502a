//! What tells one token from every other.

use super::token::{CLEAR, Header, MAC, NONCE, TAG};
use crate::keys::KeyId;

/// The longest imprint: that of an encrypted token.
const LONGEST: usize = CLEAR + NONCE + TAG;
const _: () = assert!(CLEAR + MAC <= LONGEST);

/// The header, the nonce and the tag of a token that was opened: all of it but the payload, which
/// the tag stands for.
#[derive(Clone, Copy)]
pub(crate) struct Imprint {
    key: KeyId,
    bytes: [u8; LONGEST],
    length: usize,
}

impl Imprint {
    /// `before` and `behind` are what stands around the payload.
    pub(super) fn of(header: &Header, before: &[u8], behind: &[u8]) -> Imprint {
        let mut bytes = [0; LONGEST];
        let mut length = 0;
        let around = before.iter().chain(behind);
        for (to, from) in bytes.iter_mut().zip(around) {
            *to = *from;
            length += 1;
        }
        Imprint {
            key: header.key,
            bytes,
            length,
        }
    }

    /// The key that sealed the token.
    pub(crate) fn key(&self) -> KeyId {
        self.key
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}
