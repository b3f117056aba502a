//! How far a node has read, and the proof that the store still holds what was read.

use std::fmt;

use crate::entry::EntryId;
use crate::round::Head;

/// Up to where a node knows everything, and of which store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) epoch: String,
    pub(crate) head: Head,
}

/// What a store has lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    /// The stream is gone, as after FLUSHALL or an eviction.
    Stream,
    /// The hash that names the store is gone.
    About,
    /// Somebody began anew.
    Epoch,
    /// It is an older state: an old snapshot, or a replica that lagged behind when it took over.
    Older,
}

impl Place {
    /// Looks whether a store still holds everything up to this place, where `read` entries were read after it and none
    /// is left. `epoch` and `head` are the store's, as of one moment.
    ///
    /// The count proves more than the ids: entries that came after a loss have later ids, and the count is behind by as
    /// many as were lost.
    pub(crate) fn check(
        &self,
        epoch: Option<&str>,
        head: Option<Head>,
        read: u64,
    ) -> Result<Head, Loss> {
        let head = head.ok_or(Loss::Stream)?;
        match epoch {
            None => Err(Loss::About),
            Some(epoch) if epoch != self.epoch => Err(Loss::Epoch),
            _ if head.last < self.head.last => Err(Loss::Older),
            _ if head.added < self.head.added.saturating_add(read) => Err(Loss::Older),
            Some(_) => Ok(head),
        }
    }

    /// The place before everything, which every store still holds.
    pub(crate) fn start(epoch: &str) -> Place {
        Place {
            epoch: epoch.to_owned(),
            head: Head {
                last: EntryId::START,
                added: 0,
            },
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Loss::Stream => "the stream is gone",
            Loss::About => "the hash that names the store is gone",
            Loss::Epoch => "somebody began anew",
            Loss::Older => "it is in an older state",
        })
    }
}

#[cfg(test)]
mod tests {
    use redis::Value;

    use super::*;

    fn head(last: u64, added: u64) -> Head {
        let id = Value::BulkString(format!("{last}-0").into_bytes());
        Head {
            last: EntryId::read(&id).unwrap(),
            added,
        }
    }

    #[test]
    fn a_store_that_lost_something_is_told_from_one_that_did_not() {
        let place = Place {
            epoch: "e".to_owned(),
            head: head(50, 5),
        };
        let table = [
            // Epoch, last id, ever added, read since; and the verdict.
            (Some("e"), Some((50, 5)), 0, Ok(())),
            (Some("e"), Some((70, 7)), 2, Ok(())),
            // Two that came were trimmed before they were read.
            (Some("e"), Some((70, 7)), 0, Ok(())),
            (Some("e"), None, 0, Err(Loss::Stream)),
            (None, None, 0, Err(Loss::Stream)),
            (None, Some((50, 5)), 0, Err(Loss::About)),
            (Some("f"), Some((50, 5)), 0, Err(Loss::Epoch)),
            (Some("e"), Some((40, 4)), 0, Err(Loss::Older)),
            // Two were lost, and two came since, all later than what was read.
            (Some("e"), Some((70, 5)), 2, Err(Loss::Older)),
            // All were lost, and ten came.
            (Some("e"), Some((70, 10)), 10, Err(Loss::Older)),
            // One was lost and its number given again.
            (Some("e"), Some((50, 4)), 0, Err(Loss::Older)),
        ];
        for (epoch, end, read, wanted) in table {
            let end = end.map(|(last, added)| head(last, added));
            let verdict = place.check(epoch, end, read).map(drop);
            assert_eq!(verdict, wanted, "{epoch:?}, {end:?}, {read}");
        }
        let start = Place::start("e");
        assert_eq!(start.check(Some("e"), Some(head(9, 3)), 3), Ok(head(9, 3)));
    }
}
