//! The part of a response that sessions are committed to, and the changes of it.

use std::borrow::Cow;
use std::fmt;

/// The parts of a response head that decide which lines may ride on it.
///
/// ```
/// use sealed_session::ResponseHead;
///
/// let response = ResponseHead::new(200).headers([("cache-control", &b"public"[..])]);
/// ```
#[derive(Clone)]
pub struct ResponseHead<'a, I = [(&'a str, &'a [u8]); 0]> {
    pub(crate) status: u16,
    pub(crate) headers: I,
    marker: std::marker::PhantomData<&'a ()>,
}

impl ResponseHead<'_> {
    /// A response with this status and no headers.
    ///
    /// ```
    /// use sealed_session::{HeaderChange, ResponseHead};
    /// # use sealed_session::{Key, KeyRing, RequestHead, SessionManager};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
    /// # let session = manager.load(RequestHead::default(), now);
    ///
    /// // A redirect carries a session like any other response.
    /// session.insert("notice", "Saved.")?;
    /// let changes = manager.commit(&session, ResponseHead::new(303), now)?;
    /// assert!(matches!(changes[0], HeaderChange::Append { name: "set-cookie", .. }));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn new(status: u16) -> Self {
        ResponseHead {
            status,
            headers: [],
            marker: std::marker::PhantomData,
        }
    }

    /// The response's header fields. Handing over all of them is fine; the core picks what it needs.
    ///
    /// ```
    /// use sealed_session::ResponseHead;
    /// # use sealed_session::{Key, KeyRing, RequestHead, SessionManager};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
    /// # let session = manager.load(RequestHead::default(), now);
    ///
    /// session.insert("theme", "dark")?;
    /// let headers = [("cache-control", &b"public, max-age=60"[..])];
    /// let response = ResponseHead::new(200).headers(headers);
    /// let changes = manager.commit(&session, response, now)?;
    /// assert_eq!(format!("{:?}", changes[2]), "Replace(cache-control: private, max-age=60)");
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn headers<'a, I>(self, headers: I) -> ResponseHead<'a, I>
    where
        I: IntoIterator<Item = (&'a str, &'a [u8])>,
    {
        ResponseHead {
            status: self.status,
            headers,
            marker: std::marker::PhantomData,
        }
    }
}

/// Headers are not shown: among them are cookies.
impl<I> fmt::Debug for ResponseHead<'_, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseHead")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// One change to a response's header fields. An adapter carries them out in order.
///
/// ```
/// use sealed_session::{HeaderChange, ResponseHead};
/// # use sealed_session::{Key, KeyRing, RequestHead, SessionManager};
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
/// # let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
/// # let session = manager.load(RequestHead::default(), now);
///
/// session.insert("theme", "dark")?;
/// let changes = manager.commit(&session, ResponseHead::new(200), now)?;
/// let HeaderChange::Append { name, value } = &changes[0] else { unreachable!() };
/// assert_eq!(*name, "set-cookie");
/// assert!(value.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax"));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderChange {
    /// Adds a field beside those of the same name.
    Append {
        /// The field's name, in lower case.
        name: &'static str,
        /// The field's value: visible ASCII and spaces.
        value: Cow<'static, str>,
    },
    /// Removes every field of this name.
    Remove {
        /// The field's name, in lower case.
        name: String,
    },
    /// Puts one field in place of all of the same name.
    Replace {
        /// The field's name, in lower case.
        name: &'static str,
        /// The field's value: visible ASCII and spaces.
        value: Cow<'static, str>,
    },
    /// Puts one field that carries the session, or a touch of it, in place of all of the same name;
    /// an empty one says that there is none any more.
    Token {
        /// The field's name, in lower case, as it was configured.
        name: String,
        /// The field's value: visible ASCII, or nothing.
        value: String,
    },
}

impl HeaderChange {
    /// Whether the value holds a session, and belongs neither in a log nor in a table of header
    /// compression.
    ///
    /// ```
    /// use sealed_session::ResponseHead;
    /// # use sealed_session::{Key, KeyRing, RequestHead, SessionManager};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
    /// # let session = manager.load(RequestHead::default(), now);
    ///
    /// session.insert("theme", "dark")?;
    /// let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    /// let secrets: Vec<bool> = changes.iter().map(|change| change.is_secret()).collect();
    /// assert_eq!(secrets, [true, false, false]); // Set-Cookie, Vary and Cache-Control
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn is_secret(&self) -> bool {
        match self {
            HeaderChange::Append { name, .. } => *name == "set-cookie",
            // A redirect to a sign-in page may be a link that carries a session.
            HeaderChange::Replace { name, .. } => *name == "location",
            HeaderChange::Token { .. } => true,
            HeaderChange::Remove { .. } => false,
        }
    }
}

/// Of a cookie and of a token only the name is shown, because the value is a session. Of a location the
/// query is not shown.
impl fmt::Debug for HeaderChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |name: &str, value: &str| match name {
            "set-cookie" => {
                let end = if value.ends_with("; Max-Age=0") {
                    "; Max-Age=0"
                } else {
                    ""
                };
                format!("{}=..{end}", value.split('=').next().unwrap_or_default())
            }
            "location" => match value.split_once('?') {
                Some((path, _)) => format!("{path}?.."),
                None => value.to_owned(),
            },
            _ => value.to_owned(),
        };
        match self {
            HeaderChange::Append { name, value } => {
                write!(f, "Append({name}: {})", shown(name, value))
            }
            HeaderChange::Remove { name } => write!(f, "Remove({name})"),
            HeaderChange::Replace { name, value } => {
                write!(f, "Replace({name}: {})", shown(name, value))
            }
            HeaderChange::Token { name, value } => {
                let shown = if value.is_empty() { "" } else { ".." };
                write!(f, "Token({name}: {shown})")
            }
        }
    }
}
