//! What `cargo xtask test` consists of.

use std::process::Command;
use std::time::Instant;

use crate::run::{Passed, cargo, count, output, run};
use crate::{bench, clients, disk, fuzz, tools};

/// Seconds for each fuzz target in a full run.
const FUZZ_SECONDS: u32 = 20;

/// The end-to-end tests, which no other command runs.
const E2E: &str = "--test demo --test everywhere --test foreign --test limits --test scripts";

/// Runs every step, and says how many tests passed.
pub(crate) fn everything() -> Result<(), String> {
    disk::check()?;
    let mut times = Times::default();
    times.of("tools", tools::all)?;
    times.of("lint", lint)?;
    let passed = [
        times.of("unit", unit)?,
        times.of("bench", bench::check)?,
        times.of("vectors", vectors)?,
        times.of("e2e", || e2e(false))?,
    ];
    times.of("fuzz", || fuzz::each(FUZZ_SECONDS))?;
    let passed: u64 = passed.iter().map(|passed| passed.0).sum();
    println!("\nseconds: {}", times.0.join(", "));
    println!("\n{passed} passed, 0 failed");
    Ok(())
}

/// How long each step took.
#[derive(Default)]
struct Times(Vec<String>);

impl Times {
    fn of<T>(&mut self, what: &str, step: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
        let begin = Instant::now();
        let done = step()?;
        self.0.push(format!("{what} {}", begin.elapsed().as_secs()));
        Ok(done)
    }
}

/// Checks formatting, clippy, documentation and packages, all with warnings denied.
pub(crate) fn lint() -> Result<(), String> {
    run(&mut cargo("fmt --all --check"))?;
    run(&mut cargo(
        "fmt --all --check --manifest-path bench/Cargo.toml",
    ))?;
    run(&mut cargo("fmt --check --manifest-path fuzz/Cargo.toml"))?;
    run(&mut cargo(
        "clippy --workspace --all-targets --all-features --locked -- -D warnings",
    ))?;
    run(&mut cargo(&format!(
        "clippy --workspace --all-features --locked {E2E} -- -D warnings"
    )))?;
    run(&mut cargo(
        "clippy --manifest-path bench/Cargo.toml --workspace --all-targets --locked -- -D warnings",
    ))?;
    // `--lib`, because what is not published has `doc = false`, and its comments are read here all the same.
    let mut docs = cargo("doc --workspace --lib --no-deps --all-features --locked");
    run(docs.env("RUSTDOCFLAGS", "-D warnings"))?;
    for package in PACKAGES {
        // What a user of one crate builds: without what other members switch on.
        run(cargo("check --no-default-features --locked --package").arg(package))?;
        check_package(package)?;
    }
    Ok(())
}

/// The packages that are published.
const PACKAGES: [&str; 7] = [
    "sealed-session",
    "sealed-session-cli",
    "sealed-session-tower",
    "sealed-session-axum",
    "sealed-session-actix",
    "sealed-session-rocket",
    "sealed-session-redis",
];

/// Checks that a package has its licences and a front page, and nothing that a test left behind.
fn check_package(package: &str) -> Result<(), String> {
    let mut list = cargo("package --list --allow-dirty --locked --quiet --package");
    let files = output(list.arg(package))?;
    for wanted in ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md"] {
        if !files.lines().any(|file| file == wanted) {
            return Err(format!("the package {package} lacks {wanted}"));
        }
    }
    let is_root = |file: &str| matches!(file, "src/lib.rs" | "src/main.rs");
    if !files.lines().any(is_root) {
        return Err(format!("the package {package} has no code"));
    }
    match files
        .lines()
        .find(|file| file.contains("__pycache__") || file.ends_with(".pyc"))
    {
        Some(stray) => Err(format!("the package {package} holds {stray}")),
        None => Ok(()),
    }
}

/// Runs the tests and doctests of every crate, without the end-to-end tests.
pub(crate) fn unit() -> Result<Passed, String> {
    tools::redis()?;
    let all = count(&mut cargo("test --workspace --all-features --locked"))?;
    // The tests of values once more, with what another crate of an application may switch on in serde_json.
    // Nothing here seals often enough to pay for an optimized build.
    let other = count(&mut cargo(
        "test --locked --package sealed-session --lib --test core --features \
         serde_json/arbitrary_precision,serde_json/preserve_order --config \
         profile.dev.package.sealed-session.opt-level=0 -- payload:: values::",
    ))?;
    Ok(Passed(all.0 + other.0))
}

/// Runs the list under every adapter, what proves that it can fail, and the rest of its package.
/// With `write`, the table in docs/adapters.md is made to say what was seen.
pub(crate) fn conformance(write: bool) -> Result<Passed, String> {
    if write {
        run(&mut cargo(
            "test --locked --package conformance --test adapters -- --write",
        ))?;
    }
    count(&mut cargo("test --locked --package conformance"))
}

/// Compares the frozen vectors with the independent implementation.
pub(crate) fn vectors() -> Result<Passed, String> {
    let python = tools::python_with_cryptography()?;
    count(Command::new(python).args(["-B", "tests/independent/confirm.py"]))
}

/// Runs the demo, all frameworks with one ring, and the limits, in real clients and proxies. Serial:
/// each test drives programs of its own, or loads the machine. With `write`, docs/clients.md is made
/// to say what was seen.
pub(crate) fn e2e(write: bool) -> Result<Passed, String> {
    tools::browser()?;
    tools::clients_and_proxies()?;
    tools::provider()?;
    // All of the workspace, so that what the other steps built is used.
    run(&mut cargo(
        "build --workspace --all-features --locked --bin oidc --bin shop --bin sealed-session",
    ))?;
    let seen = clients::folder()?;
    let mut tests = cargo(&format!(
        "test --workspace --all-features --locked {E2E} -- --test-threads 1"
    ));
    let passed = count(tests.env("E2E_OBSERVED", &seen))?;
    clients::check(&seen, write)?;
    Ok(passed)
}
