//! What sessions cost: `bench/` measures, in a workspace of its own.

use std::io::{IsTerminal, stderr};
use std::process::{Command, ExitCode};

use crate::run::{Passed, cargo, count, root, run};

/// Runs the tool where the caller stands, so that files are found, and prints nothing else, because
/// the output may be for a machine. Ends as the tool ends.
pub(crate) fn show(arguments: &[&str]) -> Result<ExitCode, String> {
    if stderr().is_terminal() {
        // The first build takes a minute. Cargo shows how far it is, and `tool` does not.
        let mut build = cargo("build --locked --bin sizes --manifest-path");
        finish(build.arg(root().join(MANIFEST)))?;
    }
    finish(tool().arg(root().join(MANIFEST)).arg("--").args(arguments))
}

/// The limits on our own figures, and the README's table.
pub(crate) fn check() -> Result<Passed, String> {
    let passed = count(cargo("test --locked --manifest-path").arg(MANIFEST))?;
    run(tool().args([MANIFEST, "--", "--check"]))?;
    Ok(passed)
}

const MANIFEST: &str = "bench/Cargo.toml";

fn tool() -> Command {
    cargo("run --quiet --locked --bin sizes --manifest-path")
}

fn finish(command: &mut Command) -> Result<ExitCode, String> {
    let status = command
        .status()
        .map_err(|cause| format!("cargo: {cause}"))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
