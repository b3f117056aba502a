//! Tokens in links, and those of cookies there.

use sealed_session::Session;
use serde_json::{Value, json};

use crate::check::{TOKENS, each, same};
use crate::entry::{label, list, load, number, parse, request, text};

/// The session of a request with this token in its query, where links are the only transport.
pub(super) fn linked(request: &Value, token: &str) -> Session {
    let mut request = request.clone();
    request["query"] = json!(format!("s={token}"));
    request["transports"] = json!({ "link": "s" });
    request["idle"] = json!(900);
    load(&request).1
}

#[test]
fn tokens_of_cookies_open_from_no_link() {
    let file = parse(TOKENS);
    each(list(&file["tokens"]), |entry| {
        let in_range = 1_799_990_000..1_800_000_000;
        if text(entry, "purpose") != "session" || !in_range.contains(&number(entry, "issued")) {
            return Ok(());
        }
        let name = text(entry, "name");
        if name.is_empty() || name.len() > 64 {
            return Ok(());
        }
        let token = text(entry, "text");
        let request = request(entry, &entry["master"], token, 1_800_000_000);
        same("refusal", label(&linked(&request, token)), Some("tampered"))
    });
}
