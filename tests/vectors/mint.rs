//! Makes `minted.json`: sessions, touches and tombstones of the Rust library.

use std::time::Duration;

use sealed_session::Session;
use serde_json::{Value, json};

use super::{PAYLOADS, sealed};
use crate::entry::{list, load, number, parse, set_cookies, text};

const NOW: u64 = 1_800_000_000;

/// An own idle timeout that stands for none.
const NEVER: u64 = 0xFFFF_FFFF;

/// Writes a session with JSON under string keys, and says what a reader has to find.
fn mint(case: &str, changed: &Value, subject: Option<&str>, values: &[(&str, Value)]) -> Value {
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
    let own = ["own_idle", "own_absolute"].map(|field| entry["record"][field].take());
    let own = own.map(|seconds| seconds.as_u64().unwrap_or(0));
    live_for(&session, own);
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
    });
    if own != [0, 0] {
        entry["record"]["own_idle"] = json!(own[0]);
        entry["record"]["own_absolute"] = json!(own[1]);
        entry["idle_timeout"] = json!(session.idle_timeout().map(|timeout| timeout.as_secs()));
        entry["absolute_lifetime"] = json!(session.absolute_lifetime().as_secs());
    }
    entry["record"]["attributes"] = attributes;
    entry
}

/// Gives a session lifetimes of its own; 0 is none.
fn live_for(session: &Session, [idle, absolute]: [u64; 2]) {
    match idle {
        0 => Ok(()),
        NEVER => session.set_never_idle(),
        seconds => session.set_idle_timeout(Duration::from_secs(seconds)),
    }
    .unwrap();
    if absolute != 0 {
        let lifetime = Duration::from_secs(absolute);
        session.set_absolute_lifetime(lifetime).unwrap();
    }
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
        mint("two keys", &two_keys, None, &[("name", json!("Ada"))]),
        mint("own idle timeout", &own(3_600, 0), None, &[("a", json!(1))]),
        mint("never idle", &own(NEVER, 0), None, &[("a", json!(1))]),
        mint("own end", &own(0, 604_800), Some("user-17"), &[]),
        mint(
            "own lifetimes",
            &own(7_200, 2_592_000),
            Some("user-17"),
            &[],
        ),
    ];
    let touched: Vec<Value> = requests.iter().map(touched).collect();
    requests.extend(touched);
    let destroyed: Vec<Value> = requests.iter().map(destroyed).collect();
    requests.extend(destroyed);
    let file = json!({ "requests": requests });
    println!("{}", serde_json::to_string_pretty(&file).unwrap());
}
