//! The commands of the pages, word for word and in their order.

use std::path::Path;

use crate::run::{Folder, run_in};

/// Returns the lines of a page's shell blocks that begin with the command, without their comments.
fn commands(page: &str) -> Vec<Vec<String>> {
    let blocks = page.split("```sh\n").skip(1);
    let lines = blocks.flat_map(|block| block.split("```").next().unwrap_or_default().lines());
    let words = lines.filter_map(|line| line.strip_prefix("sealed-session "));
    let without_comment = |line: &str| line.split(" #").next().unwrap_or_default().to_owned();
    let split = |line: String| line.split_whitespace().map(str::to_owned).collect();
    words.map(without_comment).map(split).collect()
}

#[test]
fn the_page_about_keys_runs_from_its_first_line_to_its_last() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/keys.md");
    let commands = commands(&std::fs::read_to_string(page).unwrap());
    assert!(commands.len() >= 5, "{commands:?}");
    let folder = Folder::new();
    for command in commands {
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        let ended = run_in(&folder, &words);
        assert_eq!(ended.code, 0, "{words:?}: {ended:?}");
    }
}
