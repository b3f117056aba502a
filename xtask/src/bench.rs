//! The programs of `bench/`, which is a workspace of its own.

use std::io::{IsTerminal, stderr};
use std::process::{Command, ExitCode};

use crate::run::{cargo, root, run};
use crate::tools;

pub(crate) const MANIFEST: &str = "bench/Cargo.toml";

/// The package with the other libraries.
pub(crate) const BENCH: &str = "sealed-session-bench";

/// One of the programs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tool {
    pub(crate) package: &'static str,
    pub(crate) name: &'static str,
    /// Built as an application would be.
    pub(crate) is_timed: bool,
}

const SPEED: Tool = Tool {
    package: BENCH,
    name: "speed",
    is_timed: true,
};

const COUNTS: Tool = Tool {
    package: "sealed-session-paths",
    name: "counts",
    is_timed: true,
};

/// How long requests take.
pub(crate) fn speed(arguments: &[&str]) -> Result<ExitCode, String> {
    SPEED.show(arguments)
}

/// The instructions of our own paths.
pub(crate) fn counts(arguments: &[&str]) -> Result<ExitCode, String> {
    tools::valgrind()?;
    COUNTS.show(arguments)
}

/// Every request of the bench runs and finds what it expects. Its figures mean nothing, so that it
/// takes the build that is there already.
pub(crate) fn smoke() -> Result<(), String> {
    let built = Tool {
        is_timed: false,
        ..SPEED
    };
    run(built.command().args([MANIFEST, "--", "--quick"]))
}

impl Tool {
    /// `cargo run`, up to where the manifest's path follows.
    pub(crate) fn command(self) -> Command {
        self.cargo("run --quiet")
    }

    /// Runs it where the caller stands, and prints nothing else. Ends as it ends.
    pub(crate) fn show(self, arguments: &[&str]) -> Result<ExitCode, String> {
        let manifest = root().join(MANIFEST);
        if stderr().is_terminal() {
            // The first build takes minutes. Cargo shows how far it is, and `command` does not.
            finish(self.cargo("build").arg(&manifest))?;
        }
        finish(self.command().arg(&manifest).arg("--").args(arguments))
    }

    fn cargo(self, words: &str) -> Command {
        let mut command = cargo(words);
        if self.is_timed {
            command.arg("--release");
        }
        command.args(["--locked", "--package", self.package]);
        command.args(["--bin", self.name, "--manifest-path"]);
        command
    }
}

fn finish(command: &mut Command) -> Result<ExitCode, String> {
    let status = command
        .status()
        .map_err(|cause| format!("cargo: {cause}"))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
