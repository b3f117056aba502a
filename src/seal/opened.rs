//! Bytes that were sealed under a key of the ring.

use std::mem::MaybeUninit;
use std::ops::Range;

use base64_simd::{Out, URL_SAFE_NO_PAD};

use super::imprint::TokenImprint;
use super::token::{Format, Header};
use crate::error::Refusal;
use crate::lifetime::Timestamp;

/// Bytes of a token that needs no allocation while it is opened: of 2,728 characters, more than the default budget
/// lets out.
const USUAL: usize = 2_048;

/// Room for the bytes of a token while it is opened: usual ones, and longer ones. Nobody clears it before it is used.
pub(crate) struct TokenRoom {
    usual: [MaybeUninit<u8>; USUAL],
    longer: Vec<u8>,
}

impl TokenRoom {
    #[inline]
    pub(crate) fn new() -> TokenRoom {
        TokenRoom {
            usual: [MaybeUninit::uninit(); USUAL],
            longer: Vec::new(),
        }
    }

    /// Decodes a token's text.
    #[inline]
    pub(super) fn decode(&mut self, text: &[u8]) -> Result<&mut [u8], Refusal> {
        // The decoder refuses padding and non-zero trailing bits, so a token has one text form.
        let decoder = URL_SAFE_NO_PAD;
        if text.len().div_ceil(4) * 3 <= USUAL {
            let room = Out::from_uninit_slice(&mut self.usual);
            return decoder.decode(text, room).map_err(|_| Refusal::Malformed);
        }
        let decoded = decoder.decode_to_vec(text);
        self.longer = decoded.map_err(|_| Refusal::Malformed)?;
        Ok(&mut self.longer)
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

    #[inline]
    pub(crate) fn plain(&self) -> &[u8] {
        self.token.get(self.plain.clone()).unwrap_or_default()
    }

    /// Returns the imprint that touches of this token are bound to; every opened token has one.
    #[inline]
    pub(crate) fn imprint(&self) -> Option<TokenImprint> {
        let before = self.token.get(..self.plain.start)?;
        let behind = self.token.get(self.plain.end..)?;
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
