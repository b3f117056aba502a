//! Starts the example and walks through it; and what becomes of sessions that components change.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod errors;
#[path = "../../../support/hello.rs"]
mod hello;
mod streaming;
mod tokens;

use std::process::Command;

#[test]
fn sign_in_read_write_and_sign_out() {
    hello::walk(Command::new(env!("CARGO_BIN_EXE_leptos-hello")).arg("0"));
}
