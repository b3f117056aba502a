//! Running other programs, aloud, and reading what test runners count.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Returns the repository's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Returns where cargo puts what it builds; .cargo/config.toml says so for all workspaces here.
pub(crate) fn build_folder() -> PathBuf {
    let folder = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    root().join(folder)
}

/// Makes a command of the cargo that runs this, with arguments that hold no spaces.
pub(crate) fn cargo(words: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(words.split_whitespace());
    command
}

/// Says what is run, runs it at the root, and fails if it does.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    announce(command);
    let status = command.current_dir(root()).status();
    check(
        command,
        status.map_err(|cause| cause.to_string())?.success(),
    )
}

/// Does what [`run`] does with several programs at once, and waits for all of them.
pub(crate) fn together(commands: &mut [Command]) -> Result<(), String> {
    let start = |command: &mut Command| {
        announce(command);
        command.current_dir(root()).spawn()
    };
    let children: Vec<_> = commands.iter_mut().map(start).collect();
    let mut all = Ok(());
    for (command, child) in commands.iter().zip(children) {
        let status = child.and_then(|mut child| child.wait());
        let success = status.map_err(|cause| cause.to_string());
        all = all.and(success.and_then(|status| check(command, status.success())));
    }
    all
}

/// Does what [`run`] does, and returns what the program writes.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    announce(command);
    let output = command
        .current_dir(root())
        .stderr(Stdio::inherit())
        .output();
    let output = output.map_err(|cause| cause.to_string())?;
    check(command, output.status.success())?;
    String::from_utf8(output.stdout).map_err(|cause| cause.to_string())
}

/// How many tests passed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Passed(pub(crate) u64);

/// Runs a test runner like [`run`]: passes its output on and adds up what it counted.
pub(crate) fn count(command: &mut Command) -> Result<Passed, String> {
    announce(command);
    let mut child = command
        .current_dir(root())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|cause| format!("{}: {cause}", shown(command)))?;
    let mut passed = Passed::default();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line.map_err(|cause| cause.to_string())?;
            passed.0 += counted(&line);
            println!("{line}");
        }
    }
    let status = child.wait().map_err(|cause| cause.to_string())?;
    check(command, status.success())?;
    Ok(passed)
}

/// Reads the number in `test result: ok. 12 passed; ...` and in `12 passed, 0 failed`.
fn counted(line: &str) -> u64 {
    let Some((before, _)) = line.split_once(" passed") else {
        return 0;
    };
    if !line.starts_with("test result: ") && !line.contains(" failed") {
        return 0;
    }
    before
        .rsplit(' ')
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

fn announce(command: &Command) {
    println!("\n\u{25b8} {}", shown(command));
}

fn check(command: &Command, success: bool) -> Result<(), String> {
    if success {
        Ok(())
    } else {
        Err(format!("`{}` failed", shown(command)))
    }
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn counts_what_runners_print() {
        assert_eq!(
            counted("test result: ok. 12 passed; 0 failed; 0 ignored"),
            12
        );
        assert_eq!(counted("123 passed, 0 failed"), 123);
        assert_eq!(counted("test a_key_is_passed ... ok"), 0);
    }
}
