//! Holds the documents to what stands beside them: the pages that they link to, and the messages that they
//! quote. Judges no prose.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the files of this folder with this extension, in order.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .collect();
    found.sort();
    found
}

/// Returns a document without its blocks of code.
fn prose(text: &str) -> String {
    let mut is_code = false;
    let is_prose = |line: &&str| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    };
    text.lines().filter(is_prose).collect::<Vec<_>>().join("\n")
}

/// Returns where the links of a document lead to.
fn links(text: &str) -> Vec<String> {
    let after = prose(text);
    let targets = after.split("](").skip(1);
    targets
        .filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()))
        .collect()
}

/// Returns the anchors that GitHub gives the headings of a document.
fn anchors(text: &str) -> Vec<String> {
    let prose = prose(text);
    let headings = prose.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let heading = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = heading
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn links_lead_to_pages_and_headings_that_exist() {
    let mut pages = files("docs", "md");
    pages.extend(files(".", "md"));
    pages.push(root().join("conformance/README.md"));
    for page in pages {
        for link in links(&read(&page)) {
            if link.contains("://") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match path {
                "" => page.clone(),
                path => page.parent().unwrap().join(path),
            };
            assert!(target.exists(), "{}: {link} is gone", page.display());
            if !anchor.is_empty() {
                let found = anchors(&read(&target));
                let is_there = found.iter().any(|found| found == anchor);
                assert!(is_there, "{}: {link} is none of {found:?}", page.display());
            }
        }
    }
}

#[test]
fn every_page_is_linked_from_the_readme_and_its_code_is_compiled() {
    let linked = links(&read(&root().join("README.md")));
    let compiled = read(&root().join("docs/src/lib.rs"));
    for page in files("docs", "md") {
        let name = page.file_name().unwrap().to_str().unwrap();
        let path = format!("docs/{name}");
        let is_linked = linked
            .iter()
            .any(|link| link.split('#').next() == Some(&path));
        assert!(is_linked, "README.md does not link to {path}");
        let is_compiled = compiled.contains(&format!("\"../{name}\""));
        assert!(
            is_compiled || !read(&page).contains("```rust"),
            "{path} is not compiled"
        );
    }
}

#[test]
fn every_framework_s_page_links_to_the_guides() {
    let guides = [
        "changing-types",
        "cross-origin",
        "guards",
        "signing-in",
        "troubleshooting",
    ];
    for framework in [
        "actix", "axum", "dioxus", "leptos", "loco", "poem", "rocket", "salvo", "tower",
    ] {
        let page = format!("docs/{framework}.md");
        let linked = links(&read(&root().join(&page)));
        for guide in guides.map(|guide| format!("{guide}.md")) {
            assert!(linked.contains(&guide), "{page} does not link to {guide}");
        }
    }
}

/// Returns the texts that the tables of a page quote: the code in the first cells below "the log says".
fn quoted(page: &str) -> Vec<String> {
    let mut is_log = false;
    let mut found = Vec::new();
    for line in page.lines() {
        is_log = line.starts_with("| the log says") || (is_log && line.starts_with('|'));
        let cell = line.split('|').nth(1).unwrap_or_default();
        if let Some(text) = cell.split('`').nth(1).filter(|_| is_log) {
            found.push(text.to_owned());
        }
    }
    found
}

/// Returns all code of the library and its adapters, with each string in one line.
fn sources() -> String {
    let mut folders = vec![root().join("src")];
    folders.extend(
        ["axum", "actix", "rocket", "tower"]
            .map(|name| root().join(format!("adapters/{name}/src"))),
    );
    let mut all = String::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = read(&path);
                let mut parts = text.split("\\\n");
                all.push_str(parts.next().unwrap_or_default());
                parts.for_each(|part| all.push_str(part.trim_start()));
            }
        }
    }
    all
}

#[test]
fn troubleshooting_quotes_what_the_library_says() {
    let quoted = quoted(&read(&root().join("docs/troubleshooting.md")));
    assert!(quoted.len() > 30, "only {} were found", quoted.len());
    let sources = sources();
    for text in quoted {
        for part in text.split("..").map(str::trim) {
            assert!(sources.contains(part), "nothing says `{part}`");
        }
    }
}

#[test]
fn only_published_libraries_are_documented() {
    let manifest = read(&root().join("Cargo.toml"));
    let members = manifest.split_once("members = [").unwrap().1;
    let members = members.split_once(']').unwrap().0;
    for member in members.split('"').skip(1).step_by(2) {
        let manifest = read(&root().join(member).join("Cargo.toml"));
        let is_library = root().join(member).join("src/lib.rs").exists();
        let is_published = is_library && !manifest.contains("\npublish = false\n");
        let is_documented = !manifest.contains("\ndoc = false\n");
        assert_eq!(is_published, is_documented, "{member}");
    }
}

/// Returns the words that a page gives to a label of metrics, as in `reason=~"first\|again"`.
fn label_values(page: &str, label: &str) -> Vec<String> {
    let label = format!("{label}=");
    let after = page.split(&label).skip(1);
    let quoted = after.filter_map(|rest| {
        let rest = rest.trim_start_matches('~').strip_prefix('"')?;
        Some(rest.split_once('"')?.0.to_owned())
    });
    let words = quoted.flat_map(|text| {
        let words = text.split("\\|").map(str::to_owned);
        words.collect::<Vec<_>>()
    });
    words.collect()
}

#[test]
fn alerts_ask_for_events_and_reasons_that_there_are() {
    let page = read(&root().join("docs/observability.md"));
    let sources = sources();
    for (label, least) in [("event", 15), ("reason", 8)] {
        let words = label_values(&page, label);
        assert!(words.len() >= least, "{label}: {words:?}");
        for word in words {
            assert!(sources.contains(&format!("\"{word}\"")), "{label}: {word}");
        }
    }
}
