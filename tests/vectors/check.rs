//! Checks of entries, which say what is not as it should be.

use serde_json::Value;

use crate::entry::text;

pub(crate) const TOKENS: &str = include_str!("tokens.json");

/// Returns an error that names both if they differ.
pub(crate) fn same<A: PartialEq<B> + std::fmt::Debug, B: std::fmt::Debug>(
    what: &str,
    found: A,
    wanted: B,
) -> Result<(), String> {
    if found == wanted {
        Ok(())
    } else {
        Err(format!("{what} is {found:?} and not {wanted:?}"))
    }
}

/// Runs `check` on all entries and reports every one that fails.
pub(crate) fn each(entries: &[Value], check: impl Fn(&Value) -> Result<(), String>) {
    assert!(!entries.is_empty());
    let failures: Vec<String> = entries
        .iter()
        .filter_map(|entry| {
            let error = check(entry).err()?;
            Some(format!("{}: {error}", text(entry, "case")))
        })
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}
