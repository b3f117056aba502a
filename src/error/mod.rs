//! Errors and refusals, which never mix.
//!
//! [`Error`] is a fault of the application or of its configuration. It says what happened, names the sizes
//! or names involved, and says what to do. [`Refusal`] is a verdict on a cookie that came in. It is for logs
//! and metrics, and a visitor learns nothing of it. Hostile input is never an `Error`. No message holds a
//! value, a key or a token.

mod kind;
mod oversize;
mod refusal;
mod room;
mod text;
mod ticket;
mod unstored;

pub use oversize::{AttributeSize, Measure, Oversize};
pub use refusal::Refusal;
pub use ticket::TicketRefusal;
pub(crate) use unstored::Unstored;

use std::fmt;
use std::sync::Weak;

use self::kind::ErrorKind;

/// A fault of the caller: an invalid configuration, a value that cannot be stored, or a
/// change that came too late.
///
/// The type is opaque, so that kinds can be added. Ask the predicates. Its `Display` is complete, so there is
/// no `source()` to print after it.
///
/// ```
/// use sealed_session::Key;
///
/// let error = "sealed_key_v1_tooshort".parse::<Key>().unwrap_err();
/// assert!(error.is_key());
/// assert_eq!(
///     error.to_string(),
///     "key: 8 characters follow the prefix where 48 are expected; the text was cut off",
/// );
/// ```
#[derive(Clone)]
pub struct Error(Box<Happened>);

/// What happened, and to which session.
#[derive(Clone)]
struct Happened {
    kind: ErrorKind,
    /// The cookie name of the session that it happened to, if it happened to one.
    cookie: Option<Box<str>>,
    /// The request that it happened in, for as long as it lasts, and the number of its slot.
    of: Option<(Weak<dyn Owner>, usize)>,
}

/// A request that an error happened in.
pub(crate) trait Owner: Send + Sync {
    /// Drops what the request changed, so that its commit fails with `error`.
    fn hold_back(&self, error: &Error);

    /// Tells an operator of an error in the slot number `at` that becomes the response.
    fn tell(&self, at: usize, error: &Error);
}

impl Error {
    fn new(kind: ErrorKind) -> Error {
        Error(Box::new(Happened {
            kind,
            cookie: None,
            of: None,
        }))
    }

    /// Adds the cookie name of the session that it happened to.
    pub(crate) fn of_cookie(mut self, name: &str) -> Error {
        self.0.cookie = Some(name.into());
        self
    }

    pub(crate) fn configuration(what: impl Into<String>) -> Error {
        Error::new(ErrorKind::Configuration(what.into()))
    }

    /// Makes the error of an adapter that finds its application put together wrongly: with two layers, for
    /// instance. In builds with debug assertions the text stands in the body of a 500, so it is to hold
    /// nothing that comes from a visitor.
    ///
    /// ```
    /// let error = sealed_session::Error::misuse("two session layers cover one request");
    /// assert!(error.is_misuse());
    /// ```
    #[must_use]
    pub fn misuse(what: impl Into<String>) -> Error {
        Error::new(ErrorKind::Misuse(what.into()))
    }

    pub(crate) fn key(what: impl Into<String>) -> Error {
        Error::new(ErrorKind::Key {
            place: None,
            what: what.into(),
        })
    }

    /// Adds where a key was read from: a file and line, or a variable.
    pub(crate) fn at(mut self, wanted: impl Into<String>) -> Error {
        if let ErrorKind::Key { place, .. } = &mut self.0.kind {
            *place = Some(wanted.into());
        }
        self
    }

    pub(crate) fn randomness(cause: impl fmt::Display) -> Error {
        Error::new(ErrorKind::Randomness(cause.to_string()))
    }

    pub(crate) fn not_representable(attribute: &str, what: impl Into<String>) -> Error {
        Error::new(ErrorKind::NotRepresentable {
            attribute: attribute.to_owned(),
            what: what.into(),
        })
    }

    /// Makes the error of a value that goes into no ticket of this purpose.
    pub(crate) fn unsealed(purpose: &str, what: impl Into<String>) -> Error {
        Error::new(ErrorKind::Unsealed {
            purpose: purpose.to_owned(),
            what: what.into(),
        })
    }

    pub(crate) fn unreadable(attribute: &str, what: impl Into<String>) -> Error {
        Error::new(ErrorKind::Unreadable {
            attribute: attribute.to_owned(),
            what: what.into(),
        })
    }

    /// Adds the request that it happened in, and the number of the slot.
    pub(crate) fn of(mut self, request: Weak<dyn Owner>, at: usize) -> Error {
        self.0.of = Some((request, at));
        self
    }

    /// Tells an operator that it becomes the response. Returns false if nobody knows in which request it
    /// happened.
    pub(crate) fn tell(&self) -> bool {
        let of = self.0.of.as_ref();
        let request = of.and_then(|(request, at)| Some((request.upgrade()?, *at)));
        request
            .inspect(|(request, at)| request.tell(*at, self))
            .is_some()
    }

    /// Holds back all changes of the request, for an error that becomes the response: none of them is sent,
    /// and the sessions read as they came. The commit then fails with this error.
    ///
    /// This concerns an insert that was refused because the value can never fit
    /// ([`is_too_large`](Error::is_too_large)). For any other error it does nothing. The adapters call it where
    /// their `Error` becomes a response. If you have an error type of your own, call it where that does.
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # use sealed_session::adapter::{RequestHead, ResponseHead};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let manager = SessionManager::new("session", KeyRing::new(Key::generate()?))?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// session.insert("name", "Ada")?;
    /// let error = session.insert("noise", "x".repeat(100_000)).unwrap_err();
    ///
    /// error.hold_back();
    /// assert_eq!(session.get::<String>("name")?, None);
    /// let failed = manager.commit(&session, ResponseHead::new(422), now).unwrap_err();
    /// assert!(failed.is_too_large());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn hold_back(&self) {
        if self.is_too_large()
            && let Some((request, _)) = &self.0.of
            && let Some(request) = request.upgrade()
        {
            request.hold_back(self);
        }
    }

    pub(crate) fn too_late(attribute: &str) -> Error {
        Error::new(ErrorKind::TooLate {
            attribute: attribute.to_owned(),
        })
    }

    pub(crate) fn held_back(attribute: &str) -> Error {
        Error::new(ErrorKind::HeldBack {
            attribute: attribute.to_owned(),
        })
    }

    pub(crate) fn linked(attribute: &str) -> Error {
        Error::new(ErrorKind::Linked {
            attribute: attribute.to_owned(),
        })
    }

    pub(crate) fn unlinked() -> Error {
        Error::new(ErrorKind::Unlinked)
    }

    pub(crate) fn expired(refusal: Refusal) -> Error {
        Error::new(ErrorKind::Expired { refusal })
    }

    pub(crate) fn poisoned() -> Error {
        Error::new(ErrorKind::Poisoned)
    }

    pub(crate) fn not_permitted(what: impl Into<String>) -> Error {
        Error::new(ErrorKind::NotPermitted(what.into()))
    }

    pub(crate) fn revocation(what: impl Into<String>) -> Error {
        Error::new(ErrorKind::Revocation(what.into()))
    }

    pub(crate) fn off_loopback(host: &str) -> Error {
        Error::new(ErrorKind::OffLoopback {
            host: host.to_owned(),
        })
    }

    /// Returns whether a configuration is invalid: a broken prefix rule, a limit out of range, two names that
    /// collide, a text that is no session id.
    ///
    /// ```
    /// use sealed_session::{CookieSpec, Key, KeyRing, SessionManager};
    ///
    /// let dropped = CookieSpec::new("__Host-shop").domain("example.com");
    /// let builder = SessionManager::builder(dropped, KeyRing::new(Key::generate()?));
    /// assert!(builder.build().unwrap_err().is_configuration());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn is_configuration(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Configuration(_))
    }

    /// Returns whether an adapter found the application put together wrongly.
    ///
    /// ```
    /// use sealed_session::{Error, Key};
    ///
    /// assert!(Error::misuse("two session layers cover one request").is_misuse());
    /// assert!(!"not a key".parse::<Key>().unwrap_err().is_misuse());
    /// ```
    #[must_use]
    pub fn is_misuse(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Misuse(_))
    }

    /// Returns whether a key, a key id or a key ring could not be read.
    ///
    /// ```
    /// use sealed_session::KeyRing;
    ///
    /// assert!("not a key".parse::<KeyRing>().unwrap_err().is_key());
    /// assert!("# no key at all".parse::<KeyRing>().unwrap_err().is_key());
    /// ```
    #[must_use]
    pub fn is_key(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Key { .. })
    }

    /// Returns whether the operating system gave no random bytes.
    ///
    /// ```
    /// use sealed_session::Key;
    ///
    /// // A fault of the caller, and not of the operating system.
    /// assert!(!Key::new(&[0; 32]).unwrap_err().is_randomness());
    /// ```
    #[must_use]
    pub fn is_randomness(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Randomness(_))
    }

    /// Returns whether a value cannot be stored, or sealed into a [ticket](crate::ticket), so that it comes back as it was; or is
    /// too long for a ticket.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// assert!(session.insert("rate", f64::NAN).unwrap_err().is_not_representable());
    /// assert!(session.insert("", "no name").unwrap_err().is_not_representable());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn is_not_representable(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::NotRepresentable { .. } | ErrorKind::Unsealed { .. }
        )
    }

    /// Returns whether an attribute is there, but not readable under the key that asked for it.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.insert("name", "Ada")?;
    /// assert!(session.get::<u32>("name").unwrap_err().is_unreadable());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Unreadable { .. })
    }

    /// Returns whether the session exceeds its budget, or an attribute does by itself and was not stored.
    /// [`sizes`](Error::sizes) says by how much.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// let by_itself = session.insert("noise", "x".repeat(100_000));
    /// assert!(by_itself.unwrap_err().is_too_large());
    ///
    /// session.insert("one", "x".repeat(40_000))?;
    /// session.insert("two", "x".repeat(40_000))?;
    /// assert!(session.size().unwrap_err().is_too_large());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        matches!(self.0.kind, ErrorKind::TooLarge(_))
    }

    /// Returns whether a change came too late: after the response head was sent, after a link was made that
    /// carries the session, or after the changes of this request were held back.
    ///
    /// ```
    /// # use sealed_session::adapter::ResponseHead;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let manager = SessionManager::new("session", KeyRing::new(Key::generate()?))?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// manager.commit(&session, ResponseHead::new(200), now)?;
    /// assert!(session.insert("name", "Ada").unwrap_err().is_too_late());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn is_too_late(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::TooLate { .. } | ErrorKind::Linked { .. } | ErrorKind::HeldBack { .. }
        )
    }

    /// Returns whether a session that travels in links was changed, and no link was made to carry it. Put the
    /// page's links, or the target of its redirect, through
    /// [`Session::encode_url`](crate::Session::encode_url).
    ///
    /// ```
    /// use sealed_session::{Lifetime, SessionManager, Transport};
    /// use sealed_session::adapter::{RequestHead, ResponseHead};
    /// # use std::time::Duration;
    /// # use sealed_session::{Key, KeyRing};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let policy = Lifetime::new().with_idle_timeout(Duration::from_secs(900));
    /// # let builder = SessionManager::builder("session", KeyRing::new(Key::generate()?)).lifetime(policy);
    /// let manager = builder.transport(Transport::url_that_leaks("s")).build()?;
    /// let session = manager.load(RequestHead::default(), now);
    /// session.insert("name", "Ada")?;
    /// let error = manager.commit(&session, ResponseHead::new(200), now).unwrap_err();
    /// assert!(error.is_unlinked());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn is_unlinked(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Unlinked)
    }

    /// Returns whether the session ended before its handler had finished, so that its changes were not sent.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, SessionManager};
    /// use sealed_session::adapter::{RequestHead, ResponseHead};
    /// # use time::{Duration, OffsetDateTime};
    /// # let now = OffsetDateTime::UNIX_EPOCH + Duration::weeks(2_900);
    /// let manager = SessionManager::new("session", KeyRing::new(Key::generate()?))?;
    /// let session = manager.load(RequestHead::default(), now);
    /// session.insert("name", "Ada")?;
    ///
    /// let much_later = now + Duration::hours(1);
    /// let error = manager.commit(&session, ResponseHead::new(200), much_later).unwrap_err();
    /// assert!(error.is_expired());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn is_expired(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Expired { .. })
    }

    /// Returns whether a panic had poisoned the session.
    ///
    /// ```
    /// use sealed_session::adapter;
    /// # let session = sealed_session::testing::session();
    ///
    /// let held = adapter::in_hand(&session);
    /// let task = std::thread::spawn(move || {
    ///     let _held = held;
    ///     panic!("with a session in hand");
    /// });
    /// assert!(task.join().is_err());
    /// assert!(session.insert("name", "Ada").unwrap_err().is_poisoned());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn is_poisoned(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Poisoned)
    }

    /// Returns whether a development profile was asked to serve a host that is neither this machine nor
    /// [named](crate::CookieSpec::plain_http_host).
    ///
    /// ```
    /// use sealed_session::{CookieSpec, Key, KeyRing, SessionManager};
    /// use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let manager = SessionManager::builder(CookieSpec::development("session"), KeyRing::new(Key::generate()?))
    ///     .build()?;
    /// let session = manager.load(RequestHead::default().host("shop.example.com"), now);
    /// assert!(session.insert("name", "Ada").unwrap_err().is_off_loopback());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn is_off_loopback(&self) -> bool {
        matches!(self.0.kind, ErrorKind::OffLoopback { .. })
    }

    /// Returns whether a session asked for a lifetime that the policy does not permit.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// let error = session.set_idle_timeout(None).unwrap_err();
    /// assert!(error.is_not_permitted());
    /// assert!(error.to_string().contains("Lifetime::allow_never_idle"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn is_not_permitted(&self) -> bool {
        matches!(self.0.kind, ErrorKind::NotPermitted(_))
    }

    /// Returns whether revocations could not be kept: their table is full, or a snapshot of one is damaged.
    ///
    /// ```
    /// use sealed_session::revocation::Revocation;
    ///
    /// let error = Revocation::from_bytes(b"too short").unwrap_err();
    /// assert!(error.is_revocation());
    /// ```
    #[must_use]
    pub fn is_revocation(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Revocation(_))
    }

    /// Returns a stable label for metrics: lower case, words joined by `_`.
    ///
    /// ```
    /// use sealed_session::Key;
    ///
    /// assert_eq!("not a key".parse::<Key>().unwrap_err().label(), "key");
    /// ```
    #[must_use]
    pub fn label(&self) -> &'static str {
        self.0.kind.label()
    }

    /// Returns the name of the cookie whose session could not be sent, or had no room for a value. It tells the
    /// [slots](crate::slots) of an application apart.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// let error = session.insert("noise", "x".repeat(100_000)).unwrap_err();
    /// assert_eq!(error.cookie(), Some("__Host-session"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn cookie(&self) -> Option<&str> {
        self.0.cookie.as_deref()
    }
}
