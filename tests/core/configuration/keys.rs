//! Key rings from text, files and the environment: what is accepted, and what every fault says.

use std::time::Duration;

use sealed_session::{Key, KeyRing, Lifetime, SessionManager};

use super::files::{Folder, text};
use crate::common::{at, key};

#[test]
fn a_ring_reads_keys_comments_and_retirements() {
    let (one, two, three) = (text(1), text(2), text(3));
    let content = format!(
        "# sealing, since October\n\n  {one}  # in use\r\n{two} stopped 2027-01-30T12:00:00Z until 2027-01-31T00:00:00Z\n\t{three}"
    );
    let ring = KeyRing::from_file(Folder::new("good").write("keys", content)).unwrap();
    assert_eq!(ring.sealing_key(at(0)), key(1).id());
    assert_eq!(ring.keys().count(), 3);

    let commas: KeyRing = format!("{one},{two},").parse().unwrap();
    assert_eq!(
        (commas.sealing_key(at(0)), commas.keys().count()),
        (key(1).id(), 2)
    );
}

#[test]
fn every_fault_of_a_file_names_file_and_line_and_no_key() {
    let (one, two) = (text(1), text(2));
    let table: &[(&str, Vec<u8>, &str)] = &[
        (
            "empty",
            b"".to_vec(),
            ": there is no key; one a line is expected",
        ),
        (
            "comments",
            b"# nothing\n\n".to_vec(),
            ": there is no key; one a line is expected",
        ),
        (
            "duplicate",
            format!("{one}\n{two}\n{one}\n").into(),
            ", line 3: key 1fff3c32 is in the ring already",
        ),
        (
            "cut",
            format!("# x\n{one}\n{}", &two[..50]).into(),
            ", line 3: 36 characters follow",
        ),
        (
            "stray",
            format!("{one}\n{two}\u{feff}\n").into(),
            ", line 2: byte 63 is not printable",
        ),
        (
            "binary",
            b"\0\x01\x02".to_vec(),
            ", line 1: byte 1 is not printable ASCII",
        ),
        (
            "word",
            format!("{one} seal\n").into(),
            ", line 1: after the key only its times",
        ),
        (
            "time",
            format!("{one}\n{two} stopped now until soon\n").into(),
            ", line 2: a time of this key",
        ),
        (
            "until",
            format!("{one}\n{two} until 2027-01-31T00:00:00Z\n").into(),
            ", line 2: the key is accepted `until` a time: say when it `stopped`",
        ),
        (
            "retires",
            format!("{one} stopped 2027-01-30T12:00:00Z until 2027-01-31T00:00:00Z").into(),
            ": no key of the ring seals",
        ),
        (
            "comma",
            format!("{one} # new,{two}\n").into(),
            ", line 1: a comment behind a key",
        ),
        (
            "other",
            b"hunter2hunter2\n".to_vec(),
            ", line 1: it does not begin with",
        ),
    ];
    let folder = Folder::new("faults");
    for (name, content, wanted) in table {
        let file = folder.write(name, content);
        let error = KeyRing::from_file(&file).unwrap_err();
        let message = error.to_string();
        assert!(error.is_key());
        assert!(
            message.starts_with(&format!("key in {}", file.display())),
            "{message}"
        );
        assert!(message.contains(wanted), "{message} / {wanted}");
        let shown = format!("{message} {error:?}");
        for secret in [&one[20..50], &two[20..50], "hunter2"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

#[test]
fn what_shells_and_editors_leave_around_a_key_is_harmless() {
    let (one, two) = (text(1), text(2));
    for dressed in [
        format!("{one}\n"),
        format!("{one}\r\n"),
        format!("\r\n\t {one} \r\n\r\n"),
        format!("\u{feff}{one}\n"),
        format!("\u{feff}\"{one}\"\r\n"),
        format!("\"{one}\""),
        format!("'{one}'\n"),
        format!("\" {one} \""),
    ] {
        assert_eq!(dressed.parse::<Key>().unwrap(), key(1), "{dressed:?}");
        let ring: KeyRing = dressed.parse().unwrap();
        assert_eq!(ring.sealing_key(at(0)), key(1).id(), "{dressed:?}");
    }
    let end = "stopped 2027-01-30T12:00:00Z until 2027-01-31T00:00:00Z";
    for dressed in [
        format!("\"{one}, {two}\""),
        format!("'{one},{two}'\n"),
        format!("\"{one}\", \"{two}\""),
        format!("'{one}'\r\n'{two}' {end}\r\n"),
        format!("\u{feff}{one}\r\n\"{two} {end}\"\r\n"),
        format!("\"{one}\n{two}\"\n"),
        format!("\u{feff} '# keys\r\n{one}\r\n{two} {end}\r\n'\r\n"),
    ] {
        let ring: KeyRing = dressed.parse().unwrap();
        let ids = (ring.sealing_key(at(0)), ring.keys().count());
        assert_eq!(ids, (key(1).id(), 2), "{dressed:?}");
    }
}

#[test]
fn what_is_pasted_for_a_key_is_named_and_not_shown() {
    let (one, two) = (text(1), text(2));
    let make = "make one by `sealed-session keygen`";
    let hex = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";
    let base64 = "Dx4tPEtaaXiHlqW0w9Lh8A8eLTxLWml4h5altMPS4fA";
    let other = one.replace("_v1_", "_v2_");
    let utf16 = |text: &str| [&b"\xff\xfe"[..], &text.replace("", "\0").into_bytes()[1..]].concat();
    let table: &[(Vec<u8>, &str)] = &[
        (b"".to_vec(), make),
        (b"\"\"".to_vec(), make),
        (format!("{hex}\n").into(), "`openssl rand -hex 32`"),
        (hex.to_uppercase().into(), "`openssl rand -hex 32`"),
        (format!("{base64}=\n").into(), "`openssl rand -base64 32`"),
        (base64.into(), "`openssl rand -base64 32`"),
        (format!("'{base64}='").into(), "`openssl rand -base64 32`"),
        (hex.into(), make),
        (base64.into(), make),
        (
            format!("SESSION_KEYS={one}").into(),
            "a name and `=` stand in front",
        ),
        (
            format!("SESSION_KEYS=\"{one}, {two}\"").into(),
            "a name and `=` stand in front",
        ),
        (
            format!("export SESSION_KEYS='{one}'\n").into(),
            "a name and `=` stand in front",
        ),
        (
            format!("$env:SESSION_KEYS = \"{one}\"").into(),
            "a name and `=` stand in front",
        ),
        (format!("\"{one}").into(), "something stands in front"),
        (format!("key: {one}").into(), "something stands in front"),
        (one.to_uppercase().into(), "changed their case"),
        (b"/run/secrets/session.key".to_vec(), "`KeyRing::from_file`"),
        (b"correct horse battery staple".to_vec(), make),
        (other.into(), "its version is not known here"),
        (one[..61].into(), "the text was cut off"),
        (format!("{one}\"").into(), "the text is too long"),
        (format!("{one}{two}").into(), "two keys run together"),
        (format!("{one};{two}").into(), "two keys run together"),
        (format!("{one} {two}").into(), "two keys stand in one entry"),
        (utf16(&one), "it is UTF-16"),
        (utf16(&one)[2..].to_vec(), "it is UTF-16"),
        (utf16(&one)[3..].to_vec(), "it is UTF-16"),
        (
            format!("\"{one}\n{}\"", &two[..50]).into(),
            ", line 2: 36 characters",
        ),
    ];
    let parts = [&one[14..40], &two[14..40], hex, base64, "horse", "secrets"];
    let folder = Folder::new("pasted");
    for (content, wanted) in table {
        let file = folder.write("keys", content);
        let error = KeyRing::from_file(&file).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(
            error.is_key() && shown.contains(wanted),
            "{shown} / {wanted}"
        );
        for part in parts {
            let part = &part[..part.len().min(8)];
            assert!(
                !shown.contains(part) && !shown.contains(&part.to_uppercase()),
                "{shown}"
            );
        }
    }
    let unset = KeyRing::from_env("SEALED_SESSION_NOT_SET").unwrap_err();
    let absent = KeyRing::from_file("/no/such/file").unwrap_err();
    for error in [unset, absent, "".parse::<Key>().unwrap_err()] {
        assert!(error.to_string().contains(make), "{error}");
    }
}

#[test]
fn the_environment_names_variable_and_entry() {
    // Set by the test runner for everybody: a variable that is no key.
    let error = KeyRing::from_env("CARGO_MANIFEST_DIR")
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("key in $CARGO_MANIFEST_DIR, entry 1: it does not begin"),
        "{error}"
    );
    let error = KeyRing::from_env("SEALED_SESSION_NOT_SET").unwrap_err();
    assert!(error.is_key());
}

#[test]
fn a_key_in_place_of_its_name_is_told_and_not_shown() {
    let (whole, cut) = (text(1), text(1)[..50].to_owned());
    for given in [format!("{whole}, {}", text(2)), whole, cut] {
        for error in [KeyRing::from_env(&given), KeyRing::from_file(&given)] {
            let error = error.unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(
                error.is_key() && shown.contains("`text.parse::<KeyRing>()`"),
                "{shown}"
            );
            assert!(!shown.contains(&text(1)[20..50]), "{shown}");
        }
    }
    let absent = KeyRing::from_file("/no/such/sealed_key_v1.txt").unwrap_err();
    assert!(
        absent.to_string().contains("/no/such/sealed_key_v1.txt"),
        "{absent}"
    );
}

#[test]
fn a_ring_refuses_the_same_key_twice() {
    let ring = KeyRing::new(key(1)).accept(key(2)).unwrap();
    assert!(ring.clone().accept(key(1)).unwrap_err().is_key());
    assert!(
        ring.accept_until(key(2), at(0), at(0))
            .unwrap_err()
            .to_string()
            .contains("already")
    );
}

#[test]
fn a_key_that_retires_before_its_sessions_end_is_refused_with_both_dates() {
    let hours = 3_600;
    let ring = |retires| KeyRing::new(key(2)).accept_until(key(1), at(0), at(retires));
    let build = |retires, policy: Lifetime| {
        SessionManager::builder("session", ring(retires).unwrap())
            .lifetime(policy)
            .build()
    };
    let policy = Lifetime::new();
    assert!(build(12 * hours + 120, policy).is_ok());
    let error = build(12 * hours + 119, policy).unwrap_err();
    assert!(error.is_configuration());
    let message = error.to_string();
    for part in [
        &key(1).id().to_string(),
        "retires at 2027-01-15T20:01:59Z",
        "sealed until 2027-01-15T08:00:00Z",
        "may live until 2027-01-15T20:02:00Z",
        "43200 s",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
    // What a session may ask for counts, too.
    let month = Duration::from_secs(30 * 86_400);
    let remembered = policy.with_remembered_up_to(month);
    assert!(build(30 * 24 * hours + 119, remembered).is_err());
    assert!(build(30 * 24 * hours + 120, remembered).is_ok());
    // A key without a date never retires.
    let open = KeyRing::new(key(2)).accept(key(1)).unwrap();
    assert!(SessionManager::new("session", open).is_ok());
}
