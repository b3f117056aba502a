//! Touches: marks that hold a later time of use, each for exactly one token.
//!
//! | offset | size | touch |
//! | --- | --- | --- |
//! | 0 | 1 | format: 3 |
//! | 1 | 4 | issued, big-endian |
//! | 5 | 16 | MAC |
//!
//! The MAC is made under the key that sealed the token, over these five bytes, the bound context, and the
//! token's imprint. So a touch is worth nothing by itself, or beside any other token.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::binding::Binding;
use super::format;
use super::imprint::TokenImprint;
use super::mark::{MARK, Mark, decode_mark};
use super::sealer::Sealer;
use super::token::TAG;
use crate::lifetime::Timestamp;

const FORMAT: u8 = format::TOUCH;

/// Bytes before the MAC.
const CLEAR: usize = 5;

/// The part of a touch cookie that can be read without its token. Nothing in it is to be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TouchHint {
    /// It claims to have been made then.
    Issued(Timestamp),
    /// It has a format that a newer version may know.
    Newer,
    /// It is not a touch.
    Garbage,
}

struct Touch {
    clear: [u8; CLEAR],
    issued: Timestamp,
    mac: [u8; TAG],
}

impl Sealer {
    /// Makes a touch for the token with this imprint and returns its text; `None` if the token's key is not in
    /// the ring.
    pub(crate) fn touch(
        &self,
        imprint: &TokenImprint,
        issued: Timestamp,
        binding: &Binding,
    ) -> Option<String> {
        let [t0, t1, t2, t3] = issued.0.to_be_bytes();
        let clear = [FORMAT, t0, t1, t2, t3];
        let keys = self.keys();
        let key = keys.key(imprint.key())?;
        let parts = [&clear, binding.context(), imprint.bytes()];
        let mac = key.ciphers.sign_mark(Mark::Touch, parts);
        Some(URL_SAFE_NO_PAD.encode([clear.as_slice(), &mac].concat()))
    }

    /// Reads the time of a touch; `None` if it does not belong to the token with this imprint.
    pub(crate) fn read_touch(
        &self,
        text: &[u8],
        imprint: &TokenImprint,
        binding: &Binding,
    ) -> Option<Timestamp> {
        let touch = parse(text)?;
        let keys = self.keys();
        let key = keys.key(imprint.key())?;
        let parts = [&touch.clear, binding.context(), imprint.bytes()];
        key.ciphers
            .verifies_mark(Mark::Touch, parts, &touch.mac)
            .then_some(touch.issued)
    }
}

/// Reads a touch cookie without verifying it.
pub(crate) fn touch_hint(text: &[u8]) -> TouchHint {
    if let Some(touch) = parse(text) {
        return TouchHint::Issued(touch.issued);
    }
    match URL_SAFE_NO_PAD.decode(text).as_deref() {
        Ok([format, ..]) if *format > format::LAST => TouchHint::Newer,
        _ => TouchHint::Garbage,
    }
}

fn parse(text: &[u8]) -> Option<Touch> {
    let bytes = decode_mark(text)?;
    let [FORMAT, t0, t1, t2, t3, mac @ ..]: [u8; MARK] = bytes else {
        return None;
    };
    Some(Touch {
        clear: [FORMAT, t0, t1, t2, t3],
        issued: Timestamp(u32::from_be_bytes([t0, t1, t2, t3])),
        mac,
    })
}
