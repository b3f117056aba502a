//! Names the independent sessions of an application. [The guide](crate::slots) says when to use several.

/// Names a slot: a type without values will do.
///
/// ```
/// use sealed_session::Slot;
///
/// enum Prefs {}
/// impl Slot for Prefs {}
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name a slot of sessions",
    note = "write `impl sealed_session::Slot for {Self} {{}}`, and add it by `SessionManager::with_slot`"
)]
#[doc(alias("named_session", "namespace"))]
pub trait Slot: Send + Sync + 'static {}

/// The slot that is always there, and that is meant where none is named.
///
/// ```
/// use sealed_session::{Key, KeyRing, Main, SessionManager};
/// use sealed_session::adapter::RequestHead;
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
///
/// let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// let session = manager.load(RequestHead::default(), now);
/// assert!(session.slot::<Main>().is_ok());
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Debug)]
pub enum Main {}

impl Slot for Main {}
