//! Whoever knows of revocations: a table, somebody who is asked, or both.

use std::any::Any;
use std::sync::Arc;

use super::asked::AskedRevocations;
use super::heard::Heard;
use super::known::{AsOf, Known};
use super::record::Revocation;
use super::rule::Begun;
use super::table::RevocationTable;
use super::target::{SessionTargets, TargetId};
use crate::error::Error;
use crate::lifetime::Timestamp;

/// Where a manager looks for revocations: a [`RevocationTable`], [`AskedRevocations`], or a table that is asked about
/// what it does not know recently enough.
///
/// ```
/// use sealed_session::revocation::{Answer, AskedRevocations, RevocationTable, Revocations};
/// use sealed_session::{Key, KeyRing, SessionManager};
///
/// let table = RevocationTable::new(100_000);
/// let store = AskedRevocations::new(async |question| {
///     // A store that is asked for `question.targets()` answers by `question.answer(..)`.
///     question.answer([])
/// });
/// let manager = SessionManager::builder("shop", KeyRing::new(Key::generate()?))
///     .revocations(Revocations::from(table).or_ask(store))
///     .build()?;
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Revocations {
    table: Option<RevocationTable>,
    asked: Option<AskedRevocations>,
    /// What has to live for as long as somebody looks here.
    _feeder: Option<Arc<dyn Any + Send + Sync>>,
}

impl Revocations {
    /// Asks about sessions of which the table does not know recently enough. Both count: what either of them knows to be
    /// revoked is revoked. A table that nobody [confirms](RevocationTable::confirm) knows what was added to it and no more, so
    /// that somebody is asked about every session.
    #[must_use]
    pub fn or_ask(self, asked: AskedRevocations) -> Revocations {
        Revocations {
            asked: Some(asked),
            ..self
        }
    }

    /// Keeps `feeder` for as long as a manager looks here: what ends, when it is dropped, the task that feeds the table.
    ///
    /// ```
    /// use sealed_session::revocation::{RevocationTable, Revocations};
    /// use std::sync::Arc;
    ///
    /// let task = Arc::new("ends the task when it is dropped");
    /// let revocations = Revocations::from(RevocationTable::new(10)).fed_by(Arc::clone(&task));
    /// assert_eq!(Arc::strong_count(&task), 2);
    /// drop(revocations);
    /// assert_eq!(Arc::strong_count(&task), 1);
    /// ```
    #[must_use]
    pub fn fed_by(self, feeder: impl Any + Send + Sync) -> Revocations {
        Revocations {
            _feeder: Some(Arc::new(feeder)),
            ..self
        }
    }

    /// Returns what is known of a session that began so, if nothing at all is revoked and nobody is asked, and if that may
    /// be so many seconds old.
    pub(crate) fn known_of_any(&self, begun: Begun, within: u64) -> Option<Known> {
        let table = self.table.as_ref().filter(|_| self.asked.is_none())?;
        table.known_of_any(begun, within)
    }

    /// Returns what is known of a session without asking, if that may be so many seconds old.
    pub(crate) fn known(&self, targets: &SessionTargets, begun: Begun, within: u64) -> Known {
        let asked = self.asked.as_ref().map(|asked| asked.known(targets));
        let table = self.table.as_ref().map(|table| {
            let known = table.known(targets, begun, within);
            match known.as_of {
                // Somebody else revokes, too, and the table was never told what.
                AsOf::Now if asked.is_some() => Known {
                    as_of: AsOf::Never,
                    ..known
                },
                _ => known,
            }
        });
        let all = table.into_iter().chain(asked);
        all.fold(Known::NOTHING, Known::with)
    }

    /// Returns the time of the latest revocation of a target that is in the table.
    pub(crate) fn latest(&self, target: TargetId) -> Option<Timestamp> {
        self.table.as_ref()?.find(target)
    }

    /// Returns how many changes the table has seen.
    pub(crate) fn changes(&self) -> u32 {
        self.table.as_ref().map_or(0, RevocationTable::changes)
    }

    /// Returns whether a request that had heard so much knew of all revocations that end a session.
    pub(crate) fn is_heard(
        &self,
        targets: &SessionTargets,
        begun: Begun,
        heard: Heard<'_>,
    ) -> bool {
        let table = self.table.as_ref();
        table.is_none_or(|table| table.is_heard(targets, begun, heard))
    }

    /// Returns what a request revokes, but for what others revoked of the same targets meanwhile.
    pub(crate) fn own(&self, revocations: &[Revocation], heard: Heard<'_>) -> Vec<Revocation> {
        let table = self.table.as_ref();
        table.map_or_else(Vec::new, |table| table.own(revocations, heard))
    }

    /// Returns whether a sign-out can be kept: there is a table.
    pub(crate) fn keeps(&self) -> bool {
        self.table.is_some()
    }

    /// Keeps a sign-out in the table, if there is one.
    pub(crate) fn sign_out(&self, revocations: &[Revocation], now: Timestamp) -> Result<(), Error> {
        match &self.table {
            Some(table) => table.sign_out(revocations, now),
            None => Ok(()),
        }
    }

    /// Returns the time before which revocations may be missing in the table, if some may.
    pub(crate) fn since(&self) -> Option<Timestamp> {
        let since = self.table.as_ref().map(RevocationTable::since);
        since.filter(|since| *since != Timestamp(0))
    }

    /// Returns as of when the table knows of everything, if there is one.
    pub(crate) fn as_of(&self) -> Option<AsOf> {
        let as_of = self.table.as_ref().map(RevocationTable::as_of);
        as_of.filter(|as_of| *as_of != AsOf::Now || self.asked.is_none())
    }

    /// Returns whether there is somebody to ask.
    pub(crate) fn asks(&self) -> bool {
        self.asked.is_some()
    }

    /// Returns who has to be asked about a session, if what is known has to be newer than `within` seconds.
    pub(crate) fn has_to_ask(
        &self,
        targets: &SessionTargets,
        begun: Begun,
        within: u64,
        now: Timestamp,
    ) -> Option<&AskedRevocations> {
        let asked = self.asked.as_ref()?;
        (!self
            .known(targets, begun, within)
            .as_of
            .is_younger(within, now))
        .then_some(asked)
    }
}

impl From<RevocationTable> for Revocations {
    fn from(table: RevocationTable) -> Revocations {
        Revocations {
            table: Some(table),
            asked: None,
            _feeder: None,
        }
    }
}

impl From<AskedRevocations> for Revocations {
    fn from(asked: AskedRevocations) -> Revocations {
        Revocations {
            table: None,
            asked: Some(asked),
            _feeder: None,
        }
    }
}
