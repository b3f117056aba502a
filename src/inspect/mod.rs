//! For those who look at sessions from outside: what came in cookies, and what becomes of it.
//!
//! Tools and debug pages ask; no request needs it. Two looks:
//!
//! - Without a key: [`names`] finds the sessions among cookies, [`cookies`] says what stands in each, and
//!   [`token`] what a token says of itself. Nothing of that is proven.
//! - With a manager, which has the keys and the policy: [`candidates`] says what the server makes of each text
//!   that may be a token, and what is in it. It judges by the code by which requests are judged.
//!
//! No `Debug` here shows a value, a subject or a token.

mod candidates;
mod cookies;

pub use candidates::{Content, Judged, StoredAttribute, candidates};
pub use cookies::{CookiePiece, PieceKind, SessionCookies, cookies, names, token};

pub use crate::payload::Codec;
pub use crate::seal::TokenClaim;
