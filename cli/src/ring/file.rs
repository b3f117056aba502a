//! The file of a ring: read under a lock, and replaced in one step.
//!
//! Knows nothing of what is in it. A server that reads the file at any time gets the old text or the new one, and
//! never a part.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use sealed_session::KeyRing;
use tempfile::Builder;
use zeroize::Zeroizing;

use crate::answer::Failure;

/// A ring's file in the hands of this process. Whoever comes second is told so, because of two files written at once
/// the servers would have one, and the caller of the other would wait for a key that no server has.
#[derive(Debug)]
pub(crate) struct RingFile {
    /// The path as it was given.
    path: PathBuf,
    /// The file itself, behind all links.
    target: PathBuf,
    /// Holds the lock.
    file: File,
}

impl RingFile {
    /// Takes the file, and reads its ring.
    pub(crate) fn take(path: &Path) -> Result<(RingFile, KeyRing, Zeroizing<String>), Failure> {
        // Names what is no file of keys, before anything waits for a pipe.
        KeyRing::from_file(path)?;
        let failure = |cause: io::Error| Failure::new(format!("{}: {cause}", path.display()));
        let target = fs::canonicalize(path).map_err(failure)?;
        // NFS locks only what may be written. A file of mode 0400 need not be.
        let file = File::options()
            .read(true)
            .write(true)
            .open(&target)
            .or_else(|_| File::open(&target))
            .map_err(failure)?;
        let busy = || {
            let path = path.display();
            Failure::new(format!(
                "another process is rotating {path}; look at what it did first"
            ))
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(busy()),
            Err(TryLockError::Error(cause)) => return Err(failure(cause)),
        }
        let mut text = Zeroizing::new(String::with_capacity(1 << 16));
        // As long as what was read above may be.
        (&file)
            .take(1 << 20)
            .read_to_string(&mut text)
            .map_err(failure)?;
        // The lock is on a file that another process has replaced in between.
        if !is_same(&file, &target).map_err(failure)? {
            return Err(busy());
        }
        let ring = text
            .parse()
            .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
        let path = path.to_owned();
        Ok((RingFile { path, target, file }, ring, text))
    }

    /// Names the file: the path as it was given, and where it leads if it is a link.
    pub(crate) fn name(&self) -> String {
        let (path, target) = (self.path.display(), self.target.display());
        match fs::symlink_metadata(&self.path).is_ok_and(|found| found.is_symlink()) {
            true => format!("{path} (a link to {target})"),
            false => path.to_string(),
        }
    }

    /// Returns the name of the file that is to take this one's place.
    fn new_name(&self) -> OsString {
        let mut name = OsString::from(".");
        name.push(self.target.file_name().unwrap_or_default());
        name.push(".new");
        name
    }

    /// Puts a text in the file's place, with the file's permissions and owner. If that fails the file is as it was.
    pub(crate) fn replace(self, text: &str) -> Result<(), Failure> {
        let failure = |cause: &io::Error| {
            let hint = match cause.kind() {
                ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => {
                    "; rotate the file where it comes from, or as the account that may write there"
                }
                // A file that is mounted by itself, as into a container.
                ErrorKind::ResourceBusy => "; mount its folder in place of the file",
                _ => "",
            };
            let path = self.target.display();
            Failure::new(format!(
                "{path} was left as it is, because it cannot be replaced: {cause}{hint}"
            ))
        };
        let folder = self.target.parent().unwrap_or(Path::new("/"));
        // A run that was killed left its file behind, with its keys. Who holds the lock is the only one to write one.
        let name = self.new_name();
        match fs::remove_file(folder.join(&name)) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => return Err(failure(&cause)),
            _ => {}
        }
        // Only its owner can read it, from the first byte on.
        let mut new = Builder::new()
            .prefix(&name)
            .rand_bytes(0)
            .tempfile_in(folder)
            .map_err(|cause| failure(&cause))?;
        new.write_all(text.as_bytes())
            .and_then(|()| hand_over(&self.file, new.as_file()))
            .and_then(|()| new.as_file().sync_all())
            .map_err(|cause| failure(&cause))?;
        new.persist(&self.target)
            .map_err(|error| failure(&error.error))?;
        // The new name is on the disk once its folder is. There is nothing to undo if that cannot be asked for.
        File::open(folder).and_then(|folder| folder.sync_all()).ok();
        Ok(())
    }
}

/// Gives a new file the owner and the permissions of the old one. A server that could read the old one and cannot read
/// the new one would be left behind, so this has to succeed.
#[cfg(unix)]
fn hand_over(old: &File, new: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let (had, has) = (old.metadata()?, new.metadata()?);
    let (uid, gid) = (had.uid(), had.gid());
    if (uid, gid) != (has.uid(), has.gid()) {
        fchown(new, Some(uid), Some(gid)).map_err(|cause| {
            let what =
                format!("the new file cannot be given to user {uid} and group {gid} ({cause})");
            io::Error::new(ErrorKind::PermissionDenied, what)
        })?;
    }
    new.set_permissions(had.permissions())
}

#[cfg(not(unix))]
fn hand_over(old: &File, new: &File) -> io::Result<()> {
    new.set_permissions(old.metadata()?.permissions())
}

/// Returns whether an open file is the one at this path.
#[cfg(unix)]
fn is_same(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let (open, named) = (file.metadata()?, fs::metadata(path)?);
    Ok((open.dev(), open.ino()) == (named.dev(), named.ino()))
}

/// An open file is not replaced here.
#[cfg(not(unix))]
fn is_same(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}
