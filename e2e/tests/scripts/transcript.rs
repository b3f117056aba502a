//! Transcripts of curl, run without a shell: commands, what they answer, and how time passes.

use std::process::Command;
use std::time::Duration;

use e2e::Failure;

use crate::api::Api;

/// Types the commands, and keeps what the answers say.
#[derive(Default)]
pub(crate) struct Keeper {
    session: String,
    touch: String,
    asked: usize,
}

impl Keeper {
    /// Returns what the last `x-session` said.
    pub(crate) fn session(&self) -> &str {
        &self.session
    }

    /// Counts the commands.
    pub(crate) fn asked(&self) -> usize {
        self.asked
    }

    /// Does what the lines say: `$ curl ..` asks, `# 20 minutes later` moves the clock, and any other line
    /// has to be found in the answer, one after the other. One that ends with `..` is how it begins.
    pub(crate) fn run(&mut self, transcript: &str, api: &Api) -> Result<(), Failure> {
        let mut answer = Vec::<String>::new().into_iter();
        for line in transcript.lines() {
            if let Some(command) = line.strip_prefix("$ curl ") {
                answer = self.ask(command, api)?.into_iter();
            } else if let Some(comment) = line.strip_prefix("# ") {
                let minutes = comment.strip_suffix(" minutes later");
                let minutes = minutes.ok_or_else(|| format!("what is `{line}`?"))?;
                api.advance(Duration::from_secs(minutes.parse::<u64>()? * 60));
            } else if !answer.any(|said| is_shown(&said, line)) {
                return Err(format!("the answer lacks `{line}`").into());
            }
        }
        Ok(())
    }

    fn ask(&mut self, command: &str, api: &Api) -> Result<Vec<String>, Failure> {
        let words = words(command)?.into_iter().map(|word| {
            word.replace("$session", &self.session)
                .replace("$touch", &self.touch)
                .replace("http://127.0.0.1:8080", &api.url())
        });
        let mut curl = Command::new("curl");
        // Without whatever the user's own settings say.
        curl.args(["--disable", "--silent", "--show-error", "--noproxy", "*"]);
        let output = curl.args(["--max-time", "20"]).args(words).output()?;
        if !output.status.success() {
            return Err(String::from_utf8(output.stderr)?.into());
        }
        self.asked += 1;
        let answer = String::from_utf8(output.stdout)?;
        let lines = answer.lines().map(|line| line.trim_end().to_owned());
        let lines: Vec<String> = lines.collect();
        for line in &lines {
            match line.split_once(':') {
                Some(("x-session", value)) => value.trim().clone_into(&mut self.session),
                Some(("x-session-touch", value)) => value.trim().clone_into(&mut self.touch),
                _ => {}
            }
        }
        Ok(lines)
    }
}

fn is_shown(said: &str, line: &str) -> bool {
    match line.strip_suffix("..") {
        Some(begins) => said.len() > begins.len() && said.starts_with(begins),
        None => said == line,
    }
}

/// Splits a command into words as a shell does, of which it has to need nothing but quotes.
fn words(command: &str) -> Result<Vec<String>, Failure> {
    let mut words = Vec::new();
    let mut rest = command.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, after) = match first {
            '\'' | '"' => {
                let quoted = rest.get(1..).and_then(|rest| rest.split_once(first));
                quoted.ok_or_else(|| format!("a quote without an end: {command}"))?
            }
            _ => rest.split_once(' ').unwrap_or((rest, "")),
        };
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-./:".contains(letter);
        if !"'\"".contains(first) && !word.chars().all(plain) {
            return Err(format!("`{word}` needs a shell").into());
        }
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    Ok(words)
}
