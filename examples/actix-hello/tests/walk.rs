//! Starts the example and walks through it.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../../support/hello.rs"]
mod hello;

use std::process::Command;

#[test]
fn sign_in_read_write_and_sign_out() {
    hello::walk(Command::new(env!("CARGO_BIN_EXE_actix-hello")).arg("0"));
}
