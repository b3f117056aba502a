//! The programs of `bench/`, which is a workspace of its own.

use std::io::{IsTerminal, stderr};
use std::process::{Command, ExitCode};

use crate::run::{Passed, cargo, count, root, run};
use crate::tools;

const MANIFEST: &str = "bench/Cargo.toml";

/// One of the programs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tool {
    package: &'static str,
    name: &'static str,
    /// Whether it is built as an application would be.
    is_timed: bool,
}

/// Counts the bytes of sessions.
pub(crate) const SIZES: Tool = Tool {
    package: "sealed-session-bench",
    name: "sizes",
    is_timed: false,
};

/// Times requests.
pub(crate) const SPEED: Tool = Tool {
    package: "sealed-session-bench",
    name: "speed",
    is_timed: true,
};

/// Counts the instructions of our own paths.
pub(crate) const COUNTS: Tool = Tool {
    package: "sealed-session-paths",
    name: "counts",
    is_timed: true,
};

/// Times what a table of revocations costs.
const REVOCATIONS: Tool = Tool {
    package: "sealed-session-paths",
    name: "revocations",
    is_timed: true,
};

/// Times what revocations cost that nodes share.
const SHARED: Tool = Tool {
    package: "sealed-session-shared",
    name: "sealed-session-shared",
    is_timed: true,
};

/// Times what revocations cost, first in one process and then through a server.
pub(crate) fn revocations() -> Result<ExitCode, String> {
    tools::redis()?;
    match REVOCATIONS.show(&[])? {
        ExitCode::SUCCESS => SHARED.show(&[]),
        failed => Ok(failed),
    }
}

/// Runs the tests, checks the README's table of sizes, and sends every request of the timings once.
pub(crate) fn check() -> Result<Passed, String> {
    let passed = count(cargo("test --workspace --locked --manifest-path").arg(MANIFEST))?;
    run(SIZES.command().args([MANIFEST, "--", "--check"]))?;
    // The figures mean nothing, so that it takes the build that is there already.
    let built = Tool {
        is_timed: false,
        ..SPEED
    };
    run(built.command().args([MANIFEST, "--", "--quick"]))?;
    Ok(passed)
}

impl Tool {
    /// Runs it where the caller stands, so that files are found, and prints nothing else, because
    /// the output may be for a machine. Ends as it ends.
    pub(crate) fn show(self, arguments: &[&str]) -> Result<ExitCode, String> {
        if self.name == COUNTS.name {
            tools::valgrind()?;
        }
        let manifest = root().join(MANIFEST);
        if stderr().is_terminal() {
            // The first build takes minutes. Cargo shows how far it is, and `command` does not.
            finish(self.cargo("build").arg(&manifest))?;
        }
        finish(self.command().arg(&manifest).arg("--").args(arguments))
    }

    /// Makes `cargo run`, up to where the manifest's path follows.
    fn command(self) -> Command {
        self.cargo("run --quiet")
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
