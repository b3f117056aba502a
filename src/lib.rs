//! Sessions that live in the browser, sealed, and not on the server.
//!
//! The whole session is serialized, packed, sealed with XAES-256-GCM (or signed with HMAC), and
//! split into cookies that stay within the limits of browsers and proxies. Any server that holds
//! the key ring serves any request. There is no session store.
//!
//! This crate is the core: synchronous and without I/O. Its [`Error`] is a response in each framework, behind a
//! feature that the adapter turns on; nothing else here knows a framework. **If you are writing an application, start at the crate for your framework**:
//! [axum](https://docs.rs/sealed-session-axum), [actix-web](https://docs.rs/sealed-session-actix),
//! [Rocket](https://docs.rs/sealed-session-rocket), or
//! [any tower service](https://docs.rs/sealed-session-tower). What follows here is what happens behind
//! them.
//!
//! # The life of a session
//!
//! **A request arrives.** [`SessionManager::load`] finds the cookies that carry this session's
//! names in the raw `Cookie` lines, and hands out a [`Session`]. Nothing is decrypted yet.
//! A session may also come in a header field or in a link; see [`Transport`].
//!
//! **The handler looks.** On first use every candidate is opened: the base cookie alone, or a set
//! of chunks joined. The token names its key; format, key, purpose, cookie name and audience are
//! bound to it. Times inside the token are judged against the server's own [`Lifetime`]. If no
//! candidate is accepted the session is fresh, and [`Session::refusal`] says why; the visitor
//! learns nothing of it.
//!
//! **The handler changes something.** [`insert`](Session::insert), [`update`](Session::update),
//! [`remove`](Session::remove), [`sign_in`](Session::sign_in) and their like know whether anything
//! changed. A value under a typed key that would not come back as it was is refused here, at the
//! insert.
//!
//! **The response head is ready.** [`SessionManager::commit`] returns the header changes: lines
//! that set the session, if it was changed; a short *touch* cookie now and then, if it was only used,
//! whether or not anybody looked at it; and what caches have to know. A session over its [`Budget`]
//! is an [`Error`] with the sizes in it, and the browser keeps what it has. Later changes fail with
//! [`Error::is_too_late`]. [When a cookie is written, and
//! why](when_a_cookie_is_written) has a page of its own.
//!
//! **It ends** by [`destroy`](Session::destroy), which leaves a tombstone, so that no response that
//! is under way brings it back, or when a lifetime is over. Cookies that are not accepted stay in
//! the browser: to a server with a newer key ring they may be a live session.
//!
//! ```
//! use sealed_session::{Attribute, Key, KeyRing, SessionManager};
//! use sealed_session::adapter::{RequestHead, ResponseHead};
//! use time::OffsetDateTime;
//!
//! const CART: Attribute<Vec<u32>> = Attribute::new("cart");
//!
//! let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
//! let now = OffsetDateTime::now_utc();
//!
//! let session = manager.load(RequestHead::new([&b"theme=dark"[..]]), now);
//! session.update(CART, |cart| cart.push(4711))?;
//!
//! for change in manager.commit(&session, ResponseHead::new(200), now)? {
//!     println!("{}: {}", change.name(), change.value());
//! }
//! # Ok::<(), sealed_session::Error>(())
//! ```
//!
//! # Several sessions
//!
//! Sign-in, preferences and [messages for the next page](flash) can be [slots]: sessions with a cookie, a
//! lifetime and a budget each, none of which overwrites another.
//!
//! # Who may pass
//!
//! A [`Guard`] asks whether somebody is signed in, and may pass: it answers 401 or 403, or redirects to
//! the sign-in page with a [`ReturnPath`] that leads nowhere but back to this site.
//!
//! # Other sites
//!
//! Adapters answer 403 to requests that may change something and that pages of other origins caused, before
//! a handler runs; [`CrossOrigin`] names whom an application trusts. No such request ends or replaces a
//! session.
//!
//! # What a session cannot do here
//!
//! A copied cookie works until it expires, and visitors can bring back older sessions of their
//! own: the server remembers nothing, unless it keeps [revocations](revocation). Balances and marks that something is used
//! up do not belong inside; [`once`] is for things that count once. Of two requests that write at once, the browser keeps the answer that
//! arrives last.

#![forbid(unsafe_code)]

pub mod adapter;
pub mod flash;
pub mod hand_over;
pub mod inspect;
pub mod once;
pub mod overflow;
pub mod report;
pub mod revocation;
pub mod slots;
pub mod testing;
pub mod ticket;
pub mod when_a_cookie_is_written;

mod answer;
mod carrier;
mod clock;
mod cookie;
mod cross_origin;
mod error;
mod event;
mod guard;
mod head;
mod keys;
mod lifetime;
mod manager;
mod newtypes;
mod payload;
mod seal;
mod session;
mod slot;
mod visit;

/// The crate of the times in this interface.
pub use time;

pub use carrier::Transport;
pub use cookie::{Budget, CookieSpec, SameSite, Scope};
pub use cross_origin::CrossOrigin;
pub use error::{Error, Refusal};
pub use event::Event;
pub use guard::{Guard, GuardedRequest, ReturnPath, SignInPage};
pub use keys::{Key, KeyRing};
pub use lifetime::{Lifetime, Persistence};
pub use manager::{KeyWatcher, SessionManager, SessionManagerBuilder, SiteData};
#[doc(hidden)]
pub use payload::Trace;
pub use payload::{Compression, Mirrored};
pub use seal::Format;
pub use session::{Attribute, AttributeName, ReadKey, Session, WriteKey};
pub use slot::{Main, Slot};
