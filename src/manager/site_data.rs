//! Names what a browser may be asked to forget at a sign-out.

/// A kind of data that `Clear-Site-Data` names (W3C Clear Site Data, section 3.1).
///
/// Cookies are not among them: clearing them takes every cookie of the site and of its sibling
/// domains, and the tombstone that keeps the session from coming back.
///
/// ```
/// use sealed_session::{SessionManager, SiteData};
/// use sealed_session::adapter::ResponseHead;
/// # use sealed_session::{Key, KeyRing};
/// # use sealed_session::adapter::RequestHead;
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
/// # let ring = KeyRing::new(Key::generate()?);
///
/// let manager = SessionManager::builder("session", ring)
///     .clear_site_data([SiteData::Cache, SiteData::Storage])
///     .build()?;
/// # let cookie = format!("__Host-session={}", "A".repeat(100));
/// # let session = manager.load(RequestHead::new([cookie.as_bytes()]), now);
/// session.destroy()?;
///
/// let changes = manager.commit(&session, ResponseHead::new(303), now)?;
/// let cleared = changes.iter().find(|change| change.name() == "clear-site-data");
/// assert_eq!(cleared.map(|change| change.value()), Some(r#""cache", "storage""#));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SiteData {
    /// Responses that the browser stored, and pages kept for going back.
    Cache,
    /// Which client hints the server asked for by `Accept-CH`.
    ClientHints,
    /// Open pages of this origin, which reload.
    ExecutionContexts,
    /// Local storage, databases and service workers of this origin.
    Storage,
}

impl SiteData {
    /// Returns how the field spells it.
    pub(super) fn element(self) -> &'static str {
        match self {
            SiteData::Cache => "\"cache\"",
            SiteData::ClientHints => "\"clientHints\"",
            SiteData::ExecutionContexts => "\"executionContexts\"",
            SiteData::Storage => "\"storage\"",
        }
    }
}
