//! Seals bytes into a token, and opens it again.
//!
//! Owns the token's layout and every use of a cipher or a MAC. It does not know what the bytes mean, knows
//! nothing of cookies, and judges no times. It never tries keys: a token names its key by id, the id is
//! derived from the key, and a ring holds each id once. So the id commits to one key, and no partitioning
//! oracle exists (Len, Grubbs, Ristenpart, ePrint 2020/1491).

mod binding;
mod cipher;
mod deposit;
mod form;
mod format;
mod imprint;
mod mark;
mod once;
mod opened;
mod sealer;
mod target;
mod ticket;
mod token;
mod tombstone;
mod touch;
mod xaes;

pub(crate) use binding::{Binding, PART_MAX};
pub(crate) use deposit::{Contents, Deposit, DepositName};
pub(crate) use imprint::TokenImprint;
pub(crate) use opened::{Opened, TokenRoom};
pub(crate) use sealer::{SealKeys, Sealer};
pub(crate) use ticket::{OpenedTicket, StateSeal, TICKET_MAX, TicketBinding};
pub use token::{Format, TokenClaim};
pub(crate) use token::{HINT, begins_as_token, claim, text_length};
pub(crate) use tombstone::{TOMBSTONES_TEXT, TombstoneOf, count_tombstones};
pub(crate) use touch::{TouchHint, touch_hint};

#[cfg(test)]
mod tests;
