//! Writes to a store what it has not and this node has, and says what this node knows of it.
//!
//! Nothing here can do harm twice: a revocation may be in the stream several times, the first time since which a store
//! remembers is put back by whoever remembers more, and whoever finds another epoch reads everything again. The lock
//! keeps nodes that notice a loss together from all writing the same.

use redis::{Pipeline, Value};
use sealed_session::revocation::{Revocation, RevocationTable};
use time::OffsetDateTime;

use crate::about::About;
use crate::connection::Connection;
use crate::entry::{EntryId, MOST, put};
use crate::error::Error;
use crate::keys::Keys;
use crate::read::now;
use crate::replica::{Replica, Standing};
use crate::round::{Head, Round};

/// Seconds after which the lock of a node that died is gone.
const LOCKED: u32 = 5;

/// A server that is started again is back within this time, and its nodes with it.
const GAP: time::Duration = time::Duration::minutes(1);

/// Entries in one transaction.
const TOGETHER: usize = 50;

/// On what grounds a node writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grounds {
    /// It has known everything up to now, and vouches for it.
    Whole,
    /// It has just started.
    Cold,
    /// It has just started, and so has the server, and nobody vouched for it.
    Nobody,
}

/// What a repair did.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Repaired {
    /// The revocations that the store had not.
    pub(crate) written: usize,
    /// Whether the store begins anew.
    pub(crate) is_new: bool,
}

/// Repairs a store. `None` if another node is about it.
pub(crate) async fn repair(
    connection: &mut Connection,
    keys: &Keys,
    replica: &Replica,
    grounds: Grounds,
) -> Result<Option<Repaired>, Error> {
    let mut lock = redis::cmd("SET");
    lock.arg(&*keys.lock).arg(1).arg("NX").arg("EX").arg(LOCKED);
    if connection.command(&lock).await? == Value::Nil {
        return Ok(None);
    }
    let repaired = under_lock(connection, keys, replica, grounds).await;
    connection
        .command(redis::cmd("DEL").arg(&*keys.lock))
        .await?;
    repaired.map(Some)
}

async fn under_lock(
    connection: &mut Connection,
    keys: &Keys,
    replica: &Replica,
    grounds: Grounds,
) -> Result<Repaired, Error> {
    // What was written so far is in the table.
    replica.compare();
    let (about, head, seen) = read_all(connection, keys, replica).await?;
    let missing = |own: &Revocation| {
        let seen = seen.latest(own.target());
        !seen.is_some_and(|seen| seen.at() >= own.at() && seen.until() >= own.until())
    };
    let missing: Vec<Revocation> = replica.table.revocations(now()).filter(missing).collect();
    drop(seen);

    // What begins anew has no name until it is whole: who starts meanwhile must not take it for the old one.
    let is_new = about.is_none() || head.is_none();
    if is_new {
        let mut commands = Pipeline::new();
        commands.cmd("DEL").arg(&*keys.about);
        if head.is_none() {
            put(&mut commands, &keys.stream, &[]);
        }
        connection.all(&commands).await?;
    }
    let entries: Vec<&[Revocation]> = missing.chunks(MOST).collect();
    for together in entries.chunks(TOGETHER) {
        let mut commands = Pipeline::new();
        for entry in together {
            put(&mut commands, &keys.stream, entry);
        }
        connection.all(&commands).await?;
    }

    // At the end, what this node knows of it.
    let run = connection.run.clone();
    let about = about.filter(|_| !is_new);
    let since = match (grounds, &about) {
        (Grounds::Whole, about) => {
            let about = about.as_ref().filter(|about| connection.vouches(about));
            let known = match replica.standing().0 {
                Standing::Bereft(known) | Standing::Repaired(known) => known,
                Standing::Cold | Standing::Whole(_) => Some(now()),
            };
            let own = replica.table.remembers_since();
            Some(since(own, known, about.map(|about| about.since), now()))
        }
        (Grounds::Cold, Some(_)) => None,
        (Grounds::Cold, None) | (Grounds::Nobody, _) => Some(now()),
    };
    let mut commands = Pipeline::new();
    match (since, about) {
        (Some(since), Some(_)) => About::vouch(&mut commands, keys, since, run.as_deref()),
        (Some(since), None) => About::new(since, run.as_deref())?.write(&mut commands, keys),
        (None, _) => {}
    }
    if !commands.is_empty() {
        connection.all(&commands).await?;
    }
    if let (Grounds::Whole, Some(since)) = (grounds, since) {
        replica.table.remember_since(since);
    }
    Ok(Repaired {
        written: missing.len(),
        is_new,
    })
}

/// Reads all that there is, into the node's table and into one that holds nothing else.
async fn read_all(
    connection: &mut Connection,
    keys: &Keys,
    replica: &Replica,
) -> Result<(Option<About>, Option<Head>, RevocationTable), Error> {
    let seen = RevocationTable::new(replica.table.capacity());
    let mut after = EntryId::START;
    loop {
        let round = Round::ask(connection, keys, after).await?;
        for entry in &round.entries {
            after = entry.id;
            let all = entry.revocations.iter().flatten().copied();
            let added = seen.add(all.clone(), now());
            let added = added.and_then(|()| replica.table.add(all, now()));
            added.map_err(|error| Error::full(error.to_string()))?;
        }
        if round.is_last {
            return Ok((round.about, round.head, seen));
        }
    }
}

/// Returns since when a store remembers that has all that a node knows which remembers since `own`, and knew everything
/// at `known`. Others vouch that it remembers since `about`, if anybody does.
fn since(
    own: OffsetDateTime,
    known: Option<OffsetDateTime>,
    about: Option<OffsetDateTime>,
    now: OffsetDateTime,
) -> OffsetDateTime {
    match (known, about) {
        (Some(_), None) => own,
        // Nothing was written that it does not know.
        (Some(known), Some(about)) if about <= known + GAP => own.min(about),
        // What was revoked after it was cut off, and before the store began anew, is lost.
        (_, Some(about)) => about,
        (None, None) => now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_vouches_for_no_time_that_it_has_not_seen() {
        let at = |seconds| OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(seconds);
        let table = [
            // Its own, when it knew everything, what others vouch for, and the verdict at 10,000.
            (100, Some(9_000), None, 100),
            (100, Some(9_000), Some(50), 50),
            // A node that has just started began the store anew.
            (100, Some(9_000), Some(9_001), 100),
            (100, Some(9_000), Some(9_060), 100),
            // It did so long after this one was cut off.
            (100, Some(9_000), Some(9_061), 9_061),
            // It never knew everything, for want of room.
            (100, None, Some(9_000), 9_000),
            (100, None, None, 10_000),
        ];
        for (own, known, about, wanted) in table {
            let found = since(at(own), known.map(at), about.map(at), at(10_000));
            assert_eq!(found, at(wanted), "{own}, {known:?}, {about:?}");
        }
    }
}
