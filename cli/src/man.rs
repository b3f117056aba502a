//! `sealed-session man`: the manual page, by `clap_mangen`, and one for each subcommand.

use clap::{Args, Command};
use clap_mangen::Man as Page;
use serde_json::json;

use crate::answer::{Answer, Failure};

/// Print the manual page, of this command or of a subcommand
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sealed-session man > ~/.local/share/man/man1/sealed-session.1
  sealed-session man rotate > ~/.local/share/man/man1/sealed-session-rotate.1
  sealed-session man rotate | man -l -")]
pub(crate) struct Man {
    /// The subcommand whose page to print; without one, the page of all
    subcommand: Option<String>,
}

impl Man {
    pub(crate) fn run(&self, mut command: Command) -> Result<Answer, Failure> {
        command.build();
        let command = match &self.subcommand {
            None => command,
            Some(name) => command.find_subcommand(name).cloned().ok_or_else(|| {
                Failure::new(format!(
                    "there is no subcommand `{name}`; `help` lists them"
                ))
            })?,
        };
        let mut page = Vec::new();
        Page::new(command)
            .render(&mut page)
            .map_err(|cause| Failure::new(cause.to_string()))?;
        let page = String::from_utf8_lossy(&page).into_owned();
        let json = json!({ "page": page });
        Ok(Answer::yes(page, json))
    }
}
