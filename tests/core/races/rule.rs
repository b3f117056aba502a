//! What a server does with a request: this library's rule, and those of others.

use sealed_session::adapter::{HeaderFields, RequestHead};
use sealed_session::{Refusal, Session, SessionManager};
use time::OffsetDateTime;

use crate::common::{self, BASE, RENEWED, TOMBSTONE, TOUCH};

/// Who decides what a response sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// What is committed, and nothing else.
    Ours,
    /// A request that reads sends the session again, to keep it alive: no touches, no tombstones.
    Resend,
    /// Ours without tombstones of either kind.
    NoTombstone,
    /// Ours without tombstones of what was renewed.
    NoneOfRenewals,
    /// Ours, and an expired session is removed by whoever meets it.
    RemoveExpired,
    /// Ours, without asking who caused a request: one without cookies is one without a session.
    NoOrigin,
}

/// What one request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    /// Never looks at its session.
    Pass,
    /// The same, and does not count as a use.
    Passive,
    Read,
    Write,
    Renew,
    SignIn,
    Destroy,
    /// The last three, caused by another site: the browser keeps the cookies back, and says so.
    ForeignWrite,
    ForeignSignIn,
    ForeignDestroy,
}

impl Op {
    /// Whether another site caused the request.
    pub(crate) fn is_foreign(self) -> bool {
        matches!(
            self,
            Op::ForeignWrite | Op::ForeignSignIn | Op::ForeignDestroy
        )
    }

    /// Whether a request of this kind changes nothing.
    pub(crate) fn only_reads(self) -> bool {
        matches!(self, Op::Pass | Op::Passive | Op::Read)
    }

    /// The handler of the request with this number.
    pub(crate) fn handle(self, session: &Session, number: usize) {
        match self {
            Op::Pass => {}
            Op::Passive => session.mark_passive(),
            Op::Read => drop(session.get::<Vec<usize>>("log").unwrap()),
            Op::Write | Op::ForeignWrite => {
                let write = |log: &mut Vec<usize>| log.push(number);
                session.update("log", write).unwrap();
            }
            Op::Renew => {
                // Other rights, for the same sign-in.
                if session.is_live() {
                    session.insert("rights", number + 1).unwrap();
                }
                session.renew().unwrap();
            }
            Op::SignIn | Op::ForeignSignIn => session
                .sign_in(&format!("user-{number}"), &[&"log"])
                .unwrap(),
            Op::Destroy | Op::ForeignDestroy => session.destroy().unwrap(),
        }
    }
}

impl Rule {
    /// The session of a request with these cookies.
    pub(crate) fn load(
        self,
        manager: &SessionManager,
        op: Op,
        cookies: &str,
        now: OffsetDateTime,
    ) -> Session {
        let is_told = op.is_foreign() && self != Rule::NoOrigin;
        let fields: &HeaderFields<'_> = &|name, take| {
            if is_told && name == "sec-fetch-site" {
                take(b"cross-site");
            }
        };
        let request = RequestHead::new([cookies.as_bytes()]).fields(fields);
        manager.load(request, now)
    }

    /// What this rule does besides the handler.
    pub(crate) fn before_commit(self, session: &Session, op: Op, number: usize) {
        if self == Rule::Resend && op == Op::Read && session.is_live() {
            session.insert("sent", number).unwrap();
        }
    }

    pub(crate) fn commit(
        self,
        manager: &SessionManager,
        session: &Session,
        now: OffsetDateTime,
    ) -> Vec<String> {
        // What is not live any more is not sent.
        let mut lines = common::commit(manager, session, now).unwrap_or_default();
        let named = |line: &str, name: &str| line.split('=').next() == Some(name);
        match self {
            Rule::Ours | Rule::NoOrigin => {}
            Rule::Resend => {
                let marks = [TOMBSTONE, RENEWED, TOUCH];
                lines.retain(|line| !marks.iter().any(|mark| named(line, mark)));
            }
            Rule::NoTombstone => {
                lines.retain(|line| !named(line, TOMBSTONE) && !named(line, RENEWED));
            }
            Rule::NoneOfRenewals => lines.retain(|line| !named(line, RENEWED)),
            Rule::RemoveExpired => {
                let expired = [Refusal::AbsoluteExpired, Refusal::IdleExpired].map(Some);
                if lines.is_empty() && expired.contains(&session.refusal()) {
                    lines.push(format!("{BASE}=; Path=/; Secure; Max-Age=0"));
                }
            }
        }
        lines
    }
}
