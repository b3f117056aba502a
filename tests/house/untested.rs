//! Where no tests are built, none are written.

use std::fs;
use std::path::{Path, PathBuf};

use crate::reading::{code, is_foreign, sources};

/// Returns all manifests in this folder and below it.
fn manifests(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    let below = paths
        .iter()
        .filter(|path| path.is_dir() && !is_foreign(path));
    let here = paths.iter().filter(|path| path.ends_with("Cargo.toml"));
    here.cloned()
        .chain(below.flat_map(|path| manifests(path)))
        .collect()
}

/// Returns whether a manifest says of its library or a program that it has no tests of its own.
fn is_untested(manifest: &str) -> bool {
    let mut sections = manifest.split("\n[");
    sections.any(|section| {
        let is_code = section.starts_with("lib]") || section.starts_with("[bin]]");
        is_code && section.contains("\ntest = false")
    })
}

/// Returns whether code has tests.
fn has_tests(code: &str) -> bool {
    ["#[cfg(test)]", "#[test]", "::test]", "::test("]
        .iter()
        .any(|sign| code.contains(sign))
}

#[test]
fn no_test_stands_where_none_is_built() {
    let all = manifests(Path::new(env!("CARGO_MANIFEST_DIR")));
    let untested = all
        .iter()
        .filter(|path| is_untested(&fs::read_to_string(path).unwrap()));
    let mut seen = 0;
    for manifest in untested {
        seen += 1;
        for file in sources(&manifest.with_file_name("src")) {
            let message = format!("{} is not built with tests", file.display());
            assert!(!has_tests(&code(&file)), "{message}");
        }
    }
    assert!(seen >= 12, "only {seen} packages say that they have none");
}

#[test]
fn the_reader_of_manifests_sees_what_is_left_out() {
    assert!(is_untested(
        "[package]\nname = \"a\"\n\n[lib]\ntest = false\n"
    ));
    assert!(is_untested(
        "[package]\n\n[[bin]]\nname = \"a\"\ntest = false\n"
    ));
    assert!(!is_untested(
        "[package]\n\n[lib]\n\n[[test]]\nname = \"a\"\ntest = false\n"
    ));
    assert!(has_tests("#[tokio::test]\nasync fn a() {}"));
    assert!(!has_tests("fn latest() {}"));
}
