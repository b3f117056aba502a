//! Entries of the stream: revocations, 24 bytes each, in one field.

use std::fmt;

use redis::{Pipeline, Value};
use sealed_session::revocation::Revocation;

/// The field of an entry.
const FIELD: &[u8] = b"r";

/// Bytes of a revocation.
const REVOCATION: usize = 24;

/// Revocations in one entry that repairs a store. A round reads a thousand entries, which are 2.4 MB then.
pub(crate) const MOST: usize = 100;

/// The id of an entry: when the server took it in, and a number among those of that millisecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EntryId(u64, u64);

impl EntryId {
    /// Before every entry.
    pub(crate) const START: EntryId = EntryId(0, 0);

    pub(crate) fn read(value: &Value) -> Option<EntryId> {
        let (time, number) = std::str::from_utf8(bytes(value)?).ok()?.split_once('-')?;
        Some(EntryId(time.parse().ok()?, number.parse().ok()?))
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.0, self.1)
    }
}

/// An entry as it was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: EntryId,
    /// `None` if no node wrote this.
    pub(crate) revocations: Option<Vec<Revocation>>,
}

impl Entry {
    /// Reads what a server tells of an entry. `None` if it is none.
    pub(crate) fn read(value: &Value) -> Option<Entry> {
        let [id, fields] = array(value)? else {
            return None;
        };
        let revocations = match array(fields)? {
            [name, value] if bytes(name) == Some(FIELD) => bytes(value).and_then(decode),
            _ => None,
        };
        let id = EntryId::read(id)?;
        Some(Entry { id, revocations })
    }
}

fn decode(bytes: &[u8]) -> Option<Vec<Revocation>> {
    let all = bytes.chunks(REVOCATION).map(Revocation::from_bytes);
    all.collect::<Result<_, _>>().ok()
}

/// Adds an entry to a stream, which it makes if it is not there. With no revocations it does nothing else.
pub(crate) fn put(commands: &mut Pipeline, stream: &str, revocations: &[Revocation]) {
    let command = commands.cmd("XADD").arg(stream);
    command.arg("*").arg(FIELD).arg(packed(revocations));
}

/// Adds an entry to a stream that is there, and answers nil otherwise: one that is gone comes back with all that was in
/// it, and not with this alone.
pub(crate) fn append(commands: &mut Pipeline, stream: &str, revocations: &[Revocation]) {
    let command = commands.cmd("XADD").arg(stream).arg("NOMKSTREAM");
    command.arg("*").arg(FIELD).arg(packed(revocations));
}

fn packed(revocations: &[Revocation]) -> Vec<u8> {
    revocations.iter().flat_map(Revocation::to_bytes).collect()
}

pub(crate) fn bytes(value: &Value) -> Option<&[u8]> {
    match value {
        Value::BulkString(bytes) => Some(bytes),
        Value::SimpleString(text) => Some(text.as_bytes()),
        _ => None,
    }
}

pub(crate) fn text(value: &Value) -> Option<&str> {
    std::str::from_utf8(bytes(value)?).ok()
}

pub(crate) fn array(value: &Value) -> Option<&[Value]> {
    match value {
        Value::Array(values) => Some(values),
        _ => None,
    }
}
