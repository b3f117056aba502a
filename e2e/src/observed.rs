//! What a run saw, row by row, for the tables of docs/clients.md.
//!
//! `cargo xtask e2e` names a folder in `E2E_OBSERVED`, and puts the rows together.

use std::path::Path;

use crate::Failure;

/// Notes a row of a table; `place` orders it among the others.
///
/// # Errors
///
/// If it cannot be written.
pub fn observe(table: &str, place: &str, cells: &[&str]) -> Result<(), Failure> {
    let Some(folder) = std::env::var_os("E2E_OBSERVED") else {
        return Ok(());
    };
    let folder = Path::new(&folder).join(table);
    std::fs::create_dir_all(&folder)?;
    let row = format!("| {} |\n", cells.join(" | "));
    std::fs::write(folder.join(place), row)?;
    Ok(())
}
