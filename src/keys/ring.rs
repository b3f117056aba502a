//! A ring: the key that seals, and the others that a site accepts.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use zeroize::Zeroizing;

use super::key::{Key, KeyId};
use super::text::{FAMILY, MAKE_ONE, PREFIX, bare, describe, holds_key};
use crate::error::Error;
use crate::lifetime::Timestamp;

/// One sealing key and any number of keys that are still accepted.
///
/// A token names its key. So a lookup costs the same for one key as for a thousand, and no key is ever tried
/// on a token that another one sealed.
///
/// # Rotating keys
///
/// 1. Add the new key to every node as accepted, behind the old one.
/// 2. When all nodes have it, move it to the front: it seals, the old one is accepted.
/// 3. When the longest absolute lifetime has passed, remove the old key. Nobody was signed out.
///
/// You may write step 3 down at step 2, as the time at which the key retires. Reading a session does not seal
/// it again, so a key has to stay for as long as the sessions that it sealed may live. A ring that retires
/// one sooner is refused when a manager is built.
///
/// Remove a key that leaked at once. That ends the sessions that it sealed.
///
/// # Text form
///
/// One key a line, in printable ASCII: the first one seals, the others are accepted. `#` begins a comment,
/// which ends with the line. An accepted key may carry two times: when the last node stopped sealing under
/// it, and from when on it is not accepted any more:
///
/// ```text
/// # sealing since October
/// sealed_key_v1_...
/// sealed_key_v1_... stopped 2026-10-01T12:00:00Z until 2026-10-02T12:00:00Z
/// ```
///
/// Commas may take the place of line breaks, which is handy in an environment variable:
/// `SESSION_KEYS="sealed_key_v1_..., sealed_key_v1_..."`.
///
/// ```
/// use sealed_session::{Key, KeyRing};
///
/// let (new, old) = (Key::generate()?, Key::generate()?);
/// let text = format!("{}\n{}\n", new.to_text().expose(), old.to_text().expose());
///
/// let ring: KeyRing = text.parse()?;
/// assert_eq!(ring.sealing_key(), new.id());
/// assert_eq!(ring.key_ids().count(), 2);
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[doc(alias("SECRET_KEY_FALLBACKS", "key_rotation", "rotate", "secrets"))]
#[derive(Clone, Debug)]
pub struct KeyRing {
    sealing: Key,
    entries: HashMap<KeyId, RingKey>,
}

/// A key of the ring, and its end if it has one.
#[derive(Clone, Debug)]
pub(crate) struct RingKey {
    pub(crate) key: Key,
    pub(crate) retirement: Option<Retirement>,
}

/// The end of a key's life.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retirement {
    /// When the last node stopped sealing under it.
    pub(crate) stopped: Timestamp,
    /// The first second at which it is no longer accepted.
    pub(crate) until: Timestamp,
}

impl KeyRing {
    /// Makes a ring of one key, which seals.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing};
    ///
    /// let key = Key::generate()?;
    /// let ring = KeyRing::new(key.clone());
    /// assert_eq!(ring.sealing_key(), key.id());
    /// assert_eq!(ring.key_ids().count(), 1);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn new(sealing: Key) -> KeyRing {
        let entry = RingKey {
            key: sealing.clone(),
            retirement: None,
        };
        KeyRing {
            entries: HashMap::from([(sealing.id(), entry)]),
            sealing,
        }
    }

    /// Adds a key that is accepted but does not seal.
    ///
    /// # Errors
    ///
    /// [`Error::is_key`] if the ring holds the key already, or another key with the same id.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing};
    ///
    /// let (new, old) = (Key::generate()?, Key::generate()?);
    /// let ring = KeyRing::new(new.clone()).accept(old)?;
    /// assert_eq!(ring.sealing_key(), new.id());
    ///
    /// assert!(ring.accept(new).unwrap_err().is_key()); // it is there already
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("rotate"))]
    pub fn accept(self, key: Key) -> Result<KeyRing, Error> {
        self.add(key, None)
    }

    /// Adds a key that sealed until `stopped` and is accepted until `retires`. From then on its tokens are
    /// refused with [`Refusal::RetiredKey`](crate::Refusal::RetiredKey).
    ///
    /// `retires` has to be later than `stopped` by the longest absolute lifetime that the policy permits, and the
    /// skew. If it is not, [`build`](crate::SessionManagerBuilder::build) refuses the ring, because live sessions
    /// would be lost.
    ///
    /// # Errors
    ///
    /// As for [`accept`](KeyRing::accept).
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing, Lifetime, Refusal, SessionManager};
    /// use sealed_session::adapter::RequestHead;
    /// use time::Duration;
    /// # use sealed_session::adapter::ResponseHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    ///
    /// let (new, old) = (Key::generate()?, Key::generate()?);
    /// # let before = SessionManager::new("shop", KeyRing::new(old.clone()))?;
    /// # let session = before.load(RequestHead::default(), now);
    /// # session.insert("name", "Ada")?;
    /// # let changes = before.commit(&session, ResponseHead::new(200), now)?;
    /// # let value = changes[0].value();
    /// # let cookie = value.split(';').next().unwrap_or_default().as_bytes();
    /// let retires = now + Duration::hours(12) + Duration::minutes(2);
    /// let ring = KeyRing::new(new.clone()).accept_until(old.clone(), now, retires)?;
    /// let manager = SessionManager::new("shop", ring)?;
    ///
    /// // `cookie` was sealed under the old key.
    /// let session = manager.load(RequestHead::new([cookie]), now);
    /// assert_eq!(session.refusal(), None);
    /// let session = manager.load(RequestHead::new([cookie]), retires);
    /// assert_eq!(session.refusal(), Some(Refusal::RetiredKey));
    ///
    /// let too_soon = now + Duration::hours(12);
    /// let ring = KeyRing::new(new).accept_until(old, now, too_soon)?;
    /// assert!(SessionManager::new("shop", ring).unwrap_err().is_configuration());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn accept_until(
        self,
        key: Key,
        stopped: OffsetDateTime,
        retires: OffsetDateTime,
    ) -> Result<KeyRing, Error> {
        let retirement = Retirement {
            stopped: Timestamp::of(stopped),
            until: Timestamp::of(retires),
        };
        self.add(key, Some(retirement))
    }

    fn add(mut self, key: Key, retirement: Option<Retirement>) -> Result<KeyRing, Error> {
        let id = key.id();
        if let Some(present) = self.entries.get(&id) {
            return Err(Error::key(if present.key == key {
                format!("key {id} is in the ring already")
            } else {
                // An id has to commit to one key of the ring, or a token could open under two.
                format!("another key of the ring has the id {id}; generate a new one")
            }));
        }
        self.entries.insert(id, RingKey { key, retirement });
        Ok(self)
    }

    /// Reads a ring from a file.
    ///
    /// # Errors
    ///
    /// [`Error::is_key`] if the file cannot be read, or if a line is no key. The error names the file and the
    /// line, and never shows the key.
    ///
    /// ```
    /// use sealed_session::KeyRing;
    ///
    /// let error = KeyRing::from_file("/no/such/file").unwrap_err();
    /// assert!(error.to_string().starts_with("key in /no/such/file: "));
    /// ```
    pub fn from_file(path: impl AsRef<Path>) -> Result<KeyRing, Error> {
        let path = path.as_ref();
        let name = path.display();
        if holds_key(&name.to_string()) {
            return Err(misplaced("the path of a file"));
        }
        let bytes =
            all_of(path).map_err(|cause| Error::key(unread(&cause)).at(name.to_string()))?;
        read(&bytes, |line, _| format!("{name}, line {line}"))
            .map_err(|fault| fault.or_at(name.to_string()))
    }

    /// Reads a ring from an environment variable.
    ///
    /// # Errors
    ///
    /// [`Error::is_key`] if the variable is not set, or if an entry is no key. The error names the variable and
    /// the entry, and never shows the key.
    ///
    /// ```
    /// use sealed_session::KeyRing;
    ///
    /// let error = KeyRing::from_env("NO_SUCH_VARIABLE").unwrap_err().to_string();
    /// assert!(error.starts_with("key in $NO_SUCH_VARIABLE: the variable is not set; make one by"));
    /// ```
    #[doc(alias("secret_key_base"))]
    pub fn from_env(variable: &str) -> Result<KeyRing, Error> {
        if holds_key(variable) {
            return Err(misplaced("the name of a variable"));
        }
        let place = format!("${variable}");
        let Some(value) = std::env::var_os(variable) else {
            return Err(Error::key(format!("the variable is not set; {MAKE_ONE}")).at(place));
        };
        let bytes = Zeroizing::new(value.into_encoded_bytes());
        read(&bytes, |_, entry| format!("{place}, entry {entry}"))
            .map_err(|fault| fault.or_at(place.clone()))
    }

    /// Returns the id of the key that seals.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing};
    ///
    /// let (new, old) = (Key::generate()?, Key::generate()?);
    /// let ring = KeyRing::new(new.clone()).accept(old)?;
    /// assert_eq!(ring.sealing_key(), new.id());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn sealing_key(&self) -> KeyId {
        self.sealing.id()
    }

    /// Returns the ids of all keys, in no order.
    ///
    /// ```
    /// use sealed_session::{Key, KeyRing};
    ///
    /// let (new, old) = (Key::generate()?, Key::generate()?);
    /// let ring = KeyRing::new(new).accept(old.clone())?;
    /// assert!(ring.key_ids().any(|id| id == old.id()));
    /// assert!(ring.key_ids().any(|id| id == ring.sealing_key()));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn key_ids(&self) -> impl Iterator<Item = KeyId> + '_ {
        self.entries.keys().copied()
    }

    pub(crate) fn sealing(&self) -> &Key {
        &self.sealing
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &RingKey> {
        self.entries.values()
    }
}

impl std::str::FromStr for KeyRing {
    type Err = Error;

    fn from_str(text: &str) -> Result<KeyRing, Error> {
        read(text.as_bytes(), |line, _| format!("line {line}")).map_err(|fault| match fault {
            Fault::Whole(error) | Fault::Line(error) => error,
        })
    }
}

/// Reads a whole file into memory that is wiped. `std::fs::read` will not do: it may move its vector while it
/// grows, probes for the end of the file with a buffer on the stack, and wipes neither.
fn all_of(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    const USUAL: usize = 4_096;
    let mut file = File::open(path)?;
    let mut bytes = Zeroizing::new(vec![0; USUAL]);
    let mut length = 0;
    loop {
        match file.read(bytes.get_mut(length..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(cause),
        }
        if length == bytes.len() {
            let mut longer = Zeroizing::new(vec![0; 2 * length]);
            let (start, _) = longer.split_at_mut(length);
            start.copy_from_slice(&bytes);
            bytes = longer;
        }
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// Makes the error of somebody who gave a key where `what` belongs, and does not show it.
fn misplaced(what: &str) -> Error {
    Error::key(format!(
        "it was given where {what} belongs; `text.parse::<KeyRing>()` reads a text"
    ))
}

fn unread(cause: &io::Error) -> String {
    match cause.kind() {
        io::ErrorKind::NotFound => format!("cannot be read: {cause}; {MAKE_ONE}"),
        _ => format!("cannot be read: {cause}"),
    }
}

/// A fault of one line, whose error names its place, or of the whole text, whose error does not yet.
enum Fault {
    Line(Error),
    Whole(Error),
}

impl Fault {
    fn or_at(self, place: String) -> Error {
        match self {
            Fault::Line(error) => error,
            Fault::Whole(error) => error.at(place),
        }
    }
}

/// Reads the text form of a ring. `place` names an entry for an error, given its line and its number among
/// all entries, both from 1.
fn read(text: &[u8], place: impl Fn(usize, usize) -> String) -> Result<KeyRing, Fault> {
    let text = undressed(text).map_err(Fault::Whole)?;
    let mut ring: Option<KeyRing> = None;
    let mut entries = 0;
    for (at, line) in text.split(|&byte| byte == b'\n').enumerate() {
        // Everything is printable ASCII: a stray byte is a wrong file or a broken copy.
        let stray = line
            .iter()
            .position(|&b| !matches!(b, b'\t' | b'\r' | b' '..=b'~'));
        if let Some(column) = stray {
            let what = format!(
                "byte {} is not printable ASCII; keys and comments are",
                column + 1
            );
            return Err(Fault::Line(Error::key(what).at(place(at + 1, entries + 1))));
        }
        let line = std::str::from_utf8(line).unwrap_or_default();
        // A comment would swallow the keys behind its comma in silence.
        let (content, comment) = line.split_once('#').unwrap_or((line, ""));
        if comment.contains(',') && !content.trim_ascii().is_empty() {
            let what = "a comment behind a key ends with the line, and so would what follows its \
                        comma; put the comment on a line of its own";
            return Err(Fault::Line(Error::key(what).at(place(at + 1, entries + 1))));
        }
        // The first key seals, each further one is accepted.
        for entry in content
            .split(',')
            .filter(|entry| !entry.trim_ascii().is_empty())
        {
            entries += 1;
            let add = read_entry(entry).and_then(|(key, end)| match (ring.take(), end) {
                (None, None) => Ok(KeyRing::new(key)),
                (None, Some(_)) => Err(Error::key("the first key seals and cannot retire")),
                (Some(ring), end) => ring.add(key, end),
            });
            ring = Some(add.map_err(|error| Fault::Line(error.at(place(at + 1, entries))))?);
        }
    }
    ring.ok_or_else(|| {
        let what = format!("there is no key; one a line is expected; {MAKE_ONE}");
        Fault::Whole(Error::key(what))
    })
}

/// Takes off what editors and shells put around a text: a byte-order mark, and quotes around the one line of a
/// variable.
fn undressed(text: &[u8]) -> Result<&[u8], Error> {
    if text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff") {
        return Err(Error::key(
            "it is UTF-16, which `>` writes in Windows PowerShell; save it as UTF-8",
        ));
    }
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    Ok(match str::from_utf8(text) {
        // Lines keep their numbers.
        Ok(line) if !line.trim_end().contains('\n') => bare(line).as_bytes(),
        _ => text,
    })
}

/// Reads one key, and its retirement if the entry has one.
fn read_entry(entry: &str) -> Result<(Key, Option<Retirement>), Error> {
    let entry = bare(entry);
    let mut words = entry.split_ascii_whitespace();
    let first = words.next().unwrap_or_default();
    if !bare(first).starts_with(PREFIX) {
        // Of `export NAME=key` the first word says nothing.
        return Err(Error::key(describe(entry)));
    }
    let key: Key = first.parse()?;
    match *words.collect::<Vec<&str>>() {
        [] => Ok((key, None)),
        ["stopped", stopped, "until", until] => {
            let retirement = Retirement {
                stopped: parse_time(stopped)?,
                until: parse_time(until)?,
            };
            Ok((key, Some(retirement)))
        }
        [next, ..] if bare(next).starts_with(FAMILY) => Err(Error::key(
            "two keys stand in one entry; put a comma or a line break between them",
        )),
        _ => Err(Error::key(
            "after the key only the times may follow at which it stopped sealing and is not \
             accepted any more, as in `stopped 2027-01-30T12:00:00Z until 2027-01-31T00:00:00Z`",
        )),
    }
}

fn parse_time(text: &str) -> Result<Timestamp, Error> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map(Timestamp::of)
        .map_err(|_| Error::key("a time of this key is not like 2027-01-31T00:00:00Z"))
}
