//! One word, one thing: no two types of the library have one name. The words of other libraries lead to ours.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::modules::Modules;
use crate::reading::{sources, src};

/// Returns the names that several types have, each with the types' files.
fn shared(modules: &Modules) -> BTreeMap<&str, Vec<&Path>> {
    let mut types: BTreeMap<&str, Vec<&Path>> = BTreeMap::new();
    for (name, file) in modules.types() {
        types.entry(name).or_default().push(file);
    }
    types.retain(|_, files| files.len() > 1);
    types
}

#[test]
fn no_two_types_have_one_name() {
    let modules = Modules::of(&src().join("lib.rs"));
    assert!(modules.types().count() > 100, "the reader is broken");
    let shared = shared(&modules);
    assert!(shared.is_empty(), "{shared:#?}");
}

#[test]
fn the_reader_sees_types_of_one_name() {
    let modules = Modules::parse(
        "struct Kind; struct Tests; mod a { enum Kind {} fn f() { type Own = u8; } trait Own {} }
         #[cfg(test)] mod tests { struct Tests; } impl Iterator for Kind { type Item = Kind; }",
    );
    assert_eq!(
        shared(&modules).into_keys().collect::<Vec<_>>(),
        ["Kind", "Own"]
    );
}

/// Returns the words by which a search in the documentation finds an item that has another name.
fn aliases() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in sources(&src()) {
        let text = fs::read_to_string(file).unwrap();
        for list in text.split("#[doc(alias(").skip(1) {
            let list = list.split("))]").next().unwrap();
            found.extend(list.split('"').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

#[test]
fn words_of_other_libraries_lead_to_ours() {
    let aliases = aliases();
    // Of tower-sessions, actix-session, Rails, Django, Express and servlets.
    for word in [
        "HttpSession",
        "OnInactivity",
        "SECRET_KEY_FALLBACKS",
        "SessionStore",
        "csrf",
        "csrf_exempt",
        "cycle_id",
        "entry",
        "expiry",
        "flash",
        "flush",
        "get_or_insert",
        "invalidate",
        "log_out",
        "login",
        "login_required",
        "logout",
        "max_age",
        "pop",
        "protect_from_forgery",
        "purge",
        "regenerate",
        "remember_me",
        "reset_session",
        "return_to",
        "revoke",
        "rolling",
        "rotate",
        "secret_key_base",
        "setMaxInactiveInterval",
        "touch",
        "ttl",
        "user_id",
    ] {
        assert!(aliases.contains(word), "nothing answers to `{word}`");
    }
}
