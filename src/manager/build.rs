//! Makes a manager of its settings.

use std::sync::Arc;

use super::{SessionManager, SessionManagerBuilder};
use crate::carrier::{Carriers, Cookies, Family};
use crate::cookie::{CookieSpec, Names};
use crate::error::Error;
use crate::keys::KeyRing;
use crate::seal::{Binding, Sealer};
use crate::visit::{Config, SlotList};

/// The purpose that session tokens in cookies and header fields are bound to.
const PURPOSE: &str = "session";

/// The purpose that session tokens in links are bound to.
const PURPOSE_IN_LINK: &str = "session-in-url";

impl SessionManager {
    /// Makes a manager with the default configuration: a `__Host-session` cookie, encrypted, 30 minutes
    /// idle and 12 hours in total, within the [`portable`](crate::Budget::portable) budget.
    ///
    /// # Errors
    ///
    /// None with these defaults; as [`build`](SessionManagerBuilder::build).
    ///
    /// ```
    /// use sealed_session::{Budget, Key, KeyRing, Lifetime, SessionManager};
    /// use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let manager = SessionManager::new(KeyRing::new(Key::generate()?))?;
    /// let session = manager.load(RequestHead::default(), now);
    /// session.insert("name", "Ada")?;
    /// assert_eq!(session.times().map(|times| times.policy), Some(Lifetime::new()));
    /// let size = session.size()?;
    /// assert_eq!(size.budget.total_limit() + size.reserved, Budget::portable().total_limit());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn new(ring: KeyRing) -> Result<SessionManager, Error> {
        SessionManager::builder(ring).build()
    }

    /// Configures a manager.
    ///
    /// ```
    /// use sealed_session::{CookieSpec, Key, KeyRing, SessionManager};
    ///
    /// let manager = SessionManager::builder(KeyRing::new(Key::generate()?))
    ///     .cookie(CookieSpec::new("__Host-shop"))
    ///     .audience("shop.example.com")
    ///     .build();
    /// assert!(manager.is_ok());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn builder(ring: KeyRing) -> SessionManagerBuilder {
        SessionManagerBuilder::new(ring)
    }
}

impl SessionManagerBuilder {
    /// Checks the configuration.
    ///
    /// # Errors
    ///
    /// [`Error::is_configuration`]: a name and attributes that browsers refuse together, names
    /// that collide, limits that no client keeps, lifetimes that contradict each other, a key that
    /// retires before the sessions that it sealed have to end.
    ///
    /// ```
    /// use sealed_session::{CookieSpec, Key, KeyRing, SessionManager};
    ///
    /// let ring = KeyRing::new(Key::generate()?);
    /// assert!(SessionManager::builder(ring.clone()).build().is_ok());
    ///
    /// let same_name_twice = SessionManager::builder(ring).former_cookie(CookieSpec::default());
    /// assert!(same_name_twice.build().unwrap_err().is_configuration());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn build(self) -> Result<SessionManager, Error> {
        self.check()?;
        let family = |spec: CookieSpec| Family {
            names: Names::new(spec.name()),
            renderer: spec.renderer(),
            binding: Binding::new(PURPOSE, spec.name(), &self.audience),
            link_binding: Binding::new(PURPOSE_IN_LINK, spec.name(), &self.audience),
            spec,
        };
        let budget = self.budget.reserving(self.beside());
        let sealer = Sealer::new(&self.ring, self.format, &self.accepted);
        let former = self.former.map(family);
        let cookies = Cookies::new(family(self.cookie), former, self.former_scopes, budget);
        let config = Config {
            sealer,
            lifetime: self.lifetime,
            budget,
            compression: self.compression,
            carriers: Carriers::new(cookies, &self.transport, budget),
            parting: self.parting,
            cross_origin: self.cross_origin,
            observer: self.observer,
        };
        Ok(SessionManager {
            slots: Arc::new(SlotList::new(Arc::new(config))),
        })
    }
}
