//! What touches and tombstones have in common, the marks that stand beside a token. Targets of revocations,
//! things that count once and form tokens have a MAC of the same kind.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::token::TAG;

/// The kinds of what has a short MAC. Each has a key of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Touch,
    Tombstone,
    Target,
    Once,
    Form,
}

/// Bytes of a mark: its format, four more bytes, and half a MAC.
pub(super) const MARK: usize = 1 + 4 + TAG;

/// Characters of a mark's text. Three bytes make four characters, and nothing is left over.
pub(super) const MARK_TEXT: usize = MARK / 3 * 4;

/// Decodes the bytes of one mark; `None` if the text is not that of a mark.
pub(super) fn decode_mark(text: &[u8]) -> Option<[u8; MARK]> {
    let mut bytes = [0; MARK];
    let whole = text.len() == MARK_TEXT;
    let decoded = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes);
    (whole && decoded.is_ok()).then_some(bytes)
}
