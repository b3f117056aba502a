//! `sizes`: what sessions cost, as `cargo xtask sizes` shows it.

#![forbid(unsafe_code)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool"
)]

use std::path::PathBuf;
use std::process::ExitCode;

use sealed_session_bench::{HELP, Mode, Options, Peer, Readme, Sample, Table};

/// What a command line that cannot be followed ends with.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args_os().skip(1)) {
        Ok(options) => options,
        Err(what) => return end(&format!("{what}\n\n{HELP}"), USAGE),
    };
    if options.mode == Mode::Help {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let samples = match samples(&options.files) {
        Ok(samples) => samples,
        Err(what) => return end(&what, USAGE),
    };
    match act(options.mode, &samples) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => end(&what, 1),
    }
}

fn end(what: &str, code: u8) -> ExitCode {
    eprintln!("sizes: {what}");
    ExitCode::from(code)
}

/// Reads the corpus and the files. A file whose stem is taken goes by its whole path.
fn samples(files: &[PathBuf]) -> Result<Vec<Sample>, String> {
    let mut samples = Sample::corpus()?;
    for path in files {
        let mut sample = Sample::read(path)?;
        let is_taken = |name: &str| samples.iter().any(|other| other.name() == name);
        if is_taken(sample.name()) {
            sample = sample.renamed(path.to_string_lossy());
        }
        if is_taken(sample.name()) {
            return Err(format!("{} is named twice; name it once", path.display()));
        }
        samples.push(sample);
    }
    Ok(samples)
}

fn act(mode: Mode, samples: &[Sample]) -> Result<(), String> {
    if mode == Mode::Json {
        let table = Table::measure(&[Peer::Here], samples);
        println!("{}", table.json());
        // The output is for a machine, and a `null` does not say why.
        for reason in table.failures() {
            eprintln!("sizes: {reason}");
        }
        return Ok(());
    }
    let table = Table::measure(&Peer::SIZED, samples);
    match mode {
        Mode::Check => return Readme::of_repository().check(&table),
        Mode::Write => return Readme::of_repository().write(&table),
        Mode::Markdown => print!("{}", table.markdown()),
        Mode::Help | Mode::Json | Mode::Plain => print!("{}", table.plain()),
    }
    Ok(())
}
