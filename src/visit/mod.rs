//! The visit of one request: what it knows of its sessions, from the first look to the last line.
//!
//! Owns everything between a request's head and its response's: opening, changes, fitting, closing,
//! touches, tombstones, what caches need, and what an operator is told. All slots of a request share one
//! visit, with one lock and one phase. It does no I/O, reads no clock, and runs nothing of an
//! application under its lock but the iterator over a response's header fields.

mod caching;
mod closing;
mod config;
mod fitting;
mod linking;
mod opening;
mod phase;
mod report;
mod slot;
mod state;
mod tombstones;
mod touching;

pub(crate) use config::{Config, Parting, SlotConfig, SlotList};
pub(crate) use fitting::{largest, request_bytes};
pub(crate) use state::{Edit, SessionState};

use self::slot::SlotVisit;

use std::mem::take;
use std::sync::{Arc, Mutex, PoisonError};

use smallvec::SmallVec;
use time::OffsetDateTime;

use self::phase::{Cause, Closing, HeldBack, Phase};
use crate::carrier::{Incoming, LinkUse};
use crate::cross_origin::{Foreign, RequestParts};
use crate::error::{Error, HoldBack};
use crate::event::Note;
use crate::head::RequestHead;
use crate::lifetime::Timestamp;
use crate::slots::Slot;

/// The visit of one request.
pub(crate) struct Visit {
    slots: Arc<SlotList>,
    now: Timestamp,
    /// Why the request is refused.
    foreign: Option<Foreign>,
    course: Mutex<Course>,
}

/// What changes in the course of a visit.
struct Course {
    phase: Phase,
    /// In the order of the slots.
    slots: SmallVec<[SlotState; 1]>,
    notes: Notes,
}

/// What is told when the lock is released, with the number of the slot that it happened to.
type Notes = SmallVec<[(usize, Note); 1]>;

/// The session of one slot.
struct SlotState {
    came: Incoming,
    /// `None` until the session is first looked at.
    session: Option<SessionState>,
    /// `None` if no link carries the session.
    links: Option<Box<LinkUse>>,
    /// The attribute whose value was refused last, and why, until it has another one.
    refused: Option<Box<(String, Error)>>,
    usage: Usage,
}

/// Whether a request counts as a use of its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Usage {
    Active,
    Passive,
}

impl Visit {
    /// Begins the visit of a request that arrives at `now`. Reads what carries a session, and opens
    /// nothing.
    pub(crate) fn begin<'a, I>(
        slots: &Arc<SlotList>,
        request: RequestHead<'a, I>,
        now: OffsetDateTime,
    ) -> Visit
    where
        I: IntoIterator<Item = &'a [u8]>,
    {
        let (lines, request) = request.split();
        let foreign = foreign(slots, &request.asked);
        let states = match slots.is_single() {
            true => {
                std::iter::once(SlotState::read(slots, slots.main(), lines, &request)).collect()
            }
            false => {
                let lines: SmallVec<[&[u8]; 4]> = lines.into_iter().collect();
                let read = |slot: &SlotConfig| {
                    SlotState::read(slots, &slot.config, lines.iter().copied(), &request)
                };
                slots.iter().map(read).collect()
            }
        };
        Visit {
            slots: Arc::clone(slots),
            now: Timestamp::of(now),
            foreign,
            course: Mutex::new(Course {
                phase: match foreign {
                    Some(_) => Phase::Closed(Closing::Failed),
                    None => Phase::Open,
                },
                slots: states,
                notes: Notes::new(),
            }),
        }
    }

    /// Returns the time of the request.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// Returns why the request is refused, if it is.
    pub(crate) fn foreign(&self) -> Option<Foreign> {
        self.foreign
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
        self.locked(|course| act(&mut SlotVisit::of(self, course, at)))
    }

    /// As [`at`](Visit::at); `None` while another thread holds the lock.
    pub(crate) fn try_at<R>(
        &self,
        at: usize,
        act: impl FnOnce(&mut SlotVisit<'_, '_>) -> R,
    ) -> Option<R> {
        let mut course = self.course.try_lock().ok()?;
        Some(act(&mut SlotVisit::of(self, &mut course, at)))
    }

    /// Runs `act` under the lock, and tells what it noted when the lock is released: a hook may ask
    /// the session that the event is about.
    fn locked<R>(&self, act: impl FnOnce(&mut Course) -> R) -> R {
        let (result, notes) = {
            // A panic under the lock leaves a whole course: every change to it is one assignment or is
            // made on bytes that were ready before.
            let mut course = self.course.lock().unwrap_or_else(PoisonError::into_inner);
            (act(&mut course), take(&mut course.notes))
        };
        for (at, note) in &notes {
            self.config(*at).observer.tell(note);
        }
        result
    }

    /// Sends nothing of what was changed, because a panic unwinds past a handle.
    pub(crate) fn poison(&self) {
        self.locked(|course| match &mut course.phase {
            Phase::Open => course.hold_back(self, Cause::Panic),
            Phase::HeldBack(held_back) => held_back.cause = Cause::Panic,
            Phase::Closed(closing @ Closing::Failed) => *closing = Closing::Panicked,
            Phase::Closed(Closing::Sent | Closing::Panicked) => {}
        });
    }
}

impl HoldBack for Visit {
    fn hold_back(&self, error: &Error) {
        self.locked(|course| {
            if course.phase.is_open() {
                course.hold_back(self, Cause::Refused(self.slot_of(error), error.clone()));
            }
        });
    }
}

impl Course {
    /// Sends nothing of what was changed, in any slot.
    fn hold_back(&mut self, visit: &Visit, cause: Cause) {
        let is_missed = |slot: &SlotState| {
            let session = slot.session.as_ref();
            session.is_some_and(SessionState::has_to_be_sent)
        };
        let lost = self.slots.iter().position(is_missed);
        self.phase = Phase::HeldBack(HeldBack { cause, lost });
        self.reset(visit);
    }

    /// Goes back to the sessions as they came: an error page is to see what the browser keeps.
    fn reset(&mut self, visit: &Visit) {
        for (at, slot) in self.slots.iter_mut().enumerate() {
            slot.refused = None;
            // The links of the error page carry what came.
            slot.links.iter_mut().for_each(|links| links.forget());
            if slot.session.is_some() {
                let opening = opening::open(visit.config(at), &slot.came, visit.now);
                slot.session = Some(SessionState::of(opening));
            }
        }
    }
}

impl SlotState {
    fn read<'a>(
        slots: &SlotList,
        config: &Config,
        lines: impl IntoIterator<Item = &'a [u8]>,
        request: &RequestHead<'_, ()>,
    ) -> SlotState {
        let spec = &config.carriers.cookies().own().spec;
        let (came, links) = match spec.is_development() && !request.is_loopback() {
            true => (Incoming::Barred(request.host_name()), None),
            // Which requests of other origins are served is said by the main slot for all.
            false => config
                .carriers
                .read(lines, request, &slots.main().cross_origin),
        };
        SlotState {
            came,
            session: None,
            links,
            refused: None,
            usage: Usage::Active,
        }
    }
}

/// Returns why a request is refused, and tells.
fn foreign(slots: &SlotList, asked: &RequestParts<'_>) -> Option<Foreign> {
    let main = slots.main();
    let foreign = main
        .cross_origin
        .refusal(asked, || is_beyond(slots, asked))?;
    main.observer.tell(&Note::ForeignRequest(foreign));
    Some(foreign)
}

/// Returns whether another origin can do nothing with the request: no browser sends what brings its
/// sessions along unasked.
fn is_beyond(slots: &SlotList, asked: &RequestParts<'_>) -> bool {
    let mut carriers = slots.iter().map(|slot| &slot.config.carriers);
    let fields = asked.fields;
    let is_in_field =
        fields.is_some_and(|fields| carriers.clone().any(|all| all.is_in_field(fields)));
    is_in_field || !carriers.any(|all| all.comes_along())
}
