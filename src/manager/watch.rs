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
///
/// ```
/// # use sealed_session::Key;
/// use sealed_session::{KeyRing, KeyWatcher, SessionManager};
/// # let file = std::env::temp_dir().join(format!("sealed-doc-watcher-{}", std::process::id()));
/// # std::fs::write(&file, Key::generate()?.to_text().expose()).unwrap();
///
/// let manager = SessionManager::new("shop", KeyRing::from_file(&file)?)?;
/// let watcher: KeyWatcher = manager.watch_keys()?;
/// drop(watcher); // ends the watch
/// # std::fs::remove_file(&file).unwrap();
/// # Ok::<(), sealed_session::Error>(())
/// ```
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
    /// Watch the manager that has all its [slots](crate::slots): the ring of one that is added later is not replaced.
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
            let replaced = self.swap_ring(&text.ring()?, SystemClock.now())?;
            text.warn_of_readers();
            Ok(replaced)
        };
        // Told when all is noted: a hook may panic.
        if let Some(news) = watch.step(FileText::read(path), adopt) {
            self.slots.tell(0, &news);
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

    /// Goes on by one reading, and returns what is to be told. `adopt` is asked to take a text that was found twice, and
    /// returns the event of that; if it refuses, or if there is none, another event says so.
    fn step(
        &mut self,
        read: Result<FileText, Error>,
        adopt: impl FnOnce(&FileText) -> Result<Event, Error>,
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
        match read.and_then(|text| Ok((adopt(&text)?, text.print()))) {
            Ok((replaced, print)) => {
                *self = Watch::new(print);
                Some(replaced)
            }
            Err(error) => {
                let fault = error.to_string();
                let again = self.told.replace(fault.clone()) == Some(fault);
                Some(Event::RingKept { error, again })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Key;
    use crate::lifetime::Timestamp;

    /// What a reading of the file finds.
    #[derive(Clone, Copy)]
    enum File {
        /// A ring of the keys of these seeds. All but the first seal from 100 on.
        Ring(&'static [u8]),
        /// A ring of one key that seals from 100 on.
        Early,
        Bad(&'static str),
        Gone,
    }

    impl File {
        fn read(self) -> Result<FileText, Error> {
            let line = |seed: u8, from: &str| {
                let text = Key::new(&[seed; 32]).unwrap().to_text();
                format!("{}{from}\n", text.expose())
            };
            let from = format!(" from {}", Timestamp(100));
            match self {
                File::Ring([first, others @ ..]) => {
                    let others: String = others.iter().map(|seed| line(*seed, &from)).collect();
                    Ok(FileText::of(&(line(*first, "") + &others)))
                }
                File::Ring([]) => Ok(FileText::of("")),
                File::Early => Ok(FileText::of(&line(9, &from))),
                File::Bad(text) => Ok(FileText::of(text)),
                File::Gone => Err(Error::key("cannot be read")),
            }
        }
    }

    /// What a step does.
    #[derive(Debug, PartialEq)]
    enum Does {
        Nothing,
        Takes,
        Tells,
        TellsAgain,
    }

    /// When the file is read, what that finds, and what it does.
    type Reading = (u32, File, Does);

    #[test]
    fn a_text_counts_when_it_was_found_twice_and_a_fault_is_loud_once() {
        use Does::{Nothing, Takes, Tells, TellsAgain};
        use File::{Bad, Early, Gone, Ring};
        // Readings in order, each with its time, and what each does. The ring in use is that of seed 1.
        let table: &[(&str, &[Reading])] = &[
            (
                "nothing new",
                &[(0, Ring(&[1]), Nothing), (0, Ring(&[1]), Nothing)],
            ),
            (
                "a new text",
                &[
                    (0, Ring(&[1, 2]), Nothing),
                    (0, Ring(&[1, 2]), Takes),
                    (0, Ring(&[1, 2]), Nothing),
                    (0, Ring(&[1]), Nothing),
                    (0, Ring(&[1]), Takes),
                ],
            ),
            (
                "a writer that is half through at the end of a line",
                &[
                    (0, Ring(&[2]), Nothing),
                    (0, Ring(&[2, 1]), Nothing),
                    (0, Ring(&[2, 1]), Takes),
                ],
            ),
            (
                "a writer that puts it back",
                &[
                    (0, Bad(""), Nothing),
                    (0, Ring(&[1]), Nothing),
                    (0, Bad(""), Nothing),
                    (0, Ring(&[1]), Nothing),
                ],
            ),
            (
                "a fault that stays, another one, and its end",
                &[
                    (0, Bad("x"), Nothing),
                    (0, Bad("x"), Tells),
                    (0, Bad("x"), TellsAgain),
                    (0, Gone, Nothing),
                    (0, Gone, Tells),
                    (0, Gone, TellsAgain),
                    (0, Ring(&[1, 2]), Nothing),
                    (0, Ring(&[1, 2]), Takes),
                    (0, Gone, Nothing),
                    (0, Gone, Tells),
                ],
            ),
            (
                "a fault that ends by going back is loud when it comes again",
                &[
                    (0, Bad("x"), Nothing),
                    (0, Bad("x"), Tells),
                    (0, Ring(&[1]), Nothing),
                    (0, Bad("x"), Nothing),
                    (0, Bad("x"), Tells),
                ],
            ),
            (
                "a ring whose time comes while it waits",
                &[
                    (97, Early, Nothing),
                    (98, Early, Tells),
                    (99, Early, TellsAgain),
                    (100, Early, Takes),
                    (101, Early, Nothing),
                ],
            ),
        ];
        for (what, steps) in table {
            let mut watch = Watch::new(Ring(&[1]).read().unwrap().print());
            for (at, (now, file, wanted)) in steps.iter().enumerate() {
                let now = Timestamp(*now).to_time();
                let adopt = |text: &FileText| {
                    let ring = text.ring()?;
                    ring.check(now)?;
                    Ok(Event::RingReplaced {
                        sealing: ring.sealing_key(now),
                        keys: ring.keys().count(),
                    })
                };
                let does = match watch.step(file.read(), adopt) {
                    None => Nothing,
                    Some(Event::RingReplaced { .. }) => Takes,
                    Some(Event::RingKept { again: false, .. }) => Tells,
                    Some(Event::RingKept { again: true, .. }) => TellsAgain,
                    Some(other) => panic!("{other:?}"),
                };
                assert_eq!(does, *wanted, "{what}, step {at}");
            }
        }
    }
}
