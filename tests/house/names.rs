//! One word, one thing: no two types of the library have one name.

use std::collections::BTreeMap;
use std::path::Path;

use crate::modules::Modules;
use crate::reading::src;

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
