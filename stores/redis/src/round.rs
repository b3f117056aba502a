//! A round: one question to the store, and an answer that counts as of one moment.

use redis::{Pipeline, Value};

use crate::about::About;
use crate::connection::Connection;
use crate::entry::{Entry, EntryId, array, text};
use crate::error::Error;
use crate::keys::Keys;

/// Entries in one answer.
const COUNT: usize = 1_000;

/// What the store held at one moment, from an entry on.
#[derive(Debug)]
pub(crate) struct Round {
    pub(crate) about: Option<About>,
    pub(crate) head: Option<Head>,
    pub(crate) entries: Vec<Entry>,
    /// Whether these are all.
    pub(crate) is_last: bool,
}

/// How far the stream goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// The last entry that was ever added.
    pub(crate) last: EntryId,
    /// How many were ever added.
    pub(crate) added: u64,
}

impl Round {
    /// Asks for what comes after an entry.
    ///
    /// A server runs the three commands one after the other, and nothing promises that nobody else's comes between. They are no
    /// transaction, because a server without memory refuses every one of them, and reading has to go on. So what came after
    /// the end of the stream was asked for is left to the next round, and a stream that ends before that was lost between.
    pub(crate) async fn ask(
        connection: &mut Connection,
        keys: &Keys,
        after: EntryId,
    ) -> Result<Round, Error> {
        let mut commands = Pipeline::new();
        About::ask(&mut commands, keys);
        commands.cmd("XINFO").arg("STREAM").arg(&*keys.stream);
        let range = commands.cmd("XRANGE").arg(&*keys.stream);
        range.arg(format!("({after}")).arg("+");
        range.arg("COUNT").arg(COUNT);
        let answers = connection.together(&commands).await?;
        let address = &connection.server().address;
        let Ok([about, head, entries]) = <[_; 3]>::try_from(answers) else {
            return Err(Error::unreadable(address));
        };
        let about = about?;
        let head = match head {
            Ok(head) => Some(Head::read(&head).ok_or_else(|| Error::unreadable(address))?),
            Err(error) if error.is_missing() => None,
            Err(error) => return Err(error),
        };
        let entries = entries?;
        let entries = array(&entries).ok_or_else(|| Error::unreadable(address))?;
        let mut is_last = entries.len() < COUNT;
        let read: Option<Vec<Entry>> = entries.iter().map(Entry::read).collect();
        let mut entries = read.ok_or_else(|| Error::unreadable(address))?;
        if let Some(head) = head {
            let asked = entries.len();
            entries.retain(|entry| entry.id <= head.last);
            is_last |= entries.len() < asked;
        }
        let reached = entries.last().map_or(after, |entry| entry.id);
        Ok(Round {
            about: array(&about).and_then(About::read),
            head: head.filter(|head| !is_last || reached >= head.last),
            is_last,
            entries,
        })
    }
}

impl Head {
    /// Reads what XINFO STREAM says: a list of names and values, or a map.
    fn read(answer: &Value) -> Option<Head> {
        let find = |wanted: &str| match answer {
            Value::Array(values) => {
                let mut pairs = values.chunks_exact(2);
                pairs.find_map(|pair| match pair {
                    [name, value] if text(name) == Some(wanted) => Some(value),
                    _ => None,
                })
            }
            Value::Map(pairs) => {
                let pair = pairs.iter().find(|(name, _)| text(name) == Some(wanted));
                pair.map(|(_, value)| value)
            }
            _ => None,
        };
        let Value::Int(added) = find("entries-added")? else {
            return None;
        };
        Some(Head {
            last: EntryId::read(find("last-generated-id")?)?,
            added: u64::try_from(*added).ok()?,
        })
    }
}
