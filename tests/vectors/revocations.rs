//! Revocations: the names of targets, and the files that tables are kept in.

use std::time::Duration;

use sealed_session::report::SessionId;
use sealed_session::revocation::{Revocation, RevocationTable, Target};
use sealed_session::{KeyRing, Lifetime, SessionManager};
use serde_json::Value;

use crate::check::{each, same};
use crate::entry::{hex, key, list, moment, number, parse, text, text_of, unhex};

pub(crate) const REVOCATIONS: &str = include_str!("revocations.json");

#[test]
fn targets_have_these_names() {
    each(list(&parse(REVOCATIONS)["targets"]), |entry| {
        let absolute = Duration::from_secs(number(entry, "absolute"));
        let ring = KeyRing::new(key(&entry["master"]));
        let manager = SessionManager::builder("session", ring)
            .audience(text(entry, "audience"))
            .lifetime(Lifetime::new().with_absolute_lifetime(absolute))
            .build()
            .unwrap();
        let named = unhex(text(entry, "target"));
        let words = || std::str::from_utf8(&named).unwrap();
        let id = || format!("{}{}", text(entry, "target"), "00".repeat(8));
        let target = match number(entry, "kind") {
            0 => Target::Everything,
            1 => Target::Subject(words()),
            2 => Target::SignIn(id().parse::<SessionId>().unwrap()),
            _ => Target::Label(words()),
        };
        let all = manager.revocations_of(target, moment(number(entry, "at")));
        let all: Vec<String> = all.iter().map(|kept| hex(&kept.to_bytes())).collect();
        same("kept", all, vec![text(entry, "kept").to_owned()])
    });
}

#[test]
fn files_are_tables() {
    let path = std::env::temp_dir().join(format!("revocations-vector-{}", std::process::id()));
    let read = |entry: &Value| {
        std::fs::write(&path, unhex(text(entry, "file"))).unwrap();
        RevocationTable::from_file(&path, 100)
    };
    let file = parse(REVOCATIONS);
    each(list(&file["snapshots"]), |entry| {
        let table = read(entry).map_err(|error| error.to_string())?;
        let written = moment(number(entry, "written"));
        // Written again it is the same file, and so is what is added one by one.
        let added = RevocationTable::new(100);
        let kept = list(&entry["revocations"]).iter().rev();
        let kept = kept.map(|one| Revocation::from_bytes(&unhex(text_of(one))).unwrap());
        added.add(kept, written).unwrap();
        added.remember_since(moment(number(entry, "since")));
        for table in [table, added] {
            table.save(&path, written).unwrap();
            same(
                "file",
                hex(&std::fs::read(&path).unwrap()),
                text(entry, "file"),
            )?;
        }
        Ok(())
    });
    each(list(&file["refused"]), |entry| {
        let error = read(entry).err();
        same(
            "refused",
            error.map(|error| error.is_revocation()),
            Some(true),
        )
    });
    std::fs::remove_file(&path).unwrap();
}
