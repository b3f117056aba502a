//! The command line as a whole. What belongs to one subcommand stands in its file.

use clap::{CommandFactory, Parser, Subcommand};
use sealed_session::time::OffsetDateTime;

use crate::answer::{Answer, Failure};
use crate::check::Check;
use crate::completions::Completions;
use crate::explain::Explain;
use crate::inspect::Inspect;
use crate::keygen::Keygen;
use crate::man::Man;
use crate::rotate::Rotate;
use crate::size::Size;

/// Keys and cookies of sealed-session: make and rotate keys, and look at sessions
#[derive(Debug, Parser)]
#[command(name = "sealed-session", version, max_term_width = 80)]
#[command(after_help = "\
Examples:
  export SESSION_KEYS=\"$(sealed-session keygen)\"
  sealed-session keygen --ring /etc/shop/keys
  sealed-session rotate /etc/shop/keys --policy absolute=12h,remembered=30d
  sealed-session check /etc/shop/keys --policy absolute=12h,remembered=30d
  sealed-session explain --keys /etc/shop/keys < head.txt
  sealed-session size session.json

Exit codes: 0 if the answer is good; 1 if it is no, such as for a cookie that is
refused, a key ring with a fault, or a session over its budget; 2 for arguments
or input that cannot be used.

Colours are for terminals, and NO_COLOR turns them off.")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Print one JSON object instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Keygen(Keygen),
    Rotate(Rotate),
    Check(Check),
    Inspect(Inspect),
    Explain(Explain),
    Size(Size),
    Completions(Completions),
    Man(Man),
}

impl Command {
    /// Does what the subcommand says, at this time.
    pub(crate) fn run(&self, now: OffsetDateTime) -> Result<Answer, Failure> {
        match self {
            Command::Keygen(keygen) => keygen.run(now),
            Command::Rotate(rotate) => rotate.run(now),
            Command::Check(check) => check.run(now),
            Command::Inspect(inspect) => inspect.run(now),
            Command::Explain(explain) => explain.run(now),
            Command::Size(size) => size.run(now),
            Command::Completions(completions) => completions.run(Arguments::command()),
            Command::Man(man) => man.run(Arguments::command()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `clap` would break a longer line behind its last word, and leave that word alone on a line.
    #[test]
    fn no_line_behind_the_options_is_broken_by_clap() {
        let whole = Arguments::command();
        for command in whole.get_subcommands().chain([&whole]) {
            let text = command.get_after_help().map(ToString::to_string);
            for line in text.unwrap_or_default().lines() {
                let columns = line.chars().count();
                assert!(columns <= 80, "{}: {columns}: {line}", command.get_name());
            }
        }
    }
}
