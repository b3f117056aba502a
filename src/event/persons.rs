//! Who acts as whom, for an audit trail.
//!
//! Owns that no `Debug` and no log shows it: what an account is called is personal data.

use std::fmt;

/// Who acts as whom; see [`Event::Acting`](crate::Event::Acting). Its `Debug` shows neither.
///
/// ```
/// use sealed_session::{Event, Key, KeyRing, SessionManager};
/// # use sealed_session::testing::Browser;
/// use std::sync::mpsc;
///
/// let (told, trail) = mpsc::channel();
/// let manager = SessionManager::builder("shop", KeyRing::new(Key::generate()?))
///     .on_event(move |event, _cookie| {
///         if let Event::Acting { persons, has_begun, .. } = event {
///             let (who, whom) = (persons.actor().to_owned(), persons.subject().to_owned());
///             drop(told.send((who, whom, *has_begun)));
///         }
///     })
///     .build()?;
/// # let mut browser = Browser::default().signed_in(&manager, "support-3")?;
/// # browser.visit(&manager, |session| session.act_as("user-17", &[]))?;
/// // Somebody called `session.act_as("user-17", &[])`.
/// assert_eq!(trail.try_recv(), Ok(("support-3".to_owned(), "user-17".to_owned(), true)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Persons {
    pub(crate) actor: Box<str>,
    pub(crate) subject: Box<str>,
}

impl Persons {
    /// Returns the subject of the real person.
    #[must_use]
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// Returns the mask: the subject as whom they act.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

impl fmt::Debug for Persons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Persons").finish_non_exhaustive()
    }
}
