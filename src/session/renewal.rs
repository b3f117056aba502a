//! Keeping a session alive without writing it: when a touch is due, and its line.

use super::arrival::{Held, judge};
use super::context::Family;
use super::line::Line;
use super::{Inner, Session, Slot};
use crate::cookie::{Candidates, Glance, Jar};
use crate::error::Refusal;
use crate::lifetime::Timestamp;
use crate::seal::{HINT, TouchHint, touch_hint};
use crate::transport::Source;

/// What last renewed a session; see [`Session::renewed_by`].
///
/// ```
/// use sealed_session::Renewal;
/// # let session = sealed_session::testing::session();
/// assert_ne!(session.renewed_by(), Some(Renewal::Touch));
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Renewal {
    /// A touch cookie: a request used the session and changed nothing.
    Touch,
    /// The session itself: a request changed it.
    Write,
}

impl Session {
    /// The line that notes this request as a use of its session, if that is due. `now` is the time
    /// of the commit.
    ///
    /// Only for a token that was authenticated and found live in this request. This may open it,
    /// which does not count as having looked at it: nothing in the response depends on it.
    pub(crate) fn touch(&self, now: Timestamp) -> Option<Line> {
        self.inner.locked(|slot| {
            let held = match &slot.state {
                Some(state) => state.held?,
                None => {
                    let arrival = judge(&self.inner.context, &slot.jar, self.inner.now);
                    arrival.ok()?.1
                }
            };
            self.inner.touch_line(slot.jar.source(), &held, now)
        })
    }
}

impl Inner {
    /// Whether the session of a request that changed nothing needs a touch, as far as that is known.
    pub(super) fn is_touch_due(&self, slot: &Slot) -> bool {
        // Links carry the time of their use themselves.
        if slot.passive || slot.jar.source() == Source::Url {
            return false;
        }
        match &slot.state {
            Some(state) => state
                .held
                .is_some_and(|held| !state.is_started_over() && self.is_due(held.used())),
            None => self.may_be_due(&slot.jar),
        }
    }

    pub(super) fn is_due(&self, used: Timestamp) -> bool {
        self.context.lifetime.is_touch_due(used, self.now)
    }

    /// Judges by what stands in the clear, without decrypting. A yes only means that the token is
    /// to be opened. A no says that the token is young by its own account, which nobody but the
    /// visitor can forge, or that a touch of it is, which nobody can.
    fn may_be_due(&self, jar: &Jar) -> bool {
        let context = &self.context;
        let own = Glance::at(jar, 0);
        let (seen, at, family) = match &context.former {
            None => (own, 0, &context.family),
            Some(former) => match (own, context.counting(jar).nth(1)) {
                (Glance::Nothing, Some(_)) => (Glance::at(jar, 1), 1, former),
                // In the middle of a rename the own token may be over, and the former one live.
                (_, Some(_)) if Glance::at(jar, 1) != Glance::Nothing => return true,
                (own, _) => (own, 0, &context.family),
            },
        };
        let (head, touch) = match seen {
            Glance::Nothing => return false,
            Glance::Several => return true,
            Glance::One { head, touch } => (head, touch),
        };
        if head.len() < HINT {
            return true; // cut by another writer
        }
        let Some(issued) = context.sealer.issued_hint(head, self.now) else {
            return false;
        };
        self.is_due(issued) && !touch.is_some_and(|touch| self.is_fresh(touch, jar, (at, family)))
    }

    /// Whether `touch` is one of the only token that came, and not due for another one.
    fn is_fresh(&self, touch: &[u8], jar: &Jar, (at, family): (usize, &Family)) -> bool {
        let (sealer, lifetime) = (&self.context.sealer, &self.context.lifetime);
        let is_young = |time| !self.is_due(time) && !lifetime.is_future(time, self.now);
        if !matches!(touch_hint(touch), TouchHint::Issued(time) if is_young(time)) {
            return false;
        }
        // A touch of another token may have arrived beside this one: no clear field tells.
        match Candidates::of(jar, at).list.as_slice() {
            [Ok(text)] => sealer
                .unopened_imprint(text)
                .and_then(|imprint| sealer.read_touch(touch, &imprint, &family.binding))
                .is_some(),
            _ => false,
        }
    }

    fn touch_line(&self, source: Source, held: &Held, now: Timestamp) -> Option<Line> {
        if !self.is_due(held.used()) {
            return None;
        }
        let context = &self.context;
        let times = held.times(self.now);
        if !context.lifetime.is_touch_timely(&times, now) {
            return None;
        }
        let (_, family) = context.families().nth(held.family)?;
        let text = context
            .sealer
            .touch(&held.imprint, self.now, &family.binding)?;
        if let Some(field) = context.field(source) {
            return Some(Line::field(field.touch(), text));
        }
        let max_age = context.lifetime.max_age(&times, self.now);
        let line = family.renderer.set(family.names.touch(), &text, max_age);
        Some(Line::Cookie(line))
    }

    /// The lines that remove touch cookies which came alone: their token is gone. Only under names
    /// that nobody else can set, elsewhere it may stand in another scope than the removal hits. A
    /// response that took long may meet the touch of a session that began meanwhile.
    pub(super) fn orphans(&self, slot: &Slot, now: Timestamp) -> Vec<Line> {
        let lifetime = &self.context.lifetime;
        let absent = |state: &super::State| state.refusal == Some(Refusal::Absent);
        let in_cookies = slot.jar.source() == Source::Cookie;
        if !in_cookies
            || !slot.state.as_ref().is_some_and(absent)
            || lifetime.is_touch_due(self.now, now)
        {
            return Vec::new();
        }
        let is_void = |text: Option<&[u8]>| match text.map(touch_hint) {
            Some(TouchHint::Issued(touched)) => !lifetime.is_future(touched, self.now),
            Some(TouchHint::Garbage) => true,
            Some(TouchHint::Newer) | None => false,
        };
        let families = self.context.families();
        let orphaned = families.filter(|(at, family)| {
            let mut touches = slot.jar.touches(*at).peekable();
            !family.spec.is_plantable() && touches.peek().is_some() && touches.all(is_void)
        });
        orphaned
            .map(|(_, family)| family.renderer.remove(family.names.touch()))
            .map(Line::Cookie)
            .collect()
    }
}
