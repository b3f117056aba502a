//! Help, manual pages and completions: each stands by itself and fits a terminal.

use crate::run::{command, finish, run};

/// Every subcommand. The help of the whole lists the same.
fn subcommands() -> Vec<String> {
    let help = run(&["--help"]);
    let (_, rest) = help.text(0).split_once("Commands:\n").unwrap();
    let (list, _) = rest.split_once("\n\n").unwrap();
    let name = |line: &str| line.split_whitespace().next().unwrap().to_owned();
    let lines = list
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    lines.map(name).filter(|name| name != "help").collect()
}

#[test]
fn every_help_fits_80_columns_and_shows_examples_and_exit_codes() {
    let names = subcommands();
    assert!(names.len() >= 4, "{names:?}");
    for words in [vec!["--help"]]
        .into_iter()
        .chain(names.iter().map(|name| vec![name.as_str(), "--help"]))
    {
        for wide in ["60", "80", "200"] {
            let help = finish(command(&words).env("COLUMNS", wide), "");
            for line in help.text(0).lines() {
                let columns = line.chars().count();
                assert!(columns <= 80, "{words:?}: {columns} columns: {line}");
            }
        }
        let help = run(&words);
        let text = help.text(0);
        assert!(text.contains("\nExamples:\n  "), "{words:?}");
        assert!(text.contains("--json"), "{words:?}");
        // Those that print what another program reads have no fields and no verdict.
        if !["completions", "man"].contains(&words[0]) {
            assert!(text.contains("\nExit codes: 0 "), "{words:?}");
            assert!(
                words[0] == "--help" || text.contains("\nJSON: "),
                "{words:?}"
            );
        }
    }
}

#[test]
fn the_manual_and_the_completions_know_every_subcommand() {
    let manual = run(&["man"]);
    let bash = run(&["completions", "bash"]);
    for name in subcommands() {
        assert!(
            manual
                .text(0)
                .contains(&format!("sealed\\-session\\-{name}(1)")),
            "{name}"
        );
        assert!(
            bash.text(0)
                .contains(&format!("sealed__session__subcmd__{name}")),
            "{name}"
        );
        let page = run(&["man", &name]);
        assert!(page.text(0).contains("Examples:"), "{name}");
    }
    assert_eq!(run(&["man", "--json"]).json()["page"], manual.stdout);
    assert_eq!(
        run(&["completions", "bash", "--json"]).json()["script"],
        bash.stdout
    );
    let gone = run(&["man", "inspcet"]).complaint();
    assert!(gone.contains("there is no subcommand `inspcet`"), "{gone}");
}

#[test]
fn arguments_that_make_no_sense_end_with_2() {
    for words in [
        &[][..],
        &["keygne"],
        &["keygen", "--rnig", "x"],
        &["size", "--policy", "x"],
    ] {
        let ended = run(words);
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{words:?}");
        assert!(!ended.stderr.is_empty());
    }
}
