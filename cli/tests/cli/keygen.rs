//! `keygen`: a key for a variable, or a file that nobody else reads.

use std::fs;

use sealed_session::time::OffsetDateTime;
use sealed_session::{Key, KeyRing};

use crate::run::{Folder, argument, run};

#[test]
fn a_key_is_one_line_and_never_the_same() {
    let (one, other) = (run(&["keygen"]), run(&["keygen"]));
    assert_ne!(one.text(0), other.text(0));
    assert_eq!(one.stdout.lines().count(), 1);
    assert!(one.stdout.trim_end().parse::<Key>().is_ok());
    let json = run(&["keygen", "--json"]).json();
    let key: Key = json["key"].as_str().unwrap().parse().unwrap();
    assert_eq!(json["id"], key.id().to_string());
}

#[test]
fn a_ring_is_a_new_file_for_its_owner_only() {
    let folder = Folder::new();
    let path = folder.path("ring");
    let made = run(&["keygen", "--ring", &argument(&path), "--json"]);
    made.text(0);
    let ring = KeyRing::from_file(&path).unwrap();

    assert_eq!(
        made.json()["id"],
        ring.sealing_key(OffsetDateTime::now_utc()).to_string()
    );
    assert!(!made.stdout.contains("sealed_key"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // Never over a file.
    let before = fs::read(&path).unwrap();
    let again = run(&["keygen", "--ring", &argument(&path)]).complaint();
    assert!(
        again.contains("is there already and was left as it is"),
        "{again}"
    );
    assert_eq!(fs::read(&path).unwrap(), before);
}
