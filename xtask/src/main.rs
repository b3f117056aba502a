//! `cargo xtask`: everything that has to be done with this repository, the same on a developer's
//! machine and in CI.

#![forbid(unsafe_code)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool"
)]

mod bench;
mod clients;
mod disk;
mod fuzz;
mod run;
mod steps;
mod tools;

use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask <COMMAND>

Commands:
  test              Everything below, in this order; what CI runs. Begins with a look at whether
                    the disk has room
  lint              Formatting, clippy, documentation, what the packages hold
  unit              Tests and doctests of every crate, conformance included
  conformance [--write]
                    Only the list of scenarios under every adapter, compared with the table in
                    docs/adapters.md, or written to it
  sizes [ARGUMENTS] What sessions cost, here and elsewhere; --help tells more.
                    `test` checks the limits and the README's table
  bench [ARGUMENTS] How long requests take, here and elsewhere, in a minute; --help tells more.
                    `test` checks that all of it runs
  vectors           The frozen vectors against the independent implementation
  e2e [--write]     The demo, all frameworks with one ring, and the limits, in real clients and
                    proxies; compared with docs/clients.md, or written to it
  fuzz [SECONDS]    Every fuzz target for that long; 20 if not given

Not part of `test`, because another compiler makes other instructions:
  counts [--write]  Instructions of our own paths, compared with bench/instructions.json, or
                    written to it; needs valgrind
  revocations       What a table of a million revocations costs, and what a redis-server does that two
                    clients ask 10,000 times a second each
";

fn main() -> ExitCode {
    match command() {
        Ok(code) => code,
        Err(message) => {
            eprintln!("\nxtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn command() -> Result<ExitCode, String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["sizes", arguments @ ..] => return bench::SIZES.show(arguments),
        ["bench", arguments @ ..] => return bench::SPEED.show(arguments),
        ["counts", arguments @ ..] => return bench::COUNTS.show(arguments),
        ["revocations"] => return bench::revocations(),
        ["test"] => steps::everything(),
        ["lint"] => steps::lint(),
        ["unit"] => steps::unit().map(drop),
        ["conformance"] => steps::conformance(false).map(drop),
        ["conformance", "--write"] => steps::conformance(true).map(drop),
        ["vectors"] => steps::vectors().map(drop),
        ["e2e"] => steps::e2e(false).map(drop),
        ["e2e", "--write"] => steps::e2e(true).map(drop),
        ["fuzz"] => fuzz::each(20),
        ["fuzz", seconds] => {
            let seconds = seconds.parse();
            fuzz::each(seconds.map_err(|_| format!("fuzz takes a number of seconds\n\n{USAGE}"))?)
        }
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        other => Err(format!(
            "there is no command `{}`\n\n{USAGE}",
            other.join(" ")
        )),
    };
    done.map(|()| ExitCode::SUCCESS)
}
