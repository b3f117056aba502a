//! `explain` and `inspect` with a server's file of revocations.

use sealed_session::revocation::{RevocationTable, Target};

use crate::run::{Folder, argument, run, run_with};
use crate::sessions::{NAME, Visitor, at, at_text, manager, ring};

/// What was revoked at which minute, by a server with the same key.
fn revoke(all: &[(Target<'_>, i64)]) -> RevocationTable {
    let table = RevocationTable::new(10);
    for (target, minute) in all {
        let revocations = manager(NAME).revocations_of(*target, at(*minute));
        table.add(revocations, at(*minute)).unwrap();
    }
    table
}

/// What `explain` says of a session at this minute, by what was revoked.
pub(crate) struct Revoked {
    pub(crate) cookie: String,
    pub(crate) minute: i64,
    pub(crate) revocations: RevocationTable,
    pub(crate) wanted: Option<&'static str>,
    pub(crate) says: &'static str,
}

/// Ada signs in at minute 0 with two labels.
pub(crate) fn of_revocations() -> Vec<Revoked> {
    let mut visitor = Visitor::new(NAME);
    let mut id = None;
    visitor.visit(0, |session| {
        session.set_labels(&["sid:4711", "tenant:7"]).unwrap();
        id = session.id();
    });
    let at_minute = |minute, all: &[(Target<'_>, i64)], wanted, says| Revoked {
        cookie: visitor.cookie(),
        minute,
        revocations: revoke(all),
        wanted,
        says,
    };
    let case = |all: &[(Target<'_>, i64)], says| at_minute(20, all, Some("revoked"), says);
    let sign_in = Target::SignIn(id.unwrap());
    let (account, tenant) = (Target::Subject("ada"), Target::Label("tenant:7"));
    let mut support = Visitor::new(NAME);
    support.visit(10, |session| session.act_as("bob", &[]).unwrap());
    let acting = |all: &[(Target<'_>, i64)], wanted, says| Revoked {
        cookie: support.cookie(),
        minute: 20,
        revocations: revoke(all),
        wanted,
        says,
    };
    let mask = Target::Subject("bob");
    vec![
        acting(&[(mask, 5)], None, "holds a live session"),
        acting(
            &[(mask, 15)],
            Some("revoked"),
            "all sessions of the account were ended at the server as of 2027-01-15 08:15:00 UTC;",
        ),
        acting(
            &[(mask, 7), (account, 6)],
            Some("revoked"),
            "all sessions of whoever acts as the account were ended at the server as of 2027-01-15 08:06:00 UTC;",
        ),
        at_minute(20, &[], None, "holds a live session"),
        at_minute(
            20,
            &[
                (Target::Subject("bob"), 10),
                (Target::Label("tenant:8"), 10),
                (account, -3),
            ],
            None,
            "holds a live session",
        ),
        case(
            &[(Target::Everything, 10)],
            "all sessions were ended at the server as of 2027-01-15 08:10:00 UTC; nothing",
        ),
        case(
            &[(account, 10), (Target::Everything, 5)],
            "all sessions of the account were ended at the server as of 2027-01-15 08:10:00 UTC;",
        ),
        case(
            &[(account, 5), (tenant, 10)],
            "all sessions with one of its labels were ended at the server as of 2027-01-15 08:10:00 UTC;",
        ),
        // Whenever it was, a sign-in is over.
        case(
            &[(account, 10), (sign_in, -60)],
            "this sign-in was ended at the server as of 2027-01-15 07:00:00 UTC;",
        ),
        case(
            &[(account, -1)],
            "as of 2027-01-15 07:59:00 UTC, and it began 1 minute after that, by which clocks may differ; the \
             visitor signs in again, and if that comes often, compare the clocks",
        ),
        at_minute(
            1,
            &[(account, 10)],
            Some("revoked"),
            "after the time of this verdict, so that a server may have accepted it then",
        ),
        // A session whose time is over was not ended by anybody.
        at_minute(
            31,
            &[(account, 10)],
            Some("idle_expired"),
            "nobody has used",
        ),
    ]
}

#[test]
fn a_file_of_revocations_needs_keys_and_has_to_be_whole() {
    let folder = Folder::new();
    let keys = folder.write("ring.txt", ring(7));
    let cookie = Visitor::new(NAME).cookie();
    let whole = folder.path("revoked.bin");
    revoke(&[(Target::Everything, 10)])
        .save(&whole, at(10))
        .unwrap();
    let file = argument(&whole);
    let ended = run(&["explain", "--revocations", &file, &cookie]);
    assert!(
        ended.complaint().contains("--keys <FILE>|--env <NAME>"),
        "{ended:?}"
    );

    let at_20 = at_text(20);
    let with = |file| {
        [
            "explain",
            "--keys",
            &keys,
            "--at",
            &at_20,
            "--revocations",
            file,
            &cookie,
        ]
    };
    let json = run(&[&with(&file)[..], &["--json"]].concat()).json();
    let session = &json["sessions"][0];
    assert_eq!(session["revoked"]["by"], "everything");
    assert_eq!(session["revoked"]["at"], at_text(10));
    let half = folder.write("half.bin", &std::fs::read(&whole).unwrap()[..70]);
    for (file, wanted) in [
        (half.as_str(), "half.bin is cut off"),
        (&keys, "ring.txt is no snapshot of revocations"),
        ("/no/such/file", "/no/such/file cannot be read"),
    ] {
        let complaint = run(&with(file)).complaint();
        assert!(complaint.contains(wanted), "{complaint}");
    }
}

#[test]
fn a_session_that_was_revoked_is_shown_with_what_ended_it() {
    let folder = Folder::new();
    let keys = folder.write("ring.txt", ring(7));
    let mut visitor = Visitor::new(NAME);
    visitor.visit(0, |session| session.set_labels(&["tenant:7"]).unwrap());
    let (file, cookie) = (folder.path("revoked.bin"), visitor.cookie());
    let (path, at_20) = (argument(&file), at_text(20));
    let words = [
        "inspect",
        "--keys",
        &keys,
        "--at",
        &at_20,
        "--revocations",
        &path,
    ];
    let table = [
        (Target::Everything, "everything", "everything"),
        (Target::Subject("ada"), "its subject", "subject"),
        (Target::Label("tenant:7"), "its label tenant:7", "label"),
    ];
    for (target, shown, name) in table {
        revoke(&[(target, 10)]).save(&file, at(10)).unwrap();
        let ended = run_with(&words, &cookie);
        let wanted = format!(
            "  Refused, revoked\n  revoked         {shown}, 2027-01-15 08:10:00 UTC, 10 minutes ago\n  id "
        );
        assert!(ended.text(0).contains(&wanted), "{}", ended.stdout);
        let json = run_with(&[&words[..], &["--json"]].concat(), &cookie).json();
        let revoked = &json["messages"][0]["sessions"][0]["verdict"]["revoked"];
        assert_eq!(
            (&revoked["by"], &revoked["at"]),
            (&name.into(), &at_text(10).into())
        );
        assert_eq!(
            revoked["label"].as_str(),
            (name == "label").then_some("tenant:7")
        );
    }
    let live = run_with(&words[..5], &cookie);
    assert!(live.text(0).contains("  Accepted\n") && !live.stdout.contains("revoked"));
}
