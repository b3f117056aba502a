//! What `cargo xtask test` consists of.

use std::process::Command;

use crate::run::{Passed, count, run};
use crate::{fuzz, tools};

/// Seconds for each fuzz target in a full run.
const FUZZ_SECONDS: u32 = 20;

fn cargo(words: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(words.split_whitespace());
    command
}

/// Every step; ends with the number of tests that passed.
pub(crate) fn everything() -> Result<(), String> {
    lint()?;
    let passed = [counted_unit()?, counted_vectors()?, counted_e2e()?];
    fuzz::each(FUZZ_SECONDS)?;
    println!(
        "\n{} passed, 0 failed",
        passed.iter().map(|passed| passed.0).sum::<u64>()
    );
    Ok(())
}

/// Formatting, clippy and documentation, all with warnings denied.
pub(crate) fn lint() -> Result<(), String> {
    run(&mut cargo("fmt --all --check"))?;
    run(&mut cargo("fmt --check --manifest-path fuzz/Cargo.toml"))?;
    run(&mut cargo(
        "clippy --workspace --all-targets --all-features --locked -- -D warnings",
    ))?;
    let mut docs = cargo("doc --workspace --no-deps --all-features --locked");
    run(docs.env("RUSTDOCFLAGS", "-D warnings"))?;
    // What a user of one crate builds: without features that other members switch on.
    for package in [
        "sealed-session",
        "sealed-session-tower",
        "sealed-session-axum",
    ] {
        run(cargo("check --no-default-features --locked --package").arg(package))?;
        run(cargo("package --list --allow-dirty --locked --quiet --package").arg(package))?;
    }
    Ok(())
}

pub(crate) fn unit() -> Result<(), String> {
    counted_unit().map(drop)
}

fn counted_unit() -> Result<Passed, String> {
    count(&mut cargo(
        "test --workspace --all-features --locked --exclude e2e",
    ))
}

pub(crate) fn vectors() -> Result<(), String> {
    counted_vectors().map(drop)
}

fn counted_vectors() -> Result<Passed, String> {
    let python = tools::python_with_cryptography()?;
    count(Command::new(python).arg("tests/independent/confirm.py"))
}

pub(crate) fn e2e() -> Result<(), String> {
    counted_e2e().map(drop)
}

/// The demo in real clients. Serial, because the tests share the machine's two cores with a
/// browser.
fn counted_e2e() -> Result<Passed, String> {
    tools::browser()?;
    run(&mut cargo("build --locked --package shop"))?;
    count(&mut cargo(
        "test --locked --package e2e -- --test-threads 1",
    ))
}
