//! What the steps need besides cargo: found, or installed where that is possible, or named.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::run::{root, run};

/// Returns whether a command runs and succeeds, quietly.
fn works(program: &str, arguments: &[&str]) -> bool {
    let status = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

/// Installs Debian packages, or says which ones are missing.
fn install(packages: &[&str]) -> Result<(), String> {
    let missing = || {
        format!(
            "please install the packages {} (on Debian, as root: apt-get install)",
            packages.join(" ")
        )
    };
    let is_root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout == b"0\n");
    if !is_root || !works("apt-get", &["--version"]) {
        return Err(missing());
    }
    let mut command = Command::new("apt-get");
    run(command.args(["update", "--quiet"]))?;
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    // Keeps `invoke-rc.d` from starting servers that are only wanted as programs.
    command.env("RUNLEVEL", "1");
    run(command
        .args(["install", "--yes", "--quiet", "--no-install-recommends"])
        .args(packages))
}

/// Looks for everything at once, so that what is missing is known before the first step.
pub(crate) fn all() -> Result<(), String> {
    let missing: Vec<String> = [
        components(),
        browser(),
        clients_and_proxies(),
        redis(),
        node(),
        python_with_cryptography().map(drop),
        cargo_fuzz(),
    ]
    .into_iter()
    .filter_map(Result::err)
    .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(missing.join("\nxtask: "))
    }
}

/// Looks for what rustup calls components.
fn components() -> Result<(), String> {
    match works("cargo", &["fmt", "--version"]) && works("cargo", &["clippy", "--version"]) {
        true => Ok(()),
        false => {
            Err("rustfmt and clippy are needed: rustup component add rustfmt clippy".to_owned())
        }
    }
}

/// Finds or installs Chromium and its driver.
pub(crate) fn browser() -> Result<(), String> {
    if works("chromium", &["--version"]) && works("chromedriver", &["--version"]) {
        return Ok(());
    }
    install(&["chromium", "chromium-driver", "fonts-dejavu-core"])
}

/// Finds or installs the clients and proxies whose limits are tried.
pub(crate) fn clients_and_proxies() -> Result<(), String> {
    // Servers are not in every user's path.
    let server =
        |program: &str| works(program, &["-v"]) || works(&format!("/usr/sbin/{program}"), &["-v"]);
    let missing: Vec<&str> = [
        ("curl", works("curl", &["--version"])),
        ("python3", works("python3", &["--version"])),
        ("nginx", server("nginx")),
        ("haproxy", server("haproxy")),
        ("caddy", works("caddy", &["version"])),
        // Without the service.
        ("apache2-bin", server("apache2")),
    ]
    .into_iter()
    .filter_map(|(package, found)| (!found).then_some(package))
    .collect();
    if missing.is_empty() {
        return Ok(());
    }
    install(&missing)
}

/// Finds or installs the server of revocations that the tests start.
pub(crate) fn redis() -> Result<(), String> {
    // Another one is named there, and its own tests say if it does not start.
    let is_named = std::env::var_os("SEALED_SESSION_REDIS_SERVER").is_some();
    match is_named || works("redis-server", &["--version"]) {
        true => Ok(()),
        false => install(&["redis-server"]),
    }
}

/// Finds or installs what the OpenID provider of the tests runs on.
pub(crate) fn node() -> Result<(), String> {
    let is_new = "process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)";
    let found = || works("node", &["--eval", is_new]) && works("npm", &["--version"]);
    if !found() {
        // Debian's is new enough since version 13.
        install(&["nodejs", "npm"])?;
    }
    match found() {
        true => Ok(()),
        false => Err("Node.js 20 or later is needed, with npm".to_owned()),
    }
}

/// Installs the OpenID provider of the tests, as its lock file says.
pub(crate) fn provider() -> Result<(), String> {
    node()?;
    let folder = root().join("examples/oidc/provider");
    let mut npm = Command::new("npm");
    run(npm
        .args(["ci", "--no-audit", "--no-fund", "--prefix"])
        .arg(folder))
}

/// Finds or installs what counts instructions. `test` does without.
pub(crate) fn valgrind() -> Result<(), String> {
    match works("valgrind", &["--version"]) {
        true => Ok(()),
        false => install(&["valgrind"]),
    }
}

/// Finds a Python that has the `cryptography` package, or installs it.
pub(crate) fn python_with_cryptography() -> Result<PathBuf, String> {
    // Debian's packages are seen by Debian's Python only.
    let found = || {
        let check = ["-c", "import cryptography"];
        ["python3", "/usr/bin/python3"]
            .into_iter()
            .find(|python| works(python, &check))
    };
    if found().is_none() {
        install(&["python3", "python3-cryptography"])?;
    }
    found()
        .map(PathBuf::from)
        .ok_or_else(|| "no python3 has `cryptography`".to_owned())
}

/// Finds a nightly toolchain and `cargo fuzz`, or installs the latter.
pub(crate) fn cargo_fuzz() -> Result<(), String> {
    if !works("cargo", &["+nightly", "--version"]) {
        return Err(
            "fuzzing needs a nightly toolchain: rustup toolchain install nightly".to_owned(),
        );
    }
    if works("cargo", &["fuzz", "--version"]) {
        return Ok(());
    }
    run(Command::new("cargo").args([
        "install",
        "cargo-fuzz",
        "--locked",
        "--version",
        FUZZ_VERSION,
    ]))
}

/// What the targets are known to build with.
const FUZZ_VERSION: &str = "^0.13";
