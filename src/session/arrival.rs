//! From a request's cookies to one session, or to the reason why there is none.

use super::context::Context;
use crate::cookie::{Jar, candidates};
use crate::error::Refusal;
use crate::keys::KeyId;
use crate::lifetime::{Expiry, Times, Timestamp};
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
    for (at, family, _) in context.families() {
        let mut live: Option<Loaded> = None;
        for candidate in candidates(jar, at) {
            let opened = candidate
                .and_then(|text| context.sealer.open(&text, &family.binding, now))
                .map_err(unknown);
            match opened.and_then(|opened| {
                let record = Record::decode(&opened).map_err(unknown)?;
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
            }) {
                Err(verdict) => verdicts.push(verdict),
                Ok(found) => {
                    let other = live
                        .as_ref()
                        .is_some_and(|before| !before.record.id.is_same_sign_in(&found.record.id));
                    if other && family.spec.is_plantable() {
                        return Arrival::Refused {
                            refusal: Refusal::Conflict,
                            over: false,
                        };
                    }
                    // A later cookie of the same second wins: browsers send the older one first
                    // (RFC 6265 section 5.4).
                    if live
                        .as_ref()
                        .is_none_or(|before| before.issued <= found.issued)
                    {
                        live = Some(found);
                    }
                }
            }
        }
        if let Some(live) = live {
            return Arrival::Live(live);
        }
    }
    let over = !verdicts.is_empty() && verdicts.iter().all(|verdict| verdict.everywhere);
    // The most that is known: a verdict on authentic times tells more than one on garbage.
    let authentic = verdicts
        .iter()
        .find(|verdict| is_authentic(verdict.refusal));
    let telling = authentic.or(verdicts.first());
    Arrival::Refused {
        refusal: telling.map_or(Refusal::Absent, |v| v.refusal),
        over,
    }
}

fn unknown(refusal: Refusal) -> Expiry {
    Expiry {
        refusal,
        everywhere: false,
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
