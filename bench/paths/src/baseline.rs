//! The committed instruction counts, and what became of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::counts::CountedPath;
use super::grid::Grid;

/// Counts may differ by so many percent.
const TOLERANCE: u64 = 2;

/// Instructions of one request on each path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// What compiled it; another compiler makes other instructions.
    pub rustc: String,
    /// By the path's name.
    pub instructions: BTreeMap<String, u64>,
}

impl Baseline {
    /// Reads the one in `bench/instructions.json`.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub fn committed() -> Result<Baseline, String> {
        let text = fs::read_to_string(path()).map_err(failed)?;
        serde_json::from_str(&text).map_err(failed)
    }

    /// Replaces it.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn commit(&self) -> Result<(), String> {
        let text = serde_json::to_string_pretty(self).map_err(failed)?;
        fs::write(path(), text + "\n").map_err(failed)
    }

    /// Shows both beside each other, and counts how many paths differ by more than the tolerance or are in one
    /// of them only.
    #[must_use]
    pub fn compare(&self, now: &Baseline) -> (String, usize) {
        let mut grid = Grid::new([
            "instructions of one request",
            "committed",
            "now",
            "",
            "limit",
            "beyond",
        ]);
        let mut differing = 0;
        let mut names: Vec<&String> = self.instructions.keys().collect();
        names.extend(now.instructions.keys());
        names.sort();
        names.dedup();
        for name in names {
            let counts = [self, now].map(|all| all.instructions.get(name).copied());
            let (change, is_close) = match counts {
                [Some(before), Some(after)] => (
                    format!("{:+.1} %", percent(before, after)),
                    before.abs_diff(after) * 100 <= before * TOLERANCE,
                ),
                _ => (String::new(), false),
            };
            differing += usize::from(!is_close);
            let [before, after] =
                counts.map(|count| count.map_or_else(|| "none".to_owned(), |n| n.to_string()));
            let mark = if is_close { "" } else { " differs" };
            let mut limits = CountedPath::LOOKS.into_iter();
            let limits = limits.find(|(path, _)| path.name() == *name);
            let [limit, beyond] = limits.map_or_else(Default::default, |(_, (limit, beyond))| {
                [limit, beyond].map(|count| count.to_string())
            });
            let change = format!("{change}{mark}");
            grid.push([name.clone(), before, after, change, limit, beyond]);
        }
        (grid.plain(), differing)
    }
}

/// Returns how much more there are, in percent.
fn percent(before: u64, after: u64) -> f64 {
    let count = |n: u64| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    (count(after) / count(before).max(1.0) - 1.0) * 100.0
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../instructions.json")
}

fn failed(cause: impl std::fmt::Display) -> String {
    format!("bench/instructions.json: {cause}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_percent_are_close() {
        let of = |counts: &[(&str, u64)]| Baseline {
            rustc: String::new(),
            instructions: counts.iter().map(|(n, c)| ((*n).to_owned(), *c)).collect(),
        };
        let before = of(&[("a", 1_000), ("b", 1_000), ("c", 1_000)]);
        assert_eq!(before.compare(&before).1, 0);
        let after = of(&[("a", 1_020), ("b", 979), ("d", 5)]);
        assert_eq!(before.compare(&after).1, 3);
    }
}
