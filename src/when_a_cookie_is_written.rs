//! A page of documentation: when a cookie is written, and why.
//!
//! A session may have four kinds of cookies. With the default name:
//!
//! | cookie | what | written | bytes of its line |
//! | --- | --- | --- | --- |
//! | `__Host-session`, and `.1` to `.8` | the session | by a request that changed it | as its content |
//! | `__Host-session.r` | a *tombstone* of an id: the session was renewed here | by a renewal | as `.x` |
//! | `__Host-session.t` | a *touch*: the session was used then | by a request that changed nothing, at most once per touch interval | 85, or about 103 with `Max-Age` |
//! | `__Host-session.x` | a *tombstone*: a session was ended here | by a sign-out, and by a sign-in that replaces a session | about 100, and 28 more for each further key of the ring |
//!
//! # What a response sets
//!
//! | the request | sets | removes |
//! | --- | --- | --- |
//! | had no session and stored nothing | | a touch that came alone, if the handler looked, under a `__Host-` name |
//! | read, or did not look; used within the interval | | |
//! | read, or did not look; last noted use an interval ago | the touch | |
//! | changed something | the session | chunks it does not need any more, the touch |
//! | was marked [passive](crate::Session::mark_passive) and changed nothing | | |
//! | called [`renew`](crate::Session::renew), which gives a new id | the session; a tombstone of the id that came | as above |
//! | signed in | the session; a tombstone of the one it replaces, if one came along | as above |
//! | called [`destroy`](crate::Session::destroy) | a tombstone, if a session came along | what came of the session, the touch |
//! | changed so much that it does not fit | the touch, if it is due | |
//! | panicked with a session in hand | | |
//! | was answered 500 or above, whatever it changed, an end aside | the touch, if it is due | |
//! | came with cookies that are not accepted | | |
//! | was caused by another site, and may lack a session that the browser [kept back](crate::CrossOrigin#sessions-that-are-not-begun) | | |
//!
//! An application with several [slots](crate::slots) has such cookies for each, and each row holds for one
//! slot: a request that changed one of them may touch another. If one does not fit, the changes of the
//! others are not sent either. A panic with one session in hand counts for all of them.
//!
//! Storing a value that is there already changes nothing, and so sets nothing. A sign-in and a destroy also
//! expire cookies in [former scopes](crate::SessionManagerBuilder::former_scope).
//!
//! A session that travels in [header fields](crate::Transport::header) is sent by the same rules in fields of
//! its own. It has no tombstones.
//!
//! # Why reading never sends the session again
//!
//! Some libraries keep a session alive by sending it again with every response. The browser keeps the
//! response that arrives last. So they lose a change that another tab made meanwhile, and bring back a
//! session that another response just removed. And they send kilobytes to say what time it is.
//!
//! A touch holds only a time, and a MAC over that time and one token. Beside any other token it is worth
//! nothing, so a touch that arrives late, or after a sign-out, does nothing.
//!
//! ```
//! use sealed_session::{Key, KeyRing, SessionManager};
//! use sealed_session::adapter::{RequestHead, ResponseHead};
//! use time::{Duration, OffsetDateTime};
//!
//! let manager = SessionManager::new("session", KeyRing::new(Key::generate()?))?;
//! let now = OffsetDateTime::now_utc();
//! let session = manager.load(RequestHead::default(), now);
//! session.insert("name", "Ada")?;
//! let changes = manager.commit(&session, ResponseHead::new(200), now)?;
//! let value = changes[0].value();
//! let cookie = value.split(';').next().unwrap();
//!
//! // Ten minutes later: a page that never looks at its session.
//! let later = now + Duration::minutes(10);
//! let session = manager.load(RequestHead::new([cookie.as_bytes()]), later);
//! let changes = manager.commit(&session, ResponseHead::new(200), later)?;
//! let value = changes[0].value();
//! assert!(value.starts_with("__Host-session.t=") && value.len() == 85);
//! assert_eq!(changes.len(), 2); // and `Cache-Control: private`
//!
//! // 39 minutes after the beginning, longer than the idle timeout, the session is still there.
//! let touch = value.split(';').next().unwrap();
//! let line = format!("{cookie}; {touch}");
//! let much_later = now + Duration::minutes(39);
//! let session = manager.load(RequestHead::new([line.as_bytes()]), much_later);
//! assert_eq!(session.get::<String>("name")?.as_deref(), Some("Ada"));
//! # Ok::<(), sealed_session::Error>(())
//! ```
//!
//! # What counts as a use
//!
//! Every request counts, whether or not its handler looks at the session, unless it is marked
//! [passive](crate::Session::mark_passive). The use is noted by a touch, or by the session itself if the
//! request changed it, with the time at which the request was loaded.
//!
//! - A request that does not look at its session pays for no decryption until a touch is due. The token's
//!   time or the MAC of the last touch tells that. The token's time is in the clear, and is believed only
//!   where it says that nothing is due. A touch is made only for a token that was opened and found live in
//!   that request.
//! - Uses are noted once in a [`touch_interval`](crate::Lifetime::touch_interval): by default a
//!   tenth of the shortest idle timeout that the policy permits, at least a minute, at most half of that
//!   timeout. So a session may idle out that much sooner than its timeout.
//! - A response that takes longer than half of the idle timeout carries no touch, because it would replace
//!   the touches of quicker requests. A visitor who never pauses for longer than that is not signed out,
//!   unless the network holds a response back for as long. A change is sent as long as the session lives,
//!   however long the response takes, and counts from when its request was loaded.
//! - A request that ran for longer than its session lives sends nothing. A change in it is an error
//!   ([`Error::is_expired`](crate::Error::is_expired)).
//!
//! # Why cookies that are over stay
//!
//! No cookie of a session is removed unasked, not even one that is certainly over. A removal hits a name: if
//! another tab signs in while a response is under way, that response would remove the new session. Cookies
//! that are over are refused by their authenticated times. The next session replaces them, or they go when
//! the browser closes or their `Max-Age` ends.
//!
//! The one exception is a touch that came without any session, under a `__Host-` name: removing it loses
//! nothing.
//!
//! # Why a sign-out leaves something behind
//!
//! A response that was under way when the visitor signed out may set the session again. It carries an
//! authentic token, and the server remembers nothing. So the sign-out leaves a tombstone: a MAC over the half
//! of the session's id that [`renew`](crate::Session::renew) keeps. In this browser every token of that
//! sign-in is then refused with [`Refusal::Destroyed`](crate::Refusal::Destroyed).
//!
//! It stays for the longest idle timeout that the policy permits, or for the longest absolute lifetime where a
//! session may never idle out, plus the [skew](crate::Lifetime::with_clock_skew); for 400 days at most. A session that
//! came back was loaded before the sign-out, and nothing renews it, so it is over by then.
//!
//! # Shared caches
//!
//! - A line that nobody asked for, a touch or its removal, never goes out on a 304 or on a response that
//!   shared caches may store: with `public`, a `max-age` or `s-maxage` above zero, an `Expires` to come, or a
//!   field that lets particular caches store it. It waits for the next response. The response alone decides
//!   that, so nothing in a request changes it. A site with no other responses never renews a session that is
//!   only read.
//! - A response that carries any line of this library is made `private`.
//! - A response whose handler looked at the session varies by `Cookie`. One that only carries a touch
//!   does not: its content is the same for everybody.
//! - A public page that never looks at its session stays as it is, to the byte.
