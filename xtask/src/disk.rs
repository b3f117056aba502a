//! How much disk a full run takes, so that it does not end in the middle.

use std::path::Path;
use std::process::Command;

use crate::run::build_folder;

/// MiB of the build folder after a full run from nothing by `.ci/run`, which leaves debug information out,
/// and some to spare. With debug information it takes about a thousand more.
const WHOLE: u64 = 5_700;

/// MiB that are written even if all of it is there: what changed is built beside what it was.
const LEAST: u64 = 500;

/// Fails if the disk has too little room for what is still to be built.
pub(crate) fn check() -> Result<(), String> {
    let folder = build_folder();
    std::fs::create_dir_all(&folder).map_err(|cause| format!("{folder:?}: {cause}"))?;
    let there = mebibytes("du", "-sk", &folder, 0)?;
    // POSIX: file system, size, used, available.
    let free = mebibytes("df", "-Pk", &folder, 3)?;
    judge(there, free).map_err(|what| format!("{what} in {}", folder.display()))
}

/// Reads the KiB in a word of the last line that `program` prints.
fn mebibytes(program: &str, option: &str, folder: &Path, word: usize) -> Result<u64, String> {
    let output = Command::new(program).arg(option).arg(folder).output();
    let output = output.map_err(|cause| format!("{program}: {cause}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().unwrap_or_default();
    let kib = last.split_whitespace().nth(word).map(str::parse::<u64>);
    match kib {
        Some(Ok(kib)) => Ok(kib / 1_024),
        _ => Err(format!("`{program} {option}` says no number: {text}")),
    }
}

/// Compares what is still to be built with what is free, in MiB.
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
    use super::*;

    #[test]
    fn what_is_built_already_needs_no_room() {
        for (there, needed) in [(0, WHOLE), (WHOLE - 1_000, 1_000), (2 * WHOLE, LEAST)] {
            assert_eq!(judge(there, needed), Ok(()));
            let said = judge(there, needed - 1).unwrap_err();
            assert!(said.contains(&format!("needs {needed} MiB")), "{said}");
        }
    }

    #[test]
    fn this_disk_has_room_and_holds_something() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(mebibytes("df", "-Pk", folder, 3).unwrap() > 0);
        assert!(mebibytes("du", "-sk", folder, 1).is_err());
    }
}
