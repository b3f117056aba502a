//! Implements the messages for the next page.
//!
//! Owns how a list of them grows and is taken. The words are those of `flash`.

use super::Session;
use super::attribute::Attribute;
use super::key::WriteKey;
use crate::error::Error;
use crate::flash::{Flash, Level, Message};
use crate::payload::{Detached, Entry};
use crate::visit::{Edit, SlotVisit};

/// All messages, in order. Those that a newer node wrote in a way of its own are left to it.
const MESSAGES: Attribute<Vec<Message>> = Attribute::new("flash").absent_if_unreadable();

impl Session {
    /// Says a message on the page that takes it, which is another request's nearly always. All handles of a request say
    /// it to the same browser, whatever their slot.
    ///
    /// Messages wait for five minutes from the last one on, and there is room for about 400 bytes of them, which
    /// [`Event::NearBudget`](crate::Event::NearBudget) tells of before it is full. If there is none for this one, the oldest
    /// make way: a script that sends forms may never load a page that takes any, and its next form must not fail for it.
    ///
    /// # Errors
    ///
    /// - [`Error::is_misuse`] if the manager was built without [`flash`](crate::SessionManagerBuilder::flash);
    /// - [`Error::is_too_large`] if there would be no room for this message alone. Those that wait stay;
    /// - as [`insert`](Session::insert) where nothing can be stored: [`Error::is_too_late`], [`Error::is_poisoned`],
    ///   [`Error::is_off_loopback`] and [`Error::is_randomness`].
    ///
    /// ```
    /// use sealed_session::flash::Level;
    /// # let session = sealed_session::testing::session();
    /// session.flash(Level::Success, "Saved.")?;
    /// assert!(session.flash(Level::Error, "long ".repeat(800)).unwrap_err().is_too_large());
    /// assert_eq!(session.take_flashes()?.len(), 1);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("message", "notice", "toast"))]
    pub fn flash(&self, level: Level, text: impl Into<String>) -> Result<(), Error> {
        let flashes = self.flashes()?;
        let said = flashes.try_flash(Message {
            level,
            text: text.into(),
        });
        said.map_err(|error| flashes.owned(error))
    }

    /// Takes all messages, the oldest first. The response that shows them removes their cookie.
    ///
    /// Call it where the page is made, and nowhere else: a request that does not take them leaves them for the next one.
    /// A response of 500 or above takes nothing. Neither does a request whose answer nobody may see, to which this returns no
    /// message: a `HEAD`, and a page that a browser prefetches (`Sec-Purpose`).
    ///
    /// # Errors
    ///
    /// - [`Error::is_misuse`] if the manager was built without [`flash`](crate::SessionManagerBuilder::flash);
    /// - [`Error::is_too_late`] after the response head has been sent, and [`Error::is_poisoned`] after a panic with a
    ///   session in hand, if there are messages.
    ///
    /// ```
    /// use sealed_session::flash::Level;
    /// # let session = sealed_session::testing::session();
    /// session.flash(Level::Warning, "The voucher is used up.")?;
    /// session.flash(Level::Success, "Ordered.")?;
    ///
    /// let all: Vec<String> = session.take_flashes()?.iter().map(|m| format!("{}: {m}", m.level)).collect();
    /// assert_eq!(all, ["warning: The voucher is used up.", "success: Ordered."]);
    /// assert!(session.take_flashes()?.is_empty());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn take_flashes(&self) -> Result<Vec<Message>, Error> {
        let flashes = self.flashes()?;
        // Asked first, so that the response varies by the cookie also where nothing is taken.
        if !flashes.contains(MESSAGES) || self.visit.goes_unseen() {
            return Ok(Vec::new());
        }
        Ok(flashes.take_by(&MESSAGES, Edit::Drop)?.unwrap_or_default())
    }

    /// Returns the session that messages wait in.
    fn flashes(&self) -> Result<Session, Error> {
        let at = self.visit.find::<Flash>().ok_or_else(|| {
            self.owned(Error::misuse(
                "this manager keeps no messages for the next page; build it by `SessionManager::builder(..).flash().build()?`",
            ))
        })?;
        Ok(self.beside(at))
    }

    fn try_flash(&self, message: Message) -> Result<(), Error> {
        // Until no other clone said or took some meanwhile.
        loop {
            let before = self.read(|state| state.detached(MESSAGES.name()));
            let before = before.as_ref().map(Detached::entry);
            let there = match &before {
                Some(entry) => self.read_entry(&MESSAGES, entry, true)?,
                None => None,
            };
            let mut all = there.unwrap_or_default();
            all.push(message.clone());
            if self.put_newest(all, before)? {
                return Ok(());
            }
        }
    }

    /// Stores as many of the newest messages as there is room for. Returns whether it did: it does not if others are there by
    /// now than `before`.
    fn put_newest(&self, mut all: Vec<Message>, before: Option<Entry<'_>>) -> Result<bool, Error> {
        let name = MESSAGES.name();
        loop {
            let written = MESSAGES.write(&all);
            let written = written.map_err(|what| Error::not_representable(name, what))?;
            let entry = written.entry(name);
            let put = |slot: &mut SlotVisit<'_, '_>| slot.put_anew(name, entry, before);
            match self.visit.at(self.at, put) {
                Err(error) if error.is_too_large() && all.len() > 1 => drop(all.remove(0)),
                put => return put,
            }
        }
    }
}
