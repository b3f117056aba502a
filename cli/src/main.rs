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

use crate::answer::{Failure, KEY_MARK};
use crate::arguments::Arguments;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // `clap` would repeat it.
        Err(error) if error.to_string().contains(KEY_MARK) => {
            let what = "there is a key among the arguments, where every user of this machine can read it, and where \
                        none is expected; `--help` says what is";
            return output::finish(&Err(Failure::new(what)), false);
        }
        Err(error) => error.exit(),
    };
    let answer = arguments.command.run(SystemClock.now());
    output::finish(&answer, arguments.json)
}
