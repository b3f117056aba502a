//! A table in a file, for one process that starts again.
//!
//! | size | field |
//! | --- | --- |
//! | 8 | `srevoked` |
//! | 1 | version: 1 |
//! | 4 | the time at which it was written |
//! | 4 | the time before which revocations may be missing; 0: none is |
//! | 4 | the number of revocations |
//! | | the revocations, 24 bytes each, in strictly ascending order of their targets |
//! | 32 | SHA-256 of everything before |
//!
//! The digest finds damage, and not malice. A MAC would not do more: whoever can write the file can put an older one in
//! its place, or none, and the names in it cannot be made without a key. Keep the file where keys are kept.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use super::record::{REVOCATION, Revocation};
use super::table::RevocationTable;
use crate::error::Error;
use crate::lifetime::Timestamp;

const MAGIC: &[u8; 8] = b"srevoked";
const VERSION: u8 = 1;

impl RevocationTable {
    /// Writes the table to a file, which takes the place of the one that is there when it is whole. `now` is the time of
    /// this call: what can end no session by then is left out. Others may read and add meanwhile; what is added during
    /// this call may be missing.
    ///
    /// Call it now and then, and when the process ends. What was revoked after the last time is lost with the process.
    ///
    /// # Errors
    ///
    /// [`Error::is_revocation`] if the file cannot be written.
    ///
    /// ```
    /// use sealed_session::revocation::{RevocationTable, Target};
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// # let path = std::env::temp_dir().join(format!("revocations-doc-{}", std::process::id()));
    ///
    /// let table = RevocationTable::new(10_000);
    /// table.add(manager.revocations_of(Target::Subject("user-17"), now), now)?;
    /// table.save(&path, now)?;
    ///
    /// let table = RevocationTable::from_file(&path, 10_000)?;
    /// assert_eq!(table.len(), 1);
    /// # std::fs::remove_file(path).ok();
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>, now: OffsetDateTime) -> Result<(), Error> {
        let path = path.as_ref();
        let mut beside = path.as_os_str().to_owned();
        beside.push(".new");
        // Two at once would write to the same file, and leave neither.
        let _alone = self.save_alone();
        let write = || {
            let mut file = BufWriter::new(File::create(&beside)?);
            self.write(&mut file, Timestamp::of(now))?;
            file.into_inner()?.sync_all()?;
            std::fs::rename(&beside, path)
        };
        write().map_err(|cause| fault(path, &format!("cannot be written: {cause}")))
    }

    /// Reads what [`save`](RevocationTable::save) wrote into a table that holds so many revocations at most.
    ///
    /// # Errors
    ///
    /// [`Error::is_revocation`] if the file cannot be read, is damaged, is of a later version, or holds more than
    /// `capacity`. It is for the operator to decide whether the process may start without what was revoked, and never for
    /// this.
    ///
    /// ```
    /// use sealed_session::revocation::RevocationTable;
    ///
    /// let error = RevocationTable::from_file("/no/such/file", 10_000).unwrap_err();
    /// assert!(error.is_revocation());
    /// ```
    pub fn from_file(path: impl AsRef<Path>, capacity: usize) -> Result<RevocationTable, Error> {
        let path = path.as_ref();
        let file = File::open(path);
        let table = file.map_err(Damage::Io).and_then(|file| {
            let mut file = BufReader::new(file);
            RevocationTable::read(&mut file, capacity)
        });
        table.map_err(|damage| fault(path, &damage.to_string()))
    }

    /// Writes a snapshot.
    fn write(&self, out: &mut impl Write, now: Timestamp) -> io::Result<()> {
        // The number comes first and is known last: the revocations are gathered, which takes 24 MB for a million.
        let mut body = Vec::new();
        for revocation in self.all(now) {
            body.extend_from_slice(&revocation.to_bytes());
        }
        let count = u32::try_from(body.len() / REVOCATION).unwrap_or(u32::MAX);
        let mut digest = Sha256::new();
        let (time, since) = (now.0.to_be_bytes(), self.since().0.to_be_bytes());
        let count = count.to_be_bytes();
        for part in [&MAGIC[..], &[VERSION], &time, &since, &count, &body] {
            digest.update(part);
            out.write_all(part)?;
        }
        out.write_all(&digest.finalize())
    }

    /// Reads a snapshot, a revocation at a time: nothing is allocated because a number says so.
    fn read(file: &mut impl Read, capacity: usize) -> Result<RevocationTable, Damage> {
        let mut file = Digested {
            file,
            digest: Sha256::new(),
        };
        let magic: [u8; 8] = file.array()?;
        if magic != *MAGIC {
            return Err(Damage::Magic);
        }
        match file.array()? {
            [VERSION] => {}
            [version] => return Err(Damage::Version(version)),
        }
        let written = Timestamp(u32::from_be_bytes(file.array()?));
        let since = Timestamp(u32::from_be_bytes(file.array()?));
        let count = u32::from_be_bytes(file.array()?);
        if usize::try_from(count).is_ok_and(|count| count > capacity) {
            return Err(Damage::Long { count, capacity });
        }
        let table = RevocationTable::new(capacity);
        table.remember_since(since.to_time());
        let mut before = None;
        for _ in 0..count {
            let bytes: [u8; REVOCATION] = file.array()?;
            let revocation = Revocation::from_bytes(&bytes).map_err(|_| Damage::Body)?;
            let target = revocation.target();
            if before >= Some(target) || revocation.until <= written {
                return Err(Damage::Body);
            }
            before = Some(target);
            table
                .add_one(&revocation, written)
                .map_err(|_| Damage::Body)?;
        }
        let wanted: [u8; 32] = file.digest.clone().finalize().into();
        match file.array::<32>()? == wanted {
            true => {}
            false => return Err(Damage::Digest),
        }
        match file.file.read(&mut [0]) {
            Ok(0) => Ok(table),
            Ok(_) => Err(Damage::Behind),
            Err(cause) => Err(Damage::Io(cause)),
        }
    }
}

/// A file whose bytes are counted in a digest as they are read.
struct Digested<'f, F> {
    file: &'f mut F,
    digest: Sha256,
}

impl<F: Read> Digested<'_, F> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], Damage> {
        let mut bytes = [0; N];
        self.file.read_exact(&mut bytes)?;
        self.digest.update(bytes);
        Ok(bytes)
    }
}

/// Why a file gives no table.
#[derive(Debug)]
enum Damage {
    Io(io::Error),
    Magic,
    Version(u8),
    Long { count: u32, capacity: usize },
    Body,
    Digest,
    Behind,
}

impl From<io::Error> for Damage {
    fn from(cause: io::Error) -> Damage {
        Damage::Io(cause)
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Damage::Io(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => {
                f.write_str("is cut off")
            }
            Damage::Io(cause) => write!(f, "cannot be read: {cause}"),
            Damage::Magic => f.write_str("is no snapshot of revocations"),
            Damage::Version(version) => {
                write!(f, "is of version {version}, and this reads {VERSION}")
            }
            Damage::Long { count, capacity } => {
                write!(
                    f,
                    "holds {count} revocations, and the table has room for {capacity}"
                )
            }
            Damage::Body => f.write_str("holds revocations that no table writes"),
            Damage::Digest => f.write_str("is damaged: its digest is another one"),
            Damage::Behind => f.write_str("goes on behind its end"),
        }
    }
}

fn fault(path: &Path, what: &str) -> Error {
    Error::revocation(format!("{} {what}", path.display()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::revocation::TargetId;

    const NOW: Timestamp = Timestamp(1_000);

    fn revocation(number: u16, until: u32) -> Revocation {
        let mut bytes = [7; 16];
        let [first, second] = number.to_be_bytes();
        bytes[0] = second;
        bytes[1] = first;
        Revocation {
            target: TargetId::from_bytes(bytes),
            at: NOW,
            until: Timestamp(until),
        }
    }

    fn snapshot(all: &[Revocation]) -> Vec<u8> {
        let table = RevocationTable::new(1_000);
        table.remember_since(Timestamp(900).to_time());
        table.add(all.iter().copied(), NOW.to_time()).unwrap();
        let mut file = Vec::new();
        table.write(&mut file, NOW).unwrap();
        file
    }

    fn read(mut file: &[u8]) -> Result<RevocationTable, String> {
        RevocationTable::read(&mut file, 1_000).map_err(|damage| damage.to_string())
    }

    /// With the right digest behind them.
    fn digested(body: &[u8]) -> Vec<u8> {
        [body, &Sha256::digest(body)].concat()
    }

    proptest! {
        #[test]
        fn a_snapshot_is_the_table(numbers in prop::collection::vec(0u16..2_000, 0..300)) {
            let all: Vec<Revocation> = numbers.iter().map(|number| revocation(*number, 5_000)).collect();
            let file = snapshot(&all);
            let table = read(&file).unwrap();
            let mut again = Vec::new();
            table.write(&mut again, NOW).unwrap();
            prop_assert_eq!(&file, &again);
            prop_assert_eq!(table.since(), Timestamp(900));
            prop_assert_eq!(file.len(), 21 + 24 * table.len() + 32);
            for one in all {
                prop_assert_eq!(table.find(one.target), Some(NOW));
            }
        }

        #[test]
        fn no_bytes_are_taken_for_a_snapshot(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(read(&bytes).is_err());
            let headed = [&MAGIC[..], &[VERSION], &bytes].concat();
            prop_assert!(read(&headed).is_err());
        }
    }

    #[test]
    fn a_file_is_whole_whoever_saves_at_the_same_moment() {
        let path = std::env::temp_dir().join(format!("revocations-saved-{}", std::process::id()));
        let table = RevocationTable::new(1_000);
        let all = (0..1_000).map(|number| revocation(number, 5_000));
        table.add(all, NOW.to_time()).unwrap();
        table.save(&path, NOW.to_time()).unwrap();
        std::thread::scope(|scope| {
            let save = || (0..50).for_each(|_| table.save(&path, NOW.to_time()).unwrap());
            let saving = [save, save].map(|save| scope.spawn(save));
            while !saving
                .iter()
                .all(std::thread::ScopedJoinHandle::is_finished)
            {
                assert_eq!(
                    RevocationTable::from_file(&path, 1_000).unwrap().len(),
                    1_000
                );
            }
        });
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn what_is_over_is_left_out() {
        let file = snapshot(&[revocation(1, 1_001), revocation(2, 5_000)]);
        let table = read(&file).unwrap();
        let mut later = Vec::new();
        table.write(&mut later, Timestamp(1_001)).unwrap();
        assert_eq!(read(&later).unwrap().len(), 1);
    }

    #[test]
    fn damage_is_an_error_with_a_reason() {
        let file = snapshot(&[revocation(1, 5_000), revocation(2, 5_000)]);
        for length in 0..file.len() {
            assert_eq!(read(&file[..length]).unwrap_err(), "is cut off", "{length}");
        }
        for at in 0..file.len() {
            let mut changed = file.clone();
            changed[at] ^= 1;
            assert!(read(&changed).is_err(), "{at}");
        }
        assert_eq!(
            read(&[&file[..], &[0]].concat()).unwrap_err(),
            "goes on behind its end"
        );

        // What somebody may write on purpose.
        let body = &file[..file.len() - 32];
        let change = |at: usize, to: &[u8]| {
            let mut body = body.to_vec();
            body[at..at + to.len()].copy_from_slice(to);
            read(&digested(&body)).unwrap_err()
        };
        assert_eq!(change(0, b"srevoke?"), "is no snapshot of revocations");
        assert_eq!(change(8, &[2]), "is of version 2, and this reads 1");
        assert!(change(17, &[255; 4]).starts_with("holds 4294967295 revocations"));
        assert_eq!(
            change(17, &1_000u32.to_be_bytes()),
            "holds revocations that no table writes"
        );
        let no_table = "holds revocations that no table writes";
        let (first, second) = (&body[21..45], &body[45..69]);
        assert_eq!(change(21, second), no_table, "one twice");
        assert_eq!(
            change(21, &[second, first].concat()),
            no_table,
            "out of order"
        );
        assert_eq!(
            change(41, &[0; 4]),
            no_table,
            "kept until before it was made"
        );
        assert_eq!(
            change(9, &9_999u32.to_be_bytes()),
            no_table,
            "over when it was written"
        );
    }

    #[test]
    fn a_file_takes_the_place_of_the_one_before() {
        let path = std::env::temp_dir().join(format!("revocations-{}", std::process::id()));
        let table = RevocationTable::new(10);
        for number in 1..4 {
            table
                .add([revocation(number, 5_000)], NOW.to_time())
                .unwrap();
            table.save(&path, NOW.to_time()).unwrap();
        }
        assert_eq!(RevocationTable::from_file(&path, 3).unwrap().len(), 3);
        let error = RevocationTable::from_file(&path, 2).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("holds 3 revocations, and the table has room for 2")
        );
        std::fs::remove_file(&path).unwrap();
        let error = RevocationTable::from_file(&path, 2)
            .unwrap_err()
            .to_string();
        assert!(error.contains("cannot be read"), "{error}");
        let error = table
            .save("/no/such/folder/file", NOW.to_time())
            .unwrap_err();
        assert!(error.is_revocation());
    }
}
