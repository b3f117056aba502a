//! What a run writes into the repository.

use std::error::Error;
use std::fs;

use super::chart::{bars, curves};
use super::report::Report;
use super::results::Results;
use crate::section::{Section, root};

/// Writes docs/speed.md with its pictures, and the README's section.
///
/// # Errors
///
/// If a file cannot be written or has no place for it.
pub fn write(results: &Results) -> Result<(), String> {
    let report = Report(results);
    picture("docs/speed.svg", bars(results))?;
    picture("docs/growth.svg", curves(&results.curves))?;
    Section::of_repository("docs/speed.md", NAME).write(&report.document())?;
    Section::of_repository("README.md", NAME).write(&report.readme())
}

const NAME: &str = "speed";

fn picture(file: &str, drawn: Result<String, Box<dyn Error>>) -> Result<(), String> {
    let written = drawn.and_then(|text| Ok(fs::write(root().join(file), text)?));
    written.map_err(|cause| format!("{file}: {cause}"))
}
