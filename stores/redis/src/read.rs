//! Reads everything that is new, round by round, into the table.

use time::OffsetDateTime;

use crate::connection::Connection;
use crate::entry::EntryId;
use crate::error::Error;
use crate::keys::Keys;
use crate::place::{Loss, Place};
use crate::replica::{Complete, Replica, Standing};
use crate::round::Round;

/// What came of reading.
pub(crate) enum Finding {
    /// Everything was read.
    Complete(Complete),
    /// The store does not hold what it held, or nothing yet. It was found in this turn.
    Lost(Loss, u64),
    /// The table has no room.
    Full(String),
}

pub(crate) fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// Reads from where the replica stands. Everything that is read counts at once; nothing is confirmed.
pub(crate) async fn read(
    connection: &mut Connection,
    keys: &Keys,
    replica: &Replica,
) -> Result<Finding, Error> {
    let (standing, turn, mut written) = replica.reading();
    let mut place = match standing {
        Standing::Whole(place) => Some(place),
        _ => None,
    };
    let mut after = place
        .as_ref()
        .map_or(EntryId::START, |place| place.head.last);
    let mut count = 0;
    let mut strange = Strange(0);
    loop {
        let as_of = now();
        let round = Round::ask(connection, keys, after).await?;
        for entry in &round.entries {
            after = entry.id;
            written.retain(|written| *written != entry.id);
            count += 1;
            let Some(all) = &entry.revocations else {
                strange.0 += 1;
                continue;
            };
            if let Err(error) = replica.table.add(all.iter().copied(), as_of) {
                return Ok(Finding::Full(error.to_string()));
            }
        }
        let epoch = round.about.as_ref().map(|about| about.epoch.as_str());
        let place = place.get_or_insert_with(|| Place::start(epoch.unwrap_or_default()));
        let head = match place.check(epoch, round.head, count) {
            Ok(head) => head,
            Err(loss) => return Ok(Finding::Lost(loss, turn)),
        };
        if let (true, Some(about)) = (round.is_last, round.about) {
            if !written.is_empty() {
                return Ok(Finding::Lost(Loss::Older, turn));
            }
            return Ok(Finding::Complete(Complete {
                head,
                as_of,
                is_vouched: connection.server().is_durable || connection.vouches(&about),
                about,
                turn,
            }));
        }
    }
}

/// Counts entries that no node writes, and tells of them in one line when a reading ends, however many somebody else put there.
struct Strange(u64);

impl Drop for Strange {
    fn drop(&mut self) {
        if self.0 > 0 {
            tracing::warn!(
                target: "sealed_session",
                event = "store_entry",
                entries = self.0,
                "entries of the store are none that a node writes, and are passed over",
            );
        }
    }
}
