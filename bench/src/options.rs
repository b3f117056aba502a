//! The command line of `sizes`.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::{Arg, Parser};

/// What `--help` shows.
pub const HELP: &str = "\
What sessions cost, here and in other libraries: bytes of the values of all cookies.

Usage: sizes [--json | --markdown | --write | --check] [FILES]...

Arguments:
  FILES       Further JSON files. The members of each are stored as string-keyed attributes, and
              reported under the file's stem

Options:
  --json      Print one JSON object of name to bytes, of this library in its default
              configuration; null for a session that does not fit
  --markdown  Print the table of the README
  --write     Write the table into README.md
  --check     Fail if README.md shows another table
  --help      Show this";

/// What to do with the figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Compare them with the README.
    Check,
    /// Show [`HELP`].
    Help,
    /// Print those of this library as JSON.
    Json,
    /// Print what the README shows.
    Markdown,
    /// Print a table for a terminal.
    #[default]
    Plain,
    /// Write them into the README.
    Write,
}

/// What the command line asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// What to do with the figures.
    pub mode: Mode,
    /// What to measure besides the corpus.
    pub files: Vec<PathBuf>,
}

impl Options {
    /// Reads the command line, without the program's name.
    ///
    /// # Errors
    ///
    /// If it is not as [`HELP`] says.
    pub fn parse<I>(arguments: I) -> Result<Options, String>
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        let mut parser = Parser::from_args(arguments);
        let mut options = Options::default();
        while let Some(argument) = parser.next().map_err(|cause| cause.to_string())? {
            let mode = match argument {
                Arg::Long("check") => Mode::Check,
                Arg::Long("help") | Arg::Short('h') => Mode::Help,
                Arg::Long("json") => Mode::Json,
                Arg::Long("markdown") => Mode::Markdown,
                Arg::Long("write") => Mode::Write,
                Arg::Value(file) => {
                    options.files.push(file.into());
                    continue;
                }
                other => return Err(other.unexpected().to_string()),
            };
            if options.mode != Mode::Plain && options.mode != mode {
                return Err("give one of --json, --markdown, --write and --check".to_owned());
            }
            options.mode = mode;
        }
        let is_readme = matches!(options.mode, Mode::Check | Mode::Write);
        if is_readme && !options.files.is_empty() {
            return Err(
                "the README shows the corpus: --write and --check take no files".to_owned(),
            );
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_one_mode() {
        assert_eq!(Options::parse([""; 0]), Ok(Options::default()));
        let options = Options::parse(["a.json", "--json", "b.json"]).unwrap();
        assert_eq!(options.mode, Mode::Json);
        assert_eq!(options.files, ["a.json", "b.json"].map(PathBuf::from));
        assert_eq!(Options::parse(["--write"]).unwrap().mode, Mode::Write);
        for refused in [
            &["--json", "--write"][..],
            &["--check", "a.json"],
            &["--jsno"],
            &["-x"],
            &["--json=3"],
        ] {
            assert!(Options::parse(refused).is_err(), "{refused:?}");
        }
    }
}
