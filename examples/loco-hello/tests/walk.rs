//! Starts the example and walks through it, and starts it with configuration that is wrong.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../../support/hello.rs"]
mod hello;

use std::process::Command;

fn example() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_loco-hello"));
    command.env("PORT", "0").env("NO_COLOR", "1");
    command
}

#[test]
fn sign_in_read_write_and_sign_out() {
    hello::walk(&mut example());
}

#[test]
fn production_without_keys_does_not_start_and_says_what_to_do() {
    let mut command = example();
    let production = command
        .env("LOCO_ENV", "production")
        .env_remove("SESSION_KEYS");
    let ended = production.output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr);
    assert!(!ended.status.success());
    for part in [
        "initializers.sessions in config/production.yaml",
        "key in $SESSION_KEYS: the variable is not set; make one by",
    ] {
        assert!(told.contains(part), "{told}");
    }
}
