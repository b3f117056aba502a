//! Reads rings from files, variables and credentials, into memory that is wiped.
//!
//! What a ring is not read from is named: a directory, a pipe, a device, a file of another kind. Nothing here waits for
//! another process.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::ring::KeyRing;
use super::ring_file::{RingFile, TextPrint};
use super::ring_text::{RingSource, read};
use super::stack::{DERIVING, wiping};
use super::text::{MAKE_ONE, holds_key};
use crate::error::Error;

/// The largest file of keys, in bytes: room for 10,000 keys with their times. What is larger is another file.
const FILE_MAX: u64 = 1 << 20;

/// Where systemd says that a unit's credentials are (systemd.exec(5), "Credentials").
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

impl KeyRing {
    /// Reads a ring from a file, of 1 MiB at most: one that an orchestrator mounts, such as a secret of Kubernetes, too.
    ///
    /// The ring remembers the file, so that a manager can [watch](crate::SessionManager::watch_keys) it. In Kubernetes, mount
    /// the folder: a file that is mounted by `subPath` is never updated. A file that
    /// everybody on the machine can read is warned of in the log. Readable to a group is no fault: so one file
    /// serves the servers of several accounts, and so Kubernetes hands a secret to an account that is not root.
    ///
    /// # Errors
    ///
    /// [`Error::is_key`] if the file cannot be read, is none (a directory, a pipe, a socket or a device), or if a line is
    /// no key. The error names the file and the line, and never shows the key.
    ///
    /// ```
    /// use sealed_session::KeyRing;
    ///
    /// let error = KeyRing::from_file("/no/such/file").unwrap_err();
    /// assert!(error.to_string().starts_with("key in /no/such/file: "));
    /// ```
    pub fn from_file(path: impl AsRef<Path>) -> Result<KeyRing, Error> {
        let text = FileText::read(path.as_ref())?;
        text.warn_of_readers();
        text.ring()
    }

    /// Reads a ring from a credential of a systemd unit: the file of this name in the folder that
    /// `$CREDENTIALS_DIRECTORY` names. systemd makes it for a unit with `LoadCredential=` or `LoadCredentialEncrypted=`.
    /// It does so when the unit starts (systemd.io/CREDENTIALS), so a new ring takes a restart.
    ///
    /// # Errors
    ///
    /// As for [`from_file`](KeyRing::from_file), and if the variable is not set or the name is none of a file.
    ///
    /// ```
    /// use sealed_session::KeyRing;
    ///
    /// // Outside of a unit with credentials.
    /// let error = KeyRing::from_credential("session-keys").unwrap_err().to_string();
    /// assert!(error.starts_with("key in $CREDENTIALS_DIRECTORY: the variable is not set"));
    /// ```
    pub fn from_credential(name: &str) -> Result<KeyRing, Error> {
        from_credential(std::env::var_os(CREDENTIALS), name)
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
        let source = RingSource::Variable(variable.to_owned());
        let Some(value) = std::env::var_os(variable) else {
            let what = format!("the variable is not set; {MAKE_ONE}");
            return Err(source.of_all(Error::key(what)));
        };
        let bytes = Zeroizing::new(value.into_encoded_bytes());
        read(&bytes, &source)
    }
}

fn from_credential(folder: Option<OsString>, name: &str) -> Result<KeyRing, Error> {
    if holds_key(name) {
        return Err(misplaced("the name of a credential"));
    }
    let fault = |what: &str| Error::key(what).at(format!("${CREDENTIALS}"));
    let Some(folder) = folder else {
        return Err(fault(
            "the variable is not set; systemd sets it for a unit with `LoadCredential=` or `LoadCredentialEncrypted=`",
        ));
    };
    // systemd.exec(5): a credential's name is one of a file.
    if name.contains('/') || ["", ".", ".."].contains(&name) {
        return Err(fault(
            "the name of a credential is that of a file, without `/`",
        ));
    }
    KeyRing::from_file(Path::new(&folder).join(name))
}

/// Makes the error of somebody who gave a key where `what` belongs, and does not show it.
fn misplaced(what: &str) -> Error {
    Error::key(format!(
        "it was given where {what} belongs; `text.parse::<KeyRing>()` reads a text"
    ))
}

/// The text of a file, wiped when dropped.
pub(crate) struct FileText {
    path: PathBuf,
    bytes: Zeroizing<Vec<u8>>,
    /// The permissions, if everybody may read the file.
    public_mode: Option<u32>,
}

impl FileText {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<FileText, Error> {
        let name = path.display().to_string();
        if holds_key(&name) {
            return Err(misplaced("the path of a file"));
        }
        let (metadata, bytes) = all_of(path).map_err(|what| Error::key(what).at(name))?;
        Ok(FileText {
            path: path.to_owned(),
            bytes,
            public_mode: public_mode(&metadata),
        })
    }

    /// Makes what reading a file with this text gives.
    #[cfg(test)]
    pub(crate) fn of(text: &str) -> FileText {
        FileText {
            path: PathBuf::from("/keys"),
            bytes: Zeroizing::new(text.as_bytes().to_vec()),
            public_mode: None,
        }
    }

    /// Returns what tells the text from others.
    pub(crate) fn print(&self) -> TextPrint {
        wiping::<DERIVING, _>(|| Sha256::digest(&*self.bytes).into())
    }

    /// Reads the ring.
    pub(crate) fn ring(&self) -> Result<KeyRing, Error> {
        let source = RingSource::File(self.path.display().to_string());
        let mut ring = read(&self.bytes, &source)?;
        ring.file = Some(RingFile {
            // The folder of the process may be another one when the file is read again.
            path: std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone()),
            print: self.print(),
        });
        Ok(ring)
    }

    /// Warns of a file that everybody on this machine may read.
    pub(crate) fn warn_of_readers(&self) {
        if let Some(mode) = self.public_mode {
            let (file, mode) = (self.path.display(), format!("{mode:03o}"));
            tracing::warn!(target: "sealed_session", %file, mode, "everybody on this machine can read the keys; \
                `chmod 600` the file, or mount the secret with mode 0400, or 0440 for a group");
        }
    }
}

/// Returns the permissions of a file that others than its owner and its group can read.
#[cfg(unix)]
fn public_mode(metadata: &Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode() & 0o777;
    (mode & 0o004 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn public_mode(_: &Metadata) -> Option<u32> {
    None
}

/// Says what is at a path in place of a file.
fn other_kind(metadata: &Metadata) -> Option<&'static str> {
    let kind = metadata.file_type();
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return Some("a pipe, which may never say anything; read it and parse the text");
        }
        if kind.is_socket() {
            return Some("a socket");
        }
        if kind.is_char_device() || kind.is_block_device() {
            return Some("a device");
        }
    }
    match (kind.is_dir(), kind.is_file()) {
        (true, _) => Some("a directory; name the file in it"),
        (false, true) => None,
        (false, false) => Some("no file"),
    }
}

/// Reads a whole file into memory that is wiped. `std::fs::read` will not do: it may move its vector while it
/// grows, probes for the end of the file with a buffer on the stack, and wipes neither.
fn all_of(path: &Path) -> Result<(Metadata, Zeroizing<Vec<u8>>), String> {
    const USUAL: usize = 4_096;
    let file = open(path)?;
    let metadata = file.metadata().map_err(|cause| unread(&cause))?;
    if let Some(kind) = other_kind(&metadata) {
        return Err(format!("it is {kind}"));
    }
    let mut file = file.take(FILE_MAX + 1);
    let mut bytes = Zeroizing::new(vec![0; USUAL]);
    let mut length = 0;
    loop {
        match file.read(bytes.get_mut(length..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(unread(&cause)),
        }
        if length == bytes.len() {
            let mut longer = Zeroizing::new(vec![0; 2 * length]);
            let (start, _) = longer.split_at_mut(length);
            start.copy_from_slice(&bytes);
            bytes = longer;
        }
    }
    if file.limit() == 0 {
        return Err(format!(
            "it has more than {FILE_MAX} bytes, so it is no file of keys"
        ));
    }
    bytes.truncate(length);
    Ok((metadata, bytes))
}

/// Opens what is at a path, and waits for nobody: a plain open of a pipe would, until somebody writes to it.
fn open(path: &Path) -> Result<File, String> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    options.open(path).map_err(|cause| {
        // A socket cannot be opened at all.
        let kind = fs::metadata(path)
            .ok()
            .and_then(|metadata| other_kind(&metadata));
        kind.map_or_else(|| unread(&cause), |kind| format!("it is {kind}"))
    })
}

fn unread(cause: &io::Error) -> String {
    match cause.kind() {
        io::ErrorKind::NotFound => format!("cannot be read: {cause}; {MAKE_ONE}"),
        _ => format!("cannot be read: {cause}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Key;

    #[test]
    fn a_credential_is_a_file_of_the_folder_that_the_variable_names() {
        let folder =
            std::env::temp_dir().join(format!("sealed-credentials-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let key = Key::new(&[7; 32]).unwrap();
        fs::write(folder.join("session-keys"), key.to_text().expose()).unwrap();
        let read = |name: &str| from_credential(Some(folder.clone().into()), name);
        let ring = read("session-keys").unwrap();
        assert!(ring.keys().map(|key| key.id).eq([key.id()]));
        assert_eq!(ring.file.unwrap().path, folder.join("session-keys"));

        let table = [
            ("../session-keys", "is that of a file"),
            ("", "is that of a file"),
            ("..", "is that of a file"),
            ("other", "other: cannot be read"),
            (
                key.to_text().expose(),
                "where the name of a credential belongs",
            ),
        ]
        .map(|(name, wanted)| (read(name), wanted));
        let unset = from_credential(None, "session-keys");
        for (read, wanted) in table
            .into_iter()
            .chain([(unset, "the variable is not set; systemd")])
        {
            let error = read.unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(
                error.is_key() && shown.contains(wanted),
                "{shown} / {wanted}"
            );
            assert!(!shown.contains(&key.to_text().expose()[20..40]), "{shown}");
        }
        fs::remove_dir_all(&folder).unwrap();
    }
}
