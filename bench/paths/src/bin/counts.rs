//! `counts`: the instructions of one request on each of our own paths, counted by valgrind's
//! callgrind and compared with `bench/instructions.json`, as `cargo xtask counts` shows them.

#![forbid(unsafe_code)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool"
)]

use std::process::{Command, ExitCode};

use sealed_session_paths::{Baseline, CountedPath, Machine};

const HELP: &str = "\
The instructions of one request on each of our own paths, compared with bench/instructions.json.

Usage: counts [--write | --help]
       counts run PATH TIMES    What is counted";

/// Two lengths of the loop, so that what comes before and after it is not counted.
const SHORT: u32 = 50;
const LONG: u32 = 250;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        [] => compare(),
        ["--write"] => measure().and_then(|now| now.commit()),
        ["run", path, times] => run(path, times),
        ["--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        _ => Err(HELP.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("counts: {what}");
            ExitCode::FAILURE
        }
    }
}

fn run(path: &str, times: &str) -> Result<(), String> {
    let path = CountedPath::named(path).ok_or_else(|| format!("there is no path {path}"))?;
    path.run(times.parse().map_err(|_| format!("{times} is no number"))?)
}

fn compare() -> Result<(), String> {
    let (before, now) = (Baseline::committed()?, measure()?);
    let (table, differing) = before.compare(&now);
    print!("{table}");
    if differing == 0 {
        return Ok(());
    }
    let hint = match before.rustc == now.rustc {
        true => String::new(),
        false => format!(" (that is from {}, this is {})", before.rustc, now.rustc),
    };
    Err(format!(
        "{differing} paths differ from bench/instructions.json{hint}; see why, or write them by \
         `cargo xtask counts --write`"
    ))
}

fn measure() -> Result<Baseline, String> {
    let mut baseline = Baseline {
        rustc: Machine::here().rustc,
        ..Baseline::default()
    };
    for path in CountedPath::ALL {
        let (short, long) = (count(path, SHORT)?, count(path, LONG)?);
        let one = long.saturating_sub(short) / u64::from(LONG - SHORT);
        baseline.instructions.insert(path.name(), one);
    }
    Ok(baseline)
}

/// Counts the instructions of a whole process.
fn count(path: CountedPath, times: u32) -> Result<u64, String> {
    let program = std::env::current_exe().map_err(|cause| cause.to_string())?;
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    command.arg(program).args(["run", &path.name()]);
    let output = command.arg(times.to_string()).output();
    let output = output.map_err(|cause| format!("valgrind: {cause}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let counted = said.lines().find_map(|line| {
        let (_, count) = line.split_once("Collected : ")?;
        count.trim().parse().ok()
    });
    match output.status.success() {
        true => counted.ok_or_else(|| format!("valgrind counted nothing:\n{said}")),
        false => Err(format!("valgrind failed:\n{said}")),
    }
}
