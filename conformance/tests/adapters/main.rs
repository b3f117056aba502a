//! The list under every adapter of this repository, whether their tokens open in each other, and
//! the table in docs/adapters.md.
//!
//! Arguments are parts of names of scenarios; without any, everything runs. `--write` writes the
//! table.

#![expect(clippy::print_stdout, reason = "its report is what it is for")]

mod document;

use std::process::ExitCode;

use conformance::{Failure, Report, opened_by, run_only, written_by};
use frameworks::ALL;

/// What passed, and what did not.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
}

impl Tally {
    fn add(&mut self, passed: usize, all: usize) {
        self.passed += passed;
        self.failed += all - passed;
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (options, wanted): (Vec<_>, Vec<_>) = arguments.iter().partition(|a| a.starts_with('-'));
    let mut tally = Tally::default();
    let mut reports = Vec::new();
    for adapter in ALL {
        let is_wanted = |name: &str| wanted.iter().any(|part| name.contains(part.as_str()));
        let report = run_only(adapter, |name| wanted.is_empty() || is_wanted(name));
        println!("{report}");
        tally.add(report.passed(), report.scenarios());
        reports.push(report);
    }
    if wanted.is_empty() {
        everything(
            &reports,
            &mut tally,
            options.iter().any(|o| *o == "--write"),
        );
    }
    println!("\n{} passed, {} failed", tally.passed, tally.failed);
    match tally.failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// What takes the whole list.
fn everything(reports: &[Report], tally: &mut Tally, write: bool) {
    let all = ALL.len() * ALL.len();
    let failures = strangers();
    println!(
        "tokens: {} of {all} pairs of adapters",
        all - failures.len()
    );
    for failure in &failures {
        println!("  {failure}");
    }
    tally.add(all - failures.len(), all);
    match document::check(reports, write) {
        Ok(()) => tally.add(1, 1),
        Err(difference) => {
            println!("{difference}");
            tally.add(0, 1);
        }
    }
}

/// Pairs of adapters of which one does not open what the other wrote.
fn strangers() -> Vec<String> {
    let mut failures = Vec::new();
    for writer in ALL {
        let written = written_by(writer);
        for reader in ALL {
            let opened = written
                .clone()
                .and_then(|cookies| opened_by(reader, &cookies));
            let pair = |failure: Failure| {
                format!("{}, written by {}: {failure}", reader.name(), writer.name())
            };
            failures.extend(opened.map_err(pair).err());
        }
    }
    failures
}
