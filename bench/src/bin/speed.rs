//! `speed`: how long sessions take, as `cargo xtask bench` shows it.

#![forbid(unsafe_code)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool"
)]

use std::process::ExitCode;

use sealed_session_bench::speed::{
    Arguments, Goal, HELP, Plan, Report, Results, growth, load, write,
};

/// What a command line that cannot be followed ends with.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args_os().skip(1)) {
        Ok(arguments) => arguments,
        Err(what) => return end(&format!("{what}\n\n{HELP}"), USAGE),
    };
    if arguments.help {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    match act(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => end(&what, 1),
    }
}

fn end(what: &str, code: u8) -> ExitCode {
    eprintln!("speed: {what}");
    ExitCode::from(code)
}

fn act(arguments: Arguments) -> Result<(), String> {
    if let Some(served) = arguments.serve {
        return served.serve();
    }
    let plan = match arguments.quick {
        true => Plan::QUICK,
        false => Plan::FULL,
    };
    let mut results = Results::measure(plan)?;
    if arguments.growth {
        results.curves = growth(plan)?;
    }
    if arguments.sockets {
        let program = std::env::current_exe().map_err(|cause| cause.to_string())?;
        results.loads = load(&program, plan)?;
    }
    if arguments.quick {
        let (curves, loads) = (results.curves.len(), results.loads.len());
        println!(
            "All {} subjects, {curves} curves and {loads} loads run, and every request finds what it expects.",
            results.timings.len()
        );
        return Ok(());
    }
    match arguments.json {
        true => println!("{}", Report(&results).json()),
        false => print!("{}", Report(&results).plain()),
    }
    if arguments.write {
        write(&results)?;
    }
    let missed = Goal::of(&results)
        .iter()
        .filter(|goal| !goal.is_met())
        .count();
    match arguments.check && missed > 0 {
        true => Err(format!("{missed} limits are missed")),
        false => Ok(()),
    }
}
