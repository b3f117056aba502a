//! What all requests of one manager share, and nothing changes.

use crate::cookie::{Budget, CookieSpec, Names, Scope};
use crate::event::Observer;
use crate::lifetime::Lifetime;
use crate::seal::{Binding, Sealer};

/// A validated configuration, ready for use.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) sealer: Sealer,
    pub(crate) lifetime: Lifetime,
    pub(crate) budget: Budget,
    /// The session's own cookie.
    pub(crate) family: Family,
    /// Every family of names that is read: the own one first, then a former one.
    pub(crate) names: Vec<Names>,
    /// The cookie under its former name, if it had one.
    pub(crate) former: Option<Family>,
    /// Where the cookie was kept before.
    pub(crate) former_scopes: Vec<Scope>,
    pub(crate) observer: Observer,
}

/// A cookie, and what tokens in it are bound to.
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) spec: CookieSpec,
    pub(crate) binding: Binding,
}

impl Context {
    /// The families of names, with their place in [`names`](Context::names).
    pub(crate) fn families(&self) -> impl Iterator<Item = (usize, &Family, &Names)> {
        let families = std::iter::once(&self.family).chain(&self.former);
        families
            .zip(&self.names)
            .enumerate()
            .map(|(at, (family, names))| (at, family, names))
    }
}
