//! `sealed-session`: keys and cookies of sealed-session at the command line.
//!
//! Reads the arguments and the clock, once each, and hands both on. Each subcommand has a file beside this one.
//! What several need is in three folders: `input` reads what people paste, `session` judges cookies, and `ring` knows
//! the files of keys. None of them prints or asks what time it is.

#![forbid(unsafe_code)]

mod answer;
mod arguments;
mod check;
mod completions;
mod duration;
mod explain;
mod input;
mod inspect;
mod instant;
mod keygen;
mod keys;
mod man;
mod output;
mod policy;
mod ring;
mod rotate;
mod session;
mod size;
mod style;

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
