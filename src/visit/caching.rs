//! Sessions and shared caches: what may ride on which response.
//!
//! - A line that the application did not ask for never rides on a 304, whose fields a cache would
//!   add to what it stored (RFC 9111 section 4.3.4), nor on a response that shared caches may
//!   store. It waits for the next response.
//! - A response that carries any of our lines is forced to `private`; and to `no-store` if a token is in
//!   its URL or links, or one of the lines is a field that no cache knows. A browser's own cache would
//!   give that to the client once more, with a later 304 for instance, over what came meanwhile.
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
struct Caching {
    directives: Directives,
    /// Whether there is an `Expires`, whatever it says.
    expires: bool,
    /// Whether there is one of a time to come.
    expires_later: bool,
    /// The fields that speak to particular caches.
    targeted: Vec<Targeted>,
    /// The fields that it varies by already.
    varies_by: Vec<String>,
}

/// A field that speaks to particular caches.
#[derive(Debug)]
struct Targeted {
    name: String,
    /// Whether it lets its caches store, in so many words.
    allows: bool,
    /// Whether it forbids them to. Much lies between the two, `no-cache` for instance.
    forbids: bool,
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

    fn is_forbidden(&self) -> bool {
        self.has_bare("private") || self.has("no-store")
    }

    /// Whether shared caches are allowed to store the response, in so many words.
    fn is_allowed(&self) -> bool {
        let allowed = self.has("public") || self.lasts("s-maxage") || self.lasts("max-age");
        allowed && !self.is_forbidden()
    }
}

impl Caching {
    fn of<'a>(
        headers: impl IntoIterator<Item = (&'a str, &'a [u8])>,
        now: OffsetDateTime,
    ) -> Caching {
        let mut caching = Caching::default();
        for (name, value) in headers {
            // Frameworks hand over lower case, as HTTP/2 sends it (RFC 9113 section 8.2.1).
            let name = match name.bytes().any(|byte| byte.is_ascii_uppercase()) {
                true => Cow::Owned(name.to_ascii_lowercase()),
                false => Cow::Borrowed(name),
            };
            match &*name {
                "cache-control" => caching.directives.0.extend(list(value)),
                "expires" => {
                    let time = str::from_utf8(value).ok();
                    let time = time.and_then(|text| OffsetDateTime::parse(text, &Rfc2822).ok());
                    caching.expires = true;
                    // What is no date is over (RFC 9111 section 5.3).
                    caching.expires_later = time.is_some_and(|time| time > now);
                }
                "vary" => {
                    caching.varies_by.extend(list(value));
                }
                "x-accel-expires" => {
                    let forbids = value == b"0";
                    caching.targeted.push(Targeted {
                        name: name.into_owned(),
                        allows: !forbids,
                        forbids,
                    });
                }
                _ if is_targeted(&name) => {
                    let directives = Directives(list(value).collect());
                    caching.targeted.push(Targeted {
                        name: name.into_owned(),
                        allows: directives.is_allowed(),
                        forbids: directives.is_forbidden(),
                    });
                }
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
        !told && !self.expires && self.targeted.is_empty()
    }

    /// Whether the handler allows some shared cache to store the response, in so many words
    /// (RFC 9111 section 3).
    fn is_shared(&self) -> bool {
        let directives = &self.directives;
        // `max-age` speaks louder than `Expires`, and `no-cache` is not said of what may be kept
        // (RFC 9111 section 5.3).
        let quiet = !["max-age", "s-maxage", "no-cache"]
            .map(|d| directives.has(d))
            .contains(&true);
        let expires = self.expires_later && quiet && !directives.is_forbidden();
        expires || directives.is_allowed() || self.targeted.iter().any(|field| field.allows)
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
        let mut kept: Vec<&str> = vec!["private"];
        kept.extend(
            self.directives
                .0
                .iter()
                .map(String::as_str)
                .filter(|directive| {
                    !matches!(
                        directive_name(directive).as_str(),
                        "private" | "public" | "s-maxage" | "proxy-revalidate"
                    )
                }),
        );
        kept.join(", ").into()
    }
}

/// The elements of a comma-separated field; a comma within quotes separates nothing.
fn list(value: &[u8]) -> impl Iterator<Item = String> {
    let text = String::from_utf8_lossy(value);
    let mut quoted = false;
    let elements: Vec<String> = text
        .split(|c| {
            quoted ^= c == '"';
            c == ',' && !quoted
        })
        .map(|element| element.trim().to_owned())
        .filter(|element| !element.is_empty())
        .collect();
    elements.into_iter()
}

fn directive_name(directive: &str) -> String {
    directive
        .split('=')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// The head of a response, whose fields are read when something depends on them.
pub(super) struct Response<'r, 'a> {
    status: u16,
    fields: &'r mut dyn Iterator<Item = (&'a str, &'a [u8])>,
    caching: Option<Caching>,
    now: OffsetDateTime,
}

impl<'r, 'a> Response<'r, 'a> {
    pub(super) fn lazily(
        status: u16,
        fields: &'r mut dyn Iterator<Item = (&'a str, &'a [u8])>,
        now: OffsetDateTime,
    ) -> Response<'r, 'a> {
        Response {
            status,
            fields,
            caching: None,
            now,
        }
    }

    pub(super) fn status(&self) -> u16 {
        self.status
    }

    /// Reads the fields, once.
    pub(super) fn read(&mut self) {
        self.caching();
    }

    fn caching(&mut self) -> &Caching {
        let Response { fields, now, .. } = self;
        self.caching
            .get_or_insert_with(|| Caching::of(fields, *now))
    }

    pub(super) fn is_read(&self) -> bool {
        self.caching.is_some()
    }

    /// Returns whether the response may carry a line that the application did not ask for. As long as
    /// its fields are not read, it may not.
    pub(super) fn may_carry_unasked(&self) -> bool {
        let caching = self.caching.as_ref();
        self.status != 304 && caching.is_some_and(|caching| !caching.is_shared())
    }

    /// Returns the changes of the head: what each session said, and what caches need for it.
    pub(super) fn changes(mut self, said: AllSaid<'_>) -> Vec<HeaderChange> {
        if said.iter().all(Said::is_silent) {
            return Vec::new();
        }
        changes(said, self.caching())
    }
}

/// Adds to the lines of all sessions what caches have to know of them, once for all.
fn changes(mut said: AllSaid<'_>, caching: &Caching) -> Vec<HeaderChange> {
    // What each session says, in the order of the slots.
    let mut changes = Vec::new();
    for said in &mut said {
        match changes.is_empty() {
            true => changes = std::mem::take(&mut said.lines),
            false => changes.append(&mut said.lines),
        }
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
    let is_leaky = said.iter().any(|said| said.is_exposed);
    let is_seen = said.iter().any(|said| said.sight == Sight::Session);
    let partings = || said.iter().filter_map(|said| said.parting);
    if is_written || is_leaky || (is_seen && caching.is_silent()) {
        // Over each such field its caches ignore `private` (RFC 9213 section 2.2), so only one that
        // says the same may stay.
        let targeted = caching.targeted.iter().filter(|field| !field.forbids);
        changes.extend(targeted.map(|field| HeaderChange::remove(field.name.clone())));
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
    fn is_silent(&self) -> bool {
        self.sight == Sight::Nothing && !self.is_exposed && self.lines.is_empty()
    }
}

#[cfg(test)]
mod tests;
