//! Counts what may stand beside a session in a response head, at most.
//!
//! Only its length: who says what, and when, is decided by the session and by `caching`.

use super::SessionManagerBuilder;
use crate::carrier::{COOKIE, FieldNames};
use crate::cookie::{CookieSpec, Names, Role};
use crate::lifetime::MAX_AGE_MAX;
use crate::seal::TOMBSTONES_TEXT;

/// Counts the bytes of a line of HTTP/1.1 with a value of so many bytes (RFC 9112 section 5).
const fn line(name: &str, value: usize) -> usize {
    name.len() + ": ".len() + value + "\r\n".len()
}

impl SessionManagerBuilder {
    /// Counts the bytes of the longest head beside a session's own values.
    pub(super) fn beside(&self) -> usize {
        let session = match self.transport.in_field() {
            Some(names) if !self.transport.in_cookies() => in_field(names),
            _ => self.in_cookies(),
        };
        let varies = |name: &str| name.len() + ", ".len();
        let varies = self
            .transport
            .in_field()
            .map_or(0, |names| varies(names.request()))
            + if self.transport.in_cookies() {
                varies(COOKIE)
            } else {
                0
            };
        let links = match self.transport.in_links() {
            Some(_) => line("referrer-policy", "no-referrer".len()),
            None => 0,
        };
        session + line("vary", varies) + line("cache-control", "no-store".len()) + links
    }

    /// Counts those of a sign-in that ends another session, and of all that goes away with it.
    fn in_cookies(&self) -> usize {
        let specs = || std::iter::once(&self.cookie).chain(&self.former);
        let buried = |spec: &CookieSpec| {
            let name = Names::new(spec.name()).of(Role::Tombstone).len();
            set_cookie(spec, name, TOMBSTONES_TEXT, MAX_AGE_MAX)
        };
        let removed = |spec: &CookieSpec| {
            let name = Names::new(spec.name()).touch().len();
            set_cookie(spec, name, 0, 0)
        };
        let removed =
            specs().map(removed).max().unwrap_or_default() * self.budget.removals(specs().count());
        let scopes = self.former_scopes.iter().flat_map(|scope| {
            let specs = specs().map(|spec| spec.rescoped(scope));
            specs.filter(|spec| spec.check().is_ok())
        });
        let scopes = scopes.map(|spec| set_cookie(&spec, spec.name().len(), 0, 0));
        let lines = self.budget.cookie_limit() * line("set-cookie", 0);
        lines + specs().map(buried).sum::<usize>() + removed + scopes.sum::<usize>()
    }
}

/// Counts those of the end of the session's line, and of a touch that goes away.
fn in_field(names: &FieldNames) -> usize {
    "\r\n".len() + line(names.touch(), 0)
}

fn set_cookie(spec: &CookieSpec, name: usize, value: usize, max_age: u64) -> usize {
    let tail = spec.renderer().tail(Some(max_age));
    line("set-cookie", name + "=".len() + value + tail)
}
