//! The command line of `speed`.

use std::ffi::OsString;

use lexopt::{Arg, Parser};

/// What `--help` shows.
pub const HELP: &str = "\
How long sessions take, here and in other libraries: one process, interleaved rounds, whole requests
through each framework's own service stack over a bare route.

Usage: speed [--quick | --json | --write] [--growth] [--check]

Options:
  --quick   Prove in a few seconds that everything runs and finds what it expects; no figures
  --json    Print one JSON object with every median, ratio and curve
  --write   Write docs/speed.md with its pictures, and the README's section; measures growth, too
  --growth  Also measure against size, foreign cookies, keys and threads
  --check   Fail if a limit is missed
  --help    Show this";

/// What the command line asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// Fail if a limit is missed.
    pub check: bool,
    /// Measure the curves.
    pub growth: bool,
    /// Show [`HELP`].
    pub help: bool,
    /// Print JSON.
    pub json: bool,
    /// Only see that everything runs.
    pub quick: bool,
    /// Write the documents.
    pub write: bool,
}

impl Arguments {
    /// Reads the command line, without the program's name.
    ///
    /// # Errors
    ///
    /// If it is not as [`HELP`] says.
    pub fn parse<I>(arguments: I) -> Result<Arguments, String>
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        let mut parser = Parser::from_args(arguments);
        let mut found = Arguments::default();
        while let Some(argument) = parser.next().map_err(|cause| cause.to_string())? {
            let switch = match argument {
                Arg::Long("check") => &mut found.check,
                Arg::Long("growth") => &mut found.growth,
                Arg::Long("help") | Arg::Short('h') => &mut found.help,
                Arg::Long("json") => &mut found.json,
                Arg::Long("quick") => &mut found.quick,
                Arg::Long("write") => &mut found.write,
                other => return Err(other.unexpected().to_string()),
            };
            *switch = true;
        }
        if [found.json, found.quick, found.write]
            .iter()
            .filter(|on| **on)
            .count()
            > 1
        {
            return Err("give one of --quick, --json and --write".to_owned());
        }
        if found.quick && found.check {
            return Err("--quick makes no figures to check".to_owned());
        }
        found.growth |= found.write;
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches() {
        assert_eq!(Arguments::parse([""; 0]), Ok(Arguments::default()));
        let json = Arguments::parse(["--json", "--growth"]).unwrap();
        assert!(json.json && json.growth && !json.check);
        assert!(Arguments::parse(["--write"]).unwrap().growth);
        for refused in [
            &["--json", "--write"][..],
            &["--quick", "--check"],
            &["x"],
            &["--jsno"],
        ] {
            assert!(Arguments::parse(refused).is_err(), "{refused:?}");
        }
    }
}
