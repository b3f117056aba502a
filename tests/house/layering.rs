//! The modules of `src` have layers: a stage imports only what lies below it. And what holds for every file.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::reading::{code, sources, src};

/// Each module and what it may import. Whatever is not listed here is an error, too.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    // The ground.
    ("clock", &[]),
    ("error", &[]),
    ("answer", &["error", "hand_over", "ticket"]),
    ("slot", &[]),
    ("flash", &["slot"]),
    (
        "hand_over",
        &["cross_origin", "error", "head", "slot", "ticket"],
    ),
    ("cross_origin", &["error"]),
    ("event", &["cross_origin", "error", "keys"]),
    ("head", &["cross_origin"]),
    ("lifetime", &["error"]),
    ("keys", &["error", "lifetime"]),
    // The stages, from the wire up.
    ("cookie", &["error", "head"]),
    ("seal", &["cookie", "error", "keys", "lifetime"]),
    (
        "carrier",
        &["cookie", "cross_origin", "error", "head", "seal"],
    ),
    ("payload", &["error", "lifetime", "seal"]),
    ("revocation", &["error", "lifetime", "payload"]),
    ("once", &["lifetime"]),
    ("overflow", &[]),
    ("ticket", &["error", "lifetime", "payload", "seal"]),
    // One request, which conducts them.
    (
        "visit",
        &[
            "carrier",
            "cookie",
            "cross_origin",
            "error",
            "event",
            "flash",
            "hand_over",
            "head",
            "lifetime",
            "overflow",
            "payload",
            "revocation",
            "seal",
            "slot",
        ],
    ),
    // What applications hold.
    (
        "session",
        &[
            "carrier",
            "cookie",
            "cross_origin",
            "error",
            "event",
            "flash",
            "keys",
            "lifetime",
            "payload",
            "revocation",
            "slot",
            "visit",
        ],
    ),
    (
        "guard",
        &[
            "cross_origin",
            "error",
            "event",
            "head",
            "revocation",
            "session",
            "slot",
        ],
    ),
    (
        "manager",
        &[
            "carrier",
            "clock",
            "cookie",
            "cross_origin",
            "error",
            "event",
            "flash",
            "guard",
            "hand_over",
            "head",
            "keys",
            "lifetime",
            "once",
            "overflow",
            "payload",
            "revocation",
            "seal",
            "session",
            "slot",
            "ticket",
            "visit",
        ],
    ),
    // The doors, which the library itself never goes through.
    (
        "adapter",
        &[
            "answer",
            "clock",
            "cross_origin",
            "error",
            "guard",
            "head",
            "manager",
            "session",
        ],
    ),
    (
        "inspect",
        &[
            "cookie", "error", "lifetime", "payload", "seal", "session", "visit",
        ],
    ),
    (
        "report",
        &["carrier", "error", "event", "keys", "payload", "session"],
    ),
    (
        "testing",
        &[
            "clock", "cookie", "error", "head", "keys", "manager", "session",
        ],
    ),
    // Macros, which name types of the crate's root where an adapter uses them.
    (
        "newtypes",
        &["Error", "Main", "Session", "Slot", "adapter", "flash"],
    ),
    // Pages of documentation.
    ("slots", &[]),
    ("when_a_cookie_is_written", &[]),
];

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

/// The modules named after each `crate::`, wherever it stands but in a macro that is used elsewhere.
fn imports(code: &str) -> Vec<String> {
    let name = |rest: &str| {
        rest.chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect::<String>()
    };
    let code = code.replace("$crate::", "");
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
    assert!(imports("$crate::mirrored! {}").is_empty());
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
fn only_the_clock_reads_the_time() {
    for path in sources(&src()) {
        let reads = ["now_utc()", "SystemTime::now", "Instant::now"];
        if module(&path) != "clock" {
            let code = code(&path);
            let found = reads.into_iter().find(|call| code.contains(call));
            assert_eq!(found, None, "{} reads the time", path.display());
        }
    }
}

#[test]
fn every_file_of_the_repository_is_short_and_says_what_it_owns() {
    let files = sources(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(files.len() > 400, "only {} files were found", files.len());
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().count();
        assert!(lines <= 500, "{} has {lines} lines", path.display());
        let opens = text.lines().find(|line| !line.starts_with("#!["));
        let opens = opens.is_some_and(|line| line.starts_with("//! "));
        assert!(opens, "{} does not say what it owns", path.display());
    }
}
