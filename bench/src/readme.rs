//! The table in the repository's README: written, and compared.

use crate::Table;
use crate::section::Section;

/// What the section is called.
const NAME: &str = "sizes";

/// Peers may differ by so many percent from run to run.
const TOLERANCE: usize = 2;

/// A document with a table of sizes in it.
#[derive(Clone, Debug)]
pub struct Readme {
    section: Section,
}

impl Readme {
    /// Returns the repository's.
    #[must_use]
    pub fn of_repository() -> Readme {
        Readme {
            section: Section::of_repository("README.md", NAME),
        }
    }

    /// Puts `table` into the document.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or written, or has no place for a table.
    pub fn write(&self, table: &Table) -> Result<(), String> {
        self.section.write(&table.markdown())
    }

    /// Checks that the document shows `table`: our figures to the byte, others about.
    ///
    /// # Errors
    ///
    /// If it does not, with the first line that differs, or if there is no table.
    pub fn check(&self, table: &Table) -> Result<(), String> {
        compare(&self.section.read()?, table)
    }
}

fn compare(there: &str, table: &Table) -> Result<(), String> {
    let differs = |there: &str, measured: &str| {
        format!(
            "README.md shows other sizes than this run; see why, or write them by `cargo xtask \
             sizes --write`\n  README.md: {there}\n  measured:  {measured}"
        )
    };
    let markdown = table.markdown();
    let mut theirs = there.trim().lines();
    for (i, measured) in markdown.lines().enumerate() {
        let line = theirs.next().unwrap_or("(nothing)");
        if line != measured && !(table.is_tolerant(i) && is_close(line, measured)) {
            return Err(differs(line, measured));
        }
    }
    match theirs.next() {
        Some(line) => Err(differs(line, "(nothing)")),
        None => Ok(()),
    }
}

/// Returns whether two rows differ in numbers only, and in none of them by more than the tolerance.
fn is_close(one: &str, other: &str) -> bool {
    let (one, other): (Vec<_>, Vec<_>) = (one.split(" | ").collect(), other.split(" | ").collect());
    one.len() == other.len()
        && one.iter().zip(&other).all(|(one, other)| {
            let ((a, text), (b, same)) = (number(one), number(other));
            match (a, b) {
                (Some(a), Some(b)) => text == same && a.abs_diff(b) * 100 <= TOLERANCE * a.max(b),
                _ => one == other,
            }
        })
}

/// Splits a cell into the number that it begins with, and the rest.
fn number(cell: &str) -> (Option<usize>, &str) {
    let end = cell.find(|c: char| !c.is_ascii_digit() && c != ',');
    let (digits, rest) = cell.split_at(end.unwrap_or(cell.len()));
    (digits.replace(',', "").parse().ok(), rest)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{Figure, Kind, Peer, Sample};

    #[test]
    fn rows_that_are_close() {
        let row = "| a 1.2.3, b | 1,000 | 4,985, dropped by browsers | fails |";
        let is_close = |from, to| is_close(row, &row.replace(from, to));
        assert!(is_close("", ""));
        assert!(is_close("1,000", "1,020") && is_close("4,985", "4,900"));
        assert!(!is_close("1,000", "1,021") && !is_close("4,985", "4,800"));
        assert!(!is_close(", dropped by browsers", ""));
        assert!(!is_close("fails", "1,000") && !is_close("1,000", "fails"));
        assert!(!is_close("1.2.3", "1.2.4"));
    }

    #[test]
    fn what_was_written_is_found_to_be_right_and_our_figures_to_the_byte() {
        let table = Table::measure(&Peer::SIZED, &Sample::corpus().unwrap());
        let folder = std::env::temp_dir().join(format!("sizes-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("README.md");
        let readme = Readme {
            section: Section::new(path.clone(), NAME),
        };
        fs::write(&path, "Nothing.\n").unwrap();
        assert!(readme.write(&table).unwrap_err().contains("lacks"));

        let document = "Before.\n\n<!-- sizes -->\nold\n<!-- /sizes -->\n\nAfter.\n";
        fs::write(&path, document).unwrap();
        assert!(readme.check(&table).is_err());
        readme.write(&table).unwrap();
        assert_eq!(readme.check(&table), Ok(()));
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("Before.\n") && text.ends_with("-->\n\nAfter.\n"));
        readme.write(&table).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), text);

        let login = Figure::measure(Peer::Here, &Sample::of(Kind::Login).unwrap());
        let more = (login.bytes().unwrap() + 1).to_string();
        let ours = format!("| sealed-session | {login} |");
        assert!(text.contains(&ours));
        let changed = text.replace(&ours, &format!("| sealed-session | {more} |"));
        fs::write(&path, changed).unwrap();
        assert!(readme.check(&table).unwrap_err().contains(&more));
        fs::remove_dir_all(folder).unwrap();
    }
}
