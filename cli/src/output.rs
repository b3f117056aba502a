//! The way out: standard output, standard error, and the exit code. Nothing else prints.

use std::env;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};
use serde_json::json;

use crate::answer::{Answer, Failure, Verdict};
use crate::style::{BAD, shown, wrap};

/// What arguments or input that cannot be used end with. `clap` ends with the same.
const UNUSABLE: u8 = 2;

/// Prints what a subcommand ended with, and returns its exit code.
pub(crate) fn finish(done: &Result<Answer, Failure>, is_json: bool) -> ExitCode {
    let (text, code) = match done {
        Ok(answer) => {
            let text = if is_json {
                format!("{:#}\n", answer.json)
            } else {
                answer.text.clone()
            };
            let code = match answer.verdict {
                Verdict::Yes => 0,
                Verdict::No => 1,
            };
            (text, code)
        }
        Err(failure) => {
            complain(failure);
            let text = match is_json {
                true => format!("{:#}\n", json!({ "error": failure.to_string() })),
                false => String::new(),
            };
            (text, UNUSABLE)
        }
    };
    match print(&text) {
        Ok(()) => ExitCode::from(code),
        // The reader has seen enough, as `head` has.
        Err(cause) if cause.kind() == ErrorKind::BrokenPipe => ExitCode::from(code),
        Err(cause) => {
            complain(&Failure::new(format!("standard output: {cause}")));
            ExitCode::from(UNUSABLE)
        }
    }
}

fn print(text: &str) -> io::Result<()> {
    let stdout = io::stdout();
    let choice = choice(stdout.is_terminal());
    let mut stream = AutoStream::new(stdout.lock(), choice);
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

fn complain(failure: &Failure) {
    let stderr = io::stderr();
    let choice = choice(stderr.is_terminal());
    let mut stream = AutoStream::new(stderr.lock(), choice);
    let what = shown(&failure.to_string());
    let text = wrap(&format!("{BAD}sealed-session:{BAD:#} {what}"), "");
    // There is no other place to say that this one is closed.
    stream.write_all(text.as_bytes()).ok();
}

/// Returns whether styles go out: to a terminal, and never under `NO_COLOR` (no-color.org). `anstream` would
/// let `CLICOLOR_FORCE` send them into a file.
fn choice(is_terminal: bool) -> ColorChoice {
    let is_unwanted = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let is_dumb = env::var_os("TERM").is_some_and(|value| value == "dumb");
    if is_terminal && !is_unwanted && !is_dumb {
        ColorChoice::Always
    } else {
        ColorChoice::Never
    }
}
