//! What all requests of one manager share, and nothing changes.

use crate::cookie::{Budget, CookieSpec, Jar, Names, Renderer, Scope};
use crate::cross_origin::CrossOrigin;
use crate::event::Observer;
use crate::lifetime::Lifetime;
use crate::payload::Compression;
use crate::seal::{Binding, Sealer};
use crate::transport::{Field, Source, Transport};

/// A validated configuration, ready for use.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) sealer: Sealer,
    pub(crate) lifetime: Lifetime,
    pub(crate) budget: Budget,
    pub(crate) compression: Compression,
    /// The session's own cookie.
    pub(crate) family: Family,
    /// The cookie that it had before a rename.
    pub(crate) former: Option<Family>,
    /// Where the cookie was kept before.
    pub(crate) former_scopes: Vec<Scope>,
    pub(crate) parting: Parting,
    pub(crate) transport: Transport,
    pub(crate) cross_origin: CrossOrigin,
    pub(crate) observer: Observer,
}

/// What else a response says that ends a session.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parting {
    /// The elements of `Clear-Site-Data`, if any.
    pub(crate) clear_site_data: Vec<&'static str>,
    pub(crate) no_store: bool,
}

/// A cookie with its chunks, and what tokens in it are bound to.
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) spec: CookieSpec,
    pub(crate) renderer: Renderer,
    pub(crate) names: Names,
    pub(crate) binding: Binding,
    /// What tokens in links are bound to.
    pub(crate) link_binding: Binding,
}

impl Family {
    /// What a token is bound to that travels so.
    pub(crate) fn binding_in(&self, source: Source) -> &Binding {
        match source {
            Source::Cookie | Source::Header => &self.binding,
            Source::Url => &self.link_binding,
        }
    }
}

impl Context {
    /// The families whose cookies are read, numbered: the own one first.
    pub(crate) fn families(&self) -> impl Iterator<Item = (usize, &Family)> + Clone {
        std::iter::once(&self.family)
            .chain(&self.former)
            .enumerate()
    }

    /// The families whose sessions count in a request. A former name that others can plant does not, as
    /// soon as anything came under the own one: the visitor has migrated, and may be signed out.
    pub(crate) fn counting(&self, jar: &Jar) -> impl Iterator<Item = (usize, &Family)> + Clone {
        let has_migrated = self.former.is_some() && jar.source() == Source::Cookie && jar.holds(0);
        self.families()
            .filter(move |(at, family)| *at == 0 || !has_migrated || !family.spec.is_plantable())
    }

    /// The fields in which a session is answered that came from `source`; `None` if it is not.
    pub(crate) fn field(&self, source: Source) -> Option<&Field> {
        let field = self.transport.in_field();
        field.filter(|_| source == Source::Header)
    }
}
