//! Several independent sessions in one application: a page of documentation.
//!
//! Sign-in, preferences and [messages for the next page](crate::flash) live for different times, and different
//! requests write them. In one session the browser keeps the answer that arrives last, so a page that
//! stores a preference undoes the sign-in that another tab finished meanwhile. In slots nothing of one
//! ever overwrites another: each has a manager, and with it a cookie, a lifetime, a budget and a key
//! ring of its own.
//!
//! Messages have a slot that [one line](crate::SessionManagerBuilder::flash) adds, and which is configured by itself. For anything
//! else a slot is named by a type. The [`Main`](crate::Main) one is always there, and it is meant where no slot is named.
//!
//! ```
//! use sealed_session::{Budget, CookieSpec, Key, KeyRing, Lifetime, Persistence, SessionManager, Slot};
//! use sealed_session::adapter::{RequestHead, ResponseHead};
//! use std::time::Duration;
//! use time::OffsetDateTime;
//!
//! /// Preferences: for a year, whoever is signed in.
//! enum Prefs {}
//! impl Slot for Prefs {}
//!
//! // Twelve hours in total is the default. Two sessions in one response are more than a stock nginx takes;
//! // it needs `proxy_buffer_size 8k`.
//! let sign_in = SessionManager::builder("session", KeyRing::new(Key::generate()?))
//!     .budget(Budget::within_8k())
//!     .build()?;
//!
//! let year = Duration::from_secs(365 * 86_400);
//! let prefs = SessionManager::builder("prefs", KeyRing::new(Key::generate()?))
//!     .lifetime(Lifetime::new().with_idle_timeout(year).with_absolute_lifetime(year).with_persistence(Persistence::Always))
//!     .budget(Budget::portable().with_total_limit(1_500))
//!     .build()?;
//!
//! let manager = sign_in.with_slot::<Prefs>(prefs)?;
//!
//! // A first request. An adapter loads and commits.
//! let now = OffsetDateTime::now_utc();
//! let session = manager.load(RequestHead::default(), now);
//! session.sign_in("user-17", &[])?;
//! session.slot::<Prefs>()?.insert("theme", "dark")?;
//! let changes = manager.commit(&session, ResponseHead::new(303), now)?;
//!
//! let lines = changes.iter().filter(|change| change.name() == "set-cookie");
//! let cookies: Vec<&str> = lines.filter_map(|line| line.value().split(';').next()).collect();
//! assert!(cookies[0].starts_with("__Host-session="));
//! assert!(cookies[1].starts_with("__Host-prefs="));
//!
//! // Half a year later nobody is signed in, and the page is still dark.
//! let later = now + year / 2;
//! let line = cookies.join("; ");
//! let session = manager.load(RequestHead::new([line.as_bytes()]), later);
//! assert_eq!(session.subject(), None);
//! let theme = session.slot::<Prefs>()?.get::<String>("theme")?;
//! assert_eq!(theme.as_deref(), Some("dark"));
//! # Ok::<(), sealed_session::Error>(())
//! ```
//!
//! # What belongs in a slot of its own
//!
//! What has a lifetime of its own, or is written by requests that know nothing of the rest. What has to
//! agree stays together: of two slots the browser may keep what two different responses said, and a
//! sign-out ends one slot only. Whoever uses this browser next finds the others as they were, so nothing
//! personal belongs in preferences.
//!
//! A key has to be accepted for as long as the longest session that it seals. Give a slot that lives for
//! a year a ring of its own, and those of the sign-in stay free to go after twelve hours.
//!
//! # What slots share
//!
//! - **The `Cookie` field.** The totals of all budgets together, but for slots that do not travel in
//!   cookies, must fit what the budget of the main slot says that a request may carry
//!   ([`request_warning_limit`](crate::Budget::request_warning_limit)), or [`with_slot`](crate::SessionManager::with_slot)
//!   refuses. [`Budget::within_8k`](crate::Budget::within_8k) takes 6,500 bytes of 8,180 by itself, which leaves
//!   1,680 for all other slots.
//! - **The response head.** If the budget of the main slot [limits it](crate::Budget::with_head_limit), as the
//!   default does, all slots have to fit in. Give each a lower
//!   [`with_total_limit`](crate::Budget::with_total_limit), or the main one a larger budget.
//!   [`Event::CrowdedRequest`](crate::Event::CrowdedRequest) counts all slots, and is raised once, by the
//!   main slot. Other events are raised by the slot that they happen to, and told by the hook of its manager, or
//!   by that of the main one if it has none.
//! - **The response.** Either all of them are sent or none is: if one does not fit, has expired or
//!   cannot be sealed, the browser keeps every session as it was, and the error names the
//!   [cookie](crate::Error::cookie). A panic with any session in hand holds all of them back. A response of 500
//!   or above gives up what was stored in any slot, and ends those that were ended.
//! - **Other sites.** Which requests that other origins caused are served is said by the manager of the main
//!   slot ([`CrossOrigin`](crate::CrossOrigin)). Whether such a request may begin a session is up to the
//!   `SameSite` of each slot's cookie.
//! - **Caches.** There is one `Vary` and one `Cache-Control`, the strictest that any of them asks for.
//!   `Clear-Site-Data` is what the managers of those slots say that the response ends.
