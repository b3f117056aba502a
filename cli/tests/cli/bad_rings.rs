//! What is no ring: named, left as it is, and never shown.

use std::fs;

use serde_json::Value;

use crate::ring::{NOW, assert_no_key, text, with_keys};
use crate::run::{Folder, run_in};

#[test]
fn every_malformed_ring_is_named_and_left_as_it_is() {
    let typo = text(1).replacen("AQEB", "AQEC", 1);
    let cut = text(1)[..40].to_owned();
    let hex = "01".repeat(32);
    let cases: &[(&str, &str)] = &[
        ("", "there is no key"),
        ("\n# nothing\n", "there is no key"),
        ("K1, K1", "key #1 is in the ring already"),
        ("K1\nK2\nK1\n", "line 3: key #1 is in the ring already"),
        (
            "K1 stopped 2027-01-01T00:00:00Z until 2027-02-01T00:00:00Z",
            "no key of the ring seals",
        ),
        (
            "K1 until 2027-02-01T00:00:00Z",
            "no key with a later `from` takes over from it",
        ),
        (
            "K1 until 2027-01-01T00:00:00Z, K2 from 2027-01-31T00:00:00Z",
            "retires before it has stopped sealing",
        ),
        (
            "K1, K2 stopped 2027-01-31T00:00:00Z",
            "say `until` when it is accepted",
        ),
        (
            "K1, K2 until 2027-01-31T00:00:00Z",
            "say when it `stopped` sealing",
        ),
        (
            "K1 from 2027-01-01T00:00:00Z, K2 from 2027-01-01T00:00:00Z",
            "seal from the same time on",
        ),
        (
            "K1 from 2027-01-01T00:00:00Z stopped 2027-01-02T00:00:00Z until 2027-01-03T00:00:00Z",
            "leave `stopped` out",
        ),
        (
            "K1 from tomorrow",
            "a time of this key is not like 2027-01-31T00:00:00Z",
        ),
        ("K1 from", "only its times may follow"),
        ("K1 since 2027-01-01T00:00:00Z", "only its times may follow"),
        ("K1 K2", "two keys stand in one entry"),
        ("K1K2", "two keys run together"),
        ("SESSION_KEYS=K1", "a name and `=` stand in front of it"),
        ("K1 # old, K2", "a comment behind a key ends with the line"),
        ("K1\n\u{e9}", "line 2: byte 1 is not printable ASCII"),
        (&typo, "the checksum does not match"),
        (&cut, "the text was cut off"),
        (&hex, "`openssl rand -hex 32`"),
    ];
    let folder = Folder::new();
    for (ring, wanted) in cases {
        let (ring, wanted) = (with_keys(ring), with_keys(wanted));
        folder.write("ring", &ring);
        let check = run_in(&folder, &["check", "ring", "--at", NOW]);
        let rotate = run_in(&folder, &["rotate", "ring", "--at", NOW, "--json"]);
        let told = rotate.json()["error"].clone();
        assert!(
            told.as_str().is_some_and(|told| told.contains(&wanted)),
            "{told}"
        );
        for (ended, code) in [(check, 1), (rotate, 2)] {
            let all = format!("{}{}", ended.stdout, ended.stderr);
            assert_eq!(ended.code, code, "{all}");
            let said = all.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(
                said.contains(&wanted) && said.contains("ring"),
                "{wanted}: {said}"
            );
            assert_no_key(&all);
        }
        assert_eq!(fs::read_to_string(folder.path("ring")).unwrap(), ring);
    }
}

#[test]
fn a_file_of_10_mb_is_named() {
    let folder = Folder::new();
    folder.write("ring", vec![b'\n'; 10 << 20]);
    let checked = run_in(&folder, &["check", "ring"]);
    let wanted = "it has more than 1048576 bytes";
    assert!(checked.text(1).contains(wanted), "{}", checked.stdout);
    let rotated = run_in(&folder, &["rotate", "ring"]).complaint();
    assert!(rotated.contains(wanted), "{rotated}");
}

#[test]
fn what_is_no_file_is_named_and_waits_for_nobody() {
    let folder = Folder::new();
    fs::create_dir(folder.path("folder")).unwrap();
    let mut cases = vec![
        ("folder", "it is a directory"),
        ("gone", "cannot be read: No such file"),
    ];
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        let made = std::process::Command::new("mkfifo")
            .arg(folder.path("pipe"))
            .status();
        assert!(made.unwrap().success());
        symlink("gone", folder.path("dangling")).unwrap();
        symlink("loop", folder.path("loop")).unwrap();
        cases.extend([
            ("pipe", "it is a pipe"),
            ("dangling", "cannot be read: No such file"),
            ("loop", "cannot be read: Too many levels of symbolic links"),
            ("/dev/zero", "it is a device"),
        ]);
    }
    for (path, wanted) in cases {
        for command in ["check", "rotate"] {
            let told = run_in(&folder, &[command, path]).complaint();
            let wanted = format!("sealed-session: key in {path}: {wanted}");
            assert!(told.starts_with(&wanted), "{command}: {told}");
        }
    }
}

#[test]
fn a_ring_that_no_rotation_can_mend_is_left_as_it_is() {
    let folder = Folder::new();
    let ring = with_keys("K1 from 2027-02-01T12:00:00Z\n");
    folder.write("ring", &ring);
    let ended = run_in(&folder, &["rotate", "ring", "--at", NOW, "--force"]);
    let said = ended.text(1);
    assert!(
        said.starts_with("ring was left as it is: key: nothing seals now:"),
        "{said}"
    );
    let json = run_in(&folder, &["rotate", "ring", "--at", NOW, "--json"]).json();
    assert_eq!(
        (&json["written"], &json["added"]),
        (&Value::Bool(false), &Value::Null)
    );
    assert!(
        json["fault"]
            .as_str()
            .is_some_and(|fault| fault.contains("nothing seals now"))
    );
    assert_eq!(fs::read_to_string(folder.path("ring")).unwrap(), ring);
}

#[test]
fn a_key_that_is_given_for_a_path_is_not_shown() {
    let folder = Folder::new();
    let key = text(1);
    let (inside, file) = (format!("{key}/ring"), format!("@{key}"));
    for words in [
        &["check", &key][..],
        &["rotate", &key],
        &["size", &key],
        &["size", "--policy", &key],
        &["explain", "--file", &key],
        &["inspect", &file],
        &["keygen", "--ring", &inside],
        &["man", &key],
        // Told by `clap`.
        &[&key],
        &["keygen", &key],
        &["check", "ring", "--max-age", &key],
    ] {
        for json in [&[][..], &["--json"]] {
            let ended = run_in(&folder, &[words, json].concat());
            assert_eq!(ended.code, 2);
            assert_no_key(&format!("{}{}", ended.stdout, ended.stderr));
        }
    }
}

#[cfg(unix)]
#[test]
fn the_name_of_a_file_cannot_steer_the_terminal() {
    let folder = Folder::new();
    let name = "a\u{1b}[2Jb\u{202e}c";
    for ring in ["K1\n", "K1\nK1\n", "K1 from 2027-02-01T12:00:00Z\n"] {
        folder.write(name, with_keys(ring));
        for command in ["check", "rotate"] {
            let ended = run_in(&folder, &[command, name, "--at", NOW]);
            let all = format!("{}{}", ended.stdout, ended.stderr);
            assert!(all.contains("a\\u{1b}[2Jb\\u{202e}c"), "{all}");
            assert!(!all.contains(['\u{1b}', '\u{202e}']), "{all:?}");
        }
    }
    folder.write(name, "[]");
    let told = run_in(&folder, &["size", name]).complaint();
    assert!(!told.contains(['\u{1b}', '\u{202e}']), "{told:?}");
    let made = run_in(&folder, &["keygen", "--ring", &format!("{name}2")]);
    assert!(!made.text(0).contains(['\u{1b}', '\u{202e}']));
}
