//! What can go wrong, in two kinds that never mix.
//!
//! [`Error`] is a fault of the application or of its configuration: it names what happened, the
//! sizes or names involved, and what to do. [`Refusal`] is a verdict on a cookie that came in: it
//! is for logs and metrics, and a visitor learns nothing from it. Hostile input is never an
//! `Error`. No message here ever holds a value, a key or a token.

mod kind;
mod oversize;
mod refusal;

pub use oversize::{Measure, Oversize};
pub use refusal::Refusal;

use std::fmt;
use std::sync::Weak;

use self::kind::Kind;

/// A fault of the caller: an invalid configuration, a value that cannot be stored, or a
/// change that came too late.
///
/// The type is opaque so that kinds can be added; ask the predicates. Its `Display` is complete
/// by itself, so there is no `source()` to print after it.
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
pub struct Error {
    kind: Box<Kind>,
    /// The name of the cookie of the session that it happened to, where that tells something.
    cookie: Option<Box<str>>,
}

/// A session that refused a value, for as long as it is there.
type Origin = Weak<dyn HoldBack>;

/// What has an error of its own making be the end of a request's changes.
pub(crate) trait HoldBack: Send + Sync {
    /// Sends nothing of the request; the commit fails with `error`.
    fn hold_back(&self, error: &Error);
}

impl Error {
    fn new(kind: Kind) -> Error {
        Error {
            kind: Box::new(kind),
            cookie: None,
        }
    }

    /// Says whose session it happened to.
    pub(crate) fn of_cookie(mut self, name: &str) -> Error {
        self.cookie = Some(name.into());
        self
    }

    pub(crate) fn configuration(what: impl Into<String>) -> Error {
        Error::new(Kind::Configuration(what.into()))
    }

    /// An application that was put together wrongly, as an adapter finds it: a layer twice, say.
    ///
    /// ```
    /// let error = sealed_session::Error::misuse("two session layers cover one request");
    /// assert!(error.is_misuse());
    /// ```
    #[must_use]
    pub fn misuse(what: impl Into<String>) -> Error {
        Error::new(Kind::Misuse(what.into()))
    }

    pub(crate) fn key(what: impl Into<String>) -> Error {
        Error::new(Kind::Key {
            place: None,
            what: what.into(),
        })
    }

    /// Says where a key was read from: a file and line, or a variable.
    pub(crate) fn at(mut self, wanted: impl Into<String>) -> Error {
        if let Kind::Key { place, .. } = &mut *self.kind {
            *place = Some(wanted.into());
        }
        self
    }

    pub(crate) fn randomness(cause: impl fmt::Display) -> Error {
        Error::new(Kind::Randomness(cause.to_string()))
    }

    pub(crate) fn not_representable(attribute: &str, what: impl Into<String>) -> Error {
        Error::new(Kind::NotRepresentable {
            attribute: attribute.to_owned(),
            what: what.into(),
        })
    }

    pub(crate) fn unreadable(attribute: &str, what: impl Into<String>) -> Error {
        Error::new(Kind::Unreadable {
            attribute: attribute.to_owned(),
            what: what.into(),
        })
    }

    pub(crate) fn too_large(oversize: Oversize) -> Error {
        Error::new(Kind::TooLarge {
            oversize,
            origin: None,
        })
    }

    /// Says which session refused the value.
    pub(crate) fn refused_by(mut self, session: Weak<dyn HoldBack>) -> Error {
        if let Kind::TooLarge { origin, .. } = &mut *self.kind {
            *origin = Some(session);
        }
        self
    }

    /// Holds back all changes of the request, for an error that becomes the response: nothing of what
    /// was changed is sent, and the sessions read as they came. The commit then fails with this error.
    ///
    /// It concerns an insert that was refused because the value can never fit
    /// ([`is_too_large`](Error::is_too_large)), and does nothing for any other error. The adapters
    /// call it where their `Error` is made a response. Call it where an error type of your own is.
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing, RequestHead, ResponseHead, SessionManager};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
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
        if let Kind::TooLarge { origin, .. } = &*self.kind
            && let Some(session) = origin.as_ref().and_then(Weak::upgrade)
        {
            session.hold_back(self);
        }
    }

    pub(crate) fn too_late(attribute: &str) -> Error {
        Error::new(Kind::TooLate {
            attribute: attribute.to_owned(),
        })
    }

    pub(crate) fn held_back(attribute: &str) -> Error {
        Error::new(Kind::HeldBack {
            attribute: attribute.to_owned(),
        })
    }

    pub(crate) fn linked(attribute: &str) -> Error {
        Error::new(Kind::Linked {
            attribute: attribute.to_owned(),
        })
    }

    pub(crate) fn unlinked() -> Error {
        Error::new(Kind::Unlinked)
    }

    pub(crate) fn expired(refusal: Refusal) -> Error {
        Error::new(Kind::Expired { refusal })
    }

    pub(crate) fn poisoned() -> Error {
        Error::new(Kind::Poisoned)
    }

    pub(crate) fn not_permitted(what: impl Into<String>) -> Error {
        Error::new(Kind::NotPermitted(what.into()))
    }

    pub(crate) fn off_loopback(host: &str) -> Error {
        Error::new(Kind::OffLoopback {
            host: host.to_owned(),
        })
    }

    /// Whether a configuration is invalid: a prefix rule broken, a limit out of range, two names
    /// that collide.
    ///
    /// ```
    /// use sealed_session::{CookieSpec, Key, KeyRing, SessionManager};
    ///
    /// let dropped = CookieSpec::new("__Host-shop").domain("example.com");
    /// let builder = SessionManager::builder(KeyRing::new(Key::generate()?)).cookie(dropped);
    /// assert!(builder.build().unwrap_err().is_configuration());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn is_configuration(&self) -> bool {
        matches!(*self.kind, Kind::Configuration(_))
    }

    /// Whether an adapter found the application put together wrongly.
    ///
    /// ```
    /// use sealed_session::{Error, Key};
    ///
    /// assert!(Error::misuse("two session layers cover one request").is_misuse());
    /// assert!(!"not a key".parse::<Key>().unwrap_err().is_misuse());
    /// ```
    #[must_use]
    pub fn is_misuse(&self) -> bool {
        matches!(*self.kind, Kind::Misuse(_))
    }

    /// Whether a key or a key ring could not be read.
    ///
    /// ```
    /// use sealed_session::KeyRing;
    ///
    /// assert!("not a key".parse::<KeyRing>().unwrap_err().is_key());
    /// assert!("# no key at all".parse::<KeyRing>().unwrap_err().is_key());
    /// ```
    #[must_use]
    pub fn is_key(&self) -> bool {
        matches!(*self.kind, Kind::Key { .. })
    }

    /// Whether the operating system gave no random bytes.
    ///
    /// ```
    /// use sealed_session::Key;
    ///
    /// // A fault of the caller, and not of the operating system.
    /// assert!(!Key::new(&[0; 32]).unwrap_err().is_randomness());
    /// ```
    #[must_use]
    pub fn is_randomness(&self) -> bool {
        matches!(*self.kind, Kind::Randomness(_))
    }

    /// Whether a value cannot be stored so that it comes back as it was.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// assert!(session.insert("rate", f64::NAN).unwrap_err().is_not_representable());
    /// assert!(session.insert("", "no name").unwrap_err().is_not_representable());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn is_not_representable(&self) -> bool {
        matches!(*self.kind, Kind::NotRepresentable { .. })
    }

    /// Whether an attribute is there but not readable under the key that asked for it.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.insert("name", "Ada")?;
    /// assert!(session.get::<u32>("name").unwrap_err().is_unreadable());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        matches!(*self.kind, Kind::Unreadable { .. })
    }

    /// Whether the session exceeds its budget, or an attribute by itself does, so that it was not
    /// stored; [`sizes`](Error::sizes) says by how much.
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
        matches!(*self.kind, Kind::TooLarge { .. })
    }

    /// Whether a change came after the response head had been sent, after a link was made that carries
    /// the session, or after the changes of this request were held back.
    ///
    /// ```
    /// # use sealed_session::ResponseHead;
    /// # use sealed_session::{Key, KeyRing, RequestHead, SessionManager};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// manager.commit(&session, ResponseHead::new(200), now)?;
    /// assert!(session.insert("name", "Ada").unwrap_err().is_too_late());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn is_too_late(&self) -> bool {
        matches!(
            *self.kind,
            Kind::TooLate { .. } | Kind::Linked { .. } | Kind::HeldBack { .. }
        )
    }

    /// Whether a session was changed that travels in links, and no link was made to carry it. Put the
    /// page's links, or the target of its redirect, through
    /// [`Session::encode_url`](crate::Session::encode_url).
    ///
    /// ```
    /// use sealed_session::{Lifetime, RequestHead, ResponseHead, SessionManager, Transport};
    /// # use std::time::Duration;
    /// # use sealed_session::{Key, KeyRing};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let policy = Lifetime::new().idle(Duration::from_secs(900));
    /// # let builder = SessionManager::builder(KeyRing::new(Key::generate()?)).lifetime(policy);
    /// let manager = builder.transport(Transport::url_that_leaks("s")).build()?;
    /// let session = manager.load(RequestHead::default(), now);
    /// session.insert("name", "Ada")?;
    /// let error = manager.commit(&session, ResponseHead::new(200), now).unwrap_err();
    /// assert!(error.is_unlinked());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn is_unlinked(&self) -> bool {
        matches!(*self.kind, Kind::Unlinked)
    }

    /// Whether the session's time was over before its handler had finished, so that what it
    /// changed was not sent.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, RequestHead, ResponseHead, SessionManager};
    /// # use time::{Duration, OffsetDateTime};
    /// # let now = OffsetDateTime::UNIX_EPOCH + Duration::weeks(2_900);
    /// let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
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
        matches!(*self.kind, Kind::Expired { .. })
    }

    /// Whether a panic had poisoned the session.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// let held = session.in_hand();
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
        matches!(*self.kind, Kind::Poisoned)
    }

    /// Whether a development profile was asked to serve a host that is not this machine.
    ///
    /// ```
    /// use sealed_session::{CookieSpec, Key, KeyRing, RequestHead, SessionManager};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let manager = SessionManager::builder(KeyRing::new(Key::generate()?))
    ///     .cookie(CookieSpec::development("session"))
    ///     .build()?;
    /// let session = manager.load(RequestHead::default().host("shop.example.com"), now);
    /// assert!(session.insert("name", "Ada").unwrap_err().is_off_loopback());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn is_off_loopback(&self) -> bool {
        matches!(*self.kind, Kind::OffLoopback { .. })
    }

    /// Whether a session asked for a lifetime that the policy does not permit.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// let error = session.set_never_idle().unwrap_err();
    /// assert!(error.is_not_permitted());
    /// assert!(error.to_string().contains("Lifetime::allow_never_idle"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn is_not_permitted(&self) -> bool {
        matches!(*self.kind, Kind::NotPermitted(_))
    }

    /// The sizes behind an error that [`is_too_large`](Error::is_too_large).
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// let error = session.insert("noise", "x".repeat(100_000)).unwrap_err();
    /// assert!(error.sizes().is_some_and(|sizes| sizes.needed() > sizes.allowed()));
    ///
    /// session.insert("name", "Ada")?;
    /// let other = session.get::<u32>("name").unwrap_err();
    /// assert_eq!(other.sizes(), None);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn sizes(&self) -> Option<&Oversize> {
        match &*self.kind {
            Kind::TooLarge { oversize, .. } => Some(oversize),
            _ => None,
        }
    }

    /// The name of the cookie whose session could not be sent, or had no room for a value. In an
    /// application with several sessions it tells which; see [`slots`](crate::slots).
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// let error = session.insert("noise", "x".repeat(100_000)).unwrap_err();
    /// assert_eq!(error.cookie(), Some("__Host-session"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.cookie {
            write!(f, "`{name}`: ")?;
        }
        self.kind.fmt(f)
    }
}

/// The text of `Display`, because that is what a `main` shows that returns an error.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self})")
    }
}

impl std::error::Error for Error {}
