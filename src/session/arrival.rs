//! From a request's cookies to one session, or to the reason why there is none.

use super::context::{Context, Family};
use crate::cookie::{Candidate, Jar, candidates};
use crate::error::Refusal;
use crate::keys::KeyId;
use crate::lifetime::{Times, Timestamp, Verdict};
use crate::payload::Record;

/// The verdict on a request's cookies.
pub(super) enum Arrival {
    Live(Loaded),
    Refused {
        refusal: Refusal,
        /// Whether every cookie that came is authentic and over for every node, so that it may be
        /// deleted. Anything else may be a live session to another node.
        over: bool,
    },
}

/// A live session, as the browser holds it.
pub(super) struct Loaded {
    pub(super) record: Record,
    pub(super) issued: Timestamp,
    pub(super) key: KeyId,
}

/// Judges every candidate, and picks.
pub(super) fn judge(context: &Context, jar: &Jar, now: Timestamp) -> Arrival {
    let mut verdicts = Vec::new();
    for (at, family) in context.families() {
        let mut live: Option<Loaded> = None;
        for candidate in candidates(jar, at) {
            match (open(context, family, candidate, now), &live) {
                (Err(verdict), _) => verdicts.push(verdict),
                (Ok(found), Some(before)) if found.conflicts_with(before, family) => {
                    return Arrival::Refused {
                        refusal: Refusal::Conflict,
                        over: false,
                    };
                }
                (Ok(found), Some(before)) if found.issued < before.issued => {}
                // A later cookie of the same second wins: browsers send the older one first
                // (RFC 6265 section 5.4).
                (Ok(found), _) => live = Some(found),
            }
        }
        if let Some(live) = live {
            return Arrival::Live(live);
        }
    }
    // The most that is known: a verdict on an authentic session tells more than one on garbage.
    let authentic = verdicts
        .iter()
        .find(|verdict| is_authentic(verdict.refusal));
    let telling = authentic.or(verdicts.first());
    Arrival::Refused {
        refusal: telling.map_or(Refusal::Absent, |verdict| verdict.refusal),
        over: !verdicts.is_empty() && verdicts.iter().all(|verdict| verdict.everywhere),
    }
}

fn open(
    context: &Context,
    family: &Family,
    candidate: Result<Candidate<'_>, Refusal>,
    now: Timestamp,
) -> Result<Loaded, Verdict> {
    let opened = context.sealer.open(&candidate?, &family.binding, now)?;
    let record = Record::decode(&opened)?;
    let times = Times {
        created: record.created,
        issued: opened.issued(),
    };
    context.lifetime.judge(times, now)?;
    Ok(Loaded {
        record,
        issued: opened.issued(),
        key: opened.key(),
    })
}

impl Loaded {
    /// Whether both are of different sign-ins, under a name that a sibling domain can set.
    fn conflicts_with(&self, other: &Loaded, family: &Family) -> bool {
        family.spec.is_plantable() && !self.record.id.is_same_sign_in(&other.record.id)
    }
}

fn is_authentic(refusal: Refusal) -> bool {
    matches!(
        refusal,
        Refusal::AbsoluteExpired
            | Refusal::FromTheFuture
            | Refusal::IdleExpired
            | Refusal::RecordTooNew
    )
}
