//! Tells an operator what a response carries, once that is certain.

use super::course::Course;
use super::fitting::request_bytes;
use super::said::{Deed, Said};
use super::shared::Visit;
use super::slot_state::SlotState;
use super::state::Change;
use crate::cookie::{Budget, Tally};
use crate::event::Event;

impl Course {
    /// Notes what the response `said` of the sessions.
    pub(super) fn report(&mut self, visit: &Visit, said: &[Said<'_>]) {
        let is_quiet = |said: &Said<'_>| matches!(said.deed, Deed::Nothing);
        if said.iter().all(is_quiet) && !self.slots().any(SlotState::has_refused) {
            return;
        }
        let Course {
            main: first,
            others,
            notes,
            ..
        } = self;
        let slots = std::iter::once(first).chain(others);
        for (at, (slot, said)) in slots.zip(said).enumerate() {
            // Nobody made up for it, and no page says so.
            if let Some(error) = slot.take_refused() {
                notes.push((at, Event::NotStored { error }));
            }
            let Some(state) = &slot.session else { continue };
            let is_heard = visit.slots.hears_everyday(at);
            match said.deed {
                Deed::Nothing => continue,
                Deed::Withheld => notes.push((at, Event::Withheld {})),
                Deed::Wrote(size) => size.note(state, is_heard, |note| notes.push((at, note))),
                Deed::Settled => {}
            }
            notes.extend(state.turned().map(|event| (at, event)));
            if is_heard && state.change() == Change::Ended && state.held().is_some() {
                notes.push((at, Event::Ended {}));
            }
        }
        self.report_crowd(&visit.config(0).budget, said);
    }

    /// Notes, the first time, that browsers drop what the response `said`, because they reached this host over plain
    /// http.
    pub(super) fn report_dropped(&mut self, visit: &Visit, said: &[Said<'_>]) {
        let Some(host) = &visit.plain_http else {
            return;
        };
        let is_dropped = |(slot, said): (&SlotState, &Said<'_>)| {
            let is_secure = !said.carriers.cookies().own().spec.is_development();
            is_secure && slot.came.jar().is_some() && matches!(said.deed, Deed::Wrote(_))
        };
        if self.slots().zip(said).any(is_dropped) && visit.config(0).tells_plain_http() {
            self.notes
                .push((0, Event::PlainHttp { host: host.clone() }));
        }
    }

    /// Notes a request that becomes too long: the sessions in it, and all other cookies. The main slot
    /// speaks for it, because it has one `Cookie` field.
    fn report_crowd(&mut self, main: &Budget, said: &[Said<'_>]) {
        let is_written = |said: &Said<'_>| matches!(said.deed, Deed::Wrote(_));
        if !said.iter().any(is_written) {
            return;
        }
        let (mut came, mut field_bytes, mut whole) = (Tally::default(), 0, None);
        for (slot, said) in self.slots().zip(said) {
            let Some(jar) = slot.came.jar() else {
                continue;
            };
            let families = said.carriers.cookies().families();
            let own = jar.own(families.map(|(_, family)| &family.names));
            came = came.with(own);
            match said.deed {
                Deed::Wrote(size) => {
                    whole = Some(own.with(jar.others()));
                    field_bytes += size.field_bytes;
                }
                Deed::Settled => {}
                Deed::Nothing | Deed::Withheld => field_bytes += own.bytes,
            }
        }
        let Some(whole) = whole else {
            return;
        };
        let others = whole.without(came);
        let bytes = request_bytes(field_bytes, others);
        let warning_limit = main.request_warning_limit();
        if bytes > warning_limit {
            let again = came.bytes > 0 && request_bytes(came.bytes, others) > warning_limit;
            let others = others.cookies;
            self.notes.push((
                0,
                Event::CrowdedRequest {
                    bytes,
                    others,
                    warning_limit,
                    again,
                },
            ));
        }
    }
}
