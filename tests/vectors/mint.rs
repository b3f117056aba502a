//! Makes `minted.json`: sessions, touches and tombstones of the Rust library.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sealed_session::{Attribute, Session};
use serde_json::{Value, json};

use super::{PAYLOADS, deposits, sealed, shapes};
use crate::entry::{hex, list, load, number, parse, set_cookies, text, text_of, unhex};

const NOW: u64 = 1_800_000_000;

/// An own idle timeout that stands for none.
const NEVER: u64 = 0xFFFF_FFFF;

/// The flags of an attribute: JSON, and what a writer was told to keep secret.
const JSON: u8 = 1;
const SECRET: u8 = 4;

/// Writes a value under the key that these flags stand for; text only if that is typed.
fn put(session: &Session, name: &'static str, flags: u8, value: &Value) -> Value {
    if flags & JSON != 0 {
        match flags & SECRET {
            0 => session.insert(name, value.clone()),
            _ => session.insert(Attribute::json(name).secret(), value.clone()),
        }
        .unwrap();
        return json!({ "name": name, "flags": flags, "schema": 0, "json": value.to_string() });
    }
    let text = text_of(value).to_owned();
    assert!(text.len() < 128, "one byte tells the length");
    let length = u8::try_from(text.len()).unwrap();
    let stored = [&shapes::print_of("text")[..], &[length], text.as_bytes()].concat();
    let key = Attribute::<String>::new(name);
    let key = if flags & SECRET == 0 {
        key
    } else {
        key.secret()
    };
    session.insert(key, text).unwrap();
    json!({ "name": name, "flags": flags, "schema": 1, "value": hex(&stored), "is": value })
}

/// Writes a session with values under keys of these flags, and says what a reader has to find.
fn mint(
    case: &str,
    changed: &Value,
    subject: Option<&str>,
    values: &[(&'static str, u8, Value)],
) -> Value {
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
        session.sign_in(subject, &[]).unwrap();
    }
    let grounds = subject.map(|subject| rest_on(&session, subject, &entry["record"]));
    let mut attributes = entry["record"]["attributes"].take();
    if attributes.is_null() {
        attributes = json!([]);
    }
    let found = attributes.as_array_mut().unwrap();
    found.extend(
        values
            .iter()
            .map(|(name, flags, value)| put(&session, name, *flags, value)),
    );
    // First the open region, then the secret one.
    let secret = |a: &Value| number(a, "flags") & u64::from(SECRET);
    found.sort_by_key(|a| (secret(a), text(a, "name").to_owned()));
    let own = ["own_idle", "own_absolute"].map(|field| entry["record"][field].take());
    let own = own.map(|seconds| seconds.as_u64().unwrap_or(0));
    live_for(&session, own);
    let labels = entry["record"]["labels"].take();
    let texts: Vec<&str> = labels
        .as_array()
        .into_iter()
        .flatten()
        .map(text_of)
        .collect();
    session.set_labels(&texts).unwrap();
    let id = session.id().unwrap().to_string();
    let lines = set_cookies(&manager, &session, NOW);
    if let Some((name, sealed)) = deposits::put() {
        entry["stored"] = json!({ hex(&name): hex(&sealed) });
    }
    let pairs: Vec<&str> = lines.iter().filter_map(|l| l.split(';').next()).collect();
    entry["cookies"] = json!([pairs.join("; ")]);
    entry["now"] = json!(NOW + 60);
    entry["issued"] = json!(NOW);
    entry["record"] = json!({
        "sign_in": id[..16],
        "renewal": id[16..],
        "created": session.times().unwrap().created_at.unix_timestamp(),
        "subject": subject,
    });
    if own != [0, 0] {
        entry["record"]["own_idle"] = json!(own[0]);
        entry["record"]["own_absolute"] = json!(own[1]);
        entry["idle_timeout"] = json!(
            session
                .times()
                .unwrap()
                .idle_timeout
                .map(|timeout| timeout.as_secs())
        );
        entry["absolute_lifetime"] = json!(session.times().unwrap().absolute_lifetime.as_secs());
    }
    if labels.is_array() {
        entry["record"]["labels"] = labels;
    }
    for (field, value) in grounds.into_iter().flatten() {
        entry["record"][field] = value;
    }
    entry["record"]["attributes"] = attributes;
    entry
}

/// Confirms who the subject is, or acts as them, and says what a reader has to find.
fn rest_on(session: &Session, subject: &str, told: &Value) -> Vec<(&'static str, Value)> {
    if told["confirmed"] == true {
        session.confirm().unwrap();
        return vec![("confirmed", json!(NOW))];
    }
    let Some(actor) = told["actor"].as_str() else {
        return Vec::new();
    };
    session.sign_in(actor, &[]).unwrap();
    session.act_as(subject, &[]).unwrap();
    vec![("actor", json!(actor)), ("acting_since", json!(NOW))]
}

/// Gives a session lifetimes of its own; 0 is none.
fn live_for(session: &Session, [idle, absolute]: [u64; 2]) {
    if absolute != 0 {
        session.remember(Duration::from_secs(absolute)).unwrap();
    }
    match idle {
        0 => Ok(()),
        NEVER => session.set_idle_timeout(None),
        seconds => session.set_idle_timeout(Duration::from_secs(seconds)),
    }
    .unwrap();
}

/// The same session some minutes later, after a request that used it.
fn touched(entry: &Value) -> Value {
    let mut entry = entry.clone();
    let used = NOW + 300;
    entry["now"] = json!(used);
    let (manager, session) = load(&entry);
    let lines = set_cookies(&manager, &session, used);
    add_cookie(&mut entry, "touched", ".t=", &lines);
    entry["now"] = json!(used + 60);
    entry["used"] = json!(used);
    entry
}

/// The same session, brought back after it was destroyed.
fn destroyed(entry: &Value) -> Value {
    let mut entry = entry.clone();
    let (manager, session) = load(&entry);
    session.destroy().unwrap();
    let lines = set_cookies(&manager, &session, number(&entry, "now"));
    add_cookie(&mut entry, "destroyed", ".x=", &lines);
    entry["refusal"] = json!("destroyed");
    let of_session = [
        "chosen",
        "issued",
        "used",
        "record",
        "idle_timeout",
        "absolute_lifetime",
    ];
    for field in of_session {
        entry.as_object_mut().unwrap().remove(field);
    }
    entry
}

/// Names the case, and adds the one cookie that is called like this.
fn add_cookie(entry: &mut Value, case: &str, suffix: &str, lines: &[String]) {
    let named = |line: &&String| line.starts_with(&format!("{}{suffix}", text(entry, "name")));
    let line = lines.iter().find(named).unwrap();
    let pair = line.split(';').next().unwrap();
    let with = format!("{}; {pair}", entry["cookies"][0].as_str().unwrap());
    entry["case"] = json!(format!("{}, {case}", text(entry, "case")));
    entry["cookies"] = json!([with]);
}

/// Digits with five random bits each, always the same.
fn noise(length: usize) -> String {
    let states = std::iter::successors(Some(1_u64), |state| {
        let next = state.wrapping_mul(6_364_136_223_846_793_005);
        Some(next.wrapping_add(1))
    });
    let digit = |state| char::from_digit(u32::try_from(state >> 59).unwrap(), 32).unwrap();
    states.skip(1).take(length).map(digit).collect()
}

/// `cargo test --test vectors print_minted -- --ignored --nocapture --quiet`
#[test]
#[ignore = "prints minted.json anew"]
fn print_minted() {
    let cart: Vec<Value> = (1..=12)
        .map(|n| json!({ "sku": format!("SKU-{n:05}"), "title": "Espresso cup", "quantity": n }))
        .collect();
    let log: Vec<String> = (1..=40)
        .map(|n| format!("page {} seen {} times", n * 7_919 % 1_000, n * n % 17))
        .collect();
    let noise = noise(7_000);
    let id = |n: usize| {
        let digits: String = noise
            .chars()
            .skip(n)
            .filter(char::is_ascii_hexdigit)
            .take(32)
            .collect();
        let cuts = [0..8, 8..12, 12..16, 16..20, 20..32];
        cuts.map(|cut| digits[cut].to_owned()).join("-")
    };
    let packed: Vec<(&str, u8, Value)> = vec![
        ("a.uuid", JSON, json!(id(0))),
        ("b.uuids", JSON, json!([id(100), id(200), id(300)])),
        ("c.hex", JSON, json!(id(400).replace('-', "").repeat(2))),
        (
            "d.url",
            JSON,
            json!(URL_SAFE_NO_PAD.encode(unhex(&id(500).replace('-', ""))) + ".-_"),
        ),
        (
            "e.plus",
            JSON,
            json!(STANDARD.encode(unhex(
                &[id(800), id(900), id(1_000)].concat().replace('-', "")
            ))),
        ),
        (
            "f.nested",
            JSON,
            json!(URL_SAFE_NO_PAD.encode(format!("{{\"id\":\"{}\"}}", id(600)))),
        ),
        (
            "g.nested",
            JSON,
            json!(STANDARD.encode(format!("gid:{}", id(700)))),
        ),
        ("pc.string", 0, json!(id(800))),
    ];
    let more = [("more", JSON, json!(1))];
    let names: Vec<&str> = packed.iter().map(|(name, ..)| *name).collect();
    let payloads = parse(PAYLOADS);
    let again = |case: &str, values: &[(&'static str, u8, Value)]| {
        let named = |entry: &&Value| entry["case"] == case;
        let found = list(&payloads["payloads"]).iter().find(named).unwrap();
        let sealed = sealed(&payloads, found);
        let told = json!({
            "cookies": sealed["cookies"],
            "keys": sealed["keys"],
            "record": sealed["record"],
        });
        mint(&format!("{case}, written again"), &told, None, values)
    };
    let signed = json!({ "accepted": ["signed"], "name": "shop", "audience": "shop.example.com" });
    let own = |idle: u64, absolute: u64| {
        json!({
            "shortest_idle": 900,
            "longest_idle": 7_200,
            "never_idle": true,
            "longest_absolute": 2_592_000,
            "record": { "own_idle": idle, "own_absolute": absolute },
        })
    };
    let two_keys = json!({ "keys": ["5a".repeat(32), "a5".repeat(32)] });
    let mut requests = vec![
        mint("small", &json!({}), None, &[("name", JSON, json!("Ada"))]),
        mint(
            "LZ4",
            &json!({ "chosen": { "compression": 1 } }),
            None,
            &[("cart", JSON, json!(cart))],
        ),
        mint(
            "DEFLATE",
            &json!({ "compression": "smallest", "chosen": { "compression": 2 } }),
            None,
            &[("cart", JSON, json!(cart)), ("name", JSON, json!("Ada"))],
        ),
        mint(
            "nothing compressed",
            &json!({ "compression": "off", "chosen": { "compression": 0, "packed": [] } }),
            None,
            &[packed.clone(), vec![("run", JSON, json!("a".repeat(100)))]].concat(),
        ),
        mint(
            "packed text",
            &json!({ "chosen": { "packed": names } }),
            None,
            &packed,
        ),
        mint(
            "packed text in DEFLATE",
            &json!({ "compression": "smallest", "chosen": { "compression": 2 } }),
            Some("user-17"),
            &[packed.clone(), vec![("log", JSON, json!(log))]].concat(),
        ),
        mint(
            "secrets",
            &json!({ "chosen": { "packed": ["a.uuid"] } }),
            None,
            &[
                ("a.uuid", JSON, json!(id(0))),
                ("key", JSON | SECRET, json!(id(100))),
                ("pc.secret", SECRET, json!(id(200))),
            ],
        ),
        mint(
            "two chunks",
            &json!({}),
            None,
            &[("noise", JSON, json!(noise))],
        ),
        mint(
            "signed",
            &signed,
            None,
            &[("visits", JSON, json!(3)), ("a", JSON, json!(null))],
        ),
        mint(
            "subject",
            &json!({}),
            Some("user-17"),
            &[("b", JSON, json!([1.5, true]))],
        ),
        mint("subject and nothing else", &json!({}), Some("\u{fc}"), &[]),
        again("unreadable attributes", &more),
        again("unreadable attributes, packed bit", &more),
        again(
            "unreadable attributes, packed bit in the secret region",
            &more,
        ),
        again("packed: a schema under a string key", &more),
        again("packed: beside others, and a secret region", &more),
        mint("two keys", &two_keys, None, &[("name", JSON, json!("Ada"))]),
        mint(
            "own idle timeout",
            &own(3_600, 0),
            None,
            &[("a", JSON, json!(1))],
        ),
        mint("never idle", &own(NEVER, 0), None, &[("a", JSON, json!(1))]),
        mint("remembered", &own(NEVER, 604_800), Some("user-17"), &[]),
        mint(
            "own lifetimes",
            &own(7_200, 2_592_000),
            Some("user-17"),
            &[],
        ),
        mint(
            "labels",
            &json!({ "record": { "labels": ["sid:1", "tenant:7"] } }),
            Some("user-17"),
            &[("a", JSON, json!(1))],
        ),
        mint(
            "confirmed",
            &json!({ "record": { "confirmed": true } }),
            Some("user-17"),
            &[("a", JSON, json!(1))],
        ),
        mint(
            "acting",
            &json!({ "record": { "actor": "support-3", "labels": ["sid:1"] } }),
            Some("user-17"),
            &[("a", JSON, json!(1))],
        ),
        mint(
            "stored",
            &json!({ "stored": {}, "total_limit": 600, "record": { "labels": ["sid:1"] } }),
            Some("user-17"),
            &[
                ("cart", JSON, json!(cart)),
                ("key", JSON | SECRET, json!(id(100))),
                ("noise", JSON, json!(noise)),
            ],
        ),
    ];
    let touched: Vec<Value> = requests.iter().map(touched).collect();
    requests.extend(touched);
    let destroyed: Vec<Value> = requests.iter().map(destroyed).collect();
    requests.extend(destroyed);
    let file = json!({ "requests": requests });
    println!("{}", serde_json::to_string_pretty(&file).unwrap());
}
