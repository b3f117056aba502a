//! The list under every adapter of this repository.
//!
//! Arguments are parts of names of adapters and scenarios; without any, everything runs.

#![expect(clippy::print_stdout, reason = "its report is what it is for")]

mod axum;
mod hyper;
#[path = "../plain/mod.rs"]
mod plain;

use std::process::ExitCode;

use conformance::{Harness, run_only};

/// Every adapter, in the order of the report.
const ADAPTERS: &[&dyn Harness] = &[&axum::Axum, &hyper::Hyper];

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with('-'))
        .collect();
    let mut seen = (0, 0);
    for adapter in ADAPTERS {
        let report = run_only(*adapter, |name| {
            wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()))
        });
        println!("{report}");
        seen.0 += report.passed();
        seen.1 += report.scenarios();
    }
    let (passed, failed) = (seen.0, seen.1 - seen.0);
    println!("\n{passed} passed, {failed} failed");
    match failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
