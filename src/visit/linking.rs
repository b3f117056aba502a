//! Seals the session into links, the one carrier that an application writes by itself.

use std::borrow::Cow;

use super::depot::Put;
use super::fitting::{Exit, largest};
use super::revoked::outliving;
use super::slot::SlotVisit;
use super::slot_state::Usage;
use super::state::Change;
use crate::carrier::{LINK_MAX, OwnLink, Source, sent_length};
use crate::error::{Error, Measure, Oversize};

impl SlotVisit<'_, '_> {
    /// Puts the session into `link`, if the client is answered in links and the link goes to the
    /// request's own origin.
    pub(crate) fn encode<'l>(&mut self, link: &'l str) -> Result<Cow<'l, str>, Error> {
        let config = self.config;
        let is_asked = self.source() == Source::Link;
        let own = self.slot.links.as_ref().filter(|_| is_asked);
        let own = own.and_then(|links| OwnLink::own(link, &links.own));
        let Some((own, links)) = own.zip(config.carriers.links()) else {
            return Ok(Cow::Borrowed(link));
        };
        let text = self.link_text()?;
        // Where other carriers come first, a session begins in links only if it is asked for.
        let asks = config.carriers.unasked() != Source::Link;
        let value = if asks || !text.is_empty() {
            Some(text.as_str())
        } else {
            None
        };
        let encoded = own.with(links.parameter(), value);
        let needed = sent_length(&encoded);
        if needed > LINK_MAX && !text.is_empty() {
            let mut oversize = Oversize::new(Measure::Link, needed, LINK_MAX);
            if let Some(record) = self.open().record() {
                oversize.largest = largest(record, 3);
            }
            return Err(Error::too_large(oversize).of_cookie(config.cookie()));
        }
        let is_sent = !self.phase.is_lost();
        if let Some(links) = &mut self.slot.links {
            links.note(text, is_sent);
        }
        Ok(Cow::Owned(encoded))
    }

    /// Returns the token that links carry; empty if there is no session.
    fn link_text(&mut self) -> Result<String, Error> {
        let (is_lost, is_closed) = (self.phase.is_lost(), self.phase.is_closed());
        let (config, now, usage) = (self.config, self.now, self.slot.usage);
        let is_heard = self.hears_everyday();
        // The first link of a response decided.
        if let Some(text) = self.made_link().filter(|_| !is_lost) {
            return Ok(text.to_owned());
        }
        // A token that is not to be sealed again is carried as it came.
        self.open();
        let Some(state) = self.opened() else {
            return Ok(String::new());
        };
        if let Some(held) = state.held() {
            let rests = usage == Usage::Passive
                || is_closed
                || !config.lifetime.is_touch_due(held.used(), now);
            if is_lost || (state.change() == Change::None && rests) {
                return Ok(self.slot.came.text().to_owned());
            }
        }
        if is_lost || is_closed || state.is_nothing() {
            return Ok(String::new());
        }
        // The session is sealed now, as it is.
        let Some(record) = state.record() else {
            return Ok(String::new());
        };
        let issued = state.issued(now, usage == Usage::Passive);
        let exit = Exit::of(config, Source::Link, state, now);
        let later = outliving(config, (state, self.slot.heard()), record, now);
        let record = later.as_deref().unwrap_or(record);
        let overflow = config.overflow.as_ref();
        // The link is made now, and what it leads to is stored before it is sent.
        let put = overflow.and_then(|overflow| Put::of(exit, overflow, record));
        let fitted = match &put {
            Some(put) => exit.fit_with(record, &put.deposit)?,
            None => exit.fit(record, self.slot.compressed())?,
        };
        let text = fitted.seal(issued)?;
        let mut notes = Vec::new();
        let size = fitted.write_size(state.unbroken());
        size.note(state, is_heard, |note| notes.push(note));
        notes.into_iter().for_each(|note| self.note(note));
        if put.is_some() {
            self.slot.depot_mut().put = put;
        }
        Ok(text)
    }
}
