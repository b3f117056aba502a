//! The command line of `speed`.

use std::ffi::OsString;

use lexopt::{Arg, Parser, ValueExt};

use crate::Served;

/// What `--help` shows.
pub const HELP: &str = "\
How long sessions take, here and in other libraries: one process, interleaved rounds, whole requests
through each framework's own service stack over a bare route.

Usage: speed [--quick | --json | --write] [--growth] [--sockets] [--check]

Options:
  --quick   Prove in a few seconds that everything runs and finds what it expects; no figures
  --json    Print one JSON object with every median, ratio and curve
  --write   Write docs/speed.md with its pictures, and the README's section; measures growth and sockets, too
  --growth  Also measure against size, foreign cookies, keys and threads
  --sockets Also send requests over sockets, to a process for each library
  --serve N Be such a process, until standard input ends
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
    /// Serve this, and measure nothing.
    pub serve: Option<Served>,
    /// Measure over sockets.
    pub sockets: bool,
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
                Arg::Long("serve") => {
                    let place: usize = parser
                        .value()
                        .and_then(|value| value.parse())
                        .map_err(|cause| cause.to_string())?;
                    let served = Served::ALL.get(place).copied();
                    found.serve = Some(served.ok_or("--serve takes a lower number")?);
                    continue;
                }
                Arg::Long("sockets") => &mut found.sockets,
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
        found.growth |= found.write || found.quick;
        found.sockets |= found.write || found.quick;
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
        let write = Arguments::parse(["--write"]).unwrap();
        assert!(write.growth && write.sockets);
        let serve = Arguments::parse(["--serve", "0"]).unwrap();
        assert_eq!(serve.serve, Some(Served::Axum));
        for refused in [
            &["--json", "--write"][..],
            &["--quick", "--check"],
            &["--serve", "99"],
            &["x"],
            &["--jsno"],
        ] {
            assert!(Arguments::parse(refused).is_err(), "{refused:?}");
        }
    }
}
