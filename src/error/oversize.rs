//! The sizes of a session that does not fit.

use std::fmt;

/// The numbers behind a session that was not sent; see [`Error::sizes`](crate::Error::sizes).
///
/// ```
/// use sealed_session::{Budget, Key, KeyRing, SessionManager};
/// use sealed_session::report::Measure;
/// use sealed_session::adapter::ResponseHead;
/// # use sealed_session::adapter::RequestHead;
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
/// let manager = SessionManager::builder(KeyRing::new(Key::generate()?))
///     .budget(Budget::compact())
///     .build()?;
/// let session = manager.load(RequestHead::default(), now);
/// # let noise = |n: u64| (n..n + 170).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect::<Vec<u64>>();
/// session.insert("noise", noise(1))?;
/// session.insert("more noise", noise(777))?;
///
/// let error = manager.commit(&session, ResponseHead::new(200), now).unwrap_err();
/// let sizes = error.sizes().expect("too large");
/// assert_eq!((sizes.measure(), sizes.allowed()), (Measure::Total, 2_622));
/// assert!(sizes.needed() > sizes.allowed());
/// assert_eq!(sizes.largest()[0].name, "more noise");
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oversize {
    pub(crate) measure: Measure,
    pub(crate) needed: usize,
    pub(crate) allowed: usize,
    pub(crate) reserved: usize,
    pub(crate) largest: Vec<AttributeSize>,
    /// Whether one attribute is too large by itself.
    pub(crate) is_alone: bool,
}

/// The size of one attribute.
///
/// ```
/// # let session = sealed_session::testing::session();
/// let error = session.insert("noise", "x".repeat(100_000)).unwrap_err();
/// let sizes = error.sizes().expect("too large");
/// for attribute in sizes.largest() {
///     println!("{} takes {} bytes", attribute.name, attribute.bytes);
/// }
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AttributeSize {
    /// The attribute's name.
    pub name: String,
    /// Its bytes before packing and compression, name included.
    pub bytes: usize,
}

/// The unit of an [`Oversize`]: what was counted when the limit was passed.
///
/// ```
/// use sealed_session::Budget;
/// use sealed_session::report::Measure;
/// # use sealed_session::{Key, KeyRing, SessionManager};
/// # use sealed_session::adapter::RequestHead;
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
/// # let ring = KeyRing::new(Key::generate()?);
/// let manager = SessionManager::builder(ring).budget(Budget::direct()).build()?;
/// # let session = manager.load(RequestHead::default(), now);
///
/// // It would compress into one cookie, but nobody has to unpack so much.
/// session.insert("noise", "x".repeat(50_000))?;
/// session.insert("more noise", "y".repeat(50_000))?;
/// let error = session.size().unwrap_err();
/// assert_eq!(error.sizes().map(|sizes| sizes.measure()), Some(Measure::Unpacked));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Measure {
    /// Cookies, each filled to its line limit.
    Cookies,
    /// Bytes of the header field of a session that travels in one: name and value.
    Field,
    /// Characters of a link with the session in it. No budget raises this limit.
    Link,
    /// Bytes of all `Set-Cookie` values of the session together.
    Total,
    /// Bytes of all attributes before compression. No budget raises this limit.
    Unpacked,
}

impl Oversize {
    pub(crate) fn new(measure: Measure, needed: usize, allowed: usize) -> Oversize {
        Oversize {
            measure,
            needed,
            allowed,
            reserved: 0,
            largest: Vec::new(),
            is_alone: false,
        }
    }

    /// Returns the unit that the limit counts in.
    ///
    /// ```
    /// use sealed_session::report::Measure;
    /// # use sealed_session::{Budget, Key, KeyRing, SessionManager};
    /// # use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    /// # let manager = SessionManager::builder(ring).budget(Budget::direct().with_cookie_limit(2)).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// # let noise = |n: u64| (n..n + 400).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect::<Vec<u64>>();
    ///
    /// session.insert("noise", noise(1))?;
    /// session.insert("more noise", noise(777))?; // more than the two cookies of this budget hold
    /// let error = session.size().unwrap_err();
    /// assert_eq!(error.sizes().map(|sizes| sizes.measure()), Some(Measure::Cookies));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn measure(&self) -> Measure {
        self.measure
    }

    /// Returns how much the session needs, in the unit of [`measure`](Oversize::measure).
    ///
    /// ```
    /// # use sealed_session::{Budget, Key, KeyRing, SessionManager};
    /// # use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    /// # let manager = SessionManager::builder(ring).budget(Budget::direct().with_cookie_limit(2)).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// # let noise = |n: u64| (n..n + 400).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect::<Vec<u64>>();
    /// session.insert("noise", noise(1))?;
    /// session.insert("more noise", noise(777))?; // more than the two cookies of this budget hold
    /// let error = session.size().unwrap_err();
    /// assert_eq!(error.sizes().map(|sizes| sizes.needed()), Some(3));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn needed(&self) -> usize {
        self.needed
    }

    /// Returns how much the budget allows, in the unit of [`measure`](Oversize::measure).
    ///
    /// ```
    /// # use sealed_session::{Budget, Key, KeyRing, SessionManager};
    /// # use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    /// # let manager = SessionManager::builder(ring).budget(Budget::direct().with_cookie_limit(2)).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// # let noise = |n: u64| (n..n + 400).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect::<Vec<u64>>();
    /// session.insert("noise", noise(1))?;
    /// session.insert("more noise", noise(777))?; // more than the two cookies of this budget hold
    /// let error = session.size().unwrap_err();
    /// assert_eq!(error.sizes().map(|sizes| sizes.allowed()), Some(2));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn allowed(&self) -> usize {
        self.allowed
    }

    /// Returns the bytes of a limited response head that the session may not have, because other lines of the
    /// same response need them; see [`Budget::with_head_limit`](crate::Budget::with_head_limit).
    ///
    /// ```
    /// use sealed_session::{Budget, Key, KeyRing, SessionManager};
    /// use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    /// let manager = SessionManager::builder(ring).budget(Budget::compact()).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// # let noise = |n: u64| (n..n + 400).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect::<Vec<u64>>();
    /// let error = session.insert("noise", noise(1)).unwrap_err();
    /// let sizes = error.sizes().expect("too large");
    /// assert_eq!(sizes.allowed() + sizes.reserved(), 3_072);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn reserved(&self) -> usize {
        self.reserved
    }

    /// Returns the largest attributes, at most three, with the largest first.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.insert("name", "Ada")?;
    /// session.insert("noise", "x".repeat(50_000))?;
    /// session.insert("more noise", "y".repeat(40_000))?;
    ///
    /// let error = session.size().unwrap_err();
    /// let largest = error.sizes().expect("too large").largest();
    /// assert_eq!((largest.len(), largest[0].name.as_str()), (3, "noise"));
    /// assert!(largest[0].bytes > 50_000);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn largest(&self) -> &[AttributeSize] {
        &self.largest
    }
}

impl fmt::Display for Oversize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (needed, allowed) = (self.needed, self.allowed);
        let over = needed.saturating_sub(allowed);
        match self.largest.as_slice() {
            [AttributeSize { name, .. }] if self.is_alone => {
                write!(f, "attribute `{name}` by itself needs ")?;
            }
            _ => f.write_str("the session needs ")?,
        }
        match self.measure {
            Measure::Total => write!(
                f,
                "{needed} bytes of Set-Cookie, {over} more than the budget of {allowed}"
            ),
            Measure::Field => write!(
                f,
                "{needed} bytes in its header field, {over} more than the budget of {allowed}"
            ),
            Measure::Cookies => write!(f, "{needed} cookies and the budget allows {allowed}"),
            Measure::Link => write!(
                f,
                "a link of {needed} characters, {over} more than the {allowed} that one may have"
            ),
            Measure::Unpacked => write!(
                f,
                "{needed} bytes before compression, {over} more than the {allowed} that a token \
                 may unpack to"
            ),
        }?;
        if self.reserved > 0 {
            let reserved = self.reserved;
            write!(
                f,
                ", which keeps {reserved} bytes of a response head for tombstones, removals and caching"
            )?;
        }
        if self.is_alone {
            f.write_str("; it was not stored")?;
        } else {
            f.write_str("; the browser keeps its previous session; the largest attributes are")?;
            for (at, AttributeSize { name, bytes }) in self.largest.iter().enumerate() {
                let comma = if at == 0 { "" } else { "," };
                write!(f, "{comma} `{name}` with {bytes} bytes")?;
            }
        }
        f.write_str(match self.measure {
            Measure::Link | Measure::Unpacked => "; keep references instead of data",
            _ => "; keep references instead of data, or choose a larger `Budget`",
        })
    }
}
