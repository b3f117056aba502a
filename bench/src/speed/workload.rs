//! What a request brings and what its handler does with it.

use super::kind::Kind;
use super::line::{beside, tampered};
use crate::peers::Handler;

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

    /// Returns what it is called in tables.
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

    /// Returns what an earlier request stored.
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

    /// Returns what the handler has to see, each value as JSON.
    pub(crate) fn expected(self) -> Result<Vec<String>, String> {
        match self {
            Workload::Read(kind) => kind.values(),
            Workload::Small => Ok(Kind::Large.values()?.into_iter().skip(1).collect()),
            Workload::Foreign => Kind::Login.values(),
            _ => Ok(Vec::new()),
        }
    }

    /// Returns the session that has to be found in the cookie that comes back.
    pub(crate) fn written(self) -> Option<Kind> {
        match self {
            Workload::Write(kind) => Some(kind),
            Workload::FirstVisit => Some(Kind::Login),
            _ => None,
        }
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
