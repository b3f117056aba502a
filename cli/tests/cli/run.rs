//! The command as a child, and a folder for its files.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// What a run ended with.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// Returns the object that `--json` printed.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Asserts the exit code, and returns what was printed.
    #[track_caller]
    pub(crate) fn text(&self, code: i32) -> &str {
        assert_eq!(self.code, code, "{self:?}");
        &self.stdout
    }

    /// Asserts that the input cannot be used, and returns why in one line.
    #[track_caller]
    pub(crate) fn complaint(&self) -> String {
        assert_eq!((self.code, self.stdout.as_str()), (2, ""), "{self:?}");
        self.stderr.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Runs the command with these words.
pub(crate) fn run(words: &[&str]) -> Ended {
    finish(command(words).stdin(Stdio::null()), "")
}

/// Runs the command in a folder, so that what it prints of paths is always the same.
pub(crate) fn run_in(folder: &Folder, words: &[&str]) -> Ended {
    let mut command = command(words);
    let command = command.stdin(Stdio::null()).current_dir(folder.0.path());
    let ended = finish(command, "");
    let is_json = words.contains(&"--json");
    let stdout = ended.stdout.lines().filter(|_| !is_json);
    for line in stdout.chain(ended.stderr.lines()) {
        assert!(line.chars().count() <= 80, "{words:?}: {line}");
    }
    ended
}

/// Runs the command with a text on standard input.
pub(crate) fn run_with(words: &[&str], input: &str) -> Ended {
    finish(command(words).stdin(Stdio::piped()), input)
}

/// Makes the command, without what this process's environment says of colours and keys.
pub(crate) fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sealed-session"));
    command.env_clear().args(words);
    command
}

/// Runs a command to its end.
pub(crate) fn finish(command: &mut Command, input: &str) -> Ended {
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    if let Some(mut stdin) = child.stdin.take() {
        // A command that refuses its arguments does not read.
        stdin.write_all(input.as_bytes()).ok();
    }
    let output = child.wait_with_output().unwrap();
    Ended {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A folder that goes with the test.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, and returns its path as an argument.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        argument(&path)
    }
}

/// Returns a path as an argument.
pub(crate) fn argument(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}
