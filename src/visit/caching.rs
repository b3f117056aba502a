//! Sessions and shared caches: what may ride on which response.
//!
//! - A line that the application did not ask for never rides on a 304, whose fields a cache would
//!   add to what it stored (RFC 9111 section 4.3.4), nor on a response that shared caches may
//!   store. It waits for the next response.
//! - A response that carries any of our lines is forced to `private`; and to `no-store` if a token is in
//!   its URL or links, or one of the lines is a field that no cache knows. A browser's own cache would
//!   give that to the client once more, with a later 304 for instance, over what came meanwhile.
//! - A response that has a form token in it is forced to `private`, too.
//! - A response that depends on the session varies by what it may come in, and where a live session was
//!   looked at and the handler said nothing of caching, `private` as well. A touch beside a page
//!   that nobody looked at its session for is no such dependence.
//! - Several sessions of one response are spoken of once, by the strictest of what each would say.

use std::borrow::Cow;

use smallvec::SmallVec;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::said::{AllSaid, Said, Sight};
use crate::carrier::COOKIE;
use crate::head::HeaderChange;

/// Whether a handler speaks to particular shared caches by this field, over `Cache-Control`'s
/// head: any `*-Cache-Control` (RFC 9213), and what came before it.
fn is_targeted(field: &str) -> bool {
    const OLDER: [&str; 2] = ["edge-control", "surrogate-control"];
    field.ends_with("-cache-control") || OLDER.contains(&field)
}

/// What a response says of caching.
#[derive(Debug, Default)]
pub(super) struct Caching {
    status: u16,
    directives: Directives,
    /// Whether `Expires` names a time to come, if there is one.
    expires_later: Option<bool>,
    /// The fields that speak to particular caches.
    targeted: Vec<(String, Storing)>,
    /// The fields that it varies by already.
    varies_by: Vec<String>,
}

/// Whether caches may store a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Storing {
    /// Shared caches may, in so many words.
    Allowed,
    Forbidden,
    /// Neither is said. Much lies between the two, `no-cache` for instance.
    Unsaid,
}

/// The elements of `Cache-Control`, or of a field like it.
#[derive(Debug, Default)]
struct Directives(Vec<String>);

impl Directives {
    /// Whether a directive of this name is there, with or without a value.
    fn has(&self, wanted: &str) -> bool {
        self.0
            .iter()
            .any(|directive| directive_name(directive) == wanted)
    }

    /// Whether a directive is there without a value: `private="x"` speaks of one field only.
    fn has_bare(&self, wanted: &str) -> bool {
        self.0
            .iter()
            .any(|directive| directive.eq_ignore_ascii_case(wanted))
    }

    /// Whether a time is given that is not over at once.
    fn lasts(&self, wanted: &str) -> bool {
        self.0.iter().any(|directive| {
            let value = directive.split_once('=').map_or("", |(_, value)| value);
            let value = value.trim().trim_matches('"');
            directive_name(directive) == wanted && value.bytes().any(|b| (b'1'..=b'9').contains(&b))
        })
    }

    fn storing(&self) -> Storing {
        if self.has_bare("private") || self.has("no-store") {
            Storing::Forbidden
        } else if self.has("public") || self.lasts("s-maxage") || self.lasts("max-age") {
            Storing::Allowed
        } else {
            Storing::Unsaid
        }
    }
}

impl Caching {
    /// Reads the fields of a response of this status.
    pub(super) fn of<'a>(
        status: u16,
        headers: impl IntoIterator<Item = (&'a str, &'a [u8])>,
        now: OffsetDateTime,
    ) -> Caching {
        let mut caching = Caching {
            status,
            ..Caching::default()
        };
        for (name, value) in headers {
            // Frameworks hand over lower case, as HTTP/2 sends it (RFC 9113 section 8.2.1).
            let name = match name.bytes().any(|byte| byte.is_ascii_uppercase()) {
                true => Cow::Owned(name.to_ascii_lowercase()),
                false => Cow::Borrowed(name),
            };
            let mut targets = |storing| caching.targeted.push((name.to_string(), storing));
            match &*name {
                "cache-control" => caching.directives.0.extend(list(value)),
                "expires" => {
                    let time = str::from_utf8(value).ok();
                    let time = time.and_then(|text| OffsetDateTime::parse(text, &Rfc2822).ok());
                    // What is no date is over (RFC 9111 section 5.3).
                    caching.expires_later = Some(time.is_some_and(|time| time > now));
                }
                "vary" => caching.varies_by.extend(list(value)),
                "x-accel-expires" if value == b"0" => targets(Storing::Forbidden),
                "x-accel-expires" => targets(Storing::Allowed),
                _ if is_targeted(&name) => targets(Directives(list(value)).storing()),
                _ => {}
            }
        }
        caching
    }

    /// Whether nothing was said of who may store the response, and for how long.
    fn is_silent(&self) -> bool {
        const TELLING: [&str; 6] = [
            "max-age", "no-cache", "no-store", "private", "public", "s-maxage",
        ];
        let mut said = self.directives.0.iter();
        let told = said.any(|directive| TELLING.contains(&directive_name(directive).as_str()));
        !told && self.expires_later.is_none() && self.targeted.is_empty()
    }

    /// Returns whether the response may carry a line that the application did not ask for: no shared cache
    /// is allowed to store it, in so many words (RFC 9111 section 3).
    pub(super) fn may_carry_unasked(&self) -> bool {
        let storing = self.directives.storing();
        // `max-age` speaks louder than `Expires`, and `no-cache` is not said of what may be kept
        // (RFC 9111 section 5.3).
        let speaks_louder = |name: &&str| self.directives.has(name);
        let lasts = self.expires_later == Some(true)
            && storing != Storing::Forbidden
            && !["max-age", "s-maxage", "no-cache"]
                .iter()
                .any(speaks_louder);
        let all = self.targeted.iter().map(|(_, storing)| *storing);
        let is_shared = lasts
            || all
                .chain([storing])
                .any(|storing| storing == Storing::Allowed);
        self.status != 304 && !is_shared
    }

    /// Which of `wanted` are missing in `Vary`.
    fn missing<'w>(&self, wanted: impl Iterator<Item = &'w str>) -> Cow<'static, str> {
        let is = |by: &String, name: &str| by == "*" || by.eq_ignore_ascii_case(name);
        let mut missing: SmallVec<[&str; 2]> = SmallVec::new();
        for name in wanted.filter(|name| !self.varies_by.iter().any(|by| is(by, name))) {
            // Several slots travel in one field.
            if !missing.contains(&name) {
                missing.push(name);
            }
        }
        match missing.as_slice() {
            [COOKIE] => COOKIE.into(),
            several => several.join(", ").into(),
        }
    }

    /// The directives without those for shared caches, and with `private`.
    fn made_private(&self) -> Cow<'static, str> {
        if self.directives.0.is_empty() {
            return "private".into();
        }
        let is_shared = |directive: &str| {
            let shared = ["private", "public", "s-maxage", "proxy-revalidate"];
            shared.contains(&directive_name(directive).as_str())
        };
        let mut kept = vec!["private"];
        let all = self.directives.0.iter().map(String::as_str);
        kept.extend(all.filter(|directive| !is_shared(directive)));
        kept.join(", ").into()
    }
}

/// The elements of a comma-separated field; a comma within quotes separates nothing.
fn list(value: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(value);
    let mut quoted = false;
    let elements = text.split(|c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    let elements = elements.map(|element| element.trim().to_owned());
    elements.filter(|element| !element.is_empty()).collect()
}

fn directive_name(directive: &str) -> String {
    let (name, _) = directive.split_once('=').unwrap_or((directive, ""));
    name.trim().to_ascii_lowercase()
}

/// Returns the changes of the head: the lines of all sessions, and once for all what caches have to know of
/// them.
pub(super) fn changes(mut said: AllSaid<'_>, caching: &Caching) -> Vec<HeaderChange> {
    // What each session says, in the order of the slots.
    let mut changes = match said.as_mut_slice() {
        [only] if !only.lines.is_empty() => std::mem::take(&mut only.lines),
        // Most pages say `Vary` and `Cache-Control`, and nothing else.
        _ => Vec::with_capacity(2),
    };
    let (mut is_leaky, mut is_seen, mut is_told) = (false, false, false);
    for said in &mut said {
        changes.append(&mut said.lines);
        is_leaky |= said.is_exposed;
        is_seen |= said.sight == Sight::Session;
        is_told |= said.sight == Sight::Told;
    }
    let is_written = !changes.is_empty();
    let has_field = changes.iter().any(HeaderChange::is_own_field);

    // What the response depends on.
    let seen = said.iter().filter(|said| said.sight != Sight::Nothing);
    let missing = caching.missing(seen.flat_map(|said| said.carriers.varies_by()));
    if !missing.is_empty() {
        changes.push(HeaderChange::append("vary", missing));
    }

    // Who may keep it. A field of our own is one that no cache knows.
    let partings = || said.iter().filter_map(|said| said.parting);
    if is_written || is_leaky || is_told || (is_seen && caching.is_silent()) {
        // Over each such field its caches ignore `private` (RFC 9213 section 2.2), so only one that
        // says the same may stay.
        let targeted = caching.targeted.iter();
        let speaking = targeted.filter(|(_, storing)| *storing != Storing::Forbidden);
        changes.extend(speaking.map(|(name, _)| HeaderChange::remove(name.clone())));
        let no_store = has_field || is_leaky || partings().any(|parting| parting.no_store);
        let value: Cow<'static, str> = match no_store {
            true => "no-store".into(),
            false => caching.made_private(),
        };
        changes.push(HeaderChange::replace("cache-control", value));
    }
    if is_leaky {
        changes.push(HeaderChange::replace("referrer-policy", "no-referrer"));
    }

    // What else the browser forgets.
    let mut cleared: Vec<&str> = Vec::new();
    for kind in partings().flat_map(|parting| &parting.clear_site_data) {
        if !cleared.contains(kind) {
            cleared.push(kind);
        }
    }
    if !cleared.is_empty() {
        changes.push(HeaderChange::append("clear-site-data", cleared.join(", ")));
    }
    changes
}

impl Said<'_> {
    /// Returns whether the response neither depends on the session nor carries any of it.
    pub(super) fn is_silent(&self) -> bool {
        self.sight == Sight::Nothing && !self.is_exposed && self.lines.is_empty()
    }
}

#[cfg(test)]
mod tests;
