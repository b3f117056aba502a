//! Handing a visitor over from one site to another: no domain in common, one sign-in.
//!
//! Two sites share a ring, an audience and accounts, and browsers keep their cookies apart. A visitor of site B who is signed in
//! at site A gets a session of B's own there, without a password:
//!
//! 1. B [asks](crate::Session::ask_hand_over): it puts a random nonce into a cookie of its own, and redirects to A with a hash of it.
//! 2. A [gives](crate::Session::hand_over): it redirects to B with a [ticket](crate::ticket) for the visitor, for B, for
//!    30 seconds, and for the browser that has the nonce.
//! 3. B takes the [arrival](crate::Session::arrive): it compares the ticket with the nonce, signs the visitor in, and redirects to the
//!    page that the visitor wanted, so that the ticket leaves the address bar.
//!
//! ```
//! use sealed_session::hand_over::HandOver;
//! use sealed_session::testing::Browser;
//! use sealed_session::{KeyRing, ReturnPath, SessionManager};
//! # use sealed_session::Key;
//! # let ring = KeyRing::new(Key::generate()?);
//!
//! let site = |name, own, partner, path| {
//!     let sites = HandOver::new(own)?.with_partner(partner, path)?;
//!     SessionManager::builder(name, ring.clone()).audience("accounts").hand_over(sites).build()
//! };
//! let a = site("a", "https://a.example", "https://b.example", "/arrive")?;
//! let b = site("b", "https://b.example", "https://a.example", "/give")?;
//! let mut at_a = Browser::default().at("https://a.example").signed_in(&a, "user-17")?;
//! let mut at_b = Browser::default().at("https://b.example");
//!
//! let back = ReturnPath::parse("/orders");
//! let passage = at_b.visit(&b, |session| session.ask_hand_over("https://a.example", back.as_ref()))?;
//! let (_, query) = passage.location().split_once('?').unwrap(); // the browser goes to A
//! let passage = at_a.visit(&a, |session| session.hand_over(query))?.expect("somebody is signed in");
//! let (_, query) = passage.location().split_once('?').unwrap(); // and comes back to B
//! let passage = at_b.visit(&b, |session| session.arrive(query, &[]))?.expect("the ticket is good");
//!
//! assert_eq!(passage.location(), "/orders");
//! assert_eq!(at_b.session(&b).subject().as_deref(), Some("user-17"));
//! # Ok::<(), sealed_session::Error>(())
//! ```
//!
//! **A ticket is nothing to anybody else.** One that leaks opens in no other browser, and one that an attacker
//! made for an account of their own signs in no victim. A ticket for B opens at no other site.
//!
//! **A sign-out at A ends the sessions that were handed over**, at once, where both sites look for [revocations](crate::revocation)
//! in the same place. A sign-out at B ends the session at B. The guide is [Signing in at a second site][guide].
//!
//! Here are the words: sites, redirects, reasons, and what a ticket holds. What is done with them is the business of
//! `manager` and `visit`.
//!
//! [guide]: https://github.com/sealed-session/sealed-session/blob/main/docs/hand-over.md

mod passage;
mod refusal;
mod sites;
mod ticket;

pub use passage::Passage;
pub use refusal::HandOverRefusal;
pub use sites::HandOver;
pub(crate) use ticket::{AskedHere, Given, TICKET};
