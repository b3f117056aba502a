//! The slot that messages for the next page wait in, derived from the configuration of the main one.
//!
//! Owns for how long they wait, and in how much room. What they are is said by `flash`.

use std::time::Duration;

use super::SessionManagerBuilder;
use super::own_slot::OwnSlot;
use crate::cookie::Budget;
use crate::error::Error;
use crate::flash::Flash;
use crate::visit::SlotConfig;

/// How long a message waits: for a redirect, or for a sign-in with a second factor. Whoever uses this browser next should
/// not read it.
const WAITS: Duration = Duration::from_secs(5 * 60);

/// What the name of the application has at its end there.
const SUFFIX: &str = "-flash";

impl SessionManagerBuilder {
    /// Adds messages for the next page: a handler says them by [`Session::flash`](crate::Session::flash), and the page that
    /// shows them takes them by [`Session::take_flashes`](crate::Session::take_flashes). See [`flash`](crate::flash).
    ///
    /// They wait in a cookie and a [slot](crate::slots) of their own, which follows this configuration in its ring, its audience
    /// and the attributes of its cookie. Its name is that of the application with `-flash` at the end. It lives for five
    /// minutes, in the browser, too, and has 754 bytes. Visitors without messages have no such cookie. A budget that limits the
    /// [response head](crate::Budget::with_head_limit), as the default one does, gives 768 bytes of it to this cookie.
    ///
    /// # Errors
    ///
    /// [`build`](SessionManagerBuilder::build) refuses a manager whose sessions do not travel in cookies: a client without a jar has no
    /// page to show a message on. Where some of them travel in header fields or in links, the messages do not.
    ///
    /// ```
    /// use sealed_session::SessionManager;
    /// use sealed_session::adapter::{RequestHead, ResponseHead};
    /// use sealed_session::flash::Level;
    /// # use sealed_session::{Key, KeyRing};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let manager = SessionManager::builder("shop", ring).flash().build()?;
    /// let session = manager.load(RequestHead::default(), now);
    /// session.flash(Level::Success, "Saved.")?;
    ///
    /// let changes = manager.commit(&session, ResponseHead::new(303), now)?;
    /// assert_eq!(format!("{:?}", changes[0]), "Append(set-cookie: __Host-shop-flash=..)");
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("messages", "notice"))]
    pub fn flash(mut self) -> SessionManagerBuilder {
        self.has_flash = true;
        self
    }

    /// Returns the slot for messages, if there is one.
    pub(super) fn flash_slot(&self) -> Result<Option<SlotConfig>, Error> {
        let own = OwnSlot {
            what: "messages for the next page",
            suffix: SUFFIX,
            waits: WAITS,
            budget: Budget::for_messages(),
        };
        self.has_flash
            .then(|| self.own_slot::<Flash>(own))
            .transpose()
    }
}
