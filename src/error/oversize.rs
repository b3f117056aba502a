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
/// let manager = SessionManager::builder("session", KeyRing::new(Key::generate()?))
///     .budget(Budget::portable())
///     .build()?;
/// let session = manager.load(RequestHead::default(), now);
/// # let noise = |n: u64| (n..n + 170).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect::<Vec<u64>>();
/// session.insert("noise", noise(1))?;
/// session.insert("more noise", noise(777))?;
///
/// let error = manager.commit(&session, ResponseHead::new(200), now).unwrap_err();
/// let sizes = error.sizes().expect("too large");
/// assert_eq!((sizes.measure, sizes.allowed), (Measure::Total, 2_622));
/// assert!(sizes.needed > sizes.allowed);
/// assert_eq!(sizes.largest[0].name, "more noise");
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Oversize {
    /// The unit that the limit counts in.
    pub measure: Measure,
    /// What the session needs, in the unit of [`measure`](Oversize::measure).
    pub needed: usize,
    /// What the budget allows, in the unit of [`measure`](Oversize::measure).
    pub allowed: usize,
    /// The bytes of a response head that the budget keeps for what is not the session; 0 if it does not
    /// [limit the head](crate::Budget::with_head_limit).
    pub reserved: usize,
    /// The largest attributes, at most three, with the largest first.
    pub largest: Vec<AttributeSize>,
    /// Whether one attribute alone is too large, and was not stored.
    pub(crate) is_alone: bool,
    /// Which budget holds more, and what it needs; nothing if none does.
    pub(crate) cure: &'static str,
}

/// The size of one attribute.
///
/// ```
/// # let session = sealed_session::testing::session();
/// let error = session.insert("noise", "x".repeat(100_000)).unwrap_err();
/// let sizes = error.sizes().expect("too large");
/// for attribute in &sizes.largest {
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
/// let manager = SessionManager::builder("session", ring).budget(Budget::direct()).build()?;
/// # let session = manager.load(RequestHead::default(), now);
///
/// // It would compress into one cookie, but nobody has to unpack so much.
/// session.insert("noise", "x".repeat(50_000))?;
/// session.insert("more noise", "y".repeat(50_000))?;
/// let error = session.size().unwrap_err();
/// assert_eq!(error.sizes().map(|sizes| sizes.measure), Some(Measure::Unpacked));
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
    /// Bytes of all attributes of a session that is [stored elsewhere](crate::overflow), before compression.
    Stored,
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
            cure: "",
        }
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
            Measure::Stored => write!(
                f,
                "{needed} bytes in the store, {over} more than the {allowed} that its overflow allows"
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
                ", which keeps {reserved} bytes of a response head for what stands beside it"
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
        f.write_str("; keep references instead of data")?;
        if !self.cure.is_empty() {
            write!(f, "; {}", self.cure)?;
        }
        Ok(())
    }
}
