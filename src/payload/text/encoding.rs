//! The encodings of text that stands for bytes.

use base64_simd::{Base64, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// The encoding of a run of text. The numbers are frozen: see FORMAT.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Base64Url = 0,
    Base64 = 1,
    Hex = 2,
    Uuid = 3,
    /// Base64url of bytes that are packed in turn.
    Base64UrlOfPacked = 4,
    /// Base64 of bytes that are packed in turn.
    Base64OfPacked = 5,
}

/// Bits of the encoding in a run's tag. The rest is the number of bytes.
pub(super) const ENCODING_BITS: u32 = 3;

/// Bytes of a UUID, and characters of its text (RFC 9562 section 4).
pub(super) const UUID: usize = 16;
pub(super) const UUID_TEXT: usize = 36;

impl Encoding {
    pub(super) fn of(tag: usize) -> Option<Encoding> {
        let known = [
            Encoding::Base64Url,
            Encoding::Base64,
            Encoding::Hex,
            Encoding::Uuid,
            Encoding::Base64UrlOfPacked,
            Encoding::Base64OfPacked,
        ];
        known.get(tag & ((1 << ENCODING_BITS) - 1)).copied()
    }

    /// Returns the base64 engine of the encoding, if it is base64. The engine refuses padding and non-zero
    /// trailing bits, so text and bytes correspond one to one.
    pub(super) fn base64(self) -> Option<&'static Base64> {
        match self {
            Encoding::Base64Url | Encoding::Base64UrlOfPacked => Some(&URL_SAFE_NO_PAD),
            Encoding::Base64 | Encoding::Base64OfPacked => Some(&STANDARD_NO_PAD),
            Encoding::Hex | Encoding::Uuid => None,
        }
    }

    pub(super) fn is_of_packed(self) -> bool {
        matches!(self, Encoding::Base64UrlOfPacked | Encoding::Base64OfPacked)
    }

    /// Returns the encoding whose bytes are packed in turn.
    pub(super) fn of_packed(self) -> Encoding {
        match self {
            Encoding::Base64Url => Encoding::Base64UrlOfPacked,
            Encoding::Base64 => Encoding::Base64OfPacked,
            other => other,
        }
    }

    /// Returns how many whole bytes `characters` of text stand for.
    pub(super) fn bytes_of_text(self, characters: usize) -> usize {
        match self {
            Encoding::Hex => characters / 2,
            Encoding::Uuid => UUID,
            _ => characters * 3 / 4,
        }
    }

    /// Returns how many characters the text of `bytes` bytes has.
    pub(super) fn text_length(self, bytes: usize) -> usize {
        match self {
            Encoding::Hex => bytes * 2,
            Encoding::Uuid => UUID_TEXT,
            _ => (bytes * 4).div_ceil(3),
        }
    }
}
