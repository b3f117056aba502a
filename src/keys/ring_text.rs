//! The text form of a ring: keys, one a line or between commas, and their times.
//!
//! Every fault names its place and nothing of a key. It does no I/O.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::key::Key;
use super::ring::KeyRing;
use super::ring_key::KeyState;
use super::text::{FAMILY, MAKE_ONE, PREFIX, bare, describe};
use crate::error::Error;
use crate::lifetime::Timestamp;

/// Where the text of a ring comes from, as errors name it.
pub(super) enum RingSource {
    Text,
    File(String),
    Variable(String),
}

impl RingSource {
    /// Adds the source to an error of the whole text.
    pub(super) fn of_all(&self, error: Error) -> Error {
        match self {
            RingSource::Text => error,
            RingSource::File(name) => error.at(name),
            RingSource::Variable(name) => error.at(format!("${name}")),
        }
    }

    /// Names an entry by its line, or by its number among all entries, both from 1.
    fn place(&self, line: usize, entry: usize) -> String {
        match self {
            RingSource::Text => format!("line {line}"),
            RingSource::File(name) => format!("{name}, line {line}"),
            RingSource::Variable(name) => format!("${name}, entry {entry}"),
        }
    }
}

impl std::str::FromStr for KeyRing {
    type Err = Error;

    fn from_str(text: &str) -> Result<KeyRing, Error> {
        read(text.as_bytes(), &RingSource::Text)
    }
}

/// A key as the text has it, and its place.
struct TextEntry {
    key: Key,
    state: KeyState,
    place: String,
}

/// Reads the text form of a ring.
pub(super) fn read(text: &[u8], source: &RingSource) -> Result<KeyRing, Error> {
    let mut entries = entries(text, source)?;
    let sealing = entries.iter().enumerate();
    let sealing = sealing.filter_map(|(at, entry)| Some((entry.state.turn()?, at)));
    let Some((_, first)) = sealing.min() else {
        let what = match entries.is_empty() {
            true => format!("there is no key; one a line is expected; {MAKE_ONE}"),
            false => "no key of the ring seals: every one has `stopped`".to_owned(),
        };
        return Err(source.of_all(Error::key(what)));
    };
    let TextEntry { key, state, place } = entries.remove(first);
    let mut places = vec![(key.id(), place)];
    let mut ring = KeyRing::beginning_with(key, state);
    for TextEntry { key, state, place } in entries {
        places.push((key.id(), place.clone()));
        ring = ring.add(key, state).map_err(|error| error.at(place))?;
    }
    // Who takes over from a key is known when all are there.
    let fault = ring.keys().find_map(|key| Some((key.id, key.fault()?)));
    let Some((faulty, what)) = fault else {
        return Ok(ring);
    };
    let place = places.into_iter().find(|(id, _)| *id == faulty);
    Err(Error::key(what).at(place.map(|(_, place)| place).unwrap_or_default()))
}

fn entries(text: &[u8], source: &RingSource) -> Result<Vec<TextEntry>, Error> {
    let text = undressed(text).map_err(|error| source.of_all(error))?;
    let mut entries: Vec<TextEntry> = Vec::new();
    let mut has_base = false;
    for (at, line) in text.split(|&byte| byte == b'\n').enumerate() {
        let content = content(line).map_err(|what| {
            let place = source.place(at + 1, entries.len() + 1);
            Error::key(what).at(place)
        })?;
        let of_line = content.split(',');
        for entry in of_line.filter(|entry| !entry.trim_ascii().is_empty()) {
            let place = source.place(at + 1, entries.len() + 1);
            let read = read_entry(entry, has_base);
            let (key, state) = read.map_err(|error| error.at(&place))?;
            has_base |= matches!(state, KeyState::Seals { from: None, .. });
            entries.push(TextEntry { key, state, place });
        }
    }
    Ok(entries)
}

/// Returns what stands on a line before its comment.
fn content(line: &[u8]) -> Result<&str, String> {
    // Everything is printable ASCII: a stray byte is a wrong file or a broken copy.
    let stray = line
        .iter()
        .position(|&b| !matches!(b, b'\t' | b'\r' | b' '..=b'~'));
    if let Some(column) = stray {
        return Err(format!(
            "byte {} is not printable ASCII; keys and comments are",
            column + 1
        ));
    }
    let line = std::str::from_utf8(line).unwrap_or_default();
    // A comment would swallow the keys behind its comma in silence.
    let (content, comment) = line.split_once('#').unwrap_or((line, ""));
    if comment.contains(',') && !content.trim_ascii().is_empty() {
        return Err(
            "a comment behind a key ends with the line, and so would what follows its \
                    comma; put the comment on a line of its own"
                .to_owned(),
        );
    }
    Ok(content)
}

/// Takes off what editors and shells put around a text: a byte-order mark, and a pair of quotes. Lines keep their numbers.
fn undressed(text: &[u8]) -> Result<&[u8], Error> {
    let is_utf16 = matches!(
        text,
        [0xff, 0xfe, ..]
            | [0xfe, 0xff, ..]
            | [0, 1..=255, 0, 1..=255, ..]
            | [1..=255, 0, 1..=255, 0, ..]
    );
    if is_utf16 {
        return Err(Error::key(
            "it is UTF-16, which `>` writes in Windows PowerShell; save it as UTF-8",
        ));
    }
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let inner = unquoted(text, b'"').or_else(|| unquoted(text, b'\''));
    Ok(inner.unwrap_or(text))
}

/// Returns what stands between the only two quotes of a text, if they are around all of it.
fn unquoted(text: &[u8], quote: u8) -> Option<&[u8]> {
    let opened = text.trim_ascii_end().strip_suffix(&[quote])?;
    let (before, inner) = opened.split_at_checked(opened.iter().position(|b| *b == quote)?)?;
    let inner = inner.get(1..)?;
    let is_around = before.iter().all(|b| b" \t".contains(b)) && !inner.contains(&quote);
    is_around.then_some(inner)
}

/// Reads one key, and what it is there for. The first key without a time seals from ever.
fn read_entry(entry: &str, has_base: bool) -> Result<(Key, KeyState), Error> {
    // The key.
    let entry = bare(entry);
    let mut words = entry.split_ascii_whitespace();
    let first = words.next().unwrap_or_default();
    if !bare(first).starts_with(PREFIX) {
        // Of `export NAME=key` the first word says nothing.
        return Err(Error::key(describe(entry)));
    }
    let key: Key = first.parse()?;
    // Its times, in any order and each once.
    let (mut from, mut stopped, mut until) = (None, None, None);
    while let Some(name) = words.next() {
        let time = match name {
            "from" => &mut from,
            "stopped" => &mut stopped,
            "until" => &mut until,
            _ if bare(name).starts_with(FAMILY) => {
                return Err(Error::key(
                    "two keys stand in one entry; put a comma or a line break between them",
                ));
            }
            _ => return Err(Error::key(TIMES)),
        };
        let read = words.next().map(parse_time).transpose()?;
        if time
            .replace(read.ok_or_else(|| Error::key(TIMES))?)
            .is_some()
        {
            return Err(Error::key(TIMES));
        }
    }
    // What it is there for.
    let state = match (from, stopped, until) {
        (None, None, until) if !has_base => KeyState::Seals { from, until },
        (None, None, None) => KeyState::Accepted,
        (Some(_), None, until) => KeyState::Seals { from, until },
        (None, Some(stopped), Some(until)) => KeyState::Stopped { stopped, until },
        (Some(_), Some(_), _) => {
            return Err(Error::key(
                "a key that seals `from` a time stops when another one takes over: leave `stopped` out",
            ));
        }
        (None, Some(_), None) => {
            return Err(Error::key(
                "the key has `stopped`: say `until` when it is accepted, or leave both out",
            ));
        }
        (None, None, Some(_)) => {
            return Err(Error::key(
                "the key is accepted `until` a time: say when it `stopped` sealing, too",
            ));
        }
    };
    Ok((key, state))
}

/// What may stand behind a key.
const TIMES: &str = "after the key only its times may follow, as in `from 2027-01-31T00:00:00Z` or \
                     `stopped 2027-01-30T12:00:00Z until 2027-01-31T00:00:00Z`";

fn parse_time(text: &str) -> Result<Timestamp, Error> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map(Timestamp::of)
        .map_err(|_| Error::key("a time of this key is not like 2027-01-31T00:00:00Z"))
}
