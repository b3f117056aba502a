//! Form tokens: those that are right, and those that are not.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sealed_session::adapter::{self, FormCheck, HeaderFields, RequestHead};
use sealed_session::{CookieSpec, CrossOrigin, Session, SessionManager};
use serde_json::{Value, json};

use crate::check::{each, same};
use crate::entry::{hex, list, moment, number, parse, policy, ring, text};

const FORMS: &str = include_str!("forms.json");

/// A POST with the session and this form token.
fn posted(entry: &Value, token: &str) -> Session {
    let policy = policy(&json!({ "idle": 1_800, "absolute": 43_200 }));
    let manager = SessionManager::builder(CookieSpec::new("session"), ring(entry, &policy))
        .audience(text(entry, "audience"))
        .lifetime(policy)
        .cross_origin(CrossOrigin::new().with_form_tokens())
        .build()
        .unwrap();
    let cookie = format!("__Host-session={}", text(entry, "session"));
    let fields: &HeaderFields<'_> = &|name, take| {
        if name == "x-csrf-token" {
            take(token.as_bytes());
        }
    };
    let request = RequestHead::new([cookie.as_bytes()])
        .method("POST")
        .fields(fields);
    manager.load(request, moment(number(entry, "now")))
}

fn passes(entry: &Value, token: &str) -> bool {
    matches!(
        adapter::form_check(&posted(entry, token)),
        FormCheck::Passes
    )
}

#[test]
fn form_tokens_that_are_right() {
    each(list(&parse(FORMS)["tokens"]), |entry| {
        same("passes", passes(entry, text(entry, "text")), true)?;
        // One that is made here has the MAC of the key that seals, and another mask.
        let made = posted(entry, "").form_token().unwrap();
        same("made", passes(entry, &made), true)?;
        let bytes = URL_SAFE_NO_PAD.decode(&made).unwrap();
        let (mask, hidden) = bytes.split_at(16);
        let mac: Vec<u8> = mask
            .iter()
            .zip(hidden)
            .map(|(one, other)| one ^ other)
            .collect();
        same("mac", hex(&mac).as_str(), text(entry, "mac"))?;
        same("mask", hex(mask) == text(entry, "mask"), false)
    });
}

#[test]
fn form_tokens_that_are_not() {
    each(list(&parse(FORMS)["refused"]), |entry| {
        same("is there", posted(entry, "").is_live(), true)?;
        same("passes", passes(entry, text(entry, "text")), false)
    });
}
