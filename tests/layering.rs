//! Rules that read this repository: the modules' layers, session -> payload -> seal -> cookie, and what
//! stands beside them: a stage imports only what lies below it. And that SECURITY.md names its tests.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Each module and what it may import. Whatever is not listed here is an error, too.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("clock", &[]),
    // Macros, which name types of the crate's root where an adapter uses them.
    (
        "newtypes",
        &["Error", "Main", "Session", "Sessions", "Slot"],
    ),
    ("error", &[]),
    ("cross_origin", &["error"]),
    ("event", &["cross_origin", "error"]),
    ("lifetime", &["error"]),
    ("keys", &["error", "lifetime"]),
    ("transport", &["cross_origin", "error"]),
    ("cookie", &["error", "transport"]),
    ("seal", &["cookie", "error", "keys", "lifetime"]),
    ("payload", &["error", "lifetime", "seal"]),
    (
        "session",
        &[
            "cookie",
            "cross_origin",
            "error",
            "event",
            "keys",
            "lifetime",
            "payload",
            "seal",
            "transport",
        ],
    ),
    (
        "manager",
        &[
            "cookie",
            "cross_origin",
            "error",
            "event",
            "keys",
            "lifetime",
            "payload",
            "seal",
            "session",
            "transport",
        ],
    ),
    (
        "slots",
        &[
            "cookie",
            "cross_origin",
            "error",
            "event",
            "lifetime",
            "manager",
            "session",
            "transport",
        ],
    ),
    (
        "guard",
        &["cross_origin", "error", "manager", "session", "slots"],
    ),
    // A page of documentation.
    ("when_a_cookie_is_written", &[]),
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The first path element below `src`, without `.rs`.
fn module(path: &Path) -> String {
    let below = path.strip_prefix(src()).unwrap();
    let first = below
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_str()
        .unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// Code without comments and strings' contents that could look like paths.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let code = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
    text.lines().map(code).collect::<Vec<_>>().join("\n")
}

/// The modules named after each `crate::`, wherever it stands.
fn imports(code: &str) -> Vec<String> {
    let name = |rest: &str| {
        rest.chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect::<String>()
    };
    code.split("crate::").skip(1).map(name).collect()
}

/// Whether a chain of `super::` reaches the crate's root, past the reader of `crate::` paths.
fn climbs(path: &Path, code: &str) -> bool {
    let below = path.strip_prefix(src()).unwrap().components().count();
    let depth = if path.ends_with("mod.rs") {
        below - 1
    } else {
        below
    };
    // Tests at the end of a file are a module one deeper.
    let (code, tests) = code.split_once("\nmod tests {").unwrap_or((code, ""));
    code.contains(&"super::".repeat(depth)) || tests.contains(&"super::".repeat(depth + 1))
}

#[test]
fn a_stage_imports_only_what_lies_below_it() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let mut edges = 0;
    for path in sources(&src()) {
        let from = module(&path);
        if from == "lib" {
            continue;
        }
        let allowed = allowed
            .get(from.as_str())
            .unwrap_or_else(|| panic!("`{from}` is not listed"));
        let code = code(&path);
        assert!(
            !climbs(&path, &code),
            "{} climbs out by `super`",
            path.display()
        );
        for to in imports(&code).into_iter().filter(|to| *to != from) {
            assert!(
                !to.is_empty(),
                "{} imports `crate::{{..}}` or `crate::*`",
                path.display()
            );
            edges += 1;
            assert!(
                allowed.contains(&to.as_str()),
                "{} imports `{to}`",
                path.display()
            );
        }
    }
    assert!(
        edges > 50,
        "only {edges} imports were found: the reader is broken"
    );
}

#[test]
fn the_reader_sees_forbidden_edges() {
    assert_eq!(
        imports("use crate::seal::Opened;\nlet x = crate::cookie::Jar;"),
        ["seal", "cookie"]
    );
    assert_eq!(imports("use crate::{seal, cookie};"), [""]);
    let climbing = "use super::super::seal::Format;";
    assert!(climbs(&src().join("cookie/name.rs"), climbing));
    assert!(climbs(
        &src().join("cookie/mod.rs"),
        "use super::seal::Format;"
    ));
    assert!(!climbs(&src().join("payload/shape/read.rs"), climbing));
    assert!(!climbs(
        &src().join("clock.rs"),
        "\nmod tests {\nuse super::*;"
    ));
    assert!(climbs(
        &src().join("clock.rs"),
        "use super::seal;\nmod tests {}"
    ));
}

#[test]
fn only_the_clock_reads_the_time_and_files_stay_short() {
    for path in sources(&src()) {
        let text = fs::read_to_string(&path).unwrap();
        let reads = ["now_utc()", "SystemTime::now", "Instant::now"];
        if module(&path) != "clock" {
            let code = code(&path);
            let found = reads.into_iter().find(|call| code.contains(call));
            assert_eq!(found, None, "{} reads the time", path.display());
        }
        let lines = text.lines().count();
        assert!(lines <= 500, "{} has {lines} lines", path.display());
        let opens = text
            .lines()
            .next()
            .is_some_and(|line| line.starts_with("//! "));
        assert!(opens, "{} does not say what it owns", path.display());
    }
}

/// What begins a promise in SECURITY.md, up to the next one: a paragraph that begins in bold type, or
/// an item of a list. Below "limits:" stands what is not promised.
fn promises(section: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let (mut is_open, mut is_limit) = (false, false);
    for line in section.lines() {
        let (is_paragraph, is_item) = (line.starts_with("**"), line.starts_with("- "));
        is_limit &= !is_paragraph;
        if is_paragraph || (is_item && !is_limit) {
            all.push(String::new());
            is_open = true;
        }
        let outside =
            is_limit || (line.is_empty() && all.last().is_some_and(|p| p.starts_with("**")));
        is_open &= !outside;
        if is_open {
            all.last_mut().unwrap().push_str(&format!("{line}\n"));
        }
        is_limit |= line.ends_with("limits:");
    }
    all
}

/// The tests that a text names: `` `tests/file: one, another` ``.
fn named_tests(text: &str) -> Vec<(String, String)> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let quoted = text.split('`').skip(1).step_by(2);
    let named = quoted.filter_map(|quoted| quoted.split_once(": "));
    named
        .filter(|(path, _)| path.contains('/'))
        .flat_map(|(path, names)| {
            let names = names.split(", ");
            names.map(|name| (path.to_owned(), name.to_owned()))
        })
        .collect()
}

/// Whether there is such a test in the file of this path, or in one below it.
fn is_test(path: &str, name: &str) -> bool {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let mut files = vec![path.with_extension("rs")];
    if path.is_dir() {
        files.extend(sources(&path));
    }
    let start = format!("fn {name}(");
    let declares = |code: String| {
        let lines: Vec<&str> = code.lines().map(str::trim_start).collect();
        let at = lines.iter().position(|line| line.contains(&start));
        let before = lines[..at.unwrap_or_default()].iter().rev();
        let mut attributes = before.take_while(|line| line.starts_with("#["));
        attributes.any(|line| line.contains("test]") || line.contains("test("))
    };
    let code = files
        .iter()
        .filter_map(|file| fs::read_to_string(file).ok());
    code.into_iter().any(declares)
}

#[test]
fn every_promise_of_security_names_a_test_that_exists() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("SECURITY.md");
    let text = fs::read_to_string(path).unwrap();
    for (path, name) in named_tests(&text) {
        assert!(is_test(&path, &name), "there is no test `{path}: {name}`");
    }
    let section = text
        .split("\n## ")
        .find(|s| s.starts_with("What is defended"));
    let promises = promises(section.unwrap());
    assert!(
        promises.len() >= 19,
        "only {} promises were found",
        promises.len()
    );
    for promise in promises {
        assert!(
            !named_tests(&promise).is_empty(),
            "this names no test: {promise}"
        );
    }
}

#[test]
fn the_reader_of_promises_sees_what_is_missing() {
    let text = "**One.** It holds.\n(`tests/layering: nothing`)\nIts limits:\n\n- not this\n\n**Two.** It\n\
                does, too:\n\n- an item\n  (`src/keys/text: a, b`)\n- another\n";
    let promises = promises(text);
    let tests: Vec<usize> = promises
        .iter()
        .map(|promise| named_tests(promise).len())
        .collect();
    assert_eq!(tests, [1, 0, 2, 0], "{promises:?}");
    assert!(!is_test("tests/layering", "nothing"));
    assert!(!is_test("tests/layering", "is_test"));
    assert!(is_test(
        "tests/layering",
        "the_reader_of_promises_sees_what_is_missing"
    ));
    assert!(is_test("src/payload/record/tests", "padding_does_not_help"));
}
