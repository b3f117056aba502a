//! Links that carry a session.

use std::borrow::Cow;

use super::fate::Phase;
use super::packed::{Packed, largest};
use super::report::Written;
use super::{Inner, Session, Slot};
use crate::error::{Error, Measure, Oversize};
use crate::transport::{LINK_MAX, Link, Own, Source, sent_length};

/// What one request knows of links.
pub(crate) struct Links {
    own: Own,
    /// Whether a token is in the request's URL, or in a link that was made. A link that is not to be
    /// sent may be in the response all the same.
    exposed: bool,
    /// What links carry from the first one on; empty if there is no session.
    carried: Option<String>,
}

impl Links {
    /// For a request of this origin; `came` says whether its own URL has a token in it.
    pub(crate) fn new(own: Own, came: bool) -> Links {
        Links {
            own,
            exposed: came,
            carried: None,
        }
    }

    /// Whether a link was made.
    pub(super) fn is_made(&self) -> bool {
        self.carried.is_some()
    }

    /// Whether a token is in the request's URL or in a link.
    pub(super) fn is_exposed(&self) -> bool {
        self.exposed
    }

    /// Links that were made are not sent.
    pub(super) fn forget(&mut self) {
        self.carried = None;
    }
}

impl Session {
    /// `link` with the session in it, for a client that is answered in links
    /// ([`Transport::url_that_leaks`](crate::Transport::url_that_leaks)). For everybody else it comes
    /// back as it was, so a page can put all its links through this.
    ///
    /// Links to the request's own origin carry the session: relative ones, and absolute ones with
    /// https, or http on this machine, and the host and port that the request names. All others come
    /// back as they were, and so do those that browsers may read differently: with `//` at the front,
    /// with a backslash, white space or a control character. An empty link and a bare fragment stay on
    /// the page. A parameter of the session's name is replaced, and a fragment stays last. Where the link
    /// goes into HTML, escape it after this.
    ///
    /// **The first link closes the session.** It is sealed then, as it is, and every link of the response
    /// carries it so. What would change it later in the same request is an error
    /// ([`Error::is_too_late`]), and a session that was changed and is in no link fails the commit
    /// ([`Error::is_unlinked`]): change first, then write links, and put the target of a redirect
    /// through this, too.
    ///
    /// A session that is not changed is sealed again when a touch would be due; until then links carry
    /// the token that came. After a commit that failed they carry that, too.
    ///
    /// # Errors
    ///
    /// [`Error::is_too_large`] if the link would be longer than 2,000 characters; as a commit otherwise.
    ///
    /// ```
    /// use sealed_session::{Lifetime, RequestHead, SessionManager, Transport};
    /// # use std::time::Duration;
    /// # use sealed_session::{Key, KeyRing};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let policy = Lifetime::new().idle(Duration::from_secs(900));
    /// # let builder = SessionManager::builder(KeyRing::new(Key::generate()?)).lifetime(policy);
    ///
    /// let manager = builder.transport(Transport::url_that_leaks("s")).build()?;
    /// let session = manager.load(RequestHead::default().host("shop.example"), now);
    /// session.insert("name", "Ada")?;
    ///
    /// assert!(session.encode_url("/cart?page=2#top")?.starts_with("/cart?page=2&s=A"));
    /// assert!(session.encode_url("https://shop.example/")?.contains("?s=A"));
    /// assert_eq!(session.encode_url("//evil.example/")?, "//evil.example/");
    /// assert!(session.insert("name", "Grace").unwrap_err().is_too_late());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn encode_url<'l>(&self, link: &'l str) -> Result<Cow<'l, str>, Error> {
        let context = &self.inner.context;
        let Some(parameter) = context.transport.in_links() else {
            return Ok(Cow::Borrowed(link));
        };
        let encoded = self
            .inner
            .locked(|slot| self.inner.encode_url(slot, link, parameter));
        encoded.map_err(|error| self.refused(error))
    }

    /// The path and query of a request without the session that may be in them.
    pub(crate) fn without_token(&self, target: String) -> String {
        let parameter = self.inner.context.transport.in_links();
        let nowhere = Own::new(None, false);
        let link = parameter.and_then(|_| Link::own(&target, &nowhere));
        let stripped = parameter.zip(link);
        stripped
            .map(|(parameter, link)| link.with(parameter, None))
            .unwrap_or(target)
    }
}

impl Inner {
    fn encode_url<'l>(
        &self,
        slot: &mut Slot,
        link: &'l str,
        parameter: &str,
    ) -> Result<Cow<'l, str>, Error> {
        let context = &self.context;
        let is_asked = slot.jar.source() == Source::Url;
        let links = slot.links.as_ref().filter(|_| is_asked);
        let Some(own) = links.and_then(|links| Link::own(link, &links.own)) else {
            return Ok(Cow::Borrowed(link));
        };
        let text = self.in_links(slot)?;
        // Where other transports come first, a session begins in links only if it is asked for.
        let asks = context.transport.unasked() != Source::Url;
        let value = Some(text.as_str()).filter(|text| asks || !text.is_empty());
        let encoded = own.with(parameter, value);
        let needed = sent_length(&encoded);
        if needed > LINK_MAX && !text.is_empty() {
            let mut oversize = Oversize::new(Measure::Link, needed, LINK_MAX);
            let record = slot.state.as_ref().and_then(|state| state.record.as_ref());
            oversize.largest = record.map_or_else(Vec::new, |record| largest(record, 3));
            let cookie = context.family.names.base();
            return Err(Error::too_large(oversize).of_cookie(cookie));
        }
        let is_lost = slot.is_lost();
        if let Some(links) = slot.links.as_mut() {
            links.exposed |= !text.is_empty();
            links.carried = Some(text).filter(|_| !is_lost);
        }
        Ok(Cow::Owned(encoded))
    }

    /// The token that links carry; empty if there is no session.
    fn in_links(&self, slot: &mut Slot) -> Result<String, Error> {
        let is_lost = slot.is_lost();
        let carried = slot.links.as_ref().and_then(|links| links.carried.clone());
        if let Some(text) = carried.filter(|_| !is_lost) {
            return Ok(text);
        }
        self.open(slot);
        let Some(state) = &slot.state else {
            return Ok(String::new());
        };
        let (committed, passive) = (slot.phase.is_closed(), slot.passive);
        let as_it_came = |used| !state.is_changed() && (passive || committed || !self.is_due(used));
        if state
            .held
            .is_some_and(|held| is_lost || as_it_came(held.used()))
        {
            return Ok(slot.jar.only_text().to_owned());
        }
        let record = state.record.as_ref();
        let Some(record) = record.filter(|_| !is_lost && !committed && !state.is_nothing()) else {
            return Ok(String::new());
        };
        let packed = Packed::of(&self.context, record, self.frame(Source::Url, state))?;
        let issued = state.issued(self.now, passive);
        let text = packed.text(&self.context, Source::Url, issued)?;
        let written = Written::of(&self.context, state, &packed);
        written.note(&mut slot.notes);
        Ok(text)
    }
}

impl Slot {
    /// Whether nothing of what was changed is sent.
    fn is_lost(&self) -> bool {
        matches!(
            self.phase,
            Phase::HeldBack { .. } | Phase::Closed { failed: true }
        )
    }

    /// Refuses to drop what was changed: in no link it would be lost.
    pub(super) fn check_linked(&self) -> Result<(), Error> {
        match self.links.as_ref().is_some_and(|links| links.is_made()) {
            true => Ok(()),
            false => Err(Error::unlinked()),
        }
    }
}
