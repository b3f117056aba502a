//! No circle of imports between files, in any crate of this repository.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::modules::Modules;
use crate::reading::is_foreign;

/// Returns the root file of every crate: libraries, programs, tests, benches, examples and fuzz targets.
fn roots() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR"))];
    while let Some(folder) = folders.pop() {
        let entries = |folder: &Path| -> Vec<PathBuf> {
            let entries = fs::read_dir(folder).into_iter().flatten();
            entries.map(|entry| entry.unwrap().path()).collect()
        };
        if folder.join("Cargo.toml").exists() {
            found.extend([folder.join("src/lib.rs"), folder.join("src/main.rs")]);
            for of_roots in ["src/bin", "tests", "benches", "examples", "fuzz_targets"] {
                for entry in entries(&folder.join(of_roots)) {
                    let is_crate = entry.join("Cargo.toml").exists();
                    match entry.is_dir() {
                        true if !is_crate => found.push(entry.join("main.rs")),
                        true => {}
                        false => found.extend(
                            entry
                                .extension()
                                .is_some_and(|e| e == "rs")
                                .then_some(entry),
                        ),
                    }
                }
            }
        }
        let below = entries(&folder).into_iter();
        folders.extend(below.filter(|path| path.is_dir() && !is_foreign(path)));
    }
    found.retain(|root| root.exists());
    found
}

/// Returns the files from which imports lead back to themselves, each with such a way.
fn circles<'f>(imports: &BTreeSet<(&'f Path, &'f Path)>) -> BTreeMap<&'f Path, Vec<&'f Path>> {
    let mut below: BTreeMap<&Path, Vec<&Path>> = BTreeMap::new();
    for (from, to) in imports {
        below.entry(from).or_default().push(to);
    }
    let way_back = |start: &'f Path| {
        let mut ways: Vec<Vec<&Path>> = vec![vec![start]];
        let mut seen = BTreeSet::new();
        let mut next = 0;
        while let Some(way) = ways.get(next).cloned() {
            next += 1;
            for to in below.get(way.last()?).into_iter().flatten() {
                let longer = [way.as_slice(), &[*to]].concat();
                if *to == start {
                    return Some(longer);
                }
                if seen.insert(*to) {
                    ways.push(longer);
                }
            }
        }
        None
    };
    let starts = below.keys().copied();
    starts
        .filter_map(|start| Some((start, way_back(start)?)))
        .collect()
}

#[test]
fn no_file_imports_itself_through_others() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let short = |path: &Path| {
        let path = path.components().fold(PathBuf::new(), |mut whole, part| {
            if part.as_os_str() == ".." {
                whole.pop();
            } else {
                whole.push(part);
            }
            whole
        });
        path.strip_prefix(here)
            .unwrap_or(&path)
            .display()
            .to_string()
    };
    let (mut edges, mut found) = (0, BTreeMap::new());
    for root in roots() {
        let modules = Modules::of(&root);
        let imports = modules.imports();
        edges += imports.len();
        for (file, way) in circles(&imports) {
            let way: Vec<String> = way.into_iter().map(short).collect();
            found.insert(short(file), way.join(" -> "));
        }
    }
    assert!(
        edges > 1_000,
        "only {edges} imports were found: the reader is broken"
    );
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn the_reader_sees_circles() {
    let folder = std::env::temp_dir().join(format!("sealed-circles-{}", std::process::id()));
    fs::create_dir_all(folder.join("c")).unwrap();
    let files = [
        (
            "lib.rs",
            "mod a; mod b; pub mod c; mod d; pub use a::A; #[cfg(test)] mod tests;",
        ),
        (
            "a.rs",
            "use crate::b::{self, B as Other}; pub struct A(Other, b::B);",
        ),
        // By the root's re-export.
        (
            "b.rs",
            "pub struct B; impl B { fn f() -> crate::A { todo!() } }",
        ),
        // No circle: it is for unit tests that `d` imports it, and `pub(crate)` is no import.
        (
            "c/mod.rs",
            "mod e; pub(crate) struct C; fn f() { e::f(super::d::D) }",
        ),
        ("c/e.rs", "pub(super) fn f(_: crate::d::D) {}"),
        (
            "d.rs",
            "pub struct D; #[cfg(test)] mod tests { use crate::c::C; }",
        ),
    ];
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }
    let modules = Modules::of(&folder.join("lib.rs"));
    let imports = modules.imports();
    let short = |path: &Path| path.strip_prefix(&folder).unwrap().display().to_string();
    let edges: Vec<_> = imports
        .iter()
        .map(|(from, to)| [short(from), short(to)].join(" -> "))
        .collect();
    let found: Vec<_> = circles(&imports).into_keys().map(short).collect();
    fs::remove_dir_all(&folder).unwrap();
    assert_eq!(
        edges,
        [
            "a.rs -> b.rs",
            "b.rs -> a.rs",
            "c/e.rs -> d.rs",
            "c/mod.rs -> c/e.rs",
            "c/mod.rs -> d.rs"
        ]
    );
    assert_eq!(found, ["a.rs", "b.rs"]);
}
