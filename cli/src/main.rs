//! `sealed-session`: keys and cookies of sealed-session at the command line.
//!
//! Reads the arguments and the clock, once each, and hands both on. The files beside this one do the work,
//! one for each subcommand, and none of them prints or asks what time it is.

#![forbid(unsafe_code)]

mod answer;
mod arguments;
mod completions;
mod duration;
mod instant;
mod keygen;
mod keys;
mod man;
mod output;
mod policy;
mod size;
mod style;

use std::process::ExitCode;

use clap::Parser;
use sealed_session::adapter::{Clock, SystemClock};

use crate::arguments::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let answer = arguments.command.run(SystemClock.now());
    output::finish(&answer, arguments.json)
}
