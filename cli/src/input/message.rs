//! One request or response of the input, as far as it may carry a session.

use sealed_session::inspect;
use sealed_session::time::OffsetDateTime;

use crate::style::shown;

/// The most notes on one message.
const NOTES_MAX: usize = 12;

/// How many lines are looked through for an earlier one of the same cookie.
const LINES_MAX: usize = 200;

/// What the input says of one request, of one response, or of a token by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Message {
    /// Where it stands in the input, as a noun.
    pub(crate) place: String,
    /// The values of `Cookie` fields: of a response, what a browser sends next.
    pub(crate) cookies: Vec<String>,
    /// The values of `Set-Cookie` fields.
    pub(crate) set: Vec<String>,
    /// Tokens that came in a header field, or by themselves.
    pub(crate) tokens: Vec<String>,
    /// The host that it names.
    pub(crate) host: Option<String>,
    /// When it was recorded.
    pub(crate) at: Option<OffsetDateTime>,
    /// What was done to read it, each a sentence without a full stop.
    pub(crate) notes: Vec<String>,
}

impl Message {
    pub(crate) fn at_place(place: impl Into<String>) -> Message {
        Message {
            place: place.into(),
            ..Message::default()
        }
    }

    /// Returns whether nothing came that could be a session.
    pub(crate) fn is_empty(&self) -> bool {
        self.cookies.is_empty() && self.set.is_empty() && self.tokens.is_empty()
    }

    /// Takes one header field.
    pub(crate) fn take(&mut self, name: &str, value: &str) {
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "cookie" => self.cookies.push(value.to_owned()),
            "set-cookie" => self.take_set_cookie(value),
            "x-session" if !value.is_empty() => self.tokens.push(value.to_owned()),
            "authorization" => {
                let bearer = value
                    .split_once(' ')
                    .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
                // A bearer token of anybody else's is no reason to speak of it.
                let sealed = bearer.map(|(_, token)| token.trim()).filter(is_token_like);
                self.tokens.extend(sealed.map(str::to_owned));
            }
            "host" | ":authority" => self.host = Some(value.to_owned()),
            _ => {}
        }
    }

    /// Takes a line that sets a cookie, and what a browser sends for it. One that removes a cookie sends
    /// nothing.
    fn take_set_cookie(&mut self, line: &str) {
        let (pair, attributes) = (pair_of(line), line.split(';').skip(1));
        let removes = attributes.into_iter().any(|attribute| {
            let age = attribute.trim().to_ascii_lowercase();
            let age = age.strip_prefix("max-age=");
            age.is_some_and(|age| age.trim().parse::<i64>().is_ok_and(|age| age <= 0))
        });
        let name = pair.split('=').next().unwrap_or_default().trim();
        // Of several lines for one cookie the last one counts (RFC 6265, section 5.3).
        let recent = self.set.len().saturating_sub(LINES_MAX);
        let mut lines = self.set.iter().skip(recent);
        if let Some(place) = lines.position(|before| identity(before) == identity(line)) {
            let before = self.set.remove(recent + place);
            let brought = self
                .cookies
                .iter()
                .rposition(|cookie| *cookie == pair_of(&before));
            brought.map(|place| self.cookies.remove(place));
        }
        if !removes {
            self.cookies.push(pair.to_owned());
        } else if self.notes.len() < NOTES_MAX {
            let note = format!("It removes the cookie `{}`", shown(name));
            self.notes.push(note);
        }
        self.set.push(line.to_owned());
    }

    /// Returns all that it brought, by which it is like others.
    pub(crate) fn came(&self) -> [Vec<String>; 3] {
        [self.cookies.clone(), self.set.clone(), self.tokens.clone()]
    }

    /// Returns the bytes of a `Cookie` field that brings all cookies.
    pub(crate) fn bytes(&self) -> usize {
        let lines = self.cookies.iter().map(|line| line.len() + "; ".len());
        lines.sum::<usize>().saturating_sub("; ".len())
    }

    /// Returns name and value of each cookie.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.cookies.iter().flat_map(|line| line.split(';'));
        pairs.filter_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            Some((name.trim(), value.trim()))
        })
    }
}

/// Returns name and value of a line that sets a cookie.
fn pair_of(line: &str) -> &str {
    line.split(';').next().unwrap_or_default().trim()
}

/// Returns what tells one cookie in a browser from another: its name, domain and path.
fn identity(line: &str) -> [&str; 3] {
    let attribute = |wanted: &str| {
        let attributes = line.split(';').skip(1);
        let mut pairs = attributes.filter_map(|attribute| attribute.split_once('='));
        let found = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
        found.map_or("", |(_, value)| value.trim())
    };
    let name = pair_of(line).split('=').next().unwrap_or_default();
    [name.trim(), attribute("domain"), attribute("path")]
}

/// Returns whether a text looks like a token of sealed-session, as the value of a cookie would.
fn is_token_like(text: &&str) -> bool {
    let cookie = format!("s={text}");
    !inspect::names([cookie.as_bytes()]).is_empty()
}
