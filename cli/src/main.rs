//! `sealed-session`: keys and cookies of sealed-session at the command line.
//!
//! Reads the arguments and the clock, once each, and hands both on. The files beside this one do the work,
//! one for each subcommand, and none of them prints or asks what time it is.

#![forbid(unsafe_code)]

mod advice;
mod answer;
mod arguments;
mod check;
mod completions;
mod content;
mod duration;
mod explain;
mod finding;
mod fit;
mod input;
mod inspect;
mod instant;
mod judge;
mod keygen;
mod keys;
mod looks;
mod man;
mod message;
mod output;
mod percent;
mod pieces;
mod plan;
mod policy;
mod ring_file;
mod ring_text;
mod rotate;
mod rotation;
mod size;
mod style;
mod timeline;

use std::process::ExitCode;

use clap::Parser;
use sealed_session::adapter::{Clock, SystemClock};

use crate::arguments::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let answer = arguments.command.run(SystemClock.now());
    output::finish(&answer, arguments.json)
}
