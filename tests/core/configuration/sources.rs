//! Where a ring is read from: what is no file of keys, and who else may read one.

use std::fs::{File, Permissions, set_permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use sealed_session::KeyRing;

use super::files::{Folder, text};
use crate::common::{at, key};
use crate::logged::logged;

/// What reading this path says.
fn fault(path: &Path) -> String {
    let error = KeyRing::from_file(path).unwrap_err();
    assert!(error.is_key());
    let shown = error.to_string();
    let place = format!("key in {}: ", path.display());
    assert!(shown.starts_with(&place), "{shown}");
    shown[place.len()..].to_owned()
}

#[test]
fn what_is_no_file_of_keys_is_named_and_never_waited_for() {
    let folder = Folder::new("kinds");
    let pipe = folder.at("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let _listening = UnixListener::bind(folder.at("socket")).unwrap();
    symlink(folder.at("loop"), folder.at("loop")).unwrap();
    symlink(&pipe, folder.at("link")).unwrap();
    let large = File::create(folder.at("large")).unwrap();
    large.set_len(10 << 20).unwrap();
    let whole = folder.write(
        "most",
        format!("{}\n#{}", text(1), "-".repeat((1 << 20) - 64)),
    );
    let over = folder.write(
        "over",
        format!("{}\n#{}", text(1), "-".repeat((1 << 20) - 63)),
    );
    folder.write("file", text(1));
    let table = [
        (folder.at(""), "it is a directory"),
        (pipe, "it is a pipe"),
        (folder.at("link"), "it is a pipe"),
        (folder.at("socket"), "it is a socket"),
        ("/dev/null".into(), "it is a device"),
        (folder.at("large"), "it has more than 1048576 bytes"),
        (over, "it has more than 1048576 bytes"),
        (folder.at("loop"), "cannot be read: "),
        (folder.at("file/key"), "cannot be read: "),
        (folder.at("absent"), "cannot be read: "),
    ];
    for (path, wanted) in table {
        let fault = fault(&path);
        assert!(fault.starts_with(wanted), "{}: {fault}", path.display());
    }
    assert!(KeyRing::from_file(whole).is_ok());
    // Whom permissions hold back is told so; root they do not.
    let closed = folder.write("closed", text(1));
    set_permissions(&closed, Permissions::from_mode(0o000)).unwrap();
    match File::open(&closed) {
        Ok(_) => assert!(KeyRing::from_file(&closed).is_ok()),
        Err(cause) => assert_eq!(fault(&closed), format!("cannot be read: {cause}")),
    }
}

#[test]
fn a_file_that_everybody_can_read_is_warned_of_and_one_for_a_group_is_not() {
    let folder = Folder::new("readers");
    let file = folder.write("keys", text(1));
    for (mode, warns) in [
        (0o600, false),
        (0o400, false),
        (0o640, false),
        (0o644, true),
        (0o604, true),
    ] {
        set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        let (_, logged) = logged(|| KeyRing::from_file(&file).unwrap());
        let told = format!("mode=\"{mode:o}\"");
        let is_whole = logged.contains("WARN") && logged.contains(&told) && logged.contains("keys");
        assert_eq!(is_whole, warns, "{mode:o}: {logged}");
        assert_eq!(logged.is_empty(), !warns, "{logged}");
        assert!(!logged.contains(&text(1)[20..40]), "{logged}");
    }
}

#[test]
fn a_secret_that_kubernetes_mounts_is_read_through_its_links() {
    let folder = Folder::new("mounted");
    std::fs::create_dir(folder.at("..2027_01")).unwrap();
    folder.write("..2027_01/keys", text(1));
    symlink("..2027_01", folder.at("..data")).unwrap();
    symlink("..data/keys", folder.at("keys")).unwrap();
    let ring = KeyRing::from_file(folder.at("keys")).unwrap();
    assert_eq!(ring.sealing_key(at(0)), key(1).id());
}
