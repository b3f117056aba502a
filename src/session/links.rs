//! Links that carry a session.

use std::borrow::Cow;

use super::Session;
use crate::carrier::{OwnLink, OwnOrigin};
use crate::error::Error;

impl Session {
    /// Returns `link` with the session in it, for a client that is answered in links
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
    /// use sealed_session::{Lifetime, SessionManager, Transport};
    /// use sealed_session::adapter::RequestHead;
    /// # use std::time::Duration;
    /// # use sealed_session::{Key, KeyRing};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let policy = Lifetime::new().with_idle_timeout(Duration::from_secs(900));
    /// # let builder = SessionManager::builder("shop", KeyRing::new(Key::generate()?)).lifetime(policy);
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
        let encoded = self.visit.at(self.at, |slot| slot.encode(link));
        encoded.map_err(|error| self.owned(error))
    }

    /// Returns the path and query of a request without the session that may be in them.
    pub(crate) fn without_token(&self, target: String) -> String {
        let Some(links) = self.visit.config(self.at).carriers.links() else {
            return target;
        };
        match OwnLink::own(&target, &OwnOrigin::new(None, false)) {
            Some(link) => link.with(links.parameter(), None),
            None => target,
        }
    }
}
