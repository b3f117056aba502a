//! How much disk a full run takes, so that it does not end in the middle of it.

use std::path::Path;
use std::process::Command;

use crate::run::build_folder;

/// MiB of the build folder after a full run from nothing: measured 3,900, and some to spare.
const WHOLE: u64 = 4_500;

/// MiB that are written even if all of it is there: what changed is built beside what it was.
const LEAST: u64 = 500;

/// Fails if the disk has too little room for what is still to be built.
pub(crate) fn check() -> Result<(), String> {
    let folder = build_folder();
    std::fs::create_dir_all(&folder).map_err(|cause| format!("{folder:?}: {cause}"))?;
    let (there, free) = (mebibytes(&folder, "du", "-sk", 0)?, free(&folder)?);
    judge(there, free).map_err(|what| format!("{what}, in {}", folder.display()))
}

/// Returns the MiB that are free where `folder` lies.
fn free(folder: &Path) -> Result<u64, String> {
    // POSIX: file system, size, used, available.
    mebibytes(folder, "df", "-Pk", 3)
}

/// Reads a word of the last line that `program` prints: KiB, returned as MiB.
fn mebibytes(folder: &Path, program: &str, option: &str, word: usize) -> Result<u64, String> {
    let output = Command::new(program).arg(option).arg(folder).output();
    let output = output.map_err(|cause| format!("{program}: {cause}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let kib = text
        .lines()
        .last()
        .and_then(|line| line.split_whitespace().nth(word));
    let kib: Option<u64> = kib.and_then(|word| word.parse().ok());
    kib.map(|kib| kib / 1_024)
        .ok_or_else(|| format!("`{program} {option}` says no number"))
}

/// Compares what is still to be built with what is free, all in MiB.
fn judge(there: u64, free: u64) -> Result<(), String> {
    let needed = WHOLE.saturating_sub(there).max(LEAST);
    match free >= needed {
        true => Ok(()),
        false => Err(format!(
            "a full run needs {needed} MiB of disk, and {free} MiB are free"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::{LEAST, WHOLE, free, judge};

    #[test]
    fn what_is_built_already_needs_no_room() {
        for (there, free, is_enough) in [
            (0, WHOLE, true),
            (0, WHOLE - 1, false),
            (WHOLE - 1_000, 1_000, true),
            (WHOLE - 1_000, 999, false),
            (2 * WHOLE, LEAST, true),
            (2 * WHOLE, LEAST - 1, false),
        ] {
            assert_eq!(judge(there, free).is_ok(), is_enough, "{there}, {free}");
        }
        let said = judge(0, 12).unwrap_err();
        assert!(
            said.contains("4500 MiB") && said.contains("12 MiB"),
            "{said}"
        );
    }

    #[test]
    fn this_disk_has_room() {
        assert!(free(&std::env::temp_dir()).unwrap() > 0);
    }
}
