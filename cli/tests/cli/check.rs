//! `check`: a ring as a time line, and what is wrong with it.

use std::fs;

use serde_json::{Value, json};

use crate::ring::{NOW, assert_no_key, with_keys};
use crate::run::{Ended, Folder, command, finish, run_in};

/// Sessions live for half a day, and clocks differ by a minute.
const POLICY: &str = "absolute=12h,skew=1m";

fn check(ring: &str, more: &[&str]) -> Ended {
    let folder = Folder::new();
    folder.write("ring", with_keys(ring));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder.path("ring"), fs::Permissions::from_mode(0o640)).unwrap();
    }
    let words = ["check", "ring", "--policy", POLICY, "--at", NOW];
    let ended = run_in(&folder, &[&words[..], more].concat());
    assert_no_key(&format!("{}{}", ended.stdout, ended.stderr));
    ended
}

#[test]
fn a_ring_in_order_is_a_time_line() {
    let ring = "\
K1 from 2026-11-01T00:00:00Z until 2027-02-02T00:01:00Z
K2 from 2027-02-01T12:00:00Z
K3 stopped 2027-01-31T11:00:00Z until 2027-01-31T23:01:00Z
";
    let wanted = "\
ring: 3 keys, and nothing is wrong.

  2026-11-01 00:00:00 UTC  #1 starts to seal
  2027-01-31 11:00:00 UTC  #3 stops sealing, and is only accepted
> 2027-01-31 12:00:00 UTC  #1 seals; #2, #3 are accepted
  2027-01-31 23:01:00 UTC  #3 retires
  2027-02-01 12:00:00 UTC  #2 starts to seal in place of #1
  2027-02-02 00:01:00 UTC  #1 retires
";
    assert_eq!(
        check(ring, &["--strict", "--max-age", "100d"]).text(0),
        with_keys(wanted)
    );
}

#[test]
fn faults_and_warnings_are_sentences() {
    let ring = "\
K1 until 2027-02-02T00:00:59Z
K2 from 2027-02-01T12:00:00Z
K3
";
    let wanted = "\
ring: 3 keys, 1 fault.

> 2027-01-31 12:00:00 UTC  #1 seals; #2, #3 are accepted
  2027-02-01 12:00:00 UTC  #2 starts to seal in place of #1
  2027-02-02 00:00:59 UTC  #1 retires

fault: key #1 retires at 2027-02-02 00:00:59 UTC, and sessions that it
  sealed may live until 2027-02-02 00:01:00 UTC; accept it until then, which
  `rotate` writes, or remove it if it has leaked.
warning: key #3 is accepted for ever; write behind it when it `stopped`
  sealing and `until` when it is accepted, or remove it.
";
    let ended = check(ring, &[]);
    assert_eq!(ended.text(1), with_keys(wanted));
}

/// What is found in a ring, by the names that scripts know.
fn kinds(found: &Value) -> Vec<&str> {
    let found = found.as_array().unwrap();
    found
        .iter()
        .map(|one| one["kind"].as_str().unwrap())
        .collect()
}

#[test]
fn every_fault_and_every_warning_is_found() {
    // Ring, faults, warnings.
    let cases: &[(&str, &[&str], &[&str])] = &[
        ("K1", &[], &[]),
        ("K1 from 2027-01-31T12:00:00Z", &[], &[]),
        ("K1 from 2027-01-31T12:00:01Z", &["gap"], &["starts_soon"]),
        (
            "K1 stopped 2027-01-31T11:00:00Z until 2027-02-28T00:00:00Z, K2 from 2027-02-01T00:00:00Z",
            &["gap"],
            &[],
        ),
        (
            "K1 until 2027-02-02T00:00:59Z, K2 from 2027-02-01T12:00:00Z",
            &["retires_early"],
            &[],
        ),
        (
            "K1 until 2027-02-02T00:01:00Z, K2 from 2027-02-01T12:00:00Z",
            &[],
            &[],
        ),
        (
            "K1, K2 stopped 2027-01-31T10:00:00Z until 2027-01-31T20:00:00Z",
            &["retires_early"],
            &[],
        ),
        ("K1, K2 from 2027-02-01T12:00:00Z", &[], &["no_end"]),
        ("K1, K2", &[], &["no_end"]),
        (
            "K1 until 2027-01-30T00:00:00Z, K2 from 2027-01-20T00:00:00Z",
            &[],
            &["retired"],
        ),
        ("K1 from 2026-11-02T12:00:00Z", &[], &[]),
        ("K1 from 2026-11-02T11:59:59Z", &[], &["old"]),
        // It is being replaced.
        (
            "K1 from 2026-11-02T11:59:59Z until 2027-02-28T00:00:00Z, K2 from 2027-02-01T12:00:00Z",
            &[],
            &[],
        ),
        // In a year that was mistyped.
        (
            "K1 from 2026-11-02T11:59:59Z until 2100-02-28T00:00:00Z, K2 from 2100-02-01T12:00:00Z",
            &[],
            &["old"],
        ),
        (
            "K1 until 2027-02-28T00:00:00Z, K2 from 2027-01-31T12:01:30Z",
            &[],
            &[],
        ),
        (
            "K1 until 2027-02-28T00:00:00Z, K2 from 2027-01-31T12:01:29Z",
            &[],
            &["starts_soon"],
        ),
    ];
    for (ring, faults, warnings) in cases {
        let ended = check(ring, &["--json"]);
        let json = ended.json();
        assert_eq!(kinds(&json["faults"]), *faults, "{ring}: {json:#}");
        assert_eq!(kinds(&json["warnings"]), *warnings, "{ring}: {json:#}");
        assert_eq!(
            (ended.code == 0, &json["good"]),
            (faults.is_empty(), &json!(faults.is_empty()))
        );
        let is_strictly_good = faults.is_empty() && warnings.is_empty();
        assert_eq!(
            check(ring, &["--strict"]).code,
            i32::from(!is_strictly_good),
            "{ring}"
        );
    }
}

#[test]
fn keys_and_their_times_are_told_to_scripts() {
    let json = check(
        "K1 until 2027-02-02T00:01:00Z, K2 from 2027-02-01T12:00:00Z",
        &["--json"],
    )
    .json();
    let time = "2027-02-01T12:00:00Z";
    let wanted = json!({
        "source": "ring",
        "good": true,
        "sealing": with_keys("#1"),
        "keys": [
            { "id": with_keys("#1"), "seals": true, "from": null, "stopped": time, "until": "2027-02-02T00:01:00Z" },
            { "id": with_keys("#2"), "seals": true, "from": time, "stopped": null, "until": null },
        ],
        "faults": [],
        "warnings": [],
    });
    assert_eq!(json, wanted);
}

#[test]
fn a_variable_is_checked_and_a_gap_in_words() {
    let mut child = command(&["check", "--env", "SESSION_KEYS", "--at", NOW]);
    child.env("SESSION_KEYS", with_keys("K1 from 2027-02-01T12:00:00Z"));
    let ended = finish(&mut child, "");
    let text = ended.text(1);
    assert!(
        text.starts_with("$SESSION_KEYS: 1 key, 1 fault.\n"),
        "{text}"
    );
    assert!(
        text.contains(&with_keys("UTC  nothing seals; #1 is accepted\n")),
        "{text}"
    );
    assert_no_key(text);

    let ended = finish(&mut command(&["check", "--env", "SESSION_KEYS"]), "");
    let told = ended.complaint();
    assert!(
        told.contains(
            "key in $SESSION_KEYS: the variable is not set; make one by `sealed-session keygen`"
        ),
        "{told}"
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_or_write_is_warned_of() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    folder.write("ring", with_keys("K1"));
    for (mode, wanted) in [
        (0o400, None),
        (0o640, None),
        (
            0o644,
            Some("everybody on this machine can read the keys (mode 644)"),
        ),
        (0o660, Some("others than the owner can add keys (mode 660)")),
        (
            0o666,
            Some("everybody can read the keys, and others than the owner can add some (mode 666)"),
        ),
    ] {
        fs::set_permissions(folder.path("ring"), fs::Permissions::from_mode(mode)).unwrap();
        let ended = run_in(&folder, &["check", "ring"]);
        let text = ended
            .text(0)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let found = text.split_once("warning: ").map(|(_, found)| found);
        assert!(
            found.is_some() == wanted.is_some()
                && found.is_none_or(|found| found.starts_with(wanted.unwrap())),
            "{mode:o}: {text}"
        );
    }
}
