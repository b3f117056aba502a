//! When a cookie is written, and why: a page of documentation.
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
//! | came with cookies that are not accepted | | |
//! | was caused by another site, and may lack a session that the browser [kept back](crate::CrossOrigin#what-is-not-begun) | | |
//!
//! An application with several [slots](crate::slots) has such cookies for each, and each row holds for
//! one slot: a request that changed one of them may touch another. If one does not fit, what was
//! changed in the others is not sent either, and a panic with one session in hand is one with all of
//! them.
//!
//! Storing a value that is there already changes nothing, and so sets nothing. A sign-in and a destroy
//! also expire what may be left in [former scopes](crate::SessionManagerBuilder::former_scope).
//!
//! A session that travels in [header fields](crate::Transport::header) is sent by the same rules in
//! fields of its own, but for tombstones, which there are none of.
//!
//! # Why reading never sends the session again
//!
//! Libraries that keep a session alive by sending it again with every response lose what another
//! tab wrote meanwhile, because the browser keeps the response that arrives last, and bring back a
//! session that another response just removed. And they send kilobytes to say what time it is.
//!
//! A touch says only that: it holds a time, and a MAC over that time and one token. Beside any other
//! token it is worth nothing, so a touch that arrives late, or after a sign-out, does nothing.
//!
//! ```
//! use sealed_session::{Key, KeyRing, RequestHead, ResponseHead, SessionManager};
//! use time::{Duration, OffsetDateTime};
//!
//! let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
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
//! Every request does, whether or not its handler looks at the session, unless it is marked
//! [passive](crate::Session::mark_passive). The use is noted by a touch, or by the session itself if
//! the request changed it, with the time at which the request was loaded.
//!
//! - A request that does not look at its session pays for no decryption until a touch is due. What
//!   tells is the token's time, which is in the clear and believed only to do nothing, or the MAC
//!   of the touch. A touch is made for a token that was opened and found live in that request, and
//!   for no other.
//! - Uses are noted once in a [`touch_interval`](crate::Lifetime::touch_interval): by default a
//!   tenth of the shortest idle timeout that the policy permits, at least a minute, at most half of
//!   it. So a session may idle out that much sooner than its timeout.
//! - A response that takes longer than half of the idle timeout carries no touch: it would go over
//!   the touches of quicker requests. Whoever never pauses for longer than that is not signed out,
//!   unless the network holds a response back for as long.
//!   A change is sent whatever it takes, as long as the session lives, and counts from when its
//!   request was loaded.
//! - Nothing that ran for longer than its session lives is sent. A change is then an error
//!   ([`Error::is_expired`](crate::Error::is_expired)).
//!
//! # Why cookies that are over stay
//!
//! No cookie of a session is removed unasked, not even one that is certainly over. A removal hits a
//! name: if another tab signs in while a response is under way, that response would remove the new
//! session. Cookies that are over are refused by their authenticated times, give way to the next
//! session, and go with the browser or at the end of their `Max-Age`.
//!
//! The one exception is a touch that came without any session, under a `__Host-` name: nothing is
//! lost with it.
//!
//! # Why a sign-out leaves something behind
//!
//! A response that was under way when the visitor signed out may set the session again. It carries
//! an authentic token, and the server remembers nothing. So the sign-out leaves a tombstone: a MAC
//! over the half of the session's id that [`renew`](crate::Session::renew) keeps. Whatever comes
//! back of that session is refused with [`Refusal::Destroyed`](crate::Refusal::Destroyed), in this
//! browser.
//!
//! It stays for the longest idle timeout that the policy permits, or the longest absolute lifetime
//! where a session may never idle out, and the [skew](crate::Lifetime::skew); for 400 days at most.
//! What came back was loaded before the sign-out, and nothing renews it, so it is over by itself
//! then.
//!
//! # Shared caches
//!
//! - A line that nobody asked for, a touch or the removal of one, never rides on a 304 or on a
//!   response that shared caches may store (`public`, a `max-age` or `s-maxage` above zero, an
//!   `Expires` to come, and fields that let particular caches store). It waits for the next
//!   response. Whether it may is decided by the response alone, so nothing in a request changes it.
//!   A site all of whose responses are so never renews a session that is only read.
//! - A response that carries any line of ours is made `private`.
//! - A response whose handler looked at the session varies by `Cookie`. One that only carries a touch
//!   does not: its content is the same for everybody.
//! - A public page that never looks at its session stays as it is, to the byte.
