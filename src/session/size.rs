//! What a session costs.

use crate::cookie::{Budget, Tally};

/// What a session costs to send; see [`Session::size`](crate::Session::size).
///
/// ```
/// # let session = sealed_session::testing::session();
/// session.insert("name", "Ada")?;
/// let size = session.size()?;
/// assert_eq!((size.cookies(), size.total_limit()), (1, 6_500));
/// assert!(size.bytes() < 220);
/// assert_eq!(size.attributes(), [("name".to_owned(), 13)]);
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Size {
    /// Name and bytes of each line.
    pub(super) lines: Vec<(String, usize)>,
    pub(super) request_bytes: usize,
    pub(super) room: usize,
    pub(super) budget: Budget,
    pub(super) others: Tally,
    pub(super) attributes: Vec<(String, usize)>,
}

impl Size {
    /// Bytes of all `Set-Cookie` values together: names, values and attributes.
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
        self.lines.iter().map(|(_, bytes)| bytes).sum()
    }

    /// How many more bytes of attributes fit if they can be neither packed nor compressed; their
    /// names, and four to six bytes for each, included. Beside them, what is there now compresses
    /// less well: a session that is stored as it is takes as many, one in LZ4 some tens less, and
    /// one in DEFLATE up to 7 % of its budget less.
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

    /// Bytes of the `Cookie` field of the next request, if the browser then has the other cookies
    /// that came along with this one, those of other [slots](crate::slots) among them. The session's
    /// touch and its tombstones are not counted, some 50 bytes each, and neither are the cookies of a
    /// session that was refused, as long as no other takes their place.
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing, RequestHead, SessionManager};
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

    /// Above how many [`request_bytes`](Size::request_bytes) common servers refuse a request.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// assert_eq!(session.size()?.request_warning_limit(), 8_180);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn request_warning_limit(&self) -> usize {
        self.budget.request_warning_limit()
    }

    /// How many cookies came along that are not of this session. Those of other
    /// [slots](crate::slots) are among them as they came, with their touches and tombstones: one
    /// session knows of no other.
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing, RequestHead, SessionManager};
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

    /// Bytes of these [other cookies](Size::other_cookies) in the request's `Cookie` field: names,
    /// values, and what stands between cookies.
    ///
    /// ```
    /// # use sealed_session::{Key, KeyRing, RequestHead, SessionManager};
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

    /// How many cookies; 0 if there is no session.
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

    /// Each cookie's name, and the bytes of its `Set-Cookie` value: name, value and attributes.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.insert("name", "Ada")?;
    /// assert_eq!(session.size()?.lines()[0].0, "__Host-session");
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn lines(&self) -> &[(String, usize)] {
        &self.lines
    }

    /// What the budget allows [`bytes`](Size::bytes) to be.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.insert("name", "Ada")?;
    /// let size = session.size()?;
    /// assert!(size.bytes() * 100 / size.total_limit() < 4); // percent
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn total_limit(&self) -> usize {
        self.budget.total_limit()
    }

    /// Bytes of a response head that the session may not have, because tombstones, removals, names of
    /// fields and what is said to caches may need them in the same response. 0 if the budget does not
    /// [limit the head](crate::Budget::head).
    ///
    /// ```
    /// # use sealed_session::{Budget, Key, KeyRing, RequestHead, SessionManager};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    /// let manager = SessionManager::builder(ring).budget(Budget::compact()).build()?;
    /// let size = manager.load(RequestHead::default(), now).size()?;
    /// assert_eq!(size.total_limit() + size.reserved(), 3_072);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn reserved(&self) -> usize {
        self.budget.reserved()
    }

    /// Above how many [`bytes`](Size::bytes) a proxy with stock settings may refuse the response.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// assert_eq!(session.size()?.warning_limit(), 3_072);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn warning_limit(&self) -> usize {
        self.budget.warning_limit()
    }

    /// How many cookies the budget allows.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// assert_eq!(session.size()?.cookie_limit(), 2);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn cookie_limit(&self) -> usize {
        self.budget.cookie_limit()
    }

    /// Every attribute with its bytes before compression, the largest first.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.insert("theme", "dark")?;
    /// session.insert("name", "Ada")?;
    /// let size = session.size()?;
    /// let names: Vec<&str> = size.attributes().iter().map(|(name, _)| name.as_str()).collect();
    /// assert_eq!(names, ["theme", "name"]);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn attributes(&self) -> &[(String, usize)] {
        &self.attributes
    }
}
