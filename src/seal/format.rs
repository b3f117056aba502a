//! The format numbers: the first byte of a token, a mark or a ticket.
//!
//! They are frozen: see FORMAT.md. The first six bits of a token's are zero, so that its text begins with `A`.

pub(super) const ENCRYPTED: u8 = 1;
pub(super) const SIGNED: u8 = 2;
pub(super) const TOUCH: u8 = 3;
pub(super) const TOMBSTONE: u8 = 4;
/// A ticket, which is no session and stands beside none.
pub(super) const TICKET: u8 = 5;

/// The highest number of a token or a mark that this version knows.
pub(super) const LAST: u8 = TOMBSTONE;
