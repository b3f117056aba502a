//! The tables of docs/clients.md, which hold what the last end-to-end run saw.
//!
//! Each test writes the rows of what it saw into a folder: a folder for each table, and a file for
//! each row, in the order of their names.

use std::path::{Path, PathBuf};

use crate::run::{build_folder, root};

/// The versions that were tried; they differ from machine to machine.
const VERSIONS: &str = "versions";

/// Empties the folder for the rows of a run, and returns it.
pub(crate) fn folder() -> Result<PathBuf, String> {
    let folder = build_folder().join("e2e/observed");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|cause| format!("{folder:?}: {cause}"))?;
    }
    std::fs::create_dir_all(&folder).map_err(|cause| format!("{folder:?}: {cause}"))?;
    Ok(folder)
}

/// Compares the document with what was seen, or writes it anew.
pub(crate) fn check(folder: &Path, write: bool) -> Result<(), String> {
    let path = root().join("docs/clients.md");
    let committed = std::fs::read_to_string(&path).map_err(|cause| format!("{path:?}: {cause}"))?;
    let seen = tables(folder)?;
    let fresh = with_tables(&committed, &seen, |_| true)?;
    if write {
        return std::fs::write(&path, fresh).map_err(|cause| format!("{path:?}: {cause}"));
    }
    let expected = with_tables(&committed, &seen, |table| table != VERSIONS)?;
    match first_difference(&committed, &expected) {
        None => Ok(()),
        Some((line, saw)) => Err(format!(
            "docs/clients.md says\n  {line}\nand this run saw\n  {saw}\nIf that is right, run \
             `cargo xtask e2e --write` and commit the document."
        )),
    }
}

/// Reads the name and the rows of each table, by name.
fn tables(folder: &Path) -> Result<Vec<(String, String)>, String> {
    let mut tables = Vec::new();
    for table in entries(folder)? {
        let mut rows = String::new();
        for row in entries(&table)? {
            rows += &std::fs::read_to_string(&row).map_err(|cause| format!("{row:?}: {cause}"))?;
        }
        let name = table.file_name().unwrap_or_default();
        tables.push((name.to_string_lossy().into_owned(), rows));
    }
    Ok(tables)
}

/// Lists a folder, sorted.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let failed = |cause| format!("{folder:?}: {cause}");
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(failed)?;
    paths.sort();
    Ok(paths)
}

/// Puts these rows between the markers of each wanted table. There is a place for each table, and a
/// table for each place.
fn with_tables(
    document: &str,
    tables: &[(String, String)],
    wanted: impl Fn(&str) -> bool,
) -> Result<String, String> {
    let places = document.matches(BEGIN).count();
    if places != tables.len() {
        return Err(format!(
            "docs/clients.md has {places} tables, and this run filled {}",
            tables.len()
        ));
    }
    let mut document = document.to_owned();
    for (name, rows) in tables.iter().filter(|(name, _)| wanted(name)) {
        let begin = format!("{BEGIN}{name} -->\n");
        let parts = document.split_once(&begin).and_then(|(before, rest)| {
            // The head of the table stays.
            let (head, rest) = rest.split_once("| --- |\n")?;
            let (_, after) = rest.split_once(END)?;
            Some(format!("{before}{begin}{head}| --- |\n{rows}{END}{after}"))
        });
        document = parts.ok_or_else(|| format!("docs/clients.md has no table {name}"))?;
    }
    Ok(document)
}

const BEGIN: &str = "<!-- seen: ";
const END: &str = "<!-- end -->";

/// Returns the first lines that differ.
fn first_difference(left: &str, right: &str) -> Option<(String, String)> {
    let (mut left, mut right) = (left.lines(), right.lines());
    loop {
        match (left.next(), right.next()) {
            (None, None) => return None,
            (a, b) if a == b => {}
            (a, b) => {
                let shown = |line: Option<&str>| line.unwrap_or("nothing more").to_owned();
                return Some((shown(a), shown(b)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "text\n<!-- seen: a -->\n| x |\n| --- |\n| 1 |\n<!-- end -->\nmore\n\
                            <!-- seen: versions -->\n| v |\n| --- |\n| 7 |\n<!-- end -->\n";

    fn seen(a: &str, versions: &str) -> Vec<(String, String)> {
        let table = |name: &str, rows: &str| (name.to_owned(), rows.to_owned());
        vec![table("a", a), table("versions", versions)]
    }

    #[test]
    fn rows_go_between_their_markers() {
        let same = with_tables(DOCUMENT, &seen("| 1 |\n", "| 7 |\n"), |_| true);
        assert_eq!(same.as_deref(), Ok(DOCUMENT));
        let other = with_tables(DOCUMENT, &seen("| 2 |\n| 3 |\n", "| 8 |\n"), |_| true).unwrap();
        let wanted = DOCUMENT.replace("| 1 |\n", "| 2 |\n| 3 |\n");
        assert_eq!(other, wanted.replace("| 7 |", "| 8 |"));
        let difference = first_difference(DOCUMENT, &other);
        assert_eq!(difference, Some(("| 1 |".to_owned(), "| 2 |".to_owned())));
    }

    #[test]
    fn versions_may_differ_and_tables_may_not() {
        let wanted = |table: &str| table != VERSIONS;
        let newer = with_tables(DOCUMENT, &seen("| 1 |\n", "| 8 |\n"), wanted).unwrap();
        assert_eq!(first_difference(DOCUMENT, &newer), None);
        let shorter = with_tables(DOCUMENT, &seen("", "| 7 |\n"), wanted).unwrap();
        assert!(first_difference(DOCUMENT, &shorter).is_some());
        let unknown = vec![("b".to_owned(), String::new()), seen("", "").remove(1)];
        assert!(with_tables(DOCUMENT, &unknown, wanted).is_err());
        assert!(with_tables(DOCUMENT, &seen("", "")[..1], wanted).is_err());
    }
}
