//! What `cargo xtask test` consists of.

use std::process::Command;

use crate::run::{Passed, cargo, count, output, run};
use crate::{bench, clients, fuzz, sizes, tools};

/// Seconds for each fuzz target in a full run.
const FUZZ_SECONDS: u32 = 20;

/// Every step; ends with the number of tests that passed.
pub(crate) fn everything() -> Result<(), String> {
    tools::all()?;
    lint()?;
    let mut passed = vec![
        counted_unit()?,
        counted_conformance(false)?,
        sizes::check()?,
    ];
    bench::smoke()?;
    passed.extend([counted_vectors()?, counted_e2e(false)?]);
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
    run(&mut cargo(
        "fmt --all --check --manifest-path bench/Cargo.toml",
    ))?;
    run(&mut cargo("fmt --check --manifest-path fuzz/Cargo.toml"))?;
    run(&mut cargo(
        "clippy --workspace --all-targets --all-features --locked -- -D warnings",
    ))?;
    run(&mut cargo(
        "clippy --manifest-path bench/Cargo.toml --workspace --all-targets --locked -- -D warnings",
    ))?;
    let mut docs = cargo("doc --workspace --no-deps --all-features --locked");
    run(docs.env("RUSTDOCFLAGS", "-D warnings"))?;
    for package in PACKAGES {
        // What a user of one crate builds: without what other members switch on.
        run(cargo("check --no-default-features --locked --package").arg(package))?;
        check_package(package)?;
    }
    Ok(())
}

/// The packages that are published.
const PACKAGES: [&str; 5] = [
    "sealed-session",
    "sealed-session-tower",
    "sealed-session-axum",
    "sealed-session-actix",
    "sealed-session-rocket",
];

/// A package has its licences and a front page, and nothing that a test left behind.
fn check_package(package: &str) -> Result<(), String> {
    let mut list = cargo("package --list --allow-dirty --locked --quiet --package");
    let files = output(list.arg(package))?;
    for wanted in [
        "CHANGELOG.md",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "src/lib.rs",
    ] {
        if !files.lines().any(|file| file == wanted) {
            return Err(format!("the package {package} lacks {wanted}"));
        }
    }
    match files
        .lines()
        .find(|file| file.contains("__pycache__") || file.ends_with(".pyc"))
    {
        Some(stray) => Err(format!("the package {package} holds {stray}")),
        None => Ok(()),
    }
}

pub(crate) fn unit() -> Result<(), String> {
    counted_unit().map(drop)
}

fn counted_unit() -> Result<Passed, String> {
    let all = count(&mut cargo(
        "test --workspace --all-features --locked --exclude conformance --exclude e2e",
    ))?;
    Ok(Passed(all.0 + counted_values()?.0))
}

/// The tests of values once more, with what any other crate in an application's build may switch on.
/// Only the library and serde_json are built again.
fn counted_values() -> Result<Passed, String> {
    const FEATURES: &str = "serde_json/arbitrary_precision,serde_json/preserve_order";
    let mut passed = Passed::default();
    for tests in [
        "--lib -- payload::codec payload::form payload::json payload::shape",
        "--test core values::",
    ] {
        let mut test = cargo("test --locked --package sealed-session --features");
        passed.0 += count(test.arg(FEATURES).args(tests.split(' ')))?.0;
    }
    Ok(passed)
}

/// With `write`, the table in docs/adapters.md is made to say what was seen.
pub(crate) fn conformance(write: bool) -> Result<(), String> {
    counted_conformance(write).map(drop)
}

/// The list under every adapter, what proves that it can fail, and the rest of its package.
fn counted_conformance(write: bool) -> Result<Passed, String> {
    if write {
        run(&mut cargo(
            "test --locked --package conformance --test adapters -- --write",
        ))?;
    }
    count(&mut cargo("test --locked --package conformance"))
}

pub(crate) fn vectors() -> Result<(), String> {
    counted_vectors().map(drop)
}

fn counted_vectors() -> Result<Passed, String> {
    let python = tools::python_with_cryptography()?;
    count(Command::new(python).args(["-B", "tests/independent/confirm.py"]))
}

/// With `write`, docs/clients.md is made to say what was seen.
pub(crate) fn e2e(write: bool) -> Result<(), String> {
    counted_e2e(write).map(drop)
}

/// The demo, all frameworks with one ring, and the limits, in real clients and proxies. Serial:
/// each test drives programs of its own, or loads the machine.
fn counted_e2e(write: bool) -> Result<Passed, String> {
    tools::browser()?;
    tools::clients_and_proxies()?;
    run(&mut cargo("build --locked --package shop"))?;
    let seen = clients::folder()?;
    let mut tests = cargo("test --locked --package e2e -- --test-threads 1");
    let passed = count(tests.env("E2E_OBSERVED", &seen))?;
    clients::check(&seen, write)?;
    Ok(passed)
}
