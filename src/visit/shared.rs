//! The visit as the handles of its sessions share it: what it knows of the request, and the lock.

use std::mem::take;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use smallvec::SmallVec;
use time::OffsetDateTime;

use super::config::{Config, SlotConfig, SlotList};
use super::course::{Course, Notes};
use super::phase::{Cause, Closing, Phase};
use super::recording::{Ids, Recording};
use super::slot::SlotVisit;
use super::slot_state::SlotState;
use crate::carrier::Carriers;
use crate::cross_origin::{Brought, Caused, Foreign, RequestParts};
use crate::error::{Error, Owner};
use crate::event::Event;
use crate::flash::Flash;
use crate::head::{CookieLine, RequestHead, goes_unseen};
use crate::lifetime::Timestamp;
use crate::slot::Slot;

/// The visit of one request.
pub(crate) struct Visit {
    pub(super) slots: Arc<SlotList>,
    pub(super) now: Timestamp,
    /// Why the request is refused.
    foreign: OnceLock<Foreign>,
    /// Whether nobody may see the answer. Asked where messages wait for a page.
    is_unseen: bool,
    /// The place of the form token that the request has to bring, if it has a session.
    pub(super) form: Option<Box<Brought>>,
    /// The host that a browser reached over plain http, where it keeps no `Secure` cookie.
    pub(super) plain_http: Option<String>,
    course: Mutex<Course>,
    /// `None` if no slot has its log id recorded.
    recording: Option<Box<Recording>>,
}

impl Visit {
    /// Begins the visit of a request that arrives at `now`. Reads what carries a session, and opens
    /// nothing.
    pub(crate) fn begin<'a, I>(
        slots: &Arc<SlotList>,
        request: RequestHead<'a, I>,
        now: OffsetDateTime,
    ) -> Arc<Visit>
    where
        I: IntoIterator<Item: CookieLine<'a>>,
    {
        let (lines, request) = request.split();
        let caused = caused(slots, &request.asked);
        let (foreign, form, phase) = match caused {
            Caused::Elsewhere(foreign) => (foreign.into(), None, Phase::Closed(Closing::Refused)),
            Caused::Here | Caused::HereInPlain => {
                let policy = &slots.main().cross_origin;
                let form = policy.form_token(&request.asked, || is_beyond(slots, &request.asked));
                (OnceLock::new(), form.map(Box::new), Phase::Open)
            }
        };
        let is_unseen =
            !slots.is_single() && slots.find::<Flash>().is_some() && goes_unseen(&request.asked);
        let recording = slots.records_log_ids().then(Recording::begin);
        let is_plain = caused == Caused::HereInPlain && !request.is_loopback();
        let (main, others) = if slots.is_single() {
            (
                SlotState::read(slots, slots.main(), lines, &request),
                Vec::new(),
            )
        } else {
            let lines: SmallVec<[I::Item; 4]> = lines.into_iter().collect();
            let read =
                |config: &Config| SlotState::read(slots, config, lines.iter().copied(), &request);
            let other = |slot: &SlotConfig| SlotState::of(&slot.config, read(&slot.config));
            (
                read(slots.main()),
                slots.iter().skip(1).map(other).collect(),
            )
        };
        Arc::new(Visit {
            slots: Arc::clone(slots),
            now: Timestamp::of(now),
            foreign,
            is_unseen,
            form,
            plain_http: is_plain.then(|| request.host_name()),
            course: Mutex::new(Course {
                phase,
                main: SlotState::of(slots.main(), main),
                others,
                notes: Notes::new(),
            }),
            recording,
        })
    }

    /// Returns the time of the request.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// Returns why the request is refused, if it is.
    pub(crate) fn foreign(&self) -> Option<Foreign> {
        self.foreign.get().copied()
    }

    /// Refuses the request, before a handler runs.
    pub(super) fn refuse(&self, reason: Foreign) -> Foreign {
        self.locked(|course| course.phase = Phase::Closed(Closing::Refused));
        let reason = *self.foreign.get_or_init(|| reason);
        self.slots.tell(0, &Event::ForeignRequest { reason });
        reason
    }

    /// Returns whether nobody may see the answer, so that no message is shown by it.
    pub(crate) fn goes_unseen(&self) -> bool {
        self.is_unseen
    }

    /// Returns the slots of the manager that loaded the request.
    #[inline]
    pub(crate) fn slots(&self) -> &Arc<SlotList> {
        &self.slots
    }

    /// Returns the configuration of the slot number `at`.
    pub(crate) fn config(&self, at: usize) -> &Config {
        self.slots.at(at)
    }

    /// Returns the number of the slot `S`.
    pub(crate) fn find<S: Slot>(&self) -> Option<usize> {
        self.slots.find::<S>()
    }

    /// Returns the number of the slot that an error happened to, as far as it tells.
    pub(crate) fn slot_of(&self, error: &Error) -> usize {
        let named = |slot: &SlotConfig| error.cookie() == Some(slot.config.cookie());
        self.slots.iter().position(named).unwrap_or_default()
    }

    /// Counts the slots.
    pub(crate) fn len(&self) -> usize {
        self.slots.iter().count()
    }

    /// Looks at the slot number `at` under the lock.
    pub(crate) fn at<R>(&self, at: usize, act: impl FnOnce(&mut SlotVisit<'_, '_>) -> R) -> R {
        self.locked(|course| act(&mut SlotVisit::of(&self.slots, self.now, course, at)))
    }

    /// As [`at`](Visit::at); `None` while another thread holds the lock.
    pub(crate) fn try_at<R>(
        &self,
        at: usize,
        act: impl FnOnce(&mut SlotVisit<'_, '_>) -> R,
    ) -> Option<R> {
        let mut course = self.course.try_lock().ok()?;
        Some(act(&mut SlotVisit::of(
            &self.slots,
            self.now,
            &mut course,
            at,
        )))
    }

    /// Runs `act` under the lock, and tells what it noted when the lock is released: a hook may ask
    /// the session that the event is about.
    pub(super) fn locked<R>(&self, act: impl FnOnce(&mut Course) -> R) -> R {
        let (result, notes) = {
            // A panic under the lock leaves a whole course: every change to it is one assignment or is
            // made on bytes that were ready before.
            let mut course = self.course.lock().unwrap_or_else(PoisonError::into_inner);
            (act(&mut course), take(&mut course.notes))
        };
        // First, so that what is told stands in a span that knows whose it is.
        if let Some(recording) = &self.recording {
            self.record_log_ids(recording);
        }
        for (at, event) in &notes {
            self.slots.tell(*at, event);
        }
        result
    }

    /// Cold, so that a request without it pays for the question only.
    #[cold]
    #[inline(never)]
    fn record_log_ids(&self, recording: &Recording) {
        let ids: Ids = {
            let course = self.course.lock().unwrap_or_else(PoisonError::into_inner);
            let ids = course.slots().map(|slot| slot.session.as_ref()?.id());
            ids.collect()
        };
        recording.record(&self.slots, ids);
    }

    /// Sends nothing of what was changed, because a panic unwinds past a handle.
    pub(crate) fn poison(&self) {
        self.locked(|course| course.poison(&self.slots, self.now));
    }
}

impl Owner for Visit {
    fn tell(&self, at: usize, error: &Error) {
        let error = error.clone();
        let event = match error.is_misuse() {
            true => Event::Mistake { error },
            false => Event::HandlerError { error },
        };
        self.slots.tell(at, &event);
    }

    fn hold_back(&self, error: &Error) {
        self.locked(|course| {
            if course.phase.is_open() {
                let cause = Cause::Refused(self.slot_of(error), error.clone());
                course.hold_back(&self.slots, self.now, cause);
            }
        });
    }
}

/// Returns who caused a request, and tells if that is another origin.
fn caused(slots: &SlotList, asked: &RequestParts<'_>) -> Caused {
    let main = slots.main();
    let caused = main.cross_origin.judge(asked, || is_beyond(slots, asked));
    if let Caused::Elsewhere(reason) = caused {
        slots.tell(0, &Event::ForeignRequest { reason });
    }
    caused
}

/// Returns whether another origin can do nothing with the request: no browser sends what brings its
/// sessions along unasked.
fn is_beyond(slots: &SlotList, asked: &RequestParts<'_>) -> bool {
    let mut carriers = slots.iter().map(|slot| &slot.config.carriers);
    let fields = asked.fields;
    let is_in_field =
        fields.is_some_and(|fields| carriers.clone().any(|all| all.is_in_field(fields)));
    is_in_field || !carriers.any(Carriers::comes_along)
}
