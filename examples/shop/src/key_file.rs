//! A key ring's file, made for the first time.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use sealed_session_axum::Key;

/// Writes `key` to a new file that only its owner can read.
///
/// # Errors
///
/// If the file is there already, or cannot be written.
pub fn write(path: &Path, key: &Key) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{}", key.to_text().expose())
}
