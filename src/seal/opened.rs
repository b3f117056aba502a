//! Bytes that were sealed under a key of the ring.

use std::ops::Range;

use super::imprint::TokenImprint;
use super::token::{Format, Header};
use crate::lifetime::Timestamp;

/// Bytes of a token of up to 682 characters, which needs no allocation while it is sealed or opened.
pub(super) const USUAL: usize = 512;

/// Room for the bytes of a token while it is opened: usual ones, and longer ones.
pub(crate) struct TokenRoom(pub(super) [u8; USUAL], pub(super) Vec<u8>);

impl TokenRoom {
    pub(crate) fn new() -> TokenRoom {
        TokenRoom([0; USUAL], Vec::new())
    }
}

/// An opened token. [`Sealer::open`](super::Sealer::open) is the only way to get one, so its bytes are
/// authentic.
pub(crate) struct Opened<'t> {
    token: &'t [u8],
    plain: Range<usize>,
    header: Header,
}

impl<'t> Opened<'t> {
    pub(super) fn authentic(token: &'t [u8], plain: Range<usize>, header: Header) -> Opened<'t> {
        Opened {
            token,
            plain,
            header,
        }
    }

    pub(crate) fn plain(&self) -> &[u8] {
        self.token.get(self.plain.clone()).unwrap_or_default()
    }

    /// Returns the imprint that touches of this token are bound to.
    pub(crate) fn imprint(&self) -> TokenImprint {
        let before = self.token.get(..self.plain.start).unwrap_or_default();
        let behind = self.token.get(self.plain.end..).unwrap_or_default();
        TokenImprint::of(&self.header, before, behind)
    }

    /// Returns how it was sealed.
    pub(crate) fn format(&self) -> Format {
        self.header.format
    }

    pub(crate) fn issued(&self) -> Timestamp {
        self.header.issued
    }
}
