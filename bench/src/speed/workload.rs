//! What a request brings and what its handler does with it.

use super::kind::Kind;
use super::line::{beside, tampered};
use super::value::changes;
use crate::peers::Handler;
use crate::{Sample, Theme};

/// So many cookies of others lie beside the session.
const FOREIGN: usize = 50;

/// What reads what came back, and the texts that each attribute may be.
type Written = (Handler, Vec<Vec<String>>);

/// One kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workload {
    /// The handler does not look at its session.
    Untouched(Kind),
    /// The handler reads all of its session.
    Read(Kind),
    /// The handler reads the small attribute of [`Kind::Large`].
    Small,
    /// The handler reads all of its session, and changes a small attribute that lies beside the rest.
    Beside(Kind),
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
    pub const ALL: [Workload; 17] = [
        Workload::Untouched(Kind::Login),
        Workload::Untouched(Kind::Oidc),
        Workload::Read(Kind::Login),
        Workload::Read(Kind::Cart),
        Workload::Read(Kind::Oidc),
        Workload::Small,
        Workload::Read(Kind::Large),
        Workload::Beside(Kind::Login),
        Workload::Beside(Kind::Cart),
        Workload::Beside(Kind::Oidc),
        Workload::Write(Kind::Login),
        Workload::Write(Kind::Cart),
        Workload::Write(Kind::Oidc),
        Workload::FirstVisit,
        Workload::Refused(Kind::Login),
        Workload::Refused(Kind::Oidc),
        Workload::Foreign,
    ];

    /// Returns what it is called in tables.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Workload::Untouched(kind) => format!("not looked at, {}", kind.name()),
            Workload::Read(Kind::Large) => "read all of oidc + theme".to_owned(),
            Workload::Read(kind) => format!("read {}", kind.name()),
            Workload::Small => "read theme of oidc + theme".to_owned(),
            Workload::Beside(kind) => format!("read {} and theme, change theme", kind.name()),
            Workload::Write(kind) => format!("replace {}", kind.name()),
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
            Workload::Beside(kind) => Handler::Beside(kind),
            Workload::Write(kind) => Handler::Write(kind),
            Workload::FirstVisit => Handler::Write(Kind::Login),
            Workload::Refused(kind) => Handler::Nothing(kind),
            Workload::Foreign => Handler::Read(Kind::Login),
        }
    }

    /// Returns what an earlier request stored.
    ///
    /// # Errors
    ///
    /// If the corpus does not parse.
    pub(crate) fn stored(self) -> Result<Option<Sample>, String> {
        let sample = match self {
            Workload::Untouched(kind)
            | Workload::Read(kind)
            | Workload::Write(kind)
            | Workload::Refused(kind) => Sample::of(kind),
            Workload::Beside(kind) => Sample::beside(kind),
            Workload::Small => Sample::of(Kind::Large),
            Workload::FirstVisit => return Ok(None),
            Workload::Foreign => Sample::of(Kind::Login),
        };
        sample.map(Some)
    }

    /// Returns what the handler has to see, each value as JSON.
    pub(crate) fn expected(self) -> Result<Vec<String>, String> {
        match self {
            Workload::Read(kind) => kind.values(),
            Workload::Beside(kind) => Ok([kind.values()?, small()?].concat()),
            Workload::Small => small(),
            Workload::Foreign => Kind::Login.values(),
            _ => Ok(Vec::new()),
        }
    }

    /// Returns what reads the cookie that comes back, and what it may see, attribute by attribute.
    pub(crate) fn written(self) -> Result<Option<Written>, String> {
        Ok(match self {
            Workload::Write(kind) => Some((Handler::Read(kind), vec![kind.changes()?])),
            Workload::FirstVisit => {
                let login = Kind::Login;
                Some((Handler::Read(login), vec![login.changes()?]))
            }
            Workload::Beside(kind) => {
                let themes: Result<Vec<String>, _> = changes::<Theme>()?
                    .iter()
                    .map(serde_json::to_string)
                    .collect();
                let themes = themes.map_err(|cause| cause.to_string())?;
                Some((Handler::ReadBoth(kind), vec![kind.values()?, themes]))
            }
            _ => None,
        })
    }

    /// Makes the `Cookie` line of the request from the session's cookies.
    pub(crate) fn line(self, session: &str) -> String {
        match self {
            Workload::Refused(_) => tampered(session),
            Workload::Foreign => beside(session, FOREIGN),
            _ => session.to_owned(),
        }
    }
}

/// Returns what a handler sees of the small attribute.
fn small() -> Result<Vec<String>, String> {
    Ok(Kind::Large.values()?.into_iter().skip(1).collect())
}
