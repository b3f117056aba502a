//! The name of a carrier, for applications.

/// How a session came with its request; see [`Session::opened_from`](crate::Session::opened_from).
///
/// ```
/// use sealed_session::SessionManager;
/// use sealed_session::report::Source;
/// use sealed_session::adapter::RequestHead;
/// # use sealed_session::{Key, KeyRing};
/// # use sealed_session::adapter::ResponseHead;
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
/// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// # let session = manager.load(RequestHead::default(), now);
/// # session.insert("name", "Ada")?;
/// # let changes = manager.commit(&session, ResponseHead::new(200), now)?;
/// # let value = changes[0].value();
/// # let cookie = value.split(';').next().unwrap_or_default().as_bytes();
///
/// let session = manager.load(RequestHead::new([cookie]), now);
/// assert_eq!(session.opened_from(), Some(Source::Cookie));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Source {
    /// In cookies, which browsers send along with requests that other sites caused.
    Cookie,
    /// In a header field, which only a program sends that has the token.
    Field,
    /// In a link that somebody followed, be it given to them or leaked.
    Link,
}
