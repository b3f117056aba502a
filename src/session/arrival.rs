//! From a request's cookies to one session, or to the reason why there is none.

use super::context::{Context, Family};
use super::tombstones::{Death, verdict};
use crate::cookie::{Candidate, Candidates, Jar};
use crate::error::Refusal;
use crate::lifetime::{OwnLifetimes, SessionTimes, Timestamp};
use crate::payload::{Record, SessionId};
use crate::seal::TokenImprint;
use crate::transport::Source;

/// The verdict on a request's cookies: a live session, or why there is none.
pub(super) type Arrival = Result<(Record, Held), Refusal>;

/// The accepted token, as the browser holds it. It never changes.
#[derive(Clone, Copy)]
pub(super) struct Held {
    /// The number of the family that it came from.
    pub(super) family: usize,
    pub(super) imprint: TokenImprint,
    pub(super) id: SessionId,
    pub(super) created: Timestamp,
    /// When it was sealed.
    pub(super) issued: Timestamp,
    /// The latest touch of it.
    pub(super) touched: Option<Timestamp>,
    pub(super) own: OwnLifetimes,
}

impl Held {
    /// When the session was last used before this request.
    pub(super) fn used(&self) -> Timestamp {
        self.touched.unwrap_or(self.issued)
    }

    /// What the session is judged by, if it was last used at `used`.
    pub(super) fn times(&self, used: Timestamp) -> SessionTimes {
        SessionTimes {
            created: self.created,
            used,
            own: self.own,
        }
    }

    /// Whether both are of different sign-ins.
    fn is_stranger_to(&self, other: &Held) -> bool {
        !self.id.is_same_sign_in(&other.id)
    }
}

/// Judges every candidate, and picks.
pub(super) fn judge(context: &Context, jar: &Jar, now: Timestamp) -> Arrival {
    let mut verdicts = Vec::new();
    for (at, family) in context.counting(jar) {
        let candidates = Candidates::of(jar, at);
        let plantable = family.spec.is_plantable();
        let mut live: Option<(Record, Held)> = None;
        // A planted session, or planted tombstones, must not win by crowding out others.
        let mut conflict = plantable && (candidates.more || jar.may_hide_tombstones(at));
        for candidate in candidates.list {
            match (open(context, jar, (at, family), candidate, now), &live) {
                (Err(unaccepted), _) => verdicts.push(unaccepted.refusal),
                (Ok((_, found)), Some((_, before)))
                    if plantable && found.is_stranger_to(before) =>
                {
                    conflict = true;
                }
                (Ok((_, found)), Some((_, before))) if found.issued < before.issued => {}
                // A later cookie of the same second wins: browsers send the older one first
                // (RFC 6265 section 5.4).
                (Ok(found), _) => live = Some(found),
            }
        }
        match live {
            Some(_) if conflict => return Err(Refusal::Conflict),
            Some(live) => return Ok(live),
            // The own cookie may be a live session to another node, and a former one must not take
            // its place: it may be planted, and the next write would go over the own one.
            None if jar.source() == Source::Cookie
                && verdicts.iter().any(|refusal| refusal.may_live_elsewhere()) =>
            {
                break;
            }
            None => {}
        }
    }
    // The most that is known: a verdict on an authentic session tells more than one on garbage.
    let telling = verdicts.iter().find(|refusal| refusal.is_authentic());
    let telling = telling.or(verdicts.first());
    Err(telling.copied().unwrap_or(Refusal::Absent))
}

/// Every authentic session that came along, whether or not it counts: first what is over, then what
/// is live. Responses of any of them may be under way.
pub(super) fn authentic(context: &Context, jar: &Jar, now: Timestamp) -> Vec<Held> {
    let (mut over, mut live) = (Vec::new(), Vec::new());
    for (at, family) in context.counting(jar) {
        for candidate in Candidates::of(jar, at).list {
            match open(context, jar, (at, family), candidate, now) {
                Ok((_, held)) => live.push(held),
                Err(unaccepted) => over.extend(unaccepted.held.map(|held| *held)),
            }
        }
    }
    over.extend(live);
    over
}

/// A token that does not count.
struct Unaccepted {
    refusal: Refusal,
    /// If it is authentic, and only its time is wrong.
    held: Option<Box<Held>>,
}

impl From<Refusal> for Unaccepted {
    fn from(refusal: Refusal) -> Unaccepted {
        Unaccepted {
            refusal,
            held: None,
        }
    }
}

fn open(
    context: &Context,
    jar: &Jar,
    (at, family): (usize, &Family),
    candidate: Result<Candidate<'_>, Refusal>,
    now: Timestamp,
) -> Result<(Record, Held), Unaccepted> {
    let opened = context
        .sealer
        .open(&candidate?, family.binding_in(jar.source()), now)?;
    let record = Record::decode(&opened)?;
    let death = verdict(context, jar, &record.id);
    if death == Some(Death::Ended) {
        return Err(Refusal::Destroyed.into());
    }
    let (imprint, issued) = (opened.imprint(), opened.issued());
    // A touch from beyond the skew is not judged, and neither good nor bad for anything.
    let touched = jar
        .touches(at)
        .flatten()
        .filter_map(|text| context.sealer.read_touch(text, &imprint, &family.binding))
        .filter(|touch| *touch > issued && !context.lifetime.is_future(*touch, now))
        .max();
    let held = Held {
        family: at,
        imprint,
        id: record.id,
        created: record.created,
        issued,
        touched,
        own: record.own,
    };
    // What goes on under another id is still there to be ended, with all its renewals.
    let judged = match death {
        Some(_) => Err(Refusal::Superseded),
        None => context.lifetime.judge(&held.times(held.used()), now),
    };
    match judged {
        Ok(()) => Ok((record, held)),
        Err(refusal) => Err(Unaccepted {
            refusal,
            held: Some(Box::new(held)),
        }),
    }
}
