//! `sealed-session completions`: a script that completes the command line, by `clap_complete`.

use clap::{Args, Command};
use clap_complete::{Shell, generate};
use serde_json::json;

use crate::answer::{Answer, Failure};

/// Print a script that completes this command in a shell
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sealed-session completions bash \\
    > ~/.local/share/bash-completion/completions/sealed-session
  sealed-session completions zsh > \"${fpath[1]}/_sealed-session\"
  sealed-session completions fish \\
    > ~/.config/fish/completions/sealed-session.fish")]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self, mut command: Command) -> Result<Answer, Failure> {
        let name = command.get_name().to_owned();
        let mut script = Vec::new();
        generate(self.shell, &mut command, name, &mut script);
        let script = String::from_utf8_lossy(&script).into_owned();
        let json = json!({ "shell": self.shell.to_string(), "script": script });
        Ok(Answer::yes(script, json))
    }
}
