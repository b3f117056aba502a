//! The names under which one session stands in a browser.

use crate::cookie::{CookieSpec, Names, Renderer};
use crate::seal::Binding;

/// A cookie with its chunks, and what tokens in it are bound to.
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) spec: CookieSpec,
    pub(crate) renderer: Renderer,
    pub(crate) names: Names,
    pub(crate) binding: Binding,
    /// The binding of tokens in links.
    pub(crate) link_binding: Binding,
}
