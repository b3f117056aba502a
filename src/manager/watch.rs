//! Watches the file of a manager's ring, and takes what it says.
//!
//! A thread of its own reads the file again and again. It trusts no time of a file and no message of the file system: a
//! secret that Kubernetes mounts is swapped by a link in a folder above it, and a watch of the file hears nothing of
//! that (kubernetes/kubernetes#111947).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use super::SessionManager;
use crate::clock::{Clock, SystemClock};
use crate::error::Error;
use crate::event::Event;
use crate::keys::{FileText, RingFile, TextPrint};

/// How often a file is read if nobody says otherwise. A rotation takes hours, and so does the lead of a new key.
const EVERY: Duration = Duration::from_secs(30);

/// The shortest pause between two readings.
const PAUSE_MIN: Duration = Duration::from_millis(1);

/// Ends the watch of a ring's file when dropped.
///
/// [`SessionManager::watch_keys`] returns it. Keep it for as long as the manager serves: in a variable of `main`, which is
/// not called `_`.
#[derive(Debug)]
#[must_use = "dropping the watcher ends the watch"]
pub struct KeyWatcher {
    /// The thread ends when nothing can be sent to it any more. Nothing is sent.
    _end: Sender<()>,
}

impl SessionManager {
    /// Watches the file that the ring was read from, every 30 seconds. See
    /// [`watch_keys_every`](SessionManager::watch_keys_every).
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// ```
    /// # use sealed_session::Key;
    /// use sealed_session::{KeyRing, SessionManager};
    /// # let file = std::env::temp_dir().join(format!("sealed-doc-{}", std::process::id()));
    /// # std::fs::write(&file, Key::generate()?.to_text().expose()).unwrap();
    ///
    /// let manager = SessionManager::new("shop", KeyRing::from_file(&file)?)?;
    /// let _watcher = manager.watch_keys()?;
    /// // .. serve
    /// # std::fs::remove_file(&file).unwrap();
    ///
    /// let in_memory = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// assert!(in_memory.watch_keys().unwrap_err().is_misuse());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("reload"))]
    pub fn watch_keys(&self) -> Result<KeyWatcher, Error> {
        self.watch_keys_every(EVERY)
    }

    /// Reads the file that the ring was read from again and again, and replaces the ring when the file says another one, as
    /// [`replace_ring`](SessionManager::replace_ring) does.
    ///
    /// A new text counts when two readings in succession found it, so that nobody is signed out by a file that is half
    /// written. If it is no good ring, or cannot be read, the ring stays, [`Event::RingKept`] says why, and the file is
    /// tried again each time. A ring that was replaced by hand meanwhile stays until the file changes.
    ///
    /// A thread does this, by the system's clock and without a runtime, until the [`KeyWatcher`] is dropped. It reads
    /// the whole file each time: whether the file is replaced, written over, or reached by a link that changes.
    ///
    /// # Errors
    ///
    /// [`Error::is_misuse`] if the ring was not read from a file, and [`Error::is_configuration`] if the operating system
    /// starts no thread.
    ///
    /// ```
    /// # use sealed_session::Key;
    /// use sealed_session::{KeyRing, SessionManager};
    /// use std::time::Duration;
    /// # let file = std::env::temp_dir().join(format!("sealed-doc-every-{}", std::process::id()));
    /// # std::fs::write(&file, Key::generate()?.to_text().expose()).unwrap();
    ///
    /// let manager = SessionManager::new("shop", KeyRing::from_file(&file)?)?;
    /// let _watcher = manager.watch_keys_every(Duration::from_secs(5))?;
    /// # std::fs::remove_file(&file).unwrap();
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn watch_keys_every(&self, every: Duration) -> Result<KeyWatcher, Error> {
        let Some(RingFile { path, print }) = self.slots.main().sealer.keys().file().cloned() else {
            return Err(Error::misuse(
                "the key ring was not read from a file, so there is nothing to watch; read it by `KeyRing::from_file` or \
                 `from_credential`, or replace it by `SessionManager::replace_ring` when it changes",
            ));
        };
        let (end, ended) = mpsc::channel::<()>();
        let (manager, every) = (self.clone(), every.max(PAUSE_MIN));
        let mut watch = Watch::new(print);
        let watching = move || {
            while ended.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                // A hook that panics must not end the watch, which nobody would notice.
                let _ = catch_unwind(AssertUnwindSafe(|| manager.look(&mut watch, &path)));
            }
        };
        let thread = thread::Builder::new().name("sealed-session-keys".to_owned());
        match thread.spawn(watching) {
            Ok(_) => Ok(KeyWatcher { _end: end }),
            Err(cause) => Err(Error::configuration(format!(
                "the thread that watches the keys did not start: {cause}"
            ))),
        }
    }

    /// Reads the file once.
    fn look(&self, watch: &mut Watch, path: &Path) {
        let adopt = |text: &FileText| {
            self.replace_ring(text.ring()?, SystemClock.now())?;
            text.warn_of_readers();
            Ok(())
        };
        if let Some(kept) = watch.step(FileText::read(path), adopt) {
            self.slots.main().observer.tell(&kept);
        }
    }
}

/// What is known between two readings of the file.
#[derive(Clone, Debug, PartialEq)]
struct Watch {
    /// The text that was taken last.
    taken: TextPrint,
    /// What the last reading found: a text, or why there is none.
    seen: Result<TextPrint, String>,
    /// The fault that was told last, while there is one.
    told: Option<String>,
}

impl Watch {
    /// Begins with the text of the ring that is in use.
    fn new(taken: TextPrint) -> Watch {
        Watch {
            taken,
            seen: Ok(taken),
            told: None,
        }
    }

    /// Goes on by one reading. `adopt` is asked to take a text that was found twice; if it refuses, or if there is none,
    /// the event says so.
    fn step(
        &mut self,
        read: Result<FileText, Error>,
        adopt: impl FnOnce(&FileText) -> Result<(), Error>,
    ) -> Option<Event> {
        let found = match &read {
            Ok(text) => Ok(text.print()),
            Err(error) => Err(error.to_string()),
        };
        if found == Ok(self.taken) {
            *self = Watch::new(self.taken);
            return None;
        }
        if self.seen != found {
            self.seen = found;
            return None;
        }
        let taken = read.and_then(|text| adopt(&text).map(|()| text.print()));
        match taken {
            Ok(print) => {
                *self = Watch::new(print);
                None
            }
            Err(error) => {
                let fault = error.to_string();
                let again = self.told.replace(fault.clone()) == Some(fault);
                Some(Event::RingKept { error, again })
            }
        }
    }
}
