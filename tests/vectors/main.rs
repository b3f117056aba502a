//! The frozen vectors of `tests/vectors`, through the public API.
//!
//! FORMAT.md is what they stand for; `tests/independent/confirm.py` checks the same files with an
//! implementation of its own, and has made all but `minted.json`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod check;
mod deposits;
mod entry;
mod examples;
mod forms;
mod grounds;
mod hand_overs;
mod links;
mod mint;
mod once;
mod revocations;
mod shapes;
mod tickets;
mod transports;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sealed_session::report::Renewal;
use sealed_session::{Attribute, Error, Key, KeyRing, Session, SessionManager};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::check::{TOKENS, each, same};
use crate::entry::{
    key, label, list, load, moment, number, parse, request, set_cookies, text, text_of, unhex,
    without_scope,
};
use crate::grounds::GROUNDS;

const KEYS: &str = include_str!("keys.json");
const PAYLOADS: &str = include_str!("payloads.json");
const COOKIES: &str = include_str!("cookies.json");
const DEPOSITS: &str = include_str!("deposits.json");
const MARKS: &str = include_str!("marks.json");
const MINTED: &str = include_str!("minted.json");

/// Everything that the API shows of a session, against what a vector says.
fn check_session(session: &Session, entry: &Value) -> Result<(), String> {
    let record = &entry["record"];
    same("refusal", label(session), None)?;
    let id = format!("{}{}", text(record, "sign_in"), text(record, "renewal"));
    same("id", session.id().map(|id| id.to_string()), Some(id))?;
    let created = moment(number(record, "created"));
    same("created", session.times().unwrap().created_at, created)?;
    check_lifetime(session, entry)?;
    let subject = record["subject"].as_str();
    same("subject", session.subject().as_deref(), subject)?;
    let labels = record["labels"].as_array().into_iter().flatten();
    let labels: Vec<&str> = labels.map(text_of).collect();
    same("labels", session.labels(), labels)?;
    grounds::check_grounds(session, entry)?;

    let attributes = list(&record["attributes"]);
    let mut names: Vec<&str> = attributes.iter().map(|a| text(a, "name")).collect();
    names.sort_unstable();
    same("names", session.names(), names)?;
    attributes.iter().try_for_each(|a| check_value(session, a))
}

/// When the session was used, and how long it lives.
fn check_lifetime(session: &Session, entry: &Value) -> Result<(), String> {
    let used = entry["used"].as_u64();
    let wanted = moment(used.unwrap_or_else(|| number(entry, "issued")));
    same("used", session.times().unwrap().last_seen_at, wanted)?;
    let renewal = used.map_or(Renewal::Write, |_| Renewal::Touch);
    same(
        "renewed by",
        session.times().unwrap().renewed_by,
        Some(renewal),
    )?;
    let policy = session.times().unwrap().policy;
    let idle = match entry.get("idle_timeout") {
        Some(own) => own.as_u64().map(Duration::from_secs),
        None => Some(policy.idle_timeout()),
    };
    same("idle timeout", session.times().unwrap().idle_timeout, idle)?;
    let absolute = entry["absolute_lifetime"].as_u64();
    let absolute = absolute.map_or(policy.absolute_lifetime(), Duration::from_secs);
    same(
        "absolute lifetime",
        session.times().unwrap().absolute_lifetime,
        absolute,
    )
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
        "pc.secret" => read(session, Attribute::<String>::new("pc.secret")),
        "pc.schema7" => read(session, Attribute::<u32>::new("pc.schema7").schema(7)),
        "pc.string" => read(session, Attribute::<String>::new("pc.string")),
        "pc.u32" => read(session, Attribute::<u32>::new("pc.u32")),
        "pc.unit" => read(session, Attribute::<()>::new("pc.unit")),
        _ => Err(format!("no key is named {name}")),
    }
}

/// A whole request: what it gives, and what a response that changed nothing carries.
fn check_request(entry: &Value) -> Result<(), String> {
    let (manager, session) = load(entry);
    if let Some(refusal) = entry["refusal"].as_str() {
        same("refusal", label(&session), Some(refusal))?;
        same("id", session.id(), None)?;
        same("names", session.names(), Vec::<String>::new())?;
    } else {
        check_session(&session, entry)?;
    }
    let removed = entry["removed"].as_array().into_iter().flatten();
    let removed = removed.map(|name| format!("{}=; Max-Age=0", text_of(name)));
    let touch = entry["touch"].as_str();
    let touch = touch.map(|touch| format!("{}.t={touch}", text(entry, "name")));
    let wanted: Vec<String> = removed.chain(touch).collect();
    let lines = set_cookies(&manager, &session, number(entry, "now"));
    let bare = |line: &String| match entry["touch"] {
        // Whether a touch outlives the browser is the writer's own.
        Value::String(_) => line.split("; ").next().unwrap_or_default().to_owned(),
        _ => without_scope(line),
    };
    let lines: Vec<String> = lines.iter().map(bare).collect();
    same("response", lines, wanted)
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
        // In the last second nothing lives.
        let now = number(entry, "issued").clamp(1_800_000_000, u64::from(u32::MAX) - 1);
        let request = request(entry, &entry["master"], text(entry, "text"), now);
        let (_, mut session) = load(&request);
        let purpose = text(entry, "purpose");
        if purpose != "session" {
            same("refusal", label(&session), Some("tampered"))?;
        }
        session = match purpose {
            "session" => session,
            "session-in-url" => links::linked(&request, text(entry, "text")),
            _ => return Ok(()),
        };
        if text(entry, "payload").len() < 8 {
            return same("refusal", label(&session), Some("malformed"));
        }
        same("refusal", label(&session), None)?;
        let issued = moment(number(entry, "issued"));
        same("issued", session.times().unwrap().last_seen_at, issued)?;
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
    let of_entry = ["record", "refusal", "idle_timeout", "absolute_lifetime"];
    let of_all = ["issued", "shortest_idle", "never_idle"];
    for (from, fields) in [(entry, &of_entry[..]), (sealed, &of_all[..])] {
        for field in fields {
            if let Some(value) = from.get(field) {
                request[field] = value.clone();
            }
        }
    }
    request
}

#[test]
fn payloads() {
    for file in [PAYLOADS, GROUNDS] {
        let file = parse(file);
        for group in ["payloads", "refused"] {
            each(list(&file[group]), |entry| {
                check_request(&sealed(&file, entry))
            });
        }
    }
}

/// A session without grounds is written as before there were any.
#[test]
fn only_sessions_with_grounds_have_their_flag() {
    for (file, wanted) in [(PAYLOADS, 0), (GROUNDS, 8)] {
        each(list(&parse(file)["payloads"]), |entry| {
            let payload = unhex(text(entry, "payload"));
            let more = if payload[0] & 0x20 == 0 {
                0
            } else {
                payload[1]
            };
            same("flag", more & 8, wanted)
        });
    }
}

#[test]
fn unreadable_attributes_are_carried_along_byte_for_byte() {
    let file = parse(PAYLOADS);
    for case in [
        "few unreadable attributes",
        "few unreadable attributes, packed bit",
    ] {
        let named = |entry: &&Value| entry["case"] == case;
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
        let mut payload = token[9..token.len() - 16].to_vec();
        payload.resize(payload.len().next_multiple_of(32), 0);
        assert_eq!(
            payload,
            unhex(text(entry, "payload")),
            "{case}; this small a payload is not compressed"
        );
    }
}

#[test]
fn cookies() {
    for file in [COOKIES, GROUNDS] {
        each(list(&parse(file)["requests"]), check_request);
    }
}

#[test]
fn deposits() {
    each(list(&parse(DEPOSITS)["requests"]), check_request);
}

/// A request with the token of a mark, under the default policy.
fn marked(entry: &Value, now: u64) -> Value {
    let mut request = request(entry, &entry["master"], text(entry, "token"), now);
    request["idle"] = json!(1_800);
    request["absolute"] = json!(43_200);
    request
}

/// The same with `value` in the cookie `base.t` or `base.x`.
fn beside(request: &Value, suffix: &str, value: &str) -> (SessionManager, Session) {
    let mut request = request.clone();
    let name = text(&request, "name");
    let pair = format!(
        "{}; {name}.{suffix}={value}",
        text_of(&request["cookies"][0])
    );
    request["cookies"][0] = json!(pair);
    load(&request)
}

/// `text` with each character in turn as another one.
fn changed(text: &str) -> impl Iterator<Item = String> + '_ {
    (0..text.len()).map(|at| {
        let other = if &text[at..=at] == "A" { "B" } else { "A" };
        [&text[..at], other, &text[at + 1..]].concat()
    })
}

#[test]
fn touches() {
    each(list(&parse(MARKS)["touches"]), |entry| {
        if text(entry, "purpose") != "session" {
            return Ok(());
        }
        let (issued, touch) = (number(entry, "issued"), text(entry, "text"));
        let request = marked(entry, issued);
        let (manager, session) = load(&request);
        let lines = set_cookies(&manager, &session, issued);
        let lines: Vec<String> = lines.iter().map(|line| without_scope(line)).collect();
        let name = text(entry, "name");
        same("sent", lines, [format!("{name}.t={touch}")])?;

        let (manager, session) = beside(&request, "t", touch);
        same(
            "used",
            session.times().unwrap().last_seen_at,
            moment(issued),
        )?;
        same("refusal", label(&session), None)?;
        session.insert("new", true).unwrap();
        let lines = set_cookies(&manager, &session, issued);
        let removal = format!("{name}.t=; Max-Age=0");
        same("written", without_scope(&lines[1]), removal)?;
        let written = moment(number(entry, "token_issued"));
        changed(touch).try_for_each(|other| {
            let (_, session) = beside(&request, "t", &other);
            same(&other, session.times().unwrap().last_seen_at, written)
        })
    });
}

#[test]
fn tombstones() {
    let file = parse(MARKS);
    each(list(&file["tombstones"]), |entry| {
        if text(entry, "purpose") != "session" {
            return Ok(());
        }
        let tombstone = text(entry, "text");
        let request = marked(entry, number(entry, "token_issued"));
        let (value, _) = sent_tombstones(&request, text(&request, "name"), "x", Session::destroy)?;
        same("sent", value.as_str(), tombstone)?;
        let (_, session) = beside(&request, "x", tombstone);
        same("refusal", label(&session), Some("destroyed"))?;
        changed(tombstone).try_for_each(|other| {
            let (_, session) = beside(&request, "x", &other);
            same(&other, label(&session), None)
        })
    });
    each(list(&file["values"]), |entry| {
        let wanted = (text(entry, "value").to_owned(), number(entry, "max_age"));
        let sent = sent_tombstones(entry, text(entry, "name"), "x", Session::destroy)?;
        same("destroyed", &sent, &wanted)?;
        let sign_in = |session: &Session| session.sign_in("user-17", &[]);
        same(
            "signed in",
            &sent_tombstones(entry, text(entry, "name"), "x", sign_in)?,
            &wanted,
        )
    });
    each(list(&file["renewals"]), |entry| {
        let wanted = (text(entry, "value").to_owned(), number(entry, "max_age"));
        let sent = sent_tombstones(entry, text(entry, "name"), "r", Session::renew)?;
        same("renewed", &sent, &wanted)?;
        let (_, session) = beside(entry, "r", &wanted.0);
        same("refusal", label(&session), Some("superseded"))
    });
    each(list(&file["several"]), |entry| {
        let sign_in = |session: &Session| session.sign_in("user-17", &[]);
        sent_under_each_name(entry, "x", Session::destroy)?;
        sent_under_each_name(entry, "x", sign_in)
    });
    each(list(&file["several_renewals"]), |entry| {
        sent_under_each_name(entry, "r", Session::renew)
    });
}

/// Compares the tombstones that are sent under each name.
fn sent_under_each_name(
    entry: &Value,
    suffix: &str,
    end: impl Fn(&Session) -> Result<(), Error>,
) -> Result<(), String> {
    for (name, value) in entry["values"].as_object().unwrap() {
        let wanted = (text_of(value).to_owned(), number(entry, "max_age"));
        let sent = sent_tombstones(entry, name, suffix, &end)?;
        same(name, sent, wanted)?;
    }
    Ok(())
}

/// The value of a cookie of tombstones and its `Max-Age`, as sent when `end` ends the session.
fn sent_tombstones(
    request: &Value,
    name: &str,
    suffix: &str,
    end: impl FnOnce(&Session) -> Result<(), Error>,
) -> Result<(String, u64), String> {
    let (manager, session) = load(request);
    same("refusal", label(&session), request["refusal"].as_str())?;
    end(&session).unwrap();
    let start = format!("{name}.{suffix}=");
    let lines = set_cookies(&manager, &session, number(request, "now"));
    let found = lines.iter().find_map(|line| {
        let line = without_scope(line);
        let (value, max_age) = line.strip_prefix(&start)?.split_once("; Max-Age=")?;
        Some((value.to_owned(), max_age.parse().ok()?))
    });
    found.ok_or(format!("no tombstone in {lines:?}"))
}

#[test]
fn minted() {
    each(list(&parse(MINTED)["requests"]), check_request);
}
