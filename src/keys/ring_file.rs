//! The file that a ring was read from, as the ring remembers it: where, and with which text. Nothing of a key.

use std::path::PathBuf;

/// A file from which a ring was read, and the print of its text.
#[derive(Clone, Debug)]
pub(crate) struct RingFile {
    pub(crate) path: PathBuf,
    pub(crate) print: TextPrint,
}

/// The SHA-256 of a text: it tells texts apart, and its owner keeps no key.
pub(crate) type TextPrint = [u8; 32];
