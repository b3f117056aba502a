//! Opens the session of a request, or says why there is none.
//!
//! It runs when a session is first looked at, so a page that does not ask for it costs no decryption.
//! Each text passes four gates, in this order: `seal` says whether it is authentic, [`admit`] whether
//! what came beside the token lets it live, `lifetime` whether its time is over, and [`revoked`] whether it was
//! revoked at the server. What is known of that has to be at hand: an adapter that must wait for it does so before the
//! handler runs.

use super::config::Config;
use super::depot::{Depot, complete};
use super::held::{Authentic, Held, Opening};
use super::revoked;
use super::tombstones::{Death, death};
use crate::carrier::{Family, Incoming};
use crate::cookie::Candidate;
use crate::error::Refusal;
use crate::lifetime::Timestamp;
use crate::payload::{Record, SessionId};
use crate::seal::{DepositName, TokenClaim, TokenRoom, claim};

/// What becomes of a session whose attributes are in a deposit.
#[derive(Clone, Copy)]
pub(super) enum Deposited<'d> {
    /// It counts with what was fetched, and not without.
    Fetched(Option<&'d Depot>),
    /// It counts without its attributes, which nobody will look at.
    Unread,
}

/// A token that does not count.
enum Unaccepted {
    /// It is not known to be authentic.
    Not(Refusal),
    /// It is authentic, and its time is over, or it was ended in this browser or at the server.
    Over(Refusal, Box<Authentic>),
}

/// A text that may be a token, as those see it who look from outside.
pub(crate) struct Looked {
    pub(crate) family: usize,
    /// What it says of itself.
    pub(crate) claim: Result<TokenClaim, Refusal>,
    pub(crate) refusal: Option<Refusal>,
    /// What is in it, if it is authentic.
    pub(crate) read: Option<Box<Authentic>>,
}

impl Unaccepted {
    fn refusal(&self) -> Refusal {
        match self {
            Unaccepted::Not(refusal) | Unaccepted::Over(refusal, _) => *refusal,
        }
    }
}

impl From<Refusal> for Unaccepted {
    fn from(refusal: Refusal) -> Unaccepted {
        Unaccepted::Not(refusal)
    }
}

/// Judges every candidate, and picks.
pub(super) fn open(
    config: &Config,
    came: &Incoming,
    deposited: Deposited<'_>,
    now: Timestamp,
) -> Opening {
    if let Incoming::Barred(_) = came {
        return Err(Refusal::OffLoopback);
    }
    let mut refusals = Vec::new();
    for (at, family) in config.carriers.cookies().counting(came) {
        let candidates = came.candidates(at);
        let is_plantable = family.spec.is_plantable();
        let mut live: Option<Box<Authentic>> = None;
        // A planted session, or planted tombstones, must not win by crowding out others.
        let hides = |at| came.jar().is_some_and(|jar| jar.may_hide_tombstones(at));
        let mut is_conflict = is_plantable && (candidates.more || hides(at));
        for candidate in &candidates.list {
            match open_one(config, came, (at, family), candidate, deposited, now) {
                Err(unaccepted) => refusals.push(unaccepted.refusal()),
                Ok(found) => match &live {
                    Some(before) if is_plantable && found.held.is_stranger_to(&before.held) => {
                        is_conflict = true;
                    }
                    Some(before) if found.held.issued < before.held.issued => {}
                    // A later cookie of the same second wins: browsers send the older one first
                    // (RFC 6265 section 5.4).
                    _ => live = Some(found),
                },
            }
        }
        // While the store is down, a planted session must not win over the visitor's own.
        if let Some(live) = &live
            && is_plantable
            && refusals.contains(&Refusal::NotFetched)
        {
            is_conflict |= has_stranger(config, came, &live.held, now);
        }
        match live {
            Some(_) if is_conflict => return Err(Refusal::Conflict),
            Some(live) => return Ok(live),
            // The own cookie may be a live session to another node, and a former one must not take
            // its place: it may be planted, and the next write would go over the own one.
            None if came.jar().is_some()
                && refusals.iter().any(|refusal| refusal.may_live_elsewhere()) =>
            {
                break;
            }
            None => {}
        }
    }
    // The most that is known: a verdict on an authentic session tells more than one on garbage.
    let telling = refusals.iter().find(|refusal| refusal.is_authentic());
    let telling = telling.or(refusals.first());
    Err(telling.copied().unwrap_or(Refusal::Absent))
}

/// Returns whether a session of another sign-in came along and lives, whether or not it was fetched.
#[cold]
fn has_stranger(config: &Config, came: &Incoming, live: &Held, now: Timestamp) -> bool {
    let mut all = open_each(config, came, now).into_iter().flatten();
    all.any(|found| found.held.family == live.family && found.held.is_stranger_to(live))
}

/// Returns every authentic session that came along, whether or not it counts: first those that are
/// over, then those that live. Responses of any of them may be under way.
pub(super) fn authentic(config: &Config, came: &Incoming, now: Timestamp) -> Vec<Held> {
    let (mut over, mut live) = (Vec::new(), Vec::new());
    for opened in open_each(config, came, now) {
        match opened {
            Ok(found) => live.push(found.held),
            // What was ended has its tombstone.
            Err(Unaccepted::Not(_) | Unaccepted::Over(Refusal::Destroyed, _)) => {}
            Err(Unaccepted::Over(_, found)) => over.push(found.held),
        }
    }
    over.extend(live);
    over
}

/// Returns every session that came along and lives, or would but for what is known of revocations.
pub(super) fn alive(config: &Config, came: &Incoming, now: Timestamp) -> Vec<Record> {
    let opened = open_each(config, came, now).into_iter();
    let alive = opened.filter_map(|opened| match opened {
        Ok(found) => Some(found.record),
        Err(Unaccepted::Over(Refusal::Revoked | Refusal::NotKnown, found)) => Some(found.record),
        Err(_) => None,
    });
    alive.collect()
}

/// Returns every sign-in that came along and of which a copy may live elsewhere: also one that idled out here, or goes on
/// under another id.
pub(super) fn sign_ins(config: &Config, came: &Incoming, now: Timestamp) -> Vec<SessionId> {
    let longest = config.lifetime.longest_absolute().as_secs();
    let opened = open_each(config, came, now).into_iter();
    let records = opened.filter_map(|opened| match opened {
        Ok(found) => Some(found.record),
        Err(Unaccepted::Over(_, found)) => Some(found.record),
        Err(Unaccepted::Not(_)) => None,
    });
    let living = records.filter(|record| now < record.created.after(longest));
    let signed_in = living.filter(|record| record.subject.is_some());
    signed_in.map(|record| record.id).collect()
}

/// Returns the name of each deposit of a session that came along and lives, and of those that are over if they are
/// asked for.
pub(super) fn deposits(
    config: &Config,
    came: &Incoming,
    with_over: bool,
    now: Timestamp,
) -> Vec<DepositName> {
    let opened = open_each(config, came, now).into_iter();
    let names = opened.filter_map(|opened| match opened {
        Ok(found) => Some(*found.record.deposit?.name()),
        Err(Unaccepted::Over(_, found)) if with_over => Some(*found.record.deposit?.name()),
        Err(_) => None,
    });
    let mut names: Vec<DepositName> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Opens each text by itself, without its deposit.
fn open_each(
    config: &Config,
    came: &Incoming,
    now: Timestamp,
) -> Vec<Result<Box<Authentic>, Unaccepted>> {
    let mut all = Vec::new();
    for (at, family) in config.carriers.cookies().counting(came) {
        for text in &came.candidates(at).list {
            let unread = Deposited::Unread;
            all.push(open_one(config, came, (at, family), text, unread, now));
        }
    }
    all
}

/// Judges each text by itself, whether or not it counts. For those who look from outside of a request.
pub(super) fn look(
    config: &Config,
    came: &Incoming,
    depot: Option<&Depot>,
    now: Timestamp,
) -> Vec<Looked> {
    let mut all = Vec::new();
    for (family, names) in config.carriers.cookies().counting(came) {
        for text in came.candidates(family).list {
            let fetched = Deposited::Fetched(depot);
            let opened = open_one(config, came, (family, names), &text, fetched, now);
            let (refusal, read) = match opened {
                Ok(live) => (None, Some(live)),
                Err(Unaccepted::Not(refusal)) => (Some(refusal), None),
                Err(Unaccepted::Over(refusal, found)) => (Some(refusal), Some(found)),
            };
            let claim = text.and_then(|text| claim(&text));
            all.push(Looked {
                family,
                claim,
                refusal,
                read,
            });
        }
    }
    all
}

fn open_one(
    config: &Config,
    came: &Incoming,
    (at, family): (usize, &Family),
    candidate: &Result<Candidate<'_>, Refusal>,
    deposited: Deposited<'_>,
    now: Timestamp,
) -> Result<Box<Authentic>, Unaccepted> {
    // Is it ours? Nothing of a token that is not is left behind.
    let binding = config.carriers.of(came.source()).binding(family);
    let text = candidate.as_ref().map_err(|refusal| *refusal)?;
    let mut room = TokenRoom::new();
    let opened = config.sealer.open(text, binding, now, &mut room)?;
    let record = Record::decode(&opened)?;
    let imprint = opened.imprint().ok_or(Refusal::Malformed)?;
    let issued = opened.issued();
    let mut touched = None;
    came.each_touch(at, |text| {
        let touch = config.sealer.read_touch(text, &imprint, &family.binding);
        // A touch from beyond the skew is not judged, and neither good nor bad for anything.
        let counts = |at: &Timestamp| *at > issued && !config.lifetime.is_future(*at, now);
        touched = touched.max(touch.filter(counts));
    });
    let held = Held {
        family: at,
        imprint,
        text: u32::try_from(text.len()).unwrap_or(u32::MAX),
        id: record.id,
        created: record.created,
        issued,
        touched,
        own: record.own,
        is_stale: false,
    };
    // Where it stays: it is large, and not to be moved again.
    let mut found = Box::new(Authentic { record, held });
    let Authentic { record, held } = &mut *found;
    // May it live, and does it still?
    let judged = match admit(config, came, held) {
        Err(refusal) => Err(refusal),
        Ok(()) => config.lifetime.judge(&held.times(held.used()), now),
    };
    // The server is asked last: this costs the most, and somebody may have to be asked before.
    let mut judged = judged.and_then(|()| revoked::judge(config, record, now));
    // What lives may have its attributes elsewhere.
    if let (Some(deposit), Deposited::Fetched(depot)) = (&record.deposit, deposited)
        && judged.is_ok()
    {
        match complete(config, depot, deposit, binding) {
            Ok(attributes) => record.attributes = attributes,
            Err(refusal) => judged = Err(refusal),
        }
    }
    match judged {
        Ok(is_stale) => {
            held.is_stale = is_stale;
            Ok(found)
        }
        // One that goes on under another id is still there to be ended, with all its renewals.
        Err(refusal) => Err(Unaccepted::Over(refusal, found)),
    }
}

/// Decides whether an authentic session is over for what is known beside its token: the tombstones of
/// this browser.
fn admit(config: &Config, came: &Incoming, held: &Held) -> Result<(), Refusal> {
    match death(config, came, &held.id) {
        Some(Death::Ended) => Err(Refusal::Destroyed),
        Some(Death::Renewed) => Err(Refusal::Superseded),
        None => Ok(()),
    }
}
