//! Bytes that were sealed under a key of the ring.

use std::ops::Range;

use super::token::Header;
use crate::keys::KeyId;
use crate::lifetime::Timestamp;

/// What a token held. Only a successful open makes one, so that whoever has one holds authentic
/// bytes; there is no other constructor.
pub(crate) struct Opened {
    token: Vec<u8>,
    plain: Range<usize>,
    header: Header,
}

impl Opened {
    pub(super) fn authentic(token: Vec<u8>, plain: Range<usize>, header: Header) -> Opened {
        Opened {
            token,
            plain,
            header,
        }
    }

    pub(crate) fn plain(&self) -> &[u8] {
        self.token.get(self.plain.clone()).unwrap_or_default()
    }

    pub(crate) fn key(&self) -> KeyId {
        self.header.key
    }

    pub(crate) fn issued(&self) -> Timestamp {
        self.header.issued
    }
}
