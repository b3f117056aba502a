//! `rotate`: one key more, an end for the one before, and nobody who is signed out.

use std::fs::{self, File};
use std::process::Stdio;

use sealed_session::adapter::{RequestHead, ResponseHead};
use sealed_session::time::format_description::well_known::Rfc3339;
use sealed_session::time::{Duration, OffsetDateTime};
use sealed_session::{Key, KeyRing, Lifetime, SessionManager};
use serde_json::json;

use crate::ring::{NOW, assert_no_key, with_keys};
use crate::run::{Ended, Folder, command, finish, run_in};

/// Sessions live for half a day, and clocks differ by a minute.
const POLICY: &str = "absolute=12h,skew=1m";

fn rotate(folder: &Folder, at: &str, more: &[&str]) -> Ended {
    let words = ["rotate", "ring", "--policy", POLICY, "--at", at];
    let ended = run_in(folder, &[&words[..], more].concat());
    assert_no_key(&format!("{}{}", ended.stdout, ended.stderr));
    ended
}

fn read(folder: &Folder) -> String {
    fs::read_to_string(folder.path("ring")).unwrap()
}

/// Returns a text without the key of the last line of the ring, which no run makes twice: `KEY` and its id `--ID--`.
fn without_last_key(text: &str, ring: &str) -> String {
    let line = ring.trim_end().lines().last().unwrap();
    let word = line.split(' ').next().unwrap();
    let id = word.parse::<Key>().unwrap().id().to_string();
    text.replace(word, "KEY").replace(&id, "--ID--")
}

#[test]
fn a_rotation_says_its_plan_and_keeps_what_stands_in_the_file() {
    let folder = Folder::new();
    let before = with_keys(
        "# The shop's, see wiki.\n\
         K1 # old\n\n\
         K3 stopped 2026-11-01T00:00:00Z until 2026-11-02T00:00:00Z\n\
         # spare\n\
         K2\n",
    );
    folder.write("ring", &before);

    let dry = rotate(&folder, NOW, &["--dry-run"]);
    let wanted = with_keys(
        "\
ring would change, and nothing was written. #3, which retired at
2026-11-02 00:00:00 UTC, would be removed.

> 2027-01-31 12:00:00 UTC  give every server the new file, before the new key
                           starts to seal
  2027-02-01 12:00:00 UTC  the new key starts to seal in place of #1
  2027-02-02 00:01:00 UTC  #1 retires
  2027-05-02 12:00:00 UTC  run `sealed-session rotate` again; it removes what
                           has retired

By this policy a session lives for 12 hours at most, and clocks differ by up to
1 minute. A key is accepted for that long after it stopped sealing.
",
    );
    assert_eq!(dry.text(0), wanted);
    assert_eq!(read(&folder), before);

    let wet = rotate(&folder, NOW, &[]);
    let after = read(&folder);
    let wanted = wanted
        .replace(
            "would change, and nothing was written.",
            "has a new key, --ID--.",
        )
        .replace("which retired at\n2026", "which retired at 2026")
        .replace("00 UTC, would be", "00\nUTC, was")
        .replace("the new key starts to seal in", "--ID-- starts to seal in");
    assert_eq!(without_last_key(wet.text(0), &after), wanted);
    let wanted = with_keys(
        "# The shop's, see wiki.\n\
         K1 until 2027-02-02T00:01:00Z # old\n\n\
         # spare\n\
         K2\n\
         KEY from 2027-02-01T12:00:00Z # --ID--\n",
    );
    assert_eq!(without_last_key(&after, &after), wanted);
}

#[test]
fn a_second_run_in_the_lead_time_adds_no_key_unless_it_is_forced() {
    let folder = Folder::new();
    folder.write("ring", with_keys("K1\n"));
    let first = rotate(&folder, NOW, &["--json"]).json();
    assert_eq!(first["written"], true);
    let id = first["added"]["id"].as_str().unwrap();
    let before = read(&folder);

    let second = rotate(&folder, "2027-02-01T11:59:59Z", &[]);
    let said = "ring stays as it is. No key was added, because ";
    assert!(
        second.text(0).starts_with(&format!("{said}{id} waits")),
        "{}",
        second.stdout
    );
    assert_eq!(read(&folder), before);
    let second = rotate(&folder, "2027-02-01T11:59:59Z", &["--json"]).json();
    assert_eq!(
        (&second["written"], &second["added"]),
        (&json!(false), &json!(null))
    );
    assert_eq!(second["next"], "2027-05-02T12:00:00Z");

    // Once it seals, the next one is due; and with --force, sooner.
    for (at, more) in [
        ("2027-02-01T12:00:00Z", &[][..]),
        ("2027-02-01T11:00:00Z", &["--force"]),
    ] {
        folder.write("ring", &before);
        assert!(
            rotate(&folder, at, more)
                .text(0)
                .starts_with("ring has a new key")
        );
        let ring: KeyRing = read(&folder).parse().unwrap();
        assert_eq!(ring.keys().count(), 3);
    }
}

#[test]
fn a_key_whose_sessions_are_over_retires_at_once() {
    let folder = Folder::new();
    folder.write("ring", with_keys("K1\nK2 from 2027-01-01T00:00:00Z\n"));
    let text = rotate(&folder, NOW, &[]);
    let said = text
        .text(0)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let wanted =
        with_keys("No session of #1 is left, so it retires as of 2027-01-01 12:01:00 UTC.");
    assert!(said.contains(&wanted), "{said}");
    assert!(read(&folder).starts_with(&with_keys("K1 until 2027-01-01T12:01:00Z\n")));
}

#[test]
fn a_short_lead_time_is_warned_of_and_a_policy_is_written_down() {
    let folder = Folder::new();
    folder.write("ring", with_keys("K1\n"));
    let ended = run_in(&folder, &["rotate", "ring", "--at", NOW, "--lead", "149s"]);
    let text = ended.text(0);
    assert!(
        text.contains(
            "\nBy the library's defaults, which --policy changes, a session lives for 12 hours\n"
        ),
        "{text}"
    );
    assert!(
        text.contains("\nwarning: the lead time is under 2 minutes 30 seconds: "),
        "{text}"
    );

    folder.write("ring", with_keys("K1\n"));
    let words = [
        "rotate",
        "ring",
        "--at",
        NOW,
        "--lead",
        "150s",
        "--json",
        "--policy",
        "remembered=30d",
    ];
    let json = run_in(&folder, &words).json();
    assert_eq!(json["warnings"], json!([]));
    assert_eq!(json["retired"][0]["until"], "2027-03-02T12:04:30Z");
}

/// One server with the file of each version, and visitors whose sessions are read by all of them for as long as they
/// live.
#[test]
fn nobody_is_signed_out_by_three_rotations() {
    let folder = Folder::new();
    folder.write("ring", with_keys("K1\n"));
    let lifetime = Lifetime::new().with_idle_timeout(std::time::Duration::from_secs(43_200));
    let lifetime = lifetime.with_clock_skew(std::time::Duration::from_secs(60));
    let server = |text: &str| {
        let ring: KeyRing = text.parse().unwrap();
        SessionManager::builder("shop", ring)
            .lifetime(lifetime)
            .build()
            .unwrap()
    };
    let start = OffsetDateTime::parse(NOW, &Rfc3339).unwrap();
    let lead = Duration::hours(2);
    let mut servers = vec![server(&read(&folder))];
    let mut sessions: Vec<(OffsetDateTime, String)> = Vec::new();
    for hour in 0..60 {
        let now = start + Duration::hours(hour);
        if [3, 10, 30].contains(&hour) {
            let at = now.format(&Rfc3339).unwrap();
            rotate(&folder, &at, &["--lead", "2h"]).text(0);
            servers.push(server(&read(&folder)));
            // One that missed the file is in time just before the new key seals.
            assert!(servers.len() <= 4);
        }
        // Two versions of the file are in use in the lead time, one after it.
        let is_lead = [3, 10, 30]
            .iter()
            .any(|at| (*at..*at + lead.whole_hours()).contains(&hour));
        let in_use = &servers[servers.len() - 1 - usize::from(is_lead)..];
        for server in in_use {
            sessions.retain(|(began, _)| now - *began < Duration::hours(12));
            for (began, cookie) in &sessions {
                let session = server.load(RequestHead::new([cookie.as_bytes()]), now);
                assert_eq!(session.refusal(), None, "hour {hour}, began {began}");
            }
        }
        for server in in_use {
            let session = server.load(RequestHead::default(), now);
            session.sign_in("ada", &[]).unwrap();
            let changes = server
                .commit(&session, ResponseHead::new(200), now)
                .unwrap();
            let line = changes[0].value();
            sessions.push((now, line.split(';').next().unwrap().to_owned()));
        }
    }
    let ring: KeyRing = read(&folder).parse().unwrap();
    // The first two retired before the last rotation.
    assert_eq!(
        (
            servers.len(),
            ring.keys().count(),
            ring.keys().any(|key| key.until.is_some())
        ),
        (4, 2, true)
    );
}

#[test]
fn of_many_at_once_one_adds_a_key() {
    let folder = Folder::new();
    folder.write("ring", with_keys("K1\n"));
    let words = ["rotate", "ring", "--policy", POLICY, "--at", NOW];
    let runs: Vec<Ended> = std::thread::scope(|scope| {
        let run = || run_in(&folder, &words);
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(run)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let added = runs
        .iter()
        .filter(|ended| ended.stdout.contains("has a new key"));
    assert_eq!(added.count(), 1, "{runs:#?}");
    assert!(runs.iter().all(|ended| [0, 2].contains(&ended.code)));
    let ring: KeyRing = read(&folder).parse().unwrap();
    assert_eq!(ring.keys().count(), 2);

    // The second one is told.
    let held = File::open(folder.path("ring")).unwrap();
    held.lock().unwrap();
    let told = rotate(&folder, "2027-02-02T00:00:00Z", &[]).complaint();
    assert_eq!(
        told,
        "sealed-session: another process is rotating ring; look at what it did first"
    );
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
    use std::os::unix::process::CommandExt;

    use super::*;

    #[test]
    fn mode_and_owner_stay_and_a_link_stays_a_link() {
        let folder = Folder::new();
        folder.write("real", with_keys("K1\n"));
        let real = folder.path("real");
        fs::set_permissions(&real, fs::Permissions::from_mode(0o440)).unwrap();
        let is_root = fs::metadata(&real).unwrap().uid() == 0;
        if is_root {
            chown(&real, Some(1_234), Some(4_321)).unwrap();
        }
        let before = fs::metadata(&real).unwrap();
        symlink("real", folder.path("ring")).unwrap();

        let text = rotate(&folder, NOW, &[]);
        let target = fs::canonicalize(&real).unwrap();
        let said = text
            .text(0)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let wanted = format!("ring (a link to {}) has a new key", target.display());
        assert!(said.starts_with(&wanted), "{said}");

        assert!(
            fs::symlink_metadata(folder.path("ring"))
                .unwrap()
                .is_symlink()
        );
        let after = fs::metadata(&real).unwrap();
        assert_ne!(after.ino(), before.ino());
        let of = |found: &fs::Metadata| (found.mode(), found.uid(), found.gid());
        assert_eq!(of(&after), of(&before));
        let left: Vec<_> = fs::read_dir(target.parent().unwrap()).unwrap().collect();
        assert_eq!(left.len(), 2, "{left:?}");
    }

    #[test]
    fn keys_that_a_killed_run_left_behind_are_removed() {
        let folder = Folder::new();
        folder.write("ring", with_keys("K1\n"));
        folder.write(".ring.new", with_keys("K1\nK2 from 2027-01-01T00:00:00Z\n"));
        let ended = run_in(&folder, &["rotate", "ring", "--at", NOW]);
        assert_eq!(ended.code, 0, "{ended:?}");
        assert_eq!(fs::read_dir(folder.path("")).unwrap().count(), 1);
    }

    #[test]
    fn what_cannot_be_replaced_is_left_as_it_is() {
        let folder = Folder::new();
        let before = with_keys("K1\n");
        folder.write("ring", &before);
        let set = |path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        set(folder.path("ring"), 0o644);
        let is_root = fs::metadata(folder.path("ring")).unwrap().uid() == 0;
        // Nothing is read-only to root, so another account is tried.
        let as_other = || {
            let mut command = command(&["rotate", "ring", "--at", NOW]);
            command.stdin(Stdio::null()).current_dir(folder.path(""));
            if is_root {
                command.uid(65_534).gid(65_534);
            }
            finish(&mut command, "")
        };
        set(folder.path(""), 0o555);
        let told = as_other().complaint();
        assert!(
            told.contains("ring was left as it is, because it cannot be replaced: "),
            "{told}"
        );
        assert!(
            told.contains("rotate the file where it comes from"),
            "{told}"
        );
        set(folder.path(""), 0o777);
        assert_eq!(read(&folder), before);

        if is_root {
            // The folder may be written, and the file cannot be given back to its owner.
            let told = as_other().complaint();
            assert!(
                told.contains("cannot be given to user 0 and group 0"),
                "{told}"
            );
            assert_eq!(read(&folder), before);
            // A file that may not be read.
            set(folder.path("ring"), 0o600);
            let told = as_other().complaint();
            assert!(
                told.contains("ring: cannot be read: Permission denied"),
                "{told}"
            );
        }
        assert_eq!(fs::read_dir(folder.path("")).unwrap().count(), 1);
    }
}
