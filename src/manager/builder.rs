//! Configuration, and every refusal of one.

use std::sync::Arc;

use super::SessionManager;
use crate::cookie::{Budget, CookieSpec, Names, Scope};
use crate::error::Error;
use crate::event::{Event, Observer};
use crate::keys::KeyRing;
use crate::lifetime::Lifetime;
use crate::seal::{Binding, Format, PART_MAX, Sealer};
use crate::session::{Context, Family};

/// The purpose that session tokens in cookies are bound to.
const PURPOSE: &str = "session";

/// Configures a [`SessionManager`]. Everything has a default; an invalid configuration is refused
/// by [`build`](SessionManagerBuilder::build), and never when a request arrives.
///
/// ```
/// use sealed_session::{Budget, CookieSpec, Key, KeyRing, Lifetime, SessionManager};
/// use std::time::Duration;
///
/// let manager = SessionManager::builder(KeyRing::new(Key::generate()?))
///     .cookie(CookieSpec::new("__Host-shop"))
///     .audience("shop.example.com")
///     .lifetime(Lifetime::new().idle(Duration::from_secs(3_600)))
///     .budget(Budget::roomy())
///     .build()?;
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "a builder does nothing before `build`"]
pub struct SessionManagerBuilder {
    ring: KeyRing,
    cookie: CookieSpec,
    former: Option<CookieSpec>,
    former_scopes: Vec<Scope>,
    audience: String,
    lifetime: Lifetime,
    budget: Budget,
    format: Format,
    accepted: Vec<Format>,
    observer: Observer,
}

impl SessionManagerBuilder {
    pub(super) fn new(ring: KeyRing) -> SessionManagerBuilder {
        SessionManagerBuilder {
            ring,
            cookie: CookieSpec::default(),
            former: None,
            former_scopes: Vec::new(),
            audience: String::new(),
            lifetime: Lifetime::default(),
            budget: Budget::default(),
            format: Format::Encrypted,
            accepted: Vec::new(),
            observer: Observer::default(),
        }
    }

    /// The cookie's name and attributes.
    pub fn cookie(mut self, cookie: CookieSpec) -> SessionManagerBuilder {
        self.cookie = cookie;
        self
    }

    /// Also reads the session from the cookie that it had before a rename. A session found there
    /// moves to the new name when it is next written.
    pub fn former_cookie(mut self, cookie: CookieSpec) -> SessionManagerBuilder {
        self.former = Some(cookie);
        self
    }

    /// Expires cookies left in a scope that was configured before, whenever somebody signs in or
    /// the session is destroyed.
    pub fn former_scope(mut self, scope: Scope) -> SessionManagerBuilder {
        self.former_scopes.push(scope);
        self
    }

    /// Binds tokens to this string, at most 255 bytes: those of one audience never open for
    /// another. It keeps applications that share a ring apart by mistake, not by malice: each
    /// holds the keys to seal for the other. Empty by default.
    pub fn audience(mut self, audience: impl Into<String>) -> SessionManagerBuilder {
        self.audience = audience.into();
        self
    }

    /// How long sessions live.
    pub fn lifetime(mut self, lifetime: Lifetime) -> SessionManagerBuilder {
        self.lifetime = lifetime;
        self
    }

    /// How many bytes of header a session may take.
    pub fn budget(mut self, budget: Budget) -> SessionManagerBuilder {
        self.budget = budget;
        self
    }

    /// How tokens are protected, and the one format accepted unless
    /// [`accept_format`](SessionManagerBuilder::accept_format) names another.
    pub fn format(mut self, format: Format) -> SessionManagerBuilder {
        self.format = format;
        self
    }

    /// Also accepts tokens of this format, for a migration.
    pub fn accept_format(mut self, format: Format) -> SessionManagerBuilder {
        self.accepted.push(format);
        self
    }

    /// Calls `hook` for every [`Event`], for metrics. It runs within the request and while the
    /// session is locked: count and return.
    pub fn on_event(
        mut self,
        hook: impl Fn(&Event<'_>) + Send + Sync + 'static,
    ) -> SessionManagerBuilder {
        self.observer = Observer::new(hook);
        self
    }

    /// Checks the configuration.
    ///
    /// # Errors
    ///
    /// [`Error::is_configuration`]: a name and attributes that browsers refuse together, names
    /// that collide, limits that no client keeps, lifetimes that contradict each other.
    pub fn build(self) -> Result<SessionManager, Error> {
        self.cookie.check()?;
        self.lifetime.check()?;
        let names = Names::new(self.cookie.name());
        let overhead = names.chunk(1).len() + "=".len() + self.cookie.attributes().len();
        self.budget.check(overhead)?;
        if self.audience.len() > PART_MAX {
            return Err(Error::configuration(format!(
                "the audience has {} bytes; {PART_MAX} are the most",
                self.audience.len()
            )));
        }
        if let Some(former) = &self.former {
            former.check()?;
            if former.name() == self.cookie.name() {
                return Err(Error::configuration(format!(
                    "the former cookie has the present name `{}`; for another scope of the same \
                     name use `former_scope`",
                    former.name()
                )));
            }
            if former.is_development() && !self.cookie.is_development() {
                return Err(Error::configuration(
                    "the former cookie is of the development profile and the present one is not",
                ));
            }
        }
        for scope in &self.former_scopes {
            self.check_former_scope(scope)?;
        }
        let family = |spec: CookieSpec| Family {
            names: Names::new(spec.name()),
            binding: Binding::new(PURPOSE, spec.name(), &self.audience),
            spec,
        };
        let sealer = Sealer::new(&self.ring, self.format, &self.accepted);
        Ok(SessionManager {
            context: Arc::new(Context {
                sealer,
                lifetime: self.lifetime,
                budget: self.budget,
                former: self.former.map(family),
                family: family(self.cookie),
                former_scopes: self.former_scopes,
                observer: self.observer,
            }),
        })
    }

    fn check_former_scope(&self, scope: &Scope) -> Result<(), Error> {
        if self.cookie.is_kept_in(scope) {
            return Err(Error::configuration(
                "a former scope is the present one; whoever signs in would lose the new session",
            ));
        }
        // Good for one of the names is enough: the other never had a cookie there.
        let former = self
            .former
            .as_ref()
            .map(|spec| spec.rescoped(scope).check());
        match (self.cookie.rescoped(scope).check(), former) {
            (Ok(()), _) | (_, Some(Ok(()))) => Ok(()),
            (Err(error), _) => Err(error),
        }
    }
}
