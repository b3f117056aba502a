//! Revocations: a session that was ended at the server is over in every browser.

use std::cmp::Reverse;
use std::time::Duration;

use smallvec::SmallVec;

use super::config::{Config, SlotList};
use super::revoking::Revoking;
use super::state::SessionState;
use crate::error::Refusal;
use crate::lifetime::Timestamp;
use crate::payload::{Record, SessionId};
use crate::revocation::{
    Answer, AskedRevocations, Begun, Heard, Known, MaskTargets, Question, Revocation,
    SessionTargets, Target, TargetId, first_spared, kept_until,
};

impl Config {
    /// Returns what is revoked by `target`, under the name that each key gives it. Two revocations of one target have
    /// different times: a session may have begun between them.
    pub(crate) fn revocations_of(&self, target: Target<'_>, now: Timestamp) -> Vec<Revocation> {
        let skew = self.lifetime.clock_skew().as_secs();
        // A session that was handed over from here ends by it, too.
        let partners = self.hand_over.as_ref().map(|sites| sites.longest());
        let here = self.lifetime.longest_absolute();
        let longest = here.max(partners.unwrap_or_default()).as_secs();
        let mut names = Vec::new();
        self.name_targets(&[target], now, |_, name| names.push(name));
        names.sort_unstable();
        let latest = self.revoking.as_ref().and_then(|revoking| {
            let latest = |name: &TargetId| revoking.revocations.latest(*name);
            let revoked = names.iter().filter_map(latest).max();
            revoked.max(revoking.revocations.since())
        });
        // No further ahead than a clock may be: whoever signs out over and over does not shut the account.
        let after = latest.map(|latest| latest.after(1).min(now.after(skew)));
        let at = after.map_or(now, |after| after.max(now));
        let revocation = |target| Revocation {
            target,
            at,
            until: kept_until(at, longest, skew),
        };
        names.into_iter().map(revocation).collect()
    }

    /// Returns the names of what a session is part of.
    fn session_targets(&self, record: &Record, now: Timestamp) -> SessionTargets {
        let (acting, origin) = (record.grounds.acting(), record.grounds.origin());
        let signed_in = acting.map(|acting| &*acting.actor);
        let all = [Target::Everything, Target::SignIn(record.id)].into_iter();
        let all = all.chain(origin.map(SessionId::of_sign_in).map(Target::SignIn));
        let all = all.chain(signed_in.or(record.subject.as_deref()).map(Target::Subject));
        let all: SmallVec<[Target<'_>; 7]> =
            all.chain(record.labels.iter().map(Target::Label)).collect();
        let mut targets = SessionTargets::default();
        self.name_targets(&all, now, |kind, name| targets.put(kind, name));
        if let Some((acting, subject)) = acting.zip(record.subject.as_deref()) {
            let (mut names, since) = (SmallVec::new(), acting.since.max(record.created));
            self.name_targets(&[Target::Subject(subject)], now, |_, name| names.push(name));
            targets.mask = Some(Box::new(MaskTargets { names, since }));
        }
        targets
    }

    /// Returns since when somebody acts as this subject who begins to now: after what is known to be revoked of them,
    /// whatever the clocks say, as a session that begins does.
    pub(super) fn acting_since(&self, subject: &str, now: Timestamp) -> Timestamp {
        let mut latest = None;
        if let Some(revoking) = &self.revoking {
            self.name_targets(&[Target::Subject(subject)], now, |_, name| {
                latest = latest.max(revoking.revocations.latest(name));
            });
        }
        let skew = self.lifetime.clock_skew().as_secs();
        let spared = latest.map(|at| first_spared(at, skew));
        let spared = spared.filter(|since| !self.lifetime.begins_too_late(*since, now));
        spared.map_or(now, |since| since.max(now))
    }

    fn name_targets(
        &self,
        targets: &[Target<'_>],
        now: Timestamp,
        mut take: impl FnMut(u8, TargetId),
    ) {
        let targets = targets.iter().map(|target| (target.kind(), target.bytes()));
        let take = |kind, name| take(kind, TargetId::from_bytes(name));
        self.sealer
            .name_targets(targets, &self.revocation_binding, now, take);
    }

    fn known(&self, revoking: &Revoking, record: &Record, within: u64, now: Timestamp) -> Known {
        let begun = self.begun(record);
        // Nearly always nothing is revoked, and nothing has to be named.
        revoking
            .revocations
            .known_of_any(begun, within)
            .unwrap_or_else(|| {
                let targets = self.session_targets(record, now);
                revoking.revocations.known(&targets, begun, within)
            })
    }

    fn begun(&self, record: &Record) -> Begun {
        Begun {
            at: record.created,
            skew: self.lifetime.clock_skew().as_secs(),
        }
    }
}

impl SlotList {
    /// Returns what is revoked by `target`, in all slots.
    pub(crate) fn revocations_of(&self, target: Target<'_>, now: Timestamp) -> Vec<Revocation> {
        let slots = self.iter();
        let mut all: Vec<Revocation> = slots
            .flat_map(|slot| slot.config.revocations_of(target, now))
            .collect();
        // Slots that share a ring and an audience give the same names, each for as long as its sessions may live.
        all.sort_unstable_by_key(|kept| (kept.target, kept.at, Reverse(kept.until)));
        all.dedup_by_key(|kept| (kept.target, kept.at));
        all
    }
}

impl Config {
    /// Returns what is known of a session, if that may be so old.
    pub(super) fn answer(
        &self,
        revoking: &Revoking,
        record: &Record,
        within: Duration,
        now: Timestamp,
    ) -> Answer {
        let within = within.as_secs();
        let known = self.known(revoking, record, within, now);
        known.answer(self.begun(record), within, now)
    }

    /// Returns whom to ask about a session, and the question; `None` if what is known is younger than so many seconds.
    pub(super) fn question(
        &self,
        revoking: &Revoking,
        record: &Record,
        within: u64,
        now: Timestamp,
    ) -> Option<(AskedRevocations, Question)> {
        let targets = self.session_targets(record, now);
        let begun = self.begun(record);
        let whom = revoking
            .revocations
            .has_to_ask(&targets, begun, within, now)?;
        let question = Question {
            id: record.id,
            subject: record.subject.as_deref().map(str::to_owned),
            acting: record
                .grounds
                .acting()
                .map(|acting| (acting.actor.to_string(), acting.since)),
            labels: record.labels.iter().map(str::to_owned).collect(),
            begun,
            targets,
        };
        Some((whom.clone(), question))
    }
}

/// Decides whether a session that lives here was revoked. Returns whether it is accepted although nobody knows
/// recently enough.
#[inline]
pub(super) fn judge(config: &Config, record: &Record, now: Timestamp) -> Result<bool, Refusal> {
    match &config.revoking {
        None => Ok(false),
        Some(revoking) => judge_by(config, revoking, record, now),
    }
}

// Apart from what every request does.
#[inline(never)]
fn judge_by(
    config: &Config,
    revoking: &Revoking,
    record: &Record,
    now: Timestamp,
) -> Result<bool, Refusal> {
    match config.answer(revoking, record, revoking.bound(), now) {
        Answer::Clear => {
            revoking.is_known();
            Ok(false)
        }
        Answer::Revoked => Err(Refusal::Revoked),
        Answer::NotKnown if revoking.staleness.refuses() => Err(Refusal::NotKnown),
        Answer::NotKnown => Ok(true),
    }
}

/// Returns a session as it is to be sealed, if it is not as it is. One that begins in a request which had heard of a
/// revocation, or made it, comes after it, and says so, whatever the clocks say: a visitor who signs in again is not
/// shut out for as long as clocks may differ. A revocation that arrived meanwhile ends it: whoever signs in may just
/// have lost the right to.
#[inline]
pub(super) fn outliving(
    config: &Config,
    (state, heard): (&SessionState, Heard<'_>),
    record: &Record,
    now: Timestamp,
) -> Option<Box<Record>> {
    let revoking = config.revoking.as_ref()?;
    match state.unbroken() {
        None => later(config, (revoking, heard), record, now),
        Some(_) => None,
    }
}

#[inline(never)]
fn later(
    config: &Config,
    (revoking, heard): (&Revoking, Heard<'_>),
    record: &Record,
    now: Timestamp,
) -> Option<Box<Record>> {
    let revoked = config.known(revoking, record, u64::MAX, now).revoked;
    if revoked == Some(Known::ALWAYS) {
        return None;
    }
    // What was lost may have been a revocation of everything.
    let at = revoked.max(revoking.revocations.since())?;
    let begun = config.begun(record);
    if !begun.is_hit(at) {
        return None;
    }
    let targets = config.session_targets(record, now);
    if !revoking.revocations.is_heard(&targets, begun, heard) {
        return None;
    }
    let created = first_spared(at, begun.skew);
    // The node that revoked has a clock that is ahead of this one: it has to pass that time first.
    if config.lifetime.begins_too_late(created, now) {
        return None;
    }
    let mut later = Box::new(record.clone());
    later.created = created;
    Some(later)
}
