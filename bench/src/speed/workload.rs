//! What a request brings and what its handler does with it.

use super::handler::Handler;
use super::kind::Kind;

/// So many cookies of others lie beside the session.
const FOREIGN: usize = 50;

/// One kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workload {
    /// The handler does not look at its session.
    Untouched(Kind),
    /// The handler reads all of its session.
    Read(Kind),
    /// The handler reads the small attribute of [`Kind::Large`].
    Small,
    /// The handler replaces what the request brought.
    Write(Kind),
    /// There is no cookie, and the handler stores a login.
    FirstVisit,
    /// One character in the middle was changed; the handler looks and finds nothing.
    Refused(Kind),
    /// Reads a login beside fifty cookies of others.
    Foreign,
}

impl Workload {
    /// All of them, in the order of the tables.
    pub const ALL: [Workload; 14] = [
        Workload::Untouched(Kind::Login),
        Workload::Untouched(Kind::Oidc),
        Workload::Read(Kind::Login),
        Workload::Read(Kind::Cart),
        Workload::Read(Kind::Oidc),
        Workload::Small,
        Workload::Read(Kind::Large),
        Workload::Write(Kind::Login),
        Workload::Write(Kind::Cart),
        Workload::Write(Kind::Oidc),
        Workload::FirstVisit,
        Workload::Refused(Kind::Login),
        Workload::Refused(Kind::Oidc),
        Workload::Foreign,
    ];

    /// What it is called in tables.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Workload::Untouched(kind) => format!("not looked at, {}", kind.name()),
            Workload::Read(Kind::Large) => "read all of oidc + theme".to_owned(),
            Workload::Read(kind) => format!("read {}", kind.name()),
            Workload::Small => "read theme of oidc + theme".to_owned(),
            Workload::Write(kind) => format!("write {}", kind.name()),
            Workload::FirstVisit => "first visit, write login".to_owned(),
            Workload::Refused(kind) => format!("refused, {}", kind.name()),
            Workload::Foreign => format!("read login beside {FOREIGN} cookies"),
        }
    }

    pub(crate) fn handler(self) -> Handler {
        match self {
            Workload::Untouched(_) => Handler::Untouched,
            Workload::Read(kind) => Handler::Read(kind),
            Workload::Small => Handler::Theme,
            Workload::Write(kind) => Handler::Write(kind),
            Workload::FirstVisit => Handler::Write(Kind::Login),
            Workload::Refused(kind) => Handler::Nothing(kind),
            Workload::Foreign => Handler::Read(Kind::Login),
        }
    }

    /// What an earlier request stored.
    pub(crate) fn stored(self) -> Option<Kind> {
        match self {
            Workload::Untouched(kind)
            | Workload::Read(kind)
            | Workload::Write(kind)
            | Workload::Refused(kind) => Some(kind),
            Workload::Small => Some(Kind::Large),
            Workload::FirstVisit => None,
            Workload::Foreign => Some(Kind::Login),
        }
    }

    /// What the handler has to see, each value as JSON.
    pub(crate) fn expected(self) -> Result<Vec<String>, String> {
        match self {
            Workload::Read(kind) => kind.values(),
            Workload::Small => Ok(Kind::Large.values()?.into_iter().skip(1).collect()),
            Workload::Foreign => Kind::Login.values(),
            _ => Ok(Vec::new()),
        }
    }

    /// The session that has to be found in the cookie that comes back.
    pub(crate) fn written(self) -> Option<Kind> {
        match self {
            Workload::Write(kind) => Some(kind),
            Workload::FirstVisit => Some(Kind::Login),
            _ => None,
        }
    }

    /// The `Cookie` line of the request, from the session's cookies.
    pub(crate) fn line(self, session: &str) -> String {
        match self {
            Workload::Refused(_) => tampered(session),
            Workload::Foreign => beside(session, FOREIGN),
            _ => session.to_owned(),
        }
    }
}

/// The pairs of `Set-Cookie` lines, as a browser sends them back.
pub(crate) fn cookies(lines: &[String]) -> String {
    let pairs = lines
        .iter()
        .map(|line| line.split(';').next().unwrap_or_default());
    pairs.collect::<Vec<_>>().join("; ")
}

/// The same with one character changed, in the middle of the first value.
fn tampered(cookies: &str) -> String {
    let (first, rest) = cookies.split_at(cookies.find(';').unwrap_or(cookies.len()));
    let start = first.find('=').map_or(0, |at| at + 1);
    let bytes = first.as_bytes();
    // Neither `%` nor what it escapes.
    let is_plain = |at: usize| {
        let before = at.saturating_sub(2);
        bytes.get(at).is_some_and(u8::is_ascii_alphanumeric)
            && bytes
                .get(before..at)
                .is_some_and(|near| !near.contains(&b'%'))
    };
    let middle = start + (first.len() - start) / 2;
    let mut text = first.to_owned();
    if let Some(at) = (middle..first.len()).find(|&at| is_plain(at)) {
        let other = match bytes.get(at) {
            Some(b'B') => "C",
            _ => "B",
        };
        text.replace_range(at..=at, other);
    }
    text + rest
}

/// The same in the middle of so many cookies that analytics and consent banners leave.
pub(crate) fn beside(cookies: &str, count: usize) -> String {
    let foreign = |i: usize| format!("_ga_{i:03}=GS1.1.17636{i:05}.{i}.1.1763712000.60.0.0");
    let mut pairs: Vec<String> = (0..count).map(foreign).collect();
    pairs.insert(count / 2, cookies.to_owned());
    pairs.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character_is_changed() {
        assert_eq!(tampered("id=aaaa"), "id=aaBa");
        assert_eq!(tampered("id=aaBa; b=3"), "id=aaCa; b=3");
        assert_eq!(tampered("id=a%2Fbcd"), "id=a%2FBcd");
    }

    #[test]
    fn cookies_of_others() {
        let line = beside("id=1", 2);
        let names = line.split("; ").filter_map(|pair| pair.split('=').next());
        let names: Vec<_> = names.collect();
        assert_eq!(names, ["_ga_000", "id", "_ga_001"]);
    }

    #[test]
    fn attributes_stay_in_the_browser() {
        let lines = ["a=1; Path=/", "b=2; Secure"].map(str::to_owned);
        assert_eq!(cookies(&lines), "a=1; b=2");
    }
}
