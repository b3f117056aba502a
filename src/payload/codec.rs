//! The codecs of attributes.
//!
//! Typed keys store postcard, string keys store JSON text. postcard under a string key would misread in
//! silence: `insert("visits", 1)` infers `i32`, and `get::<u32>` would give 2.

/// The codec of an attribute's value. The numbers are frozen: see FORMAT.md.
///
/// ```
/// use sealed_session::inspect::{self, Codec};
/// use sealed_session::Attribute;
/// # use sealed_session::testing::Browser;
/// # use sealed_session::{Key, KeyRing, SessionManager};
/// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// # let mut browser = Browser::default();
///
/// browser.visit(&manager, |session| {
///     session.insert("theme", "dark")?;
///     session.insert(Attribute::<u32>::new("visits"), 1)
/// })?;
/// let candidates = inspect::candidates(&browser.session(&manager));
/// let codecs = candidates[0].content.iter().flat_map(|content| &content.attributes);
/// let codecs: Vec<_> = codecs.map(|attribute| attribute.codec).collect();
/// assert_eq!(codecs, [Some(Codec::Json), Some(Codec::Postcard)]);
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Codec {
    /// postcard, of typed keys: two bytes that stand for the type, and its fields without their names.
    Postcard = 0,
    /// JSON text, of string keys.
    Json = 1,
}

impl Codec {
    /// Returns the codec of this number; `None` if this version does not know it.
    pub(super) fn of(number: u8) -> Option<Codec> {
        let known = [Codec::Postcard, Codec::Json];
        known.get(usize::from(number)).copied()
    }
}
