//! From a request's cookies to one session, or to the reason why there is none.

use super::context::{Context, Family};
use crate::cookie::{Candidate, Candidates, Jar};
use crate::error::Refusal;
use crate::keys::KeyId;
use crate::lifetime::{Times, Timestamp, Verdict};
use crate::payload::Record;

/// The verdict on a request's cookies.
pub(super) enum Arrival {
    Live(Loaded),
    Refused {
        refusal: Refusal,
        /// Whether every cookie that came is authentic and over for every node, and stands where a
        /// removal would hit it and no other. Anything else may be a live session.
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
    let mut over = true;
    for (at, family) in context.families() {
        let candidates = Candidates::of(jar, at);
        let plantable = family.spec.is_plantable();
        let mut live: Option<Loaded> = None;
        for candidate in candidates.list {
            match (open(context, family, candidate, now), &live) {
                (Err(verdict), _) => {
                    // A plain name may stand in several scopes, and what came from another one
                    // says nothing of the cookie that a removal would hit.
                    over &= verdict.everywhere && !plantable;
                    verdicts.push(verdict.refusal);
                }
                (Ok(found), Some(before)) if plantable && found.is_stranger_to(before) => {
                    return CONFLICT;
                }
                (Ok(found), Some(before)) if found.issued < before.issued => {}
                // A later cookie of the same second wins: browsers send the older one first
                // (RFC 6265 section 5.4).
                (Ok(found), _) => live = Some(found),
            }
        }
        over &= !candidates.more;
        match live {
            // A planted session must not win by crowding out the one that it conflicts with.
            Some(_) if plantable && candidates.more => return CONFLICT,
            Some(live) => return Arrival::Live(live),
            // The own cookie may be a live session to another node, and a former one must not take
            // its place: it may be planted, and the next write would go over the own one.
            None if verdicts.iter().any(|refusal| refusal.may_live_elsewhere()) => {
                over = false;
                break;
            }
            None => {}
        }
    }
    // The most that is known: a verdict on an authentic session tells more than one on garbage.
    let authentic = verdicts.iter().find(|refusal| is_authentic(**refusal));
    let telling = authentic.or(verdicts.first());
    Arrival::Refused {
        refusal: telling.copied().unwrap_or(Refusal::Absent),
        over: over && !verdicts.is_empty(),
    }
}

/// Not one session that counts, under a name that a sibling domain can set.
const CONFLICT: Arrival = Arrival::Refused {
    refusal: Refusal::Conflict,
    over: false,
};

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
    /// Whether both are of different sign-ins.
    fn is_stranger_to(&self, other: &Loaded) -> bool {
        !self.record.id.is_same_sign_in(&other.record.id)
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
