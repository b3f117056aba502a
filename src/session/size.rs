//! The size of a session on its way out.

use super::Session;
use crate::cookie::{Budget, Jar, Tally};
use crate::error::{AttributeSize, Error};
use crate::visit::{SessionState, largest, request_bytes};

/// The size of a session on its way out; see [`Session::size`](crate::Session::size).
///
/// ```
/// # let session = sealed_session::testing::session();
/// session.insert("name", "Ada")?;
/// let size = session.size()?;
/// assert_eq!((size.cookies(), size.budget().total_limit()), (1, 6_500));
/// assert!(size.bytes() < 220);
/// assert_eq!((size.attributes()[0].name.as_str(), size.attributes()[0].bytes), ("name", 13));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    lines: Vec<LineSize>,
    request_bytes: usize,
    room: usize,
    budget: Budget,
    others: Tally,
    attributes: Vec<AttributeSize>,
}

/// The size of one line; see [`Size::lines`].
///
/// ```
/// # let session = sealed_session::testing::session();
/// session.insert("name", "Ada")?;
/// for line in session.size()?.lines() {
///     println!("{} takes {} bytes", line.name, line.bytes);
/// }
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct LineSize {
    /// The name of the cookie, of the field, or of the parameter of links.
    pub name: String,
    /// The bytes of the line. Of a cookie, they are those of its `Set-Cookie` value: name, value and
    /// attributes.
    pub bytes: usize,
}

impl Session {
    /// Returns the size of what a commit sends if the session was changed.
    ///
    /// # Errors
    ///
    /// [`Error::is_too_large`] if the session is over its budget.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.insert("name", "Ada")?;
    /// assert_eq!(session.size()?.cookies(), 1);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn size(&self) -> Result<Size, Error> {
        self.visit.at(self.at, |slot| {
            let exit = slot.exit();
            let others = slot.came().jar().map_or(Tally::default(), Jar::others);
            let sent = slot.opened().filter(|state| !state.is_nothing());
            let mut size = Size {
                lines: Vec::new(),
                request_bytes: request_bytes(0, others),
                room: 0,
                budget: *exit.budget(),
                others,
                attributes: Vec::new(),
            };
            let Some(record) = sent.and_then(SessionState::record) else {
                size.room = exit.empty_room();
                return Ok(size);
            };
            let fitted = exit.fit(record)?;
            let line = |(name, bytes): (&str, usize)| LineSize {
                name: name.to_owned(),
                bytes,
            };
            size.lines = fitted.pieces().map(line).collect();
            size.request_bytes = request_bytes(fitted.field_bytes(), others);
            size.room = fitted.room();
            size.attributes = largest(record, usize::MAX);
            Ok(size)
        })
    }
}

impl Size {
    /// Counts the bytes of what is sent: of cookies all `Set-Cookie` values, with names, values and
    /// attributes; of a field or a link the token, with what stands in front of it.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// assert_eq!(session.size()?.bytes(), 0);
    /// session.insert("name", "Ada")?;
    /// assert!((150..220).contains(&session.size()?.bytes()));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.lines.iter().map(|line| line.bytes).sum()
    }

    /// Counts the bytes of attributes that still fit if they can be neither packed nor compressed. Their
    /// names are included, and four to six bytes for each. A session that is stored as it is takes as many.
    /// One in LZ4 takes some tens of bytes less, and one in DEFLATE up to 7 % of its budget less, because
    /// new attributes make the others compress less well.
    ///
    /// ```
    /// # use sealed_session::Attribute;
    /// # let session = sealed_session::testing::session();
    /// let noise = |bytes| (0..bytes).map(|n: u32| (n.wrapping_mul(2_654_435_769) >> 24) as u8);
    /// const NOISE: Attribute<Vec<u8>> = Attribute::new("noise");
    /// session.insert(NOISE, noise(1_000).collect::<Vec<u8>>())?;
    ///
    /// let size = session.size()?;
    /// assert!((3_650..3_800).contains(&size.room()));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn room(&self) -> usize {
        self.room
    }

    /// Counts the bytes of the `Cookie` field of the next request, if the browser then has the other cookies
    /// that came along with this one, those of other [slots](crate::slots) among them. The session's
    /// touch and its tombstones are not counted, some 50 bytes each, and neither are the cookies of a
    /// session that was refused, as long as no other takes their place.
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
    /// let session = manager.load(RequestHead::new([&b"theme=dark; consent=all"[..]]), now);
    /// assert_eq!(session.size()?.request_bytes(), "theme=dark; consent=all".len());
    ///
    /// session.insert("name", "Ada")?;
    /// assert!((150..220).contains(&session.size()?.request_bytes()));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn request_bytes(&self) -> usize {
        self.request_bytes
    }

    /// Counts the cookies that came along and are not of this session. Those of other
    /// [slots](crate::slots) are among them as they came, with their touches and tombstones: one
    /// session knows of no other.
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
    /// let session = manager.load(RequestHead::new([&b"theme=dark; consent=all"[..]]), now);
    /// assert_eq!(session.size()?.other_cookies(), 2);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn other_cookies(&self) -> usize {
        self.others.cookies
    }

    /// Counts the bytes of these [other cookies](Size::other_cookies) in the request's `Cookie` field: names,
    /// values, and what stands between cookies.
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
    /// let session = manager.load(RequestHead::new([&b"theme=dark; consent=all"[..]]), now);
    /// assert_eq!(session.size()?.other_bytes(), "theme=dark; consent=all; ".len());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn other_bytes(&self) -> usize {
        self.others.bytes
    }

    /// Counts the cookies, or other pieces; 0 if there is no session.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// assert_eq!(session.size()?.cookies(), 0);
    /// session.insert("name", "Ada")?;
    /// assert_eq!(session.size()?.cookies(), 1);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn cookies(&self) -> usize {
        self.lines.len()
    }

    /// Returns the lines, in order.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.insert("name", "Ada")?;
    /// assert_eq!(session.size()?.lines()[0].name, "__Host-session");
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn lines(&self) -> &[LineSize] {
        &self.lines
    }

    /// Returns the budget that counts for the session, with the limits of [`bytes`](Size::bytes), of
    /// [`cookies`](Size::cookies) and of [`request_bytes`](Size::request_bytes).
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.insert("name", "Ada")?;
    /// let size = session.size()?;
    /// assert!(size.bytes() * 100 / size.budget().total_limit() < 4); // percent
    /// assert_eq!(size.budget().request_warning_limit(), 8_180);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn budget(&self) -> Budget {
        self.budget
    }

    /// Counts the bytes of a response head that the session may not have, because tombstones, removals, names of
    /// fields and what is said to caches may need them in the same response. 0 if the budget does not
    /// [limit the head](crate::Budget::with_head_limit).
    ///
    /// ```
    /// # use sealed_session::{Budget, Key, KeyRing, SessionManager};
    /// # use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    /// let manager = SessionManager::builder(ring).budget(Budget::compact()).build()?;
    /// let size = manager.load(RequestHead::default(), now).size()?;
    /// assert_eq!(size.budget().total_limit() + size.reserved(), 3_072);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn reserved(&self) -> usize {
        self.budget.reserved()
    }

    /// Returns every attribute with its bytes before compression, the largest first.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.insert("theme", "dark")?;
    /// session.insert("name", "Ada")?;
    /// let size = session.size()?;
    /// let names: Vec<&str> = size.attributes().iter().map(|each| each.name.as_str()).collect();
    /// assert_eq!(names, ["theme", "name"]);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn attributes(&self) -> &[AttributeSize] {
        &self.attributes
    }
}
