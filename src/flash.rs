//! Messages for the next page: "Saved.", "You are signed out."
//!
//! A handler that redirects says them by [`Session::flash`](crate::Session::flash), and the page that the browser loads
//! next takes them by [`Session::take_flashes`](crate::Session::take_flashes), or by the extractor `Flashes` of an
//! adapter. They have a [slot](crate::slots) of their own, so they never race with the session, and they outlive a
//! sign-out. [`SessionManagerBuilder::flash`](crate::SessionManagerBuilder::flash) adds it. The guide is
//! [Messages for the next page][guide].
//!
//! Here are the words. Where they wait, and for how long, is said by `manager`.
//!
//! [guide]: https://github.com/sealed-session/sealed-session/blob/main/docs/flash.md

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::slot::Slot;

/// The slot that messages wait in. It is private: a session of it holds messages, and nothing else.
pub(crate) enum Flash {}

impl Slot for Flash {}

/// The kind of a [`Message`], for its colour and its icon.
///
/// ```
/// use sealed_session::flash::Level;
///
/// let class = format!("alert alert-{}", Level::Success);
/// assert_eq!(class, "alert alert-success");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Level {
    /// Something to know.
    Info,
    /// What was asked for is done.
    Success,
    /// It is done, and something needs attention.
    Warning,
    /// It is not done.
    Error,
}

impl Level {
    /// Returns its name in lower case: `info`, `success`, `warning` or `error`. It is the same in JSON.
    ///
    /// ```
    /// use sealed_session::flash::Level;
    ///
    /// assert_eq!(Level::Warning.as_str(), "warning");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Info => "info",
            Level::Success => "success",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One message for a page. `Display` writes its text as it is: a template escapes it. `Debug` does not show it.
///
/// ```
/// use sealed_session::flash::Level;
/// # let session = sealed_session::testing::session();
/// session.flash(Level::Info, "Tom & Jerry are back.")?;
///
/// let messages = session.take_flashes()?;
/// assert_eq!((messages[0].level, messages[0].to_string().as_str()), (Level::Info, "Tom & Jerry are back."));
/// assert_eq!(format!("{:?}", messages[0]), "Message { level: Info, .. }");
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Message {
    /// Its kind.
    pub level: Level,
    /// What it says, as it was given.
    pub text: String,
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}
