//! What this node knows of a store: a table, and how far it was read.

use std::sync::{Mutex, MutexGuard, PoisonError};

use sealed_session::revocation::RevocationTable;
use time::OffsetDateTime;

use crate::about::About;
use crate::entry::EntryId;
use crate::place::Place;
use crate::round::Head;

/// Entries that are waited for. Beyond that, the table is compared with the store.
const MOST_WRITTEN: usize = 1_000;

/// A table that is fed, and what it has to do with the store.
pub(crate) struct Replica {
    pub(crate) table: RevocationTable,
    state: Mutex<State>,
}

struct State {
    standing: Standing,
    /// Another one whenever reading has to begin anew, so that what was asked before confirms nothing.
    turn: u64,
    /// What this node has written and not read yet.
    written: Vec<EntryId>,
}

/// How a node stands to its store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It has not read everything yet.
    Cold,
    /// It has read everything up to a place.
    Whole(Place),
    /// It had, up to that time, and the store has lost something of it.
    Bereft(Option<OffsetDateTime>),
    /// It has written again what was lost, and reads everything once more.
    Repaired(Option<OffsetDateTime>),
}

/// Everything was read, as of a time.
pub(crate) struct Complete {
    pub(crate) about: About,
    pub(crate) head: Head,
    pub(crate) as_of: OffsetDateTime,
    /// Whether somebody who lived through vouches for this run of the server, or nobody has to.
    pub(crate) is_vouched: bool,
    /// The turn in which reading began.
    pub(crate) turn: u64,
}

impl Replica {
    pub(crate) fn new(room: usize) -> Replica {
        let table = RevocationTable::new(room);
        table.doubt();
        Replica {
            table,
            state: Mutex::new(State {
                standing: Standing::Cold,
                turn: 0,
                written: Vec::new(),
            }),
        }
    }

    pub(crate) fn standing(&self) -> (Standing, u64) {
        let state = self.lock();
        (state.standing.clone(), state.turn)
    }

    /// Takes note of an entry that this node has written and the store has taken. Returns whether there is room to.
    pub(crate) fn wrote(&self, entry: EntryId) -> bool {
        let mut state = self.lock();
        let is_read = match &state.standing {
            Standing::Whole(place) => entry <= place.head.last,
            _ => false,
        };
        let is_room = state.written.len() < MOST_WRITTEN;
        if is_room && !is_read {
            state.written.push(entry);
        }
        is_room
    }

    /// Returns where reading goes on, and what this node has written and not read: the store has lost it, if it is not in
    /// what is read from there.
    pub(crate) fn reading(&self) -> (Standing, u64, Vec<EntryId>) {
        let state = self.lock();
        (state.standing.clone(), state.turn, state.written.clone())
    }

    /// Forgets what was written, because all that the table holds is compared with the store now.
    pub(crate) fn compare(&self) {
        self.lock().written.clear();
    }

    /// Takes note that everything was read, unless reading has begun anew since. Returns whether it counts.
    pub(crate) fn confirm(&self, complete: &Complete) -> bool {
        let mut state = self.lock();
        if state.turn != complete.turn {
            return false;
        }
        let since = match state.standing {
            Standing::Cold => complete.about.since,
            // Somebody else may remember more, and has written it all before saying so.
            _ if complete.is_vouched => complete.about.since.min(self.table.remembers_since()),
            _ => self.table.remembers_since(),
        };
        self.table.remember_since(since);
        self.table.confirm(complete.as_of);
        state.written.retain(|entry| *entry > complete.head.last);
        state.standing = Standing::Whole(Place {
            epoch: complete.about.epoch.clone(),
            head: complete.head,
        });
        true
    }

    /// Takes note that something may be missing, for want of room.
    pub(crate) fn doubt(&self) {
        let mut state = self.lock();
        state.turn += 1;
        self.table.doubt();
    }

    /// Takes note that the store has lost something. Returns whether that is news.
    pub(crate) fn lose(&self, turn: u64, now: OffsetDateTime) -> bool {
        let mut state = self.lock();
        let known = match state.standing {
            _ if state.turn != turn => return false,
            Standing::Cold | Standing::Bereft(_) => return false,
            Standing::Whole(_) => self.table.known_as_of(now),
            Standing::Repaired(known) => known,
        };
        state.turn += 1;
        state.standing = Standing::Bereft(known);
        self.table.doubt();
        true
    }

    /// Takes note that the store has what this node knows. Returns whether it had lost something.
    pub(crate) fn repaired(&self) -> bool {
        let mut state = self.lock();
        if let Standing::Bereft(known) = state.standing {
            state.turn += 1;
            state.standing = Standing::Repaired(known);
            return true;
        }
        false
    }

    /// No call of ours panics under the lock.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(seconds)
    }

    fn complete(replica: &Replica, since: i64, is_vouched: bool) -> Complete {
        Complete {
            about: About {
                epoch: "e".to_owned(),
                since: at(since),
                run: None,
            },
            head: Head {
                last: EntryId::START,
                added: 0,
            },
            as_of: at(1_000),
            is_vouched,
            turn: replica.standing().1,
        }
    }

    #[test]
    fn what_was_asked_before_a_loss_confirms_nothing_after_it() {
        let replica = Replica::new(10);
        assert!(replica.confirm(&complete(&replica, 0, true)));
        let asked = complete(&replica, 0, true);
        assert!(replica.lose(asked.turn, at(1_000)));
        assert_eq!(replica.standing().0, Standing::Bereft(Some(at(1_000))));
        assert_eq!(replica.table.known_as_of(at(1_000)), None);
        assert!(!replica.confirm(&asked));
        // Nor is it lost twice.
        assert!(!replica.lose(asked.turn, at(1_001)));
        let (_, turn) = replica.standing();
        assert!(!replica.lose(turn, at(1_001)));

        assert!(replica.repaired());
        assert_eq!(replica.standing().0, Standing::Repaired(Some(at(1_000))));
        assert!(replica.confirm(&complete(&replica, 0, true)));
        assert_eq!(replica.table.known_as_of(at(1_000)), Some(at(1_000)));
        assert!(!replica.repaired());
    }

    #[test]
    fn what_was_written_is_waited_for_until_it_is_read() {
        let id = |number: u8| EntryId::read(&redis::Value::SimpleString(format!("{number}-0")));
        let (one, two) = (id(1).unwrap(), id(2).unwrap());
        let replica = Replica::new(10);
        assert!(replica.wrote(one) && replica.wrote(two));
        assert_eq!(replica.reading().2, [one, two]);
        let mut read = complete(&replica, 0, true);
        read.head.last = one;
        assert!(replica.confirm(&read));
        assert_eq!(replica.reading().2, [two]);
        // The answer to a write may come after what it wrote was read.
        read.head.last = two;
        assert!(replica.confirm(&read));
        assert!(replica.wrote(two) && replica.reading().2.is_empty());
        // It is bounded.
        let three = id(3).unwrap();
        assert!((0..MOST_WRITTEN).all(|_| replica.wrote(three)) && !replica.wrote(three));
        replica.compare();
        assert!(replica.reading().2.is_empty());
    }

    #[test]
    fn a_node_remembers_what_others_vouch_for_and_no_more() {
        let replica = Replica::new(10);
        let remembers = |since, is_vouched| {
            assert!(replica.confirm(&complete(&replica, since, is_vouched)));
            replica.table.remembers_since()
        };
        // One that starts believes the store; from then on it knows by itself.
        assert_eq!(remembers(500, true), at(500));
        assert_eq!(remembers(900, true), at(500));
        assert_eq!(remembers(100, false), at(500));
        assert_eq!(remembers(100, true), at(100));
    }
}
