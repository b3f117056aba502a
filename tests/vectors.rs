//! The frozen vectors of `tests/vectors`, through the public API.
//!
//! FORMAT.md is what they stand for; `tests/independent/confirm.py` checks the same files with an
//! implementation of its own, and has made all but `minted.json`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sealed_session::{
    Attribute, Budget, CookieSpec, Format, HeaderChange, Key, KeyRing, Lifetime, RequestHead,
    ResponseHead, Session, SessionManager,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use time::OffsetDateTime;

const KEYS: &str = include_str!("vectors/keys.json");
const TOKENS: &str = include_str!("vectors/tokens.json");
const PAYLOADS: &str = include_str!("vectors/payloads.json");
const COOKIES: &str = include_str!("vectors/cookies.json");
const MINTED: &str = include_str!("vectors/minted.json");

/// Longer than any time there is, in seconds.
const FOREVER: u64 = 1 << 33;

fn parse(file: &str) -> Value {
    serde_json::from_str(file).unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn text<'a>(entry: &'a Value, field: &str) -> &'a str {
    entry[field]
        .as_str()
        .unwrap_or_else(|| panic!("{field} of {entry}"))
}

fn number(entry: &Value, field: &str) -> u64 {
    entry[field]
        .as_u64()
        .unwrap_or_else(|| panic!("{field} of {entry}"))
}

fn unhex(digits: &str) -> Vec<u8> {
    assert!(digits.len().is_multiple_of(2), "{digits}");
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}

fn moment(seconds: u64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds.try_into().unwrap()).unwrap()
}

fn key(master: &Value) -> Key {
    Key::new(&unhex(master.as_str().unwrap())).unwrap()
}

fn format(name: &Value) -> Format {
    match name.as_str() {
        Some("encrypted") => Format::Encrypted,
        Some("signed") => Format::Signed,
        _ => panic!("{name}"),
    }
}

/// What `entry` says of keys, formats, cookie and policy.
fn manager(entry: &Value) -> SessionManager {
    let mut ring: Option<KeyRing> = None;
    for master in list(&entry["keys"]) {
        ring = Some(match ring {
            None => KeyRing::new(key(master)),
            Some(ring) => ring.accept(key(master)).unwrap(),
        });
    }
    let policy = Lifetime::new()
        .idle(Duration::from_secs(number(entry, "idle")))
        .absolute(Duration::from_secs(number(entry, "absolute")));
    let accepted = list(&entry["accepted"]);
    let mut builder = SessionManager::builder(ring.unwrap())
        .cookie(CookieSpec::new(text(entry, "name")))
        .audience(text(entry, "audience"))
        .budget(Budget::direct())
        .lifetime(policy)
        .format(format(&accepted[0]));
    for more in &accepted[1..] {
        builder = builder.accept_format(format(more));
    }
    builder.build().unwrap()
}

/// A request as in cookies.json, with one bare cookie.
fn request(sealed: &Value, master: &Value, value: &str, now: u64) -> Value {
    json!({
        "cookies": [format!("{}={value}", text(sealed, "name"))],
        "name": sealed["name"],
        "audience": sealed["audience"],
        "keys": [master],
        "accepted": [sealed["format"]],
        "idle": FOREVER,
        "absolute": FOREVER,
        "now": now,
    })
}

fn load(entry: &Value) -> (SessionManager, Session) {
    let manager = manager(entry);
    let plain = entry["cookies"].as_array().into_iter().flatten();
    let plain = plain.map(|line| line.as_str().unwrap().as_bytes().to_vec());
    let hex = entry["cookies_hex"].as_array().into_iter().flatten();
    let hex = hex.map(|line| unhex(line.as_str().unwrap()));
    let lines: Vec<Vec<u8>> = plain.chain(hex).collect();
    let request = RequestHead::new(lines.iter().map(Vec::as_slice));
    let session = manager.load(request, moment(number(entry, "now")));
    (manager, session)
}

fn set_cookies(manager: &SessionManager, session: &Session, now: u64) -> Vec<String> {
    let changes = manager.commit(session, ResponseHead::new(200), moment(now));
    let line = |change| match change {
        HeaderChange::Append {
            name: "set-cookie",
            value,
        } => Some(value),
        _ => None,
    };
    changes.unwrap().into_iter().filter_map(line).collect()
}

fn label(session: &Session) -> Option<&'static str> {
    session.refusal().map(sealed_session::Refusal::label)
}

/// Everything that the API shows of a session, against what a vector says.
fn check_session(session: &Session, entry: &Value) -> Result<(), String> {
    let record = &entry["record"];
    same("refusal", label(session), None)?;
    let id = format!("{}{}", text(record, "sign_in"), text(record, "renewal"));
    same("id", session.id().map(|id| id.to_string()), Some(id))?;
    let created = moment(number(record, "created"));
    same("created", session.created_at(), created)?;
    let issued = moment(number(entry, "issued"));
    same("issued", session.last_seen_at(), issued)?;
    let subject = record["subject"].as_str();
    same("subject", session.subject().as_deref(), subject)?;

    let attributes = list(&record["attributes"]);
    let mut names: Vec<&str> = attributes.iter().map(|a| text(a, "name")).collect();
    names.sort_unstable();
    same("names", session.names(), names)?;
    attributes.iter().try_for_each(|a| check_value(session, a))
}

fn check_value(session: &Session, attribute: &Value) -> Result<(), String> {
    let name = text(attribute, "name");
    same(name, session.contains(name), true)?;
    if attribute["unreadable"] == true {
        let error = session.get::<Value>(name).unwrap_err();
        return same(name, error.is_unreadable(), true);
    }
    if number(attribute, "flags") & 3 == 0 {
        let found = typed(session, name)?;
        same(name, &found, &attribute["is"])?;
        let error = session.get::<Value>(name).unwrap_err();
        return same(name, error.is_unreadable(), true);
    }
    let found = session.get::<Value>(name).map_err(|e| e.to_string())?;
    let json = attribute["json"].as_str().map(str::to_owned);
    let wanted = json.unwrap_or_else(|| long(&attribute["value"]));
    let wanted: Value = serde_json::from_str(&wanted).unwrap();
    if found.as_ref() == Some(&wanted) {
        Ok(())
    } else {
        Err(format!("{name} has another value"))
    }
}

/// A value that a vector gives by its beginning, a repeated byte, and its end.
fn long(value: &Value) -> String {
    let times = usize::try_from(number(value, "times")).unwrap();
    let part = |field| unhex(text(value, field));
    let whole = [part("head"), part("repeat").repeat(times), part("tail")].concat();
    String::from_utf8(whole).unwrap()
}

/// The value under the typed key that the vectors know by this name.
fn typed(session: &Session, name: &str) -> Result<Value, String> {
    fn read<T: Serialize + DeserializeOwned>(
        session: &Session,
        key: Attribute<T>,
    ) -> Result<Value, String> {
        let other = Attribute::<T>::new(key.name()).schema(1_000);
        let error = session.get(other).map(|_| ()).unwrap_err();
        same("another schema", error.is_unreadable(), true)?;
        let value = session.get(key).map_err(|error| error.to_string())?;
        Ok(serde_json::to_value(value.ok_or("absent")?).unwrap())
    }
    match name {
        "pc.bool" => read(session, Attribute::<bool>::new("pc.bool")),
        "pc.bytes" => read(session, Attribute::<Vec<u8>>::new("pc.bytes")),
        "pc.i32" => read(session, Attribute::<i32>::new("pc.i32")),
        "pc.schema7" => read(session, Attribute::<u32>::new("pc.schema7").schema(7)),
        "pc.string" => read(session, Attribute::<String>::new("pc.string")),
        "pc.u32" => read(session, Attribute::<u32>::new("pc.u32")),
        "pc.unit" => read(session, Attribute::<()>::new("pc.unit")),
        _ => Err(format!("no key is named {name}")),
    }
}

fn same<A: PartialEq<B> + std::fmt::Debug, B: std::fmt::Debug>(
    what: &str,
    found: A,
    wanted: B,
) -> Result<(), String> {
    if found == wanted {
        Ok(())
    } else {
        Err(format!("{what} is {found:?} and not {wanted:?}"))
    }
}

/// A whole request: what it gives, and whether its cookies may be removed.
fn check_request(entry: &Value) -> Result<(), String> {
    let (manager, session) = load(entry);
    let Some(refusal) = entry["refusal"].as_str() else {
        return check_session(&session, entry);
    };
    same("refusal", label(&session), Some(refusal))?;
    same("id", session.id(), None)?;
    same("names", session.names(), Vec::<String>::new())?;
    let lines = set_cookies(&manager, &session, number(entry, "now"));
    let removable = entry["removable"] == true;
    same("removed", !lines.is_empty(), removable)?;
    let removing = lines.iter().all(|line| line.ends_with("; Max-Age=0"));
    same("removing only", removing, true)
}

/// Runs `check` on all entries and reports every one that fails.
fn each(entries: &[Value], check: impl Fn(&Value) -> Result<(), String>) {
    assert!(!entries.is_empty());
    let failures: Vec<String> = entries
        .iter()
        .filter_map(|entry| {
            let error = check(entry).err()?;
            Some(format!("{}: {error}", text(entry, "case")))
        })
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn keys() {
    let file = parse(KEYS);
    each(list(&file["keys"]), |entry| {
        let key = key(&entry["master"]);
        same("text", key.to_text().expose(), text(entry, "text"))?;
        same("id", key.id().to_string(), text(entry, "id"))?;
        let read: Key = text(entry, "text").parse().map_err(|e| format!("{e}"))?;
        same("text again", read.to_text().expose(), text(entry, "text"))
    });
    each(list(&file["refused_texts"]), |entry| {
        let error = text(entry, "text").parse::<Key>().err();
        same("refused", error.map(|e| e.is_key()), Some(true))
    });
    each(list(&file["refused_masters"]), |entry| {
        let error = Key::new(&unhex(text(entry, "master"))).err();
        same("refused", error.map(|e| e.is_key()), Some(true))
    });
    each(list(&file["refused_sets"]), |entry| {
        let keys: Vec<Key> = list(&entry["masters"]).iter().map(key).collect();
        let error = KeyRing::new(keys[0].clone()).accept(keys[1].clone()).err();
        same("refused", error.map(|e| e.is_key()), Some(true))
    });
}

#[test]
fn tokens() {
    let file = parse(TOKENS);
    each(list(&file["tokens"]), |entry| {
        let name = text(entry, "name");
        if name.is_empty() || name.len() > 64 {
            // No cookie can have this name; the seal's own tests open it.
            return Ok(());
        }
        let now = number(entry, "issued").max(1_800_000_000);
        let request = request(entry, &entry["master"], text(entry, "text"), now);
        let (_, session) = load(&request);
        if text(entry, "purpose") != "session" {
            return same("refusal", label(&session), Some("tampered"));
        }
        if text(entry, "payload").len() < 8 {
            return same("refusal", label(&session), Some("malformed"));
        }
        same("refusal", label(&session), None)?;
        let issued = moment(number(entry, "issued"));
        same("issued", session.last_seen_at(), issued)?;
        let key = session.sealed_under().map(|id| id.to_string());
        let wanted = Key::new(&unhex(text(entry, "master"))).unwrap().id();
        same("key", key, Some(wanted.to_string()))?;
        let name = session.get::<String>("name").unwrap();
        same("name", name.as_deref(), Some("Ada"))
    });
    each(list(&file["refused"]), |entry| {
        let times = entry["repeat"].as_u64().unwrap_or(1).try_into().unwrap();
        let value = text(entry, "text").repeat(times);
        let mut request = request(&file, &file["master"], &value, 1_800_000_000);
        request["accepted"] = json!(["encrypted", "signed"]);
        let (_, session) = load(&request);
        same("refusal", label(&session), Some(text(entry, "refusal")))
    });
}

/// A payload's token as a request.
fn sealed(file: &Value, entry: &Value) -> Value {
    let sealed = &file["sealed"];
    let now = number(sealed, "now");
    let mut request = request(sealed, &sealed["master"], text(entry, "text"), now);
    for field in ["record", "refusal"] {
        request[field] = entry[field].clone();
    }
    request["issued"] = sealed["issued"].clone();
    request
}

#[test]
fn payloads() {
    let file = parse(PAYLOADS);
    for group in ["payloads", "refused"] {
        each(list(&file[group]), |entry| {
            check_request(&sealed(&file, entry))
        });
    }
}

#[test]
fn unreadable_attributes_are_carried_along_byte_for_byte() {
    let file = parse(PAYLOADS);
    let named = |entry: &&Value| entry["case"] == "few unreadable attributes";
    let entry = list(&file["payloads"]).iter().find(named).unwrap();
    let mut request = sealed(&file, entry);
    // A signed token shows its payload.
    request["accepted"] = json!(["signed", "encrypted"]);
    let (manager, session) = load(&request);
    session.insert("more", 1).unwrap();
    session.remove("more").unwrap();
    let lines = set_cookies(&manager, &session, number(&request, "now"));
    let value = lines[0].split(['=', ';']).nth(1).unwrap();
    let token = URL_SAFE_NO_PAD.decode(value).unwrap();
    assert_eq!(
        token[9..token.len() - 32],
        unhex(text(entry, "payload")),
        "this small a payload is not packed"
    );
}

#[test]
fn cookies() {
    each(list(&parse(COOKIES)["requests"]), check_request);
}

/// The hex of a section's indented lines, without the words behind it.
fn hex_of(section: &str) -> Vec<String> {
    let hex = |line: &str| {
        line.trim()
            .split("  ")
            .next()
            .unwrap_or_default()
            .replace(' ', "")
    };
    let blocks = section
        .split("\n\n")
        .filter(|block| block.starts_with("    "));
    blocks
        .map(|block| block.lines().map(hex).collect())
        .collect()
}

#[test]
fn the_examples_of_the_format_are_vectors() {
    let format = include_str!("../FORMAT.md");
    let (_, examples) = format.split_once("## 7. Worked examples").unwrap();
    let (_, payloads) = examples.split_once("### A payload").unwrap();
    let (payloads, tokens) = payloads.split_once("### An encrypted token").unwrap();
    let find = |file: &str, group: &str, case: &str| {
        let file = parse(file);
        let found = list(&file[group])
            .iter()
            .find(|entry| text(entry, "case") == case);
        found.unwrap_or_else(|| panic!("no vector {case}")).clone()
    };
    let encrypted = find(TOKENS, "tokens", "small, encrypted");
    let packed = find(
        PAYLOADS,
        "payloads",
        "packed, with subject and secret region",
    );
    let wanted = [text(&encrypted, "payload"), text(&packed, "payload")];
    assert_eq!(hex_of(payloads), wanted);

    let tokens: String = tokens.split_whitespace().collect();
    let signed = find(TOKENS, "tokens", "small, signed");
    let chunks = find(COOKIES, "requests", "2 chunks");
    let line = text_of(&chunks["cookies"][0]).replace("; ", "");
    for wanted in [
        text(&encrypted, "text"),
        text(&signed, "text"),
        text(&encrypted, "nonce"),
    ] {
        assert!(tokens.contains(wanted), "{wanted}");
    }
    assert!(tokens.contains(&line), "{line}");
    let key = find(KEYS, "keys", "bytes of 7");
    for wanted in [
        text(&key, "text"),
        text(&key, "id"),
        text(&key["derived"], "1"),
    ] {
        assert!(examples.contains(wanted), "{wanted}");
    }
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn minted() {
    each(list(&parse(MINTED)["requests"]), check_request);
}

/// Writes a session with JSON under string keys, and says what a reader has to find.
fn mint(case: &str, changed: &Value, subject: Option<&str>, values: &[(&str, Value)]) -> Value {
    const NOW: u64 = 1_800_000_000;
    let mut entry = json!({
        "case": case,
        "cookies": [],
        "name": "__Host-session",
        "audience": "",
        "keys": ["5a".repeat(32)],
        "accepted": ["encrypted"],
        "idle": 1_800,
        "absolute": 43_200,
        "now": NOW,
    });
    for (field, value) in changed.as_object().unwrap() {
        entry[field] = value.clone();
    }
    let (manager, session) = load(&entry);
    if let Some(subject) = subject {
        session.sign_in_as(subject, &[]).unwrap();
    }
    let mut attributes = entry["record"]["attributes"].take();
    if attributes.is_null() {
        attributes = json!([]);
    }
    for (name, value) in values {
        session.insert(*name, value.clone()).unwrap();
        let new = json!({ "name": name, "flags": 1, "schema": 0, "json": value.to_string() });
        let found = attributes.as_array_mut().unwrap();
        let after = |a: &Value| text(a, "name") > *name || number(a, "flags") & 4 != 0;
        let at = found.iter().position(after).unwrap_or(found.len());
        found.insert(at, new);
    }
    let id = session.id().unwrap().to_string();
    let lines = set_cookies(&manager, &session, NOW);
    let pairs: Vec<&str> = lines.iter().filter_map(|l| l.split(';').next()).collect();
    entry["cookies"] = json!([pairs.join("; ")]);
    entry["now"] = json!(NOW + 60);
    entry["issued"] = json!(NOW);
    entry["record"] = json!({
        "sign_in": id[..16],
        "renewal": id[16..],
        "created": session.created_at().unix_timestamp(),
        "subject": subject,
        "attributes": attributes,
    });
    entry
}

/// `cargo test --test vectors print_minted -- --ignored --nocapture --quiet`
#[test]
#[ignore = "prints minted.json anew"]
fn print_minted() {
    let cart: Vec<Value> = (1..=12)
        .map(|n| json!({ "sku": format!("SKU-{n:05}"), "title": "Espresso cup", "quantity": n }))
        .collect();
    let noise: String = (0..4_200_u64)
        .scan(1_u64, |state, _| {
            *state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            char::from_digit(u32::try_from(*state >> 59).unwrap(), 32)
        })
        .collect();
    let payloads = parse(PAYLOADS);
    let named = |entry: &&Value| entry["case"] == "unreadable attributes";
    let unreadable = list(&payloads["payloads"]).iter().find(named).unwrap();
    let sealed = sealed(&payloads, unreadable);
    let carried = json!({
        "cookies": sealed["cookies"],
        "keys": sealed["keys"],
        "record": sealed["record"],
    });
    let signed = json!({ "accepted": ["signed"], "name": "shop", "audience": "shop.example.com" });
    let requests = [
        mint("small", &json!({}), None, &[("name", json!("Ada"))]),
        mint("packed", &json!({}), None, &[("cart", json!(cart))]),
        mint("two chunks", &json!({}), None, &[("noise", json!(noise))]),
        mint(
            "signed",
            &signed,
            None,
            &[("visits", json!(3)), ("a", json!(null))],
        ),
        mint(
            "subject",
            &json!({}),
            Some("user-17"),
            &[("b", json!([1.5, true]))],
        ),
        mint("subject and nothing else", &json!({}), Some("\u{fc}"), &[]),
        mint(
            "unreadable attributes carried along",
            &carried,
            None,
            &[("more", json!(1))],
        ),
    ];
    let file = json!({ "requests": requests });
    println!("{}", serde_json::to_string_pretty(&file).unwrap());
}
