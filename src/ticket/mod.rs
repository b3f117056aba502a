//! Tickets: short sealed texts, each for one purpose, such as the link that resets a password, an invitation, or the
//! confirmation of an address.
//!
//! A [`Purpose`] is a constant: a name, how long its tickets are good, and the type of the value in them. A ticket is URL-safe
//! text of at most 2,048 characters. It is encrypted, also where sessions are only signed, and opens for nothing but its purpose, the manager's
//! audience, and its time.
//!
//! ```
//! use sealed_session::ticket::{Purpose, TicketRefusal};
//! use std::time::Duration;
//! use time::OffsetDateTime;
//! # use sealed_session::{Key, KeyRing, SessionManager};
//! # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
//!
//! const INVITATION: Purpose<(u64, String)> =
//!     Purpose::new("invitation", Duration::from_secs(7 * 86_400));
//!
//! let now = OffsetDateTime::now_utc();
//! let text = manager.seal_ticket(INVITATION, &(17, "ada@example.com".to_owned()), now)?;
//! let link = format!("https://shop.example/invitation?ticket={text}");
//!
//! let ticket = manager.open_ticket(INVITATION, &text, now).expect("a good ticket");
//! assert_eq!(ticket.value().0, 17);
//!
//! let late = manager.open_ticket(INVITATION, &text, now + time::Duration::days(7));
//! assert_eq!(late.unwrap_err(), TicketRefusal::Expired);
//! # Ok::<(), sealed_session::Error>(())
//! ```
//!
//! **A ticket opens again and again** until its time is over. There are two ways to make that end sooner. A purpose that is
//! [bound](Purpose::bound) names a state with each ticket, such as the hash of the password that is to be reset: a used link
//! dies by itself, because the state has changed. Or a store notes that a ticket [was used](Ticket::once).
//!
//! **A `GET` is to consume nothing**, because mail scanners and previews follow every link. Answer it with a
//! [`TicketPage`], whose button posts the ticket.
//!
//! This module owns purposes, what their tickets hold, and the page. The ciphers are those of `seal`.

mod opened;
mod page;
mod purpose;

pub use opened::{BoundTicket, Ticket};
pub use page::TicketPage;
pub use purpose::{Bound, Free, Purpose};

pub use crate::error::TicketRefusal;
