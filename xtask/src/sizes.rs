//! What sessions cost in bytes: `bench/` measures, in a workspace of its own.

use std::process::ExitCode;

use crate::bench::{BENCH, MANIFEST, Tool};
use crate::run::{Passed, cargo, count, run};

/// Runs the tool where the caller stands, so that files are found, and prints nothing else, because
/// the output may be for a machine. Ends as the tool ends.
pub(crate) fn show(arguments: &[&str]) -> Result<ExitCode, String> {
    TOOL.show(arguments)
}

/// The limits on our own figures, and the README's table.
pub(crate) fn check() -> Result<Passed, String> {
    let passed = count(cargo("test --workspace --locked --manifest-path").arg(MANIFEST))?;
    run(TOOL.command().args([MANIFEST, "--", "--check"]))?;
    Ok(passed)
}

const TOOL: Tool = Tool {
    package: BENCH,
    name: "sizes",
    is_timed: false,
};
