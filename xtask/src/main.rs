//! `cargo xtask`: everything that has to be done with this repository, the same on a developer's
//! machine and in CI.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool"
)]

mod fuzz;
mod run;
mod steps;
mod tools;

use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask <COMMAND>

Commands:
  test              Everything below, in this order; what CI runs
  lint              Formatting, clippy, documentation
  unit              Tests and doctests of every crate, and each feature set alone
  vectors           The frozen vectors against the independent implementation
  e2e               The demo in real clients
  fuzz [SECONDS]    Every fuzz target for that long; 20 if not given
";

fn main() -> ExitCode {
    match command() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("\nxtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn command() -> Result<(), String> {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let argument = arguments.next();
    match command.as_str() {
        "test" => steps::everything(),
        "lint" => steps::lint(),
        "unit" => steps::unit(),
        "vectors" => steps::vectors(),
        "e2e" => steps::e2e(),
        "fuzz" => {
            let seconds = argument.map_or(Ok(20), |text| text.parse());
            fuzz::each(seconds.map_err(|_| format!("fuzz takes a number of seconds\n\n{USAGE}"))?)
        }
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        other => Err(format!("there is no command `{other}`\n\n{USAGE}")),
    }
}
