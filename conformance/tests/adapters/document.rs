//! The table in docs/adapters.md, and what the README shows of a run.

use std::fs;
use std::path::Path;

use conformance::{Report, table};

const BEGIN: &str = "<!-- written by `cargo xtask conformance --write` -->\n";
const END: &str = "<!-- end -->\n";

/// Compares the document with what was seen, or makes it say that.
pub(crate) fn check(reports: &[Report], write: bool) -> Result<(), String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    is_shown(reports, &here.join("README.md"))?;
    let path = here.join("../docs/adapters.md");
    let failed = |cause: std::io::Error| format!("docs/adapters.md: {cause}");
    let committed = fs::read_to_string(&path).map_err(failed)?;
    let fresh = with_table(&committed, &table(reports))
        .ok_or("docs/adapters.md: the table's markers are gone")?;
    match (fresh == committed, write) {
        (true, _) => Ok(()),
        (false, true) => fs::write(&path, fresh).map_err(failed),
        (false, false) => Err(format!(
            "docs/adapters.md does not say what was seen:\n{}\nIf that is right, run `cargo xtask \
             conformance --write` and commit the document.",
            table(reports)
        )),
    }
}

/// The README shows the line of every adapter.
fn is_shown(reports: &[Report], readme: &Path) -> Result<(), String> {
    let shown = fs::read_to_string(readme).map_err(|cause| format!("{readme:?}: {cause}"))?;
    let mut lines = reports.iter().map(Report::to_string);
    match lines.find(|line| !shown.contains(line.as_str())) {
        None => Ok(()),
        Some(line) => Err(format!("conformance/README.md does not show\n{line}")),
    }
}

fn with_table(document: &str, table: &str) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{table}{END}{after}"))
}
