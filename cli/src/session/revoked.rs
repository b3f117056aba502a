//! What a server's file of revocations says of a session: by which target it was ended, and as of when. Whether it was is
//! the library's verdict.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use sealed_session::SessionManager;
use sealed_session::inspect::Content;
use sealed_session::revocation::{RevocationTable, Target};
use sealed_session::time::OffsetDateTime;

use crate::answer::Failure;

/// The least bytes of a file for each revocation in it.
const REVOCATION: u64 = 24;

/// The most revocations that are read. They take half a gigabyte.
const ROOM_MAX: usize = 16_000_000;

/// The option `--revocations`.
#[derive(Args, Debug)]
pub(crate) struct RevocationsFrom {
    /// Judge by the revocations in FILE, which `RevocationTable::save` wrote
    #[arg(long, value_name = "FILE", requires = "KeysFrom")]
    revocations: Option<PathBuf>,
}

impl RevocationsFrom {
    /// Reads the file; `None` if the option was not given.
    pub(crate) fn table(&self) -> Result<Option<RevocationTable>, Failure> {
        let Some(file) = &self.revocations else {
            return Ok(None);
        };
        let bytes = fs::metadata(file).map_or(0, |about| about.len());
        let room = usize::try_from(bytes / REVOCATION).unwrap_or(ROOM_MAX);
        let table = RevocationTable::from_file(file, room.min(ROOM_MAX))?;
        Ok(Some(table))
    }
}

/// The revocation that ended a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Revoked {
    pub(crate) by: By,
    pub(crate) at: OffsetDateTime,
}

/// What was revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Everything,
    Subject,
    /// Whoever acts as the subject.
    Actor,
    SignIn,
    /// The sign-in at another site that the session was handed over from.
    Origin,
    Label(String),
}

impl By {
    /// Returns the name for scripts.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            By::Everything => "everything",
            By::Subject => "subject",
            By::Actor => "actor",
            By::SignIn => "sign_in",
            By::Origin => "origin",
            By::Label(_) => "label",
        }
    }
}

impl Revoked {
    /// Returns the revocation that ended a session of which the manager says that it was revoked, as of `at`: that of its
    /// sign-in or its origin, or else the latest of all that match, which is the strictest.
    pub(crate) fn find(
        manager: &SessionManager,
        table: &RevocationTable,
        content: &Content,
        at: OffsetDateTime,
    ) -> Option<Revoked> {
        let latest = |target| {
            let names = manager.revocations_of(target, at);
            let times = names
                .iter()
                .filter_map(|name| Some(table.latest(name.target())?.at()));
            times.max()
        };
        let revoked = |by, target| {
            Some(Revoked {
                by,
                at: latest(target)?,
            })
        };
        // What was revoked of an account before somebody acted as it is no matter of theirs.
        let skew = content.times.policy.clock_skew();
        let counts = |revoked: &Revoked| {
            let since = content.acting_since;
            since.is_none_or(|since| since < revoked.at + skew)
        };
        let subject = content.subject.as_deref();
        let subject = subject.and_then(|name| revoked(By::Subject, Target::Subject(name)));
        let actor = content.actor.as_deref();
        let actor = actor.and_then(|name| revoked(By::Actor, Target::Subject(name)));
        let labels = content.labels.iter();
        let wider = [revoked(By::Everything, Target::Everything)]
            .into_iter()
            .chain([subject.filter(counts), actor])
            .chain(labels.map(|label| revoked(By::Label(label.clone()), Target::Label(label))));
        revoked(By::SignIn, Target::SignIn(content.id))
            .or_else(|| revoked(By::Origin, Target::SignIn(content.origin?)))
            .or_else(|| wider.flatten().max_by_key(|revoked| revoked.at))
    }
}
