//! Every promise in SECURITY.md names tests, and they exist.

use std::fs;
use std::path::Path;

use crate::reading::sources;

/// What begins a promise in SECURITY.md, up to the next one: a paragraph that begins in bold type, or
/// an item of a list. Below "limits:" and "remains:" stands what is not promised.
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
        is_limit |= line.ends_with("limits:") || line.ends_with("remains:");
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
    let promises: Vec<String> = text.split("\n## ").flat_map(promises).collect();
    assert!(
        promises.len() >= 31,
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
    let text = "**One.** It holds.\n(`tests/house/promises: nothing`)\nIts limits:\n\n- not this\n\n**Two.** It\n\
                does, too:\n\n- an item\n  (`src/keys/text: a, b`)\n- another\nThis remains:\n\n- not this\n";
    let promises = promises(text);
    let tests: Vec<usize> = promises
        .iter()
        .map(|promise| named_tests(promise).len())
        .collect();
    assert_eq!(tests, [1, 0, 2, 0], "{promises:?}");
    assert!(!is_test("tests/house/promises", "nothing"));
    assert!(!is_test("tests/house/promises", "is_test"));
    assert!(is_test(
        "tests/house/promises",
        "the_reader_of_promises_sees_what_is_missing"
    ));
    assert!(is_test("src/payload/record/tests", "padding_does_not_help"));
}
