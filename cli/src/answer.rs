//! What a subcommand ends with: an answer, or the reason why there is none.
//!
//! Neither holds a key, unless the caller asked for one.

use std::fmt;

use sealed_session::Error;
use serde_json::Value;

/// What every key begins with.
pub(crate) const KEY_MARK: &str = "sealed_key_v1_";

/// What a subcommand found out, for people and for scripts.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The text for people, with the styles of [`style`](crate::style). It ends with a line break.
    pub(crate) text: String,
    /// One object, for `--json`.
    pub(crate) json: Value,
    pub(crate) verdict: Verdict,
}

/// What the exit code says of an [`Answer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Exit code 0.
    Yes,
    /// Exit code 1: refused, a fault in a ring, over budget.
    No,
}

/// Why there is no answer: input that cannot be read, or arguments that contradict each other. Exit code 2.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure(String);

impl Answer {
    /// Makes an answer whose exit code is 0.
    pub(crate) fn yes(text: impl Into<String>, json: Value) -> Answer {
        Answer {
            text: text.into(),
            json,
            verdict: Verdict::Yes,
        }
    }
}

impl Failure {
    /// Makes a failure of a sentence without a full stop. It says what is wrong and what to do.
    pub(crate) fn new(what: impl Into<String>) -> Failure {
        Failure(without_keys(&what.into()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Takes keys out of a text. A path or an argument may be one by mistake, and what is complained about ends in logs.
fn without_keys(text: &str) -> String {
    let mut parts = text.split(KEY_MARK);
    let mut without = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_text = |char: char| char.is_ascii_alphanumeric() || "-_".contains(char);
        without.push_str("(a key)");
        without.push_str(part.trim_start_matches(is_text));
    }
    without
}

/// The library's own words, which hold no secret.
impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure(error.to_string())
    }
}
