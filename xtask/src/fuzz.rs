//! Every fuzz target, each for a while.

use std::process::Command;

use crate::run::{root, run, together};
use crate::tools;

/// Lists the targets, which are files of one folder.
fn targets() -> Result<Vec<String>, String> {
    let folder = root().join("fuzz/fuzz_targets");
    let files = std::fs::read_dir(&folder).map_err(|cause| format!("{folder:?}: {cause}"))?;
    let mut names: Vec<String> = files
        .filter_map(|file| Some(file.ok()?.path().file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    if names.is_empty() {
        Err("there are no fuzz targets".to_owned())
    } else {
        Ok(names)
    }
}

/// Runs each target for `seconds`, on its corpus and on the committed seeds, as many at once as there are cores.
pub(crate) fn each(seconds: u32) -> Result<(), String> {
    tools::cargo_fuzz()?;
    run(&mut fuzz("build"))?;
    let mut runs = Vec::new();
    for target in targets()? {
        let corpus = root().join("fuzz/corpus").join(&target);
        std::fs::create_dir_all(&corpus).map_err(|cause| format!("{corpus:?}: {cause}"))?;
        let mut command = fuzz("run");
        command
            .arg(&target)
            .arg(&corpus)
            .arg(root().join("fuzz/seeds").join(&target));
        command.arg("--").arg(format!("-max_total_time={seconds}"));
        // 64 KiB hold more than any token; a slow input or a large allocation is a finding.
        command.args([
            "-max_len=65536",
            "-timeout=5",
            "-rss_limit_mb=1024",
            "-verbosity=0",
            "-print_final_stats=1",
        ]);
        runs.push(command);
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    runs.chunks_mut(cores).try_for_each(together)
}

/// Makes a command of `cargo fuzz`, which takes the nightly toolchain.
fn fuzz(verb: &str) -> Command {
    let mut command = Command::new("cargo");
    command.args(["+nightly", "fuzz", verb]);
    command.env("RUSTFLAGS", "--cfg sealed_session_fuzzing");
    command.env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
    command
}
