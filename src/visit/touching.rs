//! Keeps a session alive without writing it.

use super::config::Config;
use super::opening::{Deposited, open};
use super::slot_state::{SlotState, Usage};
use super::state::SessionState;
use crate::carrier::{Family, Incoming};
use crate::cookie::ClearView;
use crate::error::Refusal;
use crate::head::HeaderChange;
use crate::lifetime::Timestamp;
use crate::seal::{HINT, TouchHint, touch_hint};

/// Returns whether the session of a request that changed nothing needs a touch, as far as that is known.
pub(super) fn may_be_due(config: &Config, slot: &SlotState, now: Timestamp) -> bool {
    let carrier = config.carriers.of(slot.came.source());
    if slot.usage == Usage::Passive || !carrier.is_in_head() {
        return false;
    }
    match &slot.session {
        Some(state) => state
            .unbroken()
            .is_some_and(|held| config.lifetime.is_touch_due(held.used(), now)),
        None => may_be_due_unopened(config, &slot.came, now),
    }
}

/// Returns whether there may be a touch to send, or one that came alone to remove. A session that is written
/// needs neither.
pub(super) fn may_say(config: &Config, slot: &SlotState, now: Timestamp) -> bool {
    match &slot.session {
        Some(state) if state.has_to_be_sent() => false,
        Some(state) if state.refusal() == Some(Refusal::Absent) => {
            let mut families = config.carriers.cookies().families();
            families.any(|(at, _)| slot.came.has_touch(at))
        }
        _ => may_be_due(config, slot, now),
    }
}

/// Judges by what stands in the clear, without decrypting. A yes only means that the token is to be
/// opened. A no says that the token is young by its own account, which nobody but the visitor can
/// forge, or that a touch of it is, which nobody can.
fn may_be_due_unopened(config: &Config, came: &Incoming, now: Timestamp) -> bool {
    let cookies = config.carriers.cookies();
    let own = came.clear_view(0);
    // Which family's token counts?
    let (seen, at, family) = match cookies.has_former() {
        false => (own, 0, cookies.own()),
        true => match (own, cookies.counting(came).nth(1)) {
            (ClearView::Nothing, Some((at, former))) => (came.clear_view(at), at, former),
            // In the middle of a rename the own token may be over, and the former one live.
            (_, Some((at, _))) if came.clear_view(at) != ClearView::Nothing => return true,
            (own, _) => (own, 0, cookies.own()),
        },
    };
    let (head, touch) = match seen {
        ClearView::Nothing => return false,
        ClearView::Several => return true,
        ClearView::One { head, touch } => (head, touch),
    };
    // Another writer may have cut the text elsewhere.
    if head.len() < HINT {
        return true;
    }
    // Is the token old, and its touch, if it is one of this token?
    let is_due = |issued| config.lifetime.is_touch_due(issued, now);
    config.sealer.may_open_due(head, now, is_due)
        && !touch.is_some_and(|touch| is_fresh(config, touch, came, (at, family), now))
}

/// Returns whether `touch` is one of the only token that came, and not due for another one.
fn is_fresh(
    config: &Config,
    touch: &[u8],
    came: &Incoming,
    (at, family): (usize, &Family),
    now: Timestamp,
) -> bool {
    let lifetime = &config.lifetime;
    let is_young = |time| !lifetime.is_touch_due(time, now) && !lifetime.is_future(time, now);
    if !matches!(touch_hint(touch), TouchHint::Issued(time) if is_young(time)) {
        return false;
    }
    // A touch of another token may have arrived beside this one: no clear field tells.
    match came.candidates(at).list.as_slice() {
        [Ok(text)] => config
            .sealer
            .unopened_imprint(text)
            .and_then(|imprint| config.sealer.read_touch(touch, &imprint, &family.binding))
            .is_some(),
        _ => false,
    }
}

/// Returns the line that notes this request as a use of its session, where that [`may_be_due`] and is.
/// `closed` is the time of the commit.
///
/// Only a token that was authenticated and found live in this request is touched. This may open it,
/// which does not count as having looked at it: nothing in the response depends on it.
pub(super) fn touch(
    config: &Config,
    slot: &SlotState,
    now: Timestamp,
    closed: Timestamp,
) -> Option<HeaderChange> {
    let held = match &slot.session {
        Some(state) => *state.held()?,
        None => open(config, &slot.came, Deposited::Unread, now).ok()?.held,
    };
    let times = held.times(now);
    let lifetime = &config.lifetime;
    if !lifetime.is_touch_due(held.used(), now) || !lifetime.is_touch_timely(&times, closed) {
        return None;
    }
    let (at, family) = config.carriers.cookies().families().nth(held.family)?;
    let mark = config.sealer.touch(&held.imprint, now, &family.binding)?;
    let max_age = lifetime.max_age(&times, now);
    config
        .carriers
        .of(slot.came.source())
        .touch(at, mark, max_age)
}

/// Returns the lines that remove touch cookies which came alone: their token is gone. A response that
/// took long may meet the touch of a session that began meanwhile, and removes nothing.
pub(super) fn orphans(
    config: &Config,
    came: &Incoming,
    session: Option<&SessionState>,
    now: Timestamp,
    closed: Timestamp,
) -> Vec<HeaderChange> {
    let lifetime = &config.lifetime;
    let is_absent = session.is_some_and(|state| state.refusal() == Some(Refusal::Absent));
    let Some(jar) = came.jar().filter(|_| is_absent) else {
        return Vec::new();
    };
    if lifetime.is_touch_due(now, closed) {
        return Vec::new();
    }
    let is_void = |text: Option<&[u8]>| match text.map(touch_hint) {
        Some(TouchHint::Issued(touched)) => !lifetime.is_future(touched, now),
        Some(TouchHint::Garbage) => true,
        Some(TouchHint::Newer) | None => false,
    };
    config
        .carriers
        .cookies()
        .lone_touches(jar, is_void)
        .collect()
}
