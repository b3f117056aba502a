//! Holds what one request knows of one session, which changes by `apply` and `put` only.

use std::mem::take;
use std::num::NonZero;

use super::handed::Handed;
use super::held::{Held, Opening};
use crate::error::{Error, Refusal};
use crate::event::{Event, Persons};
use crate::lifetime::{Idle, OwnLifetimes, SessionTimes, Timestamp};
use crate::payload::{
    Acting, Attributes, Detached, Entry, Grounds, Labels, Placed, Record, SessionId,
};

/// An opened session.
///
/// # Invariants
///
/// - The token that arrived never changes.
/// - `change` only grows, and only [`apply`](SessionState::apply) and [`put`](SessionState::put) set it.
/// - While `change` is [`Change::None`], the session is what arrived.
pub(crate) struct SessionState {
    arrived: Opening,
    current: Current,
    change: Change,
    /// Seldom anything.
    asked: Option<Box<Asked>>,
    /// Who acted as whom in the session that came.
    acted: Option<Box<Persons>>,
}

/// The session as a commit would write it.
enum Current {
    /// The one that arrived, if any, with what was changed in it.
    Arrived,
    /// One that began in this request.
    Begun(Box<Record>),
    /// None any more.
    Nothing,
}

/// What this request has asked for: a session that begins in it has that. What the session that came had is not
/// among it, because somebody may have planted it.
#[derive(Default)]
struct Asked {
    own: OwnLifetimes,
    labels: Labels,
    /// Whether a session begins that has nothing in it.
    is_empty_wanted: bool,
}

/// The extent of a change. Each covers those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    None,
    /// Attributes, or lifetimes.
    Edited,
    /// The id, for the same sign-in.
    Renewed,
    /// The whole session, which nobody has to be kept from bringing back.
    Dropped,
    /// The whole session, by a sign-in.
    StartedOver,
    /// The whole session, by a destroy, whatever came after.
    Ended,
}

/// A change to a session, apart from a value that is stored.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Edit<'a> {
    /// Begins a session, if there is none, although nothing is stored in it.
    Begin,
    Remove(&'a str),
    Clear,
    Renew,
    Idle(Idle),
    /// In seconds.
    Remember(u32),
    Label(&'a Labels),
    /// Ends a session that is no sign-in, as if it had never been.
    Drop,
    /// The visitor just proved who they are.
    Confirm,
    /// Somebody acts as another subject, or is themselves again.
    Act {
        /// Who they are from now on; `None` for themselves.
        mask: Option<Mask<'a>>,
        keep: &'a [&'a str],
    },
    StartOver {
        subject: Option<&'a str>,
        /// The sign-in at another site that this one is handed over from.
        handed: Option<&'a Handed>,
        keep: &'a [&'a str],
    },
    Destroy,
}

/// Whom somebody acts as.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mask<'a> {
    pub(crate) subject: &'a str,
    /// Since when; see [`Acting`].
    pub(crate) since: Timestamp,
}

impl Edit<'_> {
    fn extent(&self) -> Change {
        match self {
            Edit::Begin
            | Edit::Remove(_)
            | Edit::Clear
            | Edit::Idle(_)
            | Edit::Remember(_)
            | Edit::Label(_)
            | Edit::Confirm => Change::Edited,
            Edit::Renew | Edit::Act { .. } => Change::Renewed,
            Edit::Drop => Change::Dropped,
            Edit::StartOver { .. } => Change::StartedOver,
            Edit::Destroy => Change::Ended,
        }
    }

    /// Returns whether an attribute of this name stays as it is.
    pub(super) fn keeps(&self, name: &[u8]) -> bool {
        match self {
            Edit::Remove(removed) => removed.as_bytes() != name,
            Edit::StartOver { keep, .. } | Edit::Act { keep, .. } => {
                keep.iter().any(|kept| kept.as_bytes() == name)
            }
            Edit::Clear | Edit::Drop | Edit::Destroy => false,
            Edit::Begin
            | Edit::Renew
            | Edit::Idle(_)
            | Edit::Remember(_)
            | Edit::Label(_)
            | Edit::Confirm => true,
        }
    }

    /// Returns whether it makes up for a value of this attribute that was refused.
    pub(super) fn settles(&self, name: &str) -> bool {
        match self {
            Edit::Remove(removed) => *removed == name,
            Edit::Clear
            | Edit::Drop
            | Edit::Act { .. }
            | Edit::StartOver { .. }
            | Edit::Destroy => true,
            Edit::Begin
            | Edit::Renew
            | Edit::Idle(_)
            | Edit::Remember(_)
            | Edit::Label(_)
            | Edit::Confirm => false,
        }
    }
}

impl SessionState {
    pub(super) fn of(arrived: Opening) -> SessionState {
        let found = arrived.as_ref().ok();
        SessionState {
            acted: found.and_then(|found| persons(&found.record)),
            arrived,
            current: Current::Arrived,
            change: Change::None,
            asked: None,
        }
    }

    /// Returns whose acting ended in this request, and whose began.
    pub(super) fn turned(&self) -> impl Iterator<Item = Event> {
        let now = self.record().and_then(persons);
        let is_change = self.acted != now;
        let told = [(self.acted.clone(), false), (now, true)];
        let told = told.into_iter().filter(move |_| is_change);
        told.filter_map(|(persons, has_begun)| {
            Some(Event::Acting {
                persons: *persons?,
                has_begun,
            })
        })
    }

    /// Returns the session as a commit would write it; `None` if there is none.
    pub(crate) fn record(&self) -> Option<&Record> {
        match &self.current {
            Current::Arrived => self.arrived.as_ref().ok().map(|found| &found.record),
            Current::Begun(record) => Some(record),
            Current::Nothing => None,
        }
    }

    fn record_mut(&mut self) -> Option<&mut Record> {
        match &mut self.current {
            Current::Arrived => self.arrived.as_mut().ok().map(|found| &mut found.record),
            Current::Begun(record) => Some(record),
            Current::Nothing => None,
        }
    }

    /// Returns the token that the browser holds, if it was accepted.
    pub(crate) fn held(&self) -> Option<&Held> {
        self.arrived.as_ref().ok().map(|found| &found.held)
    }

    /// Returns why no token was accepted.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        self.arrived.as_ref().err().copied()
    }

    /// Returns whether a session is accepted that nobody knows of recently enough; `None` if somebody does.
    pub(super) fn stale(&self) -> Option<bool> {
        match &self.arrived {
            Ok(found) => found.held.is_stale.then_some(true),
            Err(refusal) => (*refusal == Refusal::NotKnown).then_some(false),
        }
    }

    pub(crate) fn change(&self) -> Change {
        self.change
    }

    /// Returns why the session is written, in a word for metrics.
    pub(super) fn written_for(&self) -> &'static str {
        let record = self.record();
        let is_signed_in = record.is_some_and(|record| record.subject.is_some());
        match self.change {
            Change::StartedOver | Change::Ended if is_signed_in => "signed_in",
            Change::StartedOver => "started_over",
            _ if self.unbroken().is_none() => "begun",
            Change::Renewed => "renewed",
            Change::None | Change::Edited | Change::Dropped | Change::Ended => "changed",
        }
    }

    pub(crate) fn id(&self) -> Option<SessionId> {
        Some(self.record()?.id)
    }

    /// Returns the attribute of this name, to be used without the lock.
    pub(crate) fn detached(&self, name: &str) -> Option<Detached> {
        self.record()?.attributes.detached(name)
    }

    pub(crate) fn attributes(&self) -> Option<&Attributes> {
        Some(&self.record()?.attributes)
    }

    /// Returns the times that the session is judged by: those of a session that would begin now if there is
    /// none.
    pub(crate) fn times(&self, now: Timestamp) -> SessionTimes {
        let record = self.record();
        let (created, own) =
            record.map_or((now, self.asked()), |record| (record.created, record.own));
        SessionTimes {
            created,
            // What was started over will be stamped now.
            used: self.unbroken().map_or(now, Held::used),
            own,
        }
    }

    /// Returns whether this request has asked for nothing that a session has which may begin in it.
    pub(super) fn asks_nothing(&self) -> bool {
        self.asked.is_none()
    }

    /// Returns the lifetimes that this request has asked for.
    pub(crate) fn asked(&self) -> OwnLifetimes {
        self.asked
            .as_ref()
            .map(|asked| asked.own)
            .unwrap_or_default()
    }

    /// Returns the token that the browser holds, unless the session was started over since.
    pub(crate) fn unbroken(&self) -> Option<&Held> {
        match self.change >= Change::Dropped {
            true => None,
            false => self.held(),
        }
    }

    /// Returns the time to stamp on what begins: that of loading, and never earlier than what was seen.
    fn stamp(&self, now: Timestamp) -> Timestamp {
        self.held().map_or(now, |held| held.used().max(now))
    }

    /// Returns the time to stamp on what is written. A passive request writes, and renews nothing.
    pub(crate) fn issued(&self, now: Timestamp, is_passive: bool) -> Timestamp {
        match self.unbroken() {
            Some(held) if is_passive => held.used(),
            _ => self.stamp(now),
        }
    }

    /// Looks up what storing `entry` would do.
    pub(super) fn placed<'a>(&self, entry: Entry<'a>) -> Placed<'a> {
        match self.attributes() {
            Some(attributes) => attributes.placed(entry),
            None => Placed::first(entry),
        }
    }

    /// Stores what was placed, and begins a session if there is none.
    pub(super) fn put(&mut self, placed: &Placed<'_>, now: Timestamp) -> Result<(), Error> {
        if self.record().is_none() {
            self.current = Current::Begun(self.begin(now)?);
        }
        if let Some(record) = self.record_mut() {
            record.attributes.put(placed);
            self.change = self.change.max(Change::Edited);
        }
        Ok(())
    }

    /// Drops the session, and begins one that holds this value alone, which was placed first.
    pub(super) fn put_anew(&mut self, placed: &Placed<'_>, now: Timestamp) -> Result<(), Error> {
        let mut record = self.begin(now)?;
        record.attributes.put(placed);
        self.current = Current::Begun(record);
        self.change = self.change.max(Change::Dropped);
        Ok(())
    }

    /// Applies a change. One that fails has done nothing.
    pub(super) fn apply(&mut self, edit: Edit<'_>, now: Timestamp) -> Result<bool, Error> {
        let is_change = match edit {
            Edit::Begin => {
                let begins = self.record().is_none();
                if begins {
                    self.current = Current::Begun(self.begin(now)?);
                    self.asked.get_or_insert_default().is_empty_wanted = true;
                }
                begins
            }
            Edit::Remove(name) => {
                let record = self.record_mut();
                record.is_some_and(|record| record.attributes.remove(name))
            }
            Edit::Clear => {
                let record = self.record_mut();
                record.is_some_and(|record| !take(&mut record.attributes).is_empty())
            }
            Edit::Renew => match self.record_mut() {
                Some(record) => {
                    record.id = record.id.renewed()?;
                    true
                }
                None => false,
            },
            Edit::Idle(idle) => self.ask(|own| own.idle = Some(idle)),
            Edit::Remember(seconds) => self.ask(|own| {
                *own = OwnLifetimes {
                    idle: Some(Idle::Never),
                    absolute: NonZero::new(seconds),
                }
            }),
            Edit::Label(labels) => {
                self.asked.get_or_insert_default().labels = labels.clone();
                self.record_mut().is_some_and(|record| {
                    let is_change = record.labels != *labels;
                    record.labels = labels.clone();
                    is_change
                })
            }
            Edit::Confirm => {
                let at = self.stamp(now);
                self.record_mut().is_some_and(|record| {
                    record.grounds = record.grounds.confirmed_at(at);
                    true
                })
            }
            Edit::Act { mask, .. } => match self.record_mut() {
                Some(record) => {
                    record.id = record.id.renewed()?;
                    turn(record, mask);
                    record.attributes.retain(|name| edit.keeps(name));
                    true
                }
                None => false,
            },
            Edit::StartOver {
                subject, handed, ..
            } => {
                let mut record = self.begin(now)?;
                record.subject = subject.map(Into::into);
                if let Some(handed) = handed {
                    record.created = handed.begun;
                    record.labels = handed.labels.clone();
                    record.grounds = handed.grounds.clone();
                }
                if let Some(old) = self.record_mut() {
                    record.attributes = take(&mut old.attributes);
                    record.attributes.retain(|name| edit.keeps(name));
                }
                self.current = Current::Begun(record);
                true
            }
            Edit::Drop => {
                let is_there = self.record().is_some();
                self.forget();
                is_there
            }
            Edit::Destroy => {
                self.forget();
                true
            }
        };
        if is_change {
            self.change = self.change.max(edit.extent());
        }
        Ok(is_change)
    }

    /// Forgets what was begun after a destroy.
    pub(super) fn forget(&mut self) {
        self.current = Current::Nothing;
    }

    /// Changes the lifetimes of the session, and of one that may begin yet in this request.
    fn ask(&mut self, set: impl Fn(&mut OwnLifetimes)) -> bool {
        set(&mut self.asked.get_or_insert_default().own);
        self.record_mut().is_some_and(|record| {
            let before = record.own;
            set(&mut record.own);
            record.own != before
        })
    }

    /// Makes a new, empty record.
    fn begin(&self, now: Timestamp) -> Result<Box<Record>, Error> {
        let asked = self.asked.as_ref().map(|asked| asked.labels.clone());
        Ok(Box::new(Record {
            id: SessionId::mint()?,
            created: self.stamp(now),
            subject: None,
            own: self.asked(),
            labels: asked.unwrap_or_default(),
            grounds: Grounds::default(),
            attributes: Attributes::default(),
            deposit: None,
        }))
    }

    /// Returns whether a sign-in or a destroy asked for a clean start.
    pub(crate) fn is_started_over(&self) -> bool {
        self.change >= Change::StartedOver
    }

    /// Returns whether the browser has to be told of changes.
    pub(super) fn has_to_be_sent(&self) -> bool {
        self.change > Change::None && !self.is_nothing()
    }

    /// Returns whether there is nothing that a browser would need to hold: no session, or one that was
    /// begun in this request and is empty again.
    pub(crate) fn is_nothing(&self) -> bool {
        self.held().is_none()
            && !self.is_started_over()
            && self.attributes().is_none_or(Attributes::is_empty)
            && !self
                .asked
                .as_ref()
                .is_some_and(|asked| asked.is_empty_wanted)
    }
}

/// Returns who acts as whom.
fn persons(record: &Record) -> Option<Box<Persons>> {
    let acting = record.grounds.acting()?;
    Some(Box::new(Persons {
        actor: acting.actor.clone(),
        subject: record.subject.clone()?,
    }))
}

/// Puts another subject in the place of the one who acts, or gives back the one who did.
fn turn(record: &mut Record, mask: Option<Mask<'_>>) {
    let acting = record.grounds.acting();
    let real = acting.map(|acting| acting.actor.clone());
    let real = real.or_else(|| record.subject.take());
    let acting = real.clone().zip(mask).map(|(actor, mask)| Acting {
        actor,
        since: mask.since,
    });
    record.subject = mask.map(|mask| mask.subject.into()).or(real);
    record.grounds = record.grounds.acting_by(acting);
}
