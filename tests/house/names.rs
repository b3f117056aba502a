//! One word, one thing: no two types of the library have one name. The words of other libraries lead to ours.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use sealed_session::Refusal;

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

/// Tools and metrics go through the list.
#[test]
fn the_list_of_refusals_leaves_none_out() {
    let text = fs::read_to_string(src().join("error/refusal.rs")).unwrap();
    let file = syn::parse_file(&text).unwrap();
    let refusal = file.items.iter().find_map(|item| match item {
        syn::Item::Enum(item) if item.ident == "Refusal" => Some(item),
        _ => None,
    });
    let variants: Vec<String> = refusal
        .unwrap()
        .variants
        .iter()
        .map(|variant| variant.ident.to_string())
        .collect();
    let listed: Vec<String> = Refusal::ALL
        .iter()
        .map(|refusal| format!("{refusal:?}"))
        .collect();
    assert_eq!(listed, variants);
}

/// Returns the words by which a search in the documentation finds an item that has another name, and the items.
fn aliases() -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in sources(&src()) {
        let text = fs::read_to_string(file).unwrap();
        for list in text.split("#[doc(alias(").skip(1) {
            let (list, rest) = list.split_once("))]").unwrap();
            let mut code = rest.split_whitespace();
            let kind = code.find(|word| ["enum", "fn", "struct", "trait"].contains(word));
            assert!(kind.is_some(), "no item follows {list}");
            let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
            let item = code.next().unwrap().split(|letter| !is_part(letter));
            let item = item.into_iter().next().unwrap();
            for word in list.split('"').skip(1).step_by(2) {
                let items = found.entry(word.to_owned()).or_default();
                items.insert(item.to_owned());
            }
        }
    }
    found
}

#[test]
fn words_of_other_libraries_lead_to_ours() {
    let aliases = aliases();
    // Of tower-sessions, actix-session, Rails, Django, Express and servlets.
    for (word, items) in [
        ("HttpSession", &["Session"][..]),
        ("OnInactivity", &["with_idle_timeout"]),
        ("SECRET_KEY_FALLBACKS", &["KeyRing"]),
        ("SessionStore", &["SessionManager"]),
        ("csrf", &["CrossOrigin"]),
        ("csrf_exempt", &["exempt"]),
        ("cycle_id", &["renew", "sign_in", "start_over"]),
        ("entry", &["update"]),
        ("expiry", &["times", "with_absolute_lifetime"]),
        ("flash", &["take"]),
        ("flush", &["destroy"]),
        ("get_or_insert", &["update"]),
        ("invalidate", &["destroy"]),
        // Not `is_live`: a cart makes a session, too.
        ("is_authenticated", &["subject"]),
        ("log_out", &["destroy"]),
        ("login", &["sign_in"]),
        ("login_required", &["Guard", "signed_in"]),
        ("logout", &["destroy"]),
        ("max_age", &["Lifetime", "with_absolute_lifetime"]),
        ("pop", &["take"]),
        ("protect_from_forgery", &["CrossOrigin"]),
        ("purge", &["destroy"]),
        ("regenerate", &["sign_in"]),
        ("remember_me", &["remember", "with_remembered_up_to"]),
        ("reset_session", &["start_over"]),
        ("return_to", &["ReturnPath"]),
        ("revoke", &["destroy", "revocations_of"]),
        ("rolling", &["with_idle_timeout"]),
        ("rotate", &["KeyRing", "seal_from"]),
        ("secret_key_base", &["from_env", "generate"]),
        ("setMaxInactiveInterval", &["set_idle_timeout"]),
        ("touch", &["count_as_use"]),
        ("ttl", &["Lifetime", "time_left", "with_idle_timeout"]),
        ("user_id", &["subject"]),
    ] {
        let wanted = items.iter().map(|&item| item.to_owned()).collect();
        assert_eq!(aliases.get(word), Some(&wanted), "{word}");
    }
}
