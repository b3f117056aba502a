//! What one request knows of its session, and the one door through which it changes.

use super::arrival::{Arrival, Held};
use crate::error::{Error, Refusal};
use crate::lifetime::{Idle, OwnLifetimes, Timestamp};
use crate::payload::{Detached, Entry, Record, SessionId};

/// An opened session. Invariants:
///
/// - `record` is what a commit would write; `None` means that there is no session.
/// - `held` is what the browser holds; it never changes.
/// - `change` is set by [`apply`](State::apply) and by nothing else.
pub(super) struct State {
    pub(super) record: Option<Record>,
    pub(super) held: Option<Held>,
    pub(super) refusal: Option<Refusal>,
    /// What was asked for a session that has not begun yet.
    pub(super) own: OwnLifetimes,
    pub(super) change: Change,
}

/// How much of a session was changed. Each covers those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    None,
    /// What it holds, or its lifetimes.
    Edited,
    /// Its id, for the same sign-in.
    Renewed,
    /// All of it, by a sign-in.
    StartedOver,
    /// All of it, by a destroy, whatever came after.
    Ended,
}

/// A change to a session.
#[derive(Clone, Copy, Debug)]
pub(super) enum Edit<'a> {
    /// One that [`would_change`](State::would_change) something.
    Put(Entry<'a>),
    Remove(&'a str),
    Clear,
    Renew,
    Idle(Idle),
    /// In seconds.
    Absolute(u32),
    SignIn {
        subject: Option<&'a str>,
        keep: &'a [&'a str],
    },
    Destroy,
}

impl Edit<'_> {
    /// How much it changes.
    fn extent(&self) -> Change {
        match self {
            Edit::Put(_) | Edit::Remove(_) | Edit::Clear | Edit::Idle(_) | Edit::Absolute(_) => {
                Change::Edited
            }
            Edit::Renew => Change::Renewed,
            Edit::SignIn { .. } => Change::StartedOver,
            Edit::Destroy => Change::Ended,
        }
    }

    /// Whether an attribute is sent as it is when this is done.
    pub(super) fn is_kept(&self, name: &[u8]) -> bool {
        match self {
            Edit::Put(entry) => entry.name != name,
            Edit::Renew | Edit::Idle(_) | Edit::Absolute(_) => true,
            Edit::SignIn { keep, .. } => keep.iter().any(|kept| kept.as_bytes() == name),
            Edit::Remove(removed) => removed.as_bytes() != name,
            Edit::Clear | Edit::Destroy => false,
        }
    }

    /// Whether it makes up for a value of this attribute that was refused.
    pub(super) fn settles(&self, name: &str) -> bool {
        match self {
            Edit::Put(entry) => entry.name == name.as_bytes(),
            Edit::Remove(removed) => *removed == name,
            Edit::Clear | Edit::SignIn { .. } | Edit::Destroy => true,
            Edit::Renew | Edit::Idle(_) | Edit::Absolute(_) => false,
        }
    }
}

impl State {
    pub(super) fn of(arrival: Arrival) -> State {
        let (record, held, refusal) = match arrival {
            Ok((record, held)) => (Some(record), Some(held), None),
            Err(refusal) => (None, None, Some(refusal)),
        };
        State {
            record,
            held,
            refusal,
            own: OwnLifetimes::default(),
            change: Change::None,
        }
    }

    /// The attribute of this name, if there is one.
    pub(super) fn attribute(&self, name: &str) -> Option<Entry<'_>> {
        self.record.as_ref()?.attributes.get(name)
    }

    /// Like [`attribute`](State::attribute), to be used without the lock.
    pub(super) fn detached(&self, name: &str) -> Option<Detached> {
        self.record.as_ref()?.attributes.detached(name)
    }

    /// `entry` as it would be stored: that an attribute is secret sticks to its name.
    pub(super) fn as_put<'a>(&self, entry: &Entry<'a>) -> Entry<'a> {
        self.record
            .as_ref()
            .map_or(*entry, |record| record.attributes.keeping_marks(*entry))
    }

    /// Whether storing `entry` would change anything.
    pub(super) fn would_change(&self, entry: &Entry<'_>) -> bool {
        self.record
            .as_ref()
            .is_none_or(|record| record.attributes.differs(entry))
    }

    pub(super) fn id(&self) -> Option<SessionId> {
        Some(self.record.as_ref()?.id)
    }

    /// The time to stamp on what begins: that of loading, and never earlier than what was seen.
    fn stamp(&self, now: Timestamp) -> Timestamp {
        self.held.map_or(now, |held| held.used().max(now))
    }

    /// The time to stamp on what is written. A passive request writes, and renews nothing.
    pub(super) fn issued(&self, now: Timestamp, passive: bool) -> Timestamp {
        match &self.held {
            Some(held) if passive && !self.is_started_over() => held.used(),
            _ => self.stamp(now),
        }
    }

    /// Applies a change and says whether it was one. A change that fails has done nothing.
    pub(super) fn apply(&mut self, edit: Edit<'_>, now: Timestamp) -> Result<bool, Error> {
        let changed = match edit {
            Edit::Put(entry) => self.put(&entry, now)?,
            Edit::Remove(name) => self
                .record
                .as_mut()
                .is_some_and(|record| record.attributes.remove(name)),
            Edit::Clear => self.record.as_mut().is_some_and(|record| {
                let any = record.attributes.len() > 0;
                record.attributes.retain(|_| false);
                any
            }),
            Edit::Renew => match &mut self.record {
                None => false,
                Some(record) => {
                    record.id = record.id.renewed()?;
                    true
                }
            },
            Edit::Idle(idle) => self.set_own(|own| own.idle = Some(idle)),
            Edit::Absolute(seconds) => self.set_own(|own| own.absolute = Some(seconds)),
            Edit::SignIn { subject, keep } => {
                let mut record = self.begin(now, OwnLifetimes::default())?;
                self.own = OwnLifetimes::default();
                record.subject = subject.map(str::to_owned);
                if let Some(old) = self.record.take() {
                    record.attributes = old.attributes;
                    record
                        .attributes
                        .retain(|name| keep.iter().any(|k| k.as_bytes() == name));
                }
                self.record = Some(record);
                true
            }
            Edit::Destroy => {
                self.record = None;
                self.own = OwnLifetimes::default();
                true
            }
        };
        if changed {
            self.change = self.change.max(edit.extent());
        }
        Ok(changed)
    }

    /// Stores what [`would_change`](State::would_change) the session.
    fn put(&mut self, entry: &Entry<'_>, now: Timestamp) -> Result<bool, Error> {
        let record = match &mut self.record {
            Some(record) => record,
            None => {
                let new = self.begin(now, self.own)?;
                self.record.insert(new)
            }
        };
        record.attributes.put(entry);
        Ok(true)
    }

    /// Changes the lifetimes of the session, or of the one that may begin yet.
    fn set_own(&mut self, set: impl FnOnce(&mut OwnLifetimes)) -> bool {
        let Some(record) = &mut self.record else {
            set(&mut self.own);
            return false;
        };
        let before = record.own;
        set(&mut record.own);
        record.own != before
    }

    /// A new, empty record.
    fn begin(&self, now: Timestamp, own: OwnLifetimes) -> Result<Record, Error> {
        Ok(Record {
            id: SessionId::mint()?,
            created: self.stamp(now),
            subject: None,
            own,
            attributes: Default::default(),
        })
    }

    /// Whether the browser has to be told of changes.
    pub(super) fn is_changed(&self) -> bool {
        self.change > Change::None
    }

    /// Whether a sign-in or a destroy asked for a clean start.
    pub(super) fn is_started_over(&self) -> bool {
        self.change >= Change::StartedOver
    }

    pub(super) fn has_to_be_sent(&self) -> bool {
        self.is_changed() && !self.is_nothing()
    }

    /// Whether there is nothing that a browser would need to hold: a session that was begun in
    /// this request and is empty again.
    pub(super) fn is_nothing(&self) -> bool {
        self.held.is_none()
            && !self.is_started_over()
            && self
                .record
                .as_ref()
                .is_none_or(|record| record.attributes.len() == 0)
    }
}
