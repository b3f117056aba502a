//! `sealed-session keygen`: a key, or a new file with a ring of one key. Never writes over a file.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use sealed_session::Key;
use sealed_session::time::OffsetDateTime;
use serde_json::json;
use zeroize::Zeroizing;

use crate::answer::{Answer, Failure};
use crate::instant::rfc3339;
use crate::style::{shown, wrap};

/// Make a key: 32 random bytes of the operating system, as text
#[derive(Args, Debug)]
#[command(after_help = "\
Without --ring the key goes to standard output, and nowhere else. Give every
server of a site the same key, and keep it where you keep secrets. Who has it
can make a session of any account.

Examples:
  export SESSION_KEYS=\"$(sealed-session keygen)\"
  sealed-session keygen --ring /etc/shop/session-keys
  sealed-session keygen \\
    | systemd-creds encrypt --name=session.ring - session.ring.cred

JSON: id, and key or file.

Exit codes: 0 if there is a key; 2 if it could not be made or written.")]
pub(crate) struct Keygen {
    /// Write a new key ring to FILE, which must not exist, with mode 0600, and
    /// print the key's id only
    #[arg(long, value_name = "FILE")]
    ring: Option<PathBuf>,
}

impl Keygen {
    pub(crate) fn run(&self, now: OffsetDateTime) -> Result<Answer, Failure> {
        let key = Key::generate()?;
        let Some(path) = &self.ring else {
            let text = key.to_text();
            let json = json!({ "id": key.id().to_string(), "key": text.expose() });
            return Ok(Answer::yes(format!("{}\n", text.expose()), json));
        };
        write_new(path, &ring(&key, now)).map_err(|cause| refused(path, &cause))?;
        let (id, file) = (key.id().to_string(), path.display().to_string());
        let text = wrap(
            &format!(
                "Key {id} is in {}, which only its owner can read. Give every server this file. \
                 `sealed-session rotate` replaces the key in time.",
                shown(&file)
            ),
            "",
        );
        Ok(Answer::yes(text, json!({ "id": id, "file": file })))
    }
}

/// Writes the text of a ring of one key. The id behind it is what other commands call the key. The time at
/// which it begins to seal tells them how old it is.
fn ring(key: &Key, now: OffsetDateTime) -> Zeroizing<String> {
    Zeroizing::new(format!(
        "# The keys that seal sessions. Keep them secret. `sealed-session rotate` adds one.\n\
         {} from {} # {}\n",
        key.to_text().expose(),
        rfc3339(now),
        key.id()
    ))
}

/// Writes a file that was not there, and that only its owner can read. What cannot be written whole is removed.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .inspect_err(|_| fs::remove_file(path).unwrap_or_default())
}

fn refused(path: &Path, cause: &io::Error) -> Failure {
    let path = path.display();
    Failure::new(match cause.kind() {
        ErrorKind::AlreadyExists => format!(
            "{path} is there already and was left as it is; `sealed-session rotate` adds a key to it"
        ),
        _ => format!("{path} cannot be written: {cause}"),
    })
}
