//! Starts the example and walks through it.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../../support/hello.rs"]
mod hello;

use std::process::Command;

#[test]
fn sign_in_read_write_and_sign_out() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rocket-hello"));
    let command = command.env("ROCKET_PORT", "0");
    hello::walk(command.env("ROCKET_CLI_COLORS", "false"));
}
