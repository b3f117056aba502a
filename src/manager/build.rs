//! Makes a manager of its settings.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::{SessionManager, SessionManagerBuilder, slots};
use crate::carrier::{Carriers, Cookies, Family};
use crate::cookie::{Budget, CookieSpec, Names};
use crate::error::Error;
use crate::event::Event;
use crate::keys::KeyRing;
use crate::seal::{Binding, Sealer};
use crate::visit::{Config, Revoking, SlotList};

/// The purpose that session tokens in cookies and header fields are bound to.
const PURPOSE: &str = "session";

/// The purpose that session tokens in links are bound to.
const PURPOSE_IN_LINK: &str = "session-in-url";

/// The purpose that the names of revoked targets are bound to. A cookie may be renamed, so its name is not part of it.
const PURPOSE_OF_TARGETS: &str = "revocation";

/// The purpose that form tokens are bound to. They outlive a rename of the cookie, too.
const PURPOSE_OF_FORMS: &str = "form";

/// The purpose that the names of things that count once are bound to.
const PURPOSE_OF_ONCE: &str = "once";

impl SessionManager {
    /// Makes a manager for the application of this name, with the default configuration: a cookie `__Host-NAME`,
    /// encrypted, 30 minutes idle and 12 hours in total, within the [`portable`](crate::Budget::portable) budget.
    ///
    /// Choose a name that no other application on this host has, whatever its port: two with one name sign each
    /// other's visitors out. A [`CookieSpec`] takes the place of the name if the cookie needs other attributes.
    ///
    /// # Errors
    ///
    /// As [`build`](SessionManagerBuilder::build); with these defaults, only if the name is none.
    ///
    /// ```
    /// use sealed_session::{Budget, Key, KeyRing, Lifetime, SessionManager};
    /// use sealed_session::adapter::RequestHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// let session = manager.load(RequestHead::default(), now);
    /// session.insert("name", "Ada")?;
    /// assert_eq!(session.times().map(|times| times.policy), Some(Lifetime::new()));
    /// let size = session.size()?;
    /// assert_eq!(size.budget.total_limit() + size.reserved, Budget::portable().total_limit());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn new(application: impl Into<CookieSpec>, ring: KeyRing) -> Result<SessionManager, Error> {
        SessionManager::builder(application, ring).build()
    }

    /// Configures a manager for the application of this name, or with this cookie.
    ///
    /// ```
    /// use sealed_session::{Budget, Key, KeyRing, SessionManager};
    ///
    /// let manager = SessionManager::builder("shop", KeyRing::new(Key::generate()?))
    ///     .budget(Budget::within_16k())
    ///     .build();
    /// assert!(manager.is_ok());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn builder(application: impl Into<CookieSpec>, ring: KeyRing) -> SessionManagerBuilder {
        SessionManagerBuilder::new(application.into().resolved(), ring)
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
    /// use sealed_session::{Key, KeyRing, SessionManager};
    ///
    /// let ring = KeyRing::new(Key::generate()?);
    /// assert!(SessionManager::builder("shop", ring.clone()).build().is_ok());
    ///
    /// let same_name_twice = SessionManager::builder("shop", ring).former_cookie("shop");
    /// assert!(same_name_twice.build().unwrap_err().is_configuration());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn build(self) -> Result<SessionManager, Error> {
        let own = [
            self.has_flash.then(Budget::for_messages),
            self.hand_over.as_ref().map(|_| Budget::for_nonce()),
        ];
        let sharing = |budget: Budget, own: Budget| budget.sharing(&own);
        let budget = own.into_iter().flatten().fold(self.budget, sharing);
        let budget = budget.reserving(self.beside());
        self.check(budget)?;
        let hosts = self.cookie.plain_http_hosts().to_vec();
        let own = [self.flash_slot()?, self.asking_slot()?];
        let mut slots = SlotList::new(Arc::new(self.config(budget)));
        for slot in own.into_iter().flatten() {
            slots::check(&slots, &slot)?;
            slots.push(slot);
        }
        if !hosts.is_empty() {
            slots.tell(0, &Event::DevelopmentProfile { hosts });
        }
        Ok(SessionManager {
            slots: Arc::new(slots),
        })
    }

    /// Makes the configuration ready for use by sessions of this budget.
    pub(super) fn config(self, budget: Budget) -> Config {
        let family = |spec: CookieSpec| Family {
            names: Names::new(spec.name()),
            renderer: spec.renderer(),
            binding: Binding::new(PURPOSE, spec.name(), &self.audience),
            link_binding: Binding::new(PURPOSE_IN_LINK, spec.name(), &self.audience),
            spec,
        };
        let sealer = Sealer::new(&self.ring, self.format, &self.accepted);
        let former = self.former.map(family);
        let cookies = Cookies::new(family(self.cookie), former, self.former_scopes, budget);
        Config {
            sealer,
            lifetime: self.lifetime,
            budget,
            compression: self.compression,
            carriers: Carriers::new(cookies, &self.transport, budget),
            parting: self.parting,
            cross_origin: self.cross_origin,
            revocation_binding: Binding::new(PURPOSE_OF_TARGETS, "", &self.audience),
            form_binding: Binding::new(PURPOSE_OF_FORMS, "", &self.audience),
            once_binding: Binding::new(PURPOSE_OF_ONCE, "", &self.audience),
            audience: self.audience,
            revoking: self
                .revocations
                .map(|revocations| Box::new(Revoking::new(revocations, self.staleness))),
            overflow: self.overflow.map(Box::new),
            hand_over: self.hand_over.map(Box::new),
            observer: self.observer,
            plain_http_told: AtomicBool::new(false),
            log_id_field: self.log_id_field,
        }
    }
}
