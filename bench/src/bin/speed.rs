//! `speed`: how long sessions take, as `cargo xtask bench` shows it.

#![forbid(unsafe_code)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool"
)]

use std::process::ExitCode;

use sealed_session_bench::speed::{self, Plan, Report, Results};

fn main() -> ExitCode {
    match Results::measure(Plan::FULL) {
        Ok(r) => {
            println!("{}", Report(&r).plain());
            ExitCode::SUCCESS
        }
        Err(e) => {
            eprintln!("{e}");
            ExitCode::FAILURE
        }
    }
}
