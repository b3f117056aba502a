//! The part of a response that sessions are committed to, and the changes of it.

use std::borrow::Cow;
use std::fmt;

const SET_COOKIE: &str = "set-cookie";
const LOCATION: &str = "location";

/// The parts of a response head that decide which lines may ride on it.
///
/// ```
/// use sealed_session::adapter::ResponseHead;
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
    /// Makes a response with this status and no headers.
    ///
    /// ```
    /// use sealed_session::adapter::ResponseHead;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// # let session = manager.load(RequestHead::default(), now);
    ///
    /// // A redirect carries a session like any other response.
    /// session.insert("notice", "Saved.")?;
    /// let changes = manager.commit(&session, ResponseHead::new(303), now)?;
    /// assert_eq!(changes[0].name(), "set-cookie");
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

    /// Sets the response's header fields. Hand over all of them: the core picks what it needs.
    ///
    /// ```
    /// use sealed_session::adapter::ResponseHead;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
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

/// The header fields of a response under way, as a framework keeps them. An adapter implements this
/// for its framework, and [`HeaderChange::apply`] does the rest.
///
/// Names are in lower case. A value is visible ASCII and spaces, or nothing.
///
/// ```
/// use sealed_session::adapter::{HeadersMut, ResponseHead};
/// use std::borrow::Cow;
/// # use sealed_session::{Key, KeyRing, SessionManager};
/// # use sealed_session::adapter::RequestHead;
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
/// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// # let session = manager.load(RequestHead::default(), now);
///
/// struct Fields(Vec<(Cow<'static, str>, Cow<'static, str>)>);
///
/// impl HeadersMut for Fields {
///     fn append(&mut self, name: Cow<'static, str>, value: Cow<'static, str>, _: bool) {
///         self.0.push((name, value));
///     }
///
///     fn replace(&mut self, name: Cow<'static, str>, value: Cow<'static, str>, _: bool) {
///         self.remove(&name);
///         self.0.push((name, value));
///     }
///
///     fn remove(&mut self, name: &str) {
///         self.0.retain(|(field, _)| field != name);
///     }
/// }
///
/// session.insert("theme", "dark")?;
/// let mut fields = Fields(vec![("cache-control".into(), "public".into())]);
/// for change in manager.commit(&session, ResponseHead::new(200), now)? {
///     change.apply(&mut fields);
/// }
/// let names: Vec<&str> = fields.0.iter().map(|(name, _)| name.as_ref()).collect();
/// assert_eq!(names, ["set-cookie", "vary", "cache-control"]);
/// # Ok::<(), sealed_session::Error>(())
/// ```
pub trait HeadersMut {
    /// Adds a field beside those of the same name. Keep a secret value out of logs and out of tables of
    /// header compression, where the framework can.
    fn append(&mut self, name: Cow<'static, str>, value: Cow<'static, str>, is_secret: bool);

    /// Puts one field in place of all of the same name. `is_secret` as with
    /// [`append`](HeadersMut::append).
    fn replace(&mut self, name: Cow<'static, str>, value: Cow<'static, str>, is_secret: bool);

    /// Removes every field of this name.
    fn remove(&mut self, name: &str);
}

/// One change to a response's header fields. An adapter carries them out in order.
///
/// ```
/// use sealed_session::adapter::ResponseHead;
/// # use sealed_session::{Key, KeyRing, SessionManager};
/// # use sealed_session::adapter::RequestHead;
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
/// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// # let session = manager.load(RequestHead::default(), now);
///
/// session.insert("theme", "dark")?;
/// let changes = manager.commit(&session, ResponseHead::new(200), now)?;
/// assert_eq!(changes[0].name(), "set-cookie");
/// assert!(changes[0].value().ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax"));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct HeaderChange {
    action: Action,
    name: Cow<'static, str>,
    /// Empty in a removal.
    value: Cow<'static, str>,
    is_secret: bool,
}

/// The kind of a change to the fields of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Append,
    Replace,
    Remove,
}

impl HeaderChange {
    /// Sets a cookie, or removes one.
    pub(crate) fn cookie(line: String) -> HeaderChange {
        HeaderChange::append(SET_COOKIE, line)
    }

    /// Tells the reader of a session's own field to forget.
    pub(crate) fn empty(name: &str) -> HeaderChange {
        HeaderChange::token(name, String::new())
    }

    /// Returns whether it is a session's own field, which no cache knows.
    pub(crate) fn is_own_field(&self) -> bool {
        self.is_secret && self.name != SET_COOKIE
    }

    /// Adds a field beside those of the same name.
    pub(crate) fn append(name: &'static str, value: impl Into<Cow<'static, str>>) -> HeaderChange {
        HeaderChange {
            action: Action::Append,
            name: name.into(),
            value: value.into(),
            is_secret: name == SET_COOKIE,
        }
    }

    /// Puts one field in place of all of the same name.
    pub(crate) fn replace(name: &'static str, value: impl Into<Cow<'static, str>>) -> HeaderChange {
        HeaderChange {
            action: Action::Replace,
            name: name.into(),
            value: value.into(),
            // A redirect to a sign-in page may be a link that carries a session.
            is_secret: name == LOCATION,
        }
    }

    /// Puts one field that carries the session, or a touch of it, in place of all of the same name. An
    /// empty one says that there is none any more.
    pub(crate) fn token(name: &str, value: String) -> HeaderChange {
        HeaderChange {
            action: Action::Replace,
            name: name.to_owned().into(),
            value: value.into(),
            is_secret: true,
        }
    }

    /// Removes every field of this name.
    pub(crate) fn remove(name: String) -> HeaderChange {
        HeaderChange {
            action: Action::Remove,
            name: name.into(),
            value: "".into(),
            is_secret: false,
        }
    }

    /// Carries this change out.
    ///
    /// ```
    /// use sealed_session::adapter::{HeaderChange, HeadersMut};
    ///
    /// fn apply_all(changes: Vec<HeaderChange>, headers: &mut impl HeadersMut) {
    ///     for change in changes {
    ///         change.apply(headers);
    ///     }
    /// }
    /// ```
    pub fn apply(self, headers: &mut impl HeadersMut) {
        match self.action {
            Action::Append => headers.append(self.name, self.value, self.is_secret),
            Action::Replace => headers.replace(self.name, self.value, self.is_secret),
            Action::Remove => headers.remove(&self.name),
        }
    }

    /// Returns the field's name, in lower case.
    ///
    /// ```
    /// use sealed_session::adapter::Verdict;
    ///
    /// let changes = Verdict::Forbidden.header_changes();
    /// assert_eq!(changes[0].name(), "cache-control");
    /// ```
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the field's value: visible ASCII and spaces. It is empty where a field is removed, and in
    /// the field of a session that has ended.
    ///
    /// ```
    /// use sealed_session::adapter::Verdict;
    ///
    /// let changes = Verdict::Forbidden.header_changes();
    /// assert_eq!(changes[0].value(), "no-store");
    /// ```
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns whether the value may hold a session, and belongs neither in a log nor in a table of
    /// header compression.
    ///
    /// ```
    /// use sealed_session::adapter::ResponseHead;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
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
        self.is_secret
    }

    /// Returns what a log may show of the value.
    fn shown(&self) -> String {
        let value = &*self.value;
        match &*self.name {
            SET_COOKIE => {
                let name = value.split('=').next().unwrap_or_default();
                let end = "; Max-Age=0";
                format!("{name}=..{}", if value.ends_with(end) { end } else { "" })
            }
            LOCATION => match value.split_once('?') {
                Some((path, _)) => format!("{path}?.."),
                None => value.to_owned(),
            },
            _ if self.is_secret && !value.is_empty() => "..".to_owned(),
            _ => value.to_owned(),
        }
    }
}

/// Of a cookie and of a token only the name is shown, because the value is a session. Of a location the
/// query is not shown.
impl fmt::Debug for HeaderChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match self.action {
            Action::Append => write!(f, "Append({name}: {})", self.shown()),
            Action::Replace => write!(f, "Replace({name}: {})", self.shown()),
            Action::Remove => write!(f, "Remove({name})"),
        }
    }
}
