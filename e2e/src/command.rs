//! The command `sealed-session`, as an operator runs it.

use std::process::{Command, Stdio};

use crate::Failure;
use crate::process::build_folder;

/// Runs the command `sealed-session`, and returns what it says.
///
/// # Errors
///
/// If it is not built, or ends with another code than 0.
pub fn command(arguments: &[&str]) -> Result<String, Failure> {
    let mut command = Command::new(build_folder()?.join("sealed-session"));
    let output = command.args(arguments).stdin(Stdio::null()).output()?;
    let text = String::from_utf8([output.stdout, output.stderr].concat())?;
    match output.status.success() {
        true => Ok(text),
        false => Err(format!("{command:?}: {}\n{text}", output.status).into()),
    }
}
