//! The codecs of attributes.
//!
//! Typed keys store postcard, string keys store JSON text. postcard under a string key would misread in
//! silence: `insert("visits", 1)` infers `i32`, and `get::<u32>` would give 2.

/// The codec of an attribute's value. The numbers are frozen: see FORMAT.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Codec {
    Postcard = 0,
    Json = 1,
}

impl Codec {
    /// Returns the codec of this number; `None` if this version does not know it.
    pub(super) fn of(number: u8) -> Option<Codec> {
        let known = [Codec::Postcard, Codec::Json];
        known.get(usize::from(number)).copied()
    }
}
