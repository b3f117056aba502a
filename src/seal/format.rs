//! The format numbers: the first byte of a token or a mark.
//!
//! They are frozen: see FORMAT.md. The first six bits of each are zero, so that every token's text begins with
//! `A`.

pub(super) const ENCRYPTED: u8 = 1;
pub(super) const SIGNED: u8 = 2;
pub(super) const TOUCH: u8 = 3;
pub(super) const TOMBSTONE: u8 = 4;
/// The highest number that this version knows.
pub(super) const LAST: u8 = TOMBSTONE;
