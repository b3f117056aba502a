//! The examples of FORMAT.md, against the vectors and through the public API.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::entry::{hex, label, list, load, parse, text, text_of, unhex};
use crate::grounds::GROUNDS;
use crate::hand_overs::HAND_OVERS;
use crate::once::ONCE;
use crate::revocations::REVOCATIONS;
use crate::tickets::TICKETS;
use crate::{COOKIES, DEPOSITS, KEYS, MARKS, PAYLOADS, TOKENS, same};

const FORMAT: &str = include_str!("../../FORMAT.md");

/// What stands behind a heading of the examples, up to the next one.
fn section(heading: &str) -> &'static str {
    let (_, examples) = FORMAT.split_once("\n## 10. Examples\n").unwrap();
    let (_, section) = examples
        .split_once(&format!("\n### {heading}\n"))
        .unwrap_or_else(|| panic!("no section {heading}"));
    section.split("\n### ").next().unwrap()
}

/// The hex of a section's indented lines, without the words behind it.
fn hex_of(section: &str) -> Vec<String> {
    let digits = |line: &str| {
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
        .map(|block| block.lines().map(digits).collect())
        .collect()
}

/// The cells of a table's rows, without the backquotes around them.
fn rows(section: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| {
        let cells = line.trim_matches('|').split(" | ");
        cells
            .map(|cell| cell.trim().trim_matches('`').to_owned())
            .collect()
    };
    let lines = section.lines().filter(|line| line.starts_with('|'));
    lines.skip(2).map(cells).collect()
}

/// A section without its white space, so that what is broken over lines can be found.
fn joined(section: &str) -> String {
    section.split_whitespace().collect()
}

fn find(file: &str, group: &str, case: &str) -> Value {
    let file = parse(file);
    let found = list(&file[group])
        .iter()
        .find(|entry| text(entry, "case") == case);
    found.unwrap_or_else(|| panic!("no vector {case}")).clone()
}

#[test]
fn keys_and_payloads_are_vectors() {
    let key = find(KEYS, "keys", "bytes of 7");
    for wanted in [
        text(&key, "text"),
        text(&key, "id"),
        text(&key["derived"], "1"),
        text(&key["derived"], "2"),
        text(&key["derived"], "5"),
    ] {
        assert!(section("A key").contains(wanted), "{wanted}");
    }

    let small = find(TOKENS, "tokens", "small, encrypted");
    let mut wanted = vec![text(&small, "payload").to_owned()];
    let shown = [
        "renewed, with a subject",
        "LZ4: with subject and secret region",
        "DEFLATE: fixed Huffman, a match that overlaps",
        "packed: a UUID between literals in base64url",
        "own lifetimes, both",
        "labels with a subject and own lifetimes",
    ];
    let vectors = shown.map(|case| find(PAYLOADS, "payloads", case));
    wanted.extend(vectors.map(|entry| text(&entry, "payload").to_owned()));
    let acting = find(GROUNDS, "payloads", "handed over and acting");
    wanted.push(text(&acting, "payload").to_owned());
    assert_eq!(hex_of(section("A payload")), wanted);
}

#[test]
fn a_deposit_is_a_vector() {
    let entry = find(DEPOSITS, "requests", "one attribute");
    let shown = section("A deposit");
    let token = text_of(&entry["cookies"][0]).split_once('=').unwrap().1;
    assert!(joined(shown).contains(token));
    let token = URL_SAFE_NO_PAD.decode(token).unwrap();
    let hexes = hex_of(shown);
    assert_eq!(hexes[0].len(), 2 * (token.len() - 49), "the payload");
    let kept = entry["stored"].as_object().unwrap();
    for (name, sealed) in kept {
        assert!(hexes[0].contains(name));
        assert_eq!(hexes.last().unwrap(), text_of(sealed));
    }
}

#[test]
fn packed_text_is_that_of_vectors() {
    let cases = [
        "base64url of 3 bytes",
        "base64 of 3 bytes",
        "hex of 2 bytes",
        "a UUID",
        "a UUID in base64url",
        "hex of one byte in base64",
    ];
    let rows = rows(section("Packed text"));
    assert_eq!(rows.len(), cases.len());
    for (row, case) in rows.iter().zip(cases) {
        let entry = find(PAYLOADS, "payloads", &format!("packed: {case}"));
        let packed = row[1].replace(' ', "");
        assert!(text(&entry, "payload").contains(&packed), "{row:?}");
        assert_eq!(text(&entry["record"]["attributes"][0], "json"), row[2]);
    }
}

#[test]
fn tokens_and_marks_are_vectors() {
    let (encrypted, signed) = (section("An encrypted token"), section("A signed token"));
    let vector = find(TOKENS, "tokens", "small, encrypted");
    for wanted in ["text", "nonce", "master"] {
        assert!(
            joined(encrypted).contains(text(&vector, wanted)),
            "{wanted}"
        );
    }
    let bound = text(&vector, "associated_data");
    assert!(joined(&hex_only(encrypted)).contains(bound), "{bound}");
    let other = find(TOKENS, "tokens", "small, signed");
    assert!(joined(signed).contains(text(&other, "text")));

    let chunks = find(COOKIES, "requests", "2 chunks");
    let line = text_of(&chunks["cookies"][0]).replace("; ", "");
    assert!(joined(section("Chunks")).contains(&line), "{line}");

    let marks = section("A touch and a tombstone");
    let blocks = hex_of(marks);
    for group in ["touches", "tombstones"] {
        let mark = find(MARKS, group, "small, encrypted");
        assert_eq!(mark["token"], vector["text"]);
        for field in ["mac_key", "text"] {
            assert!(marks.contains(text(&mark, field)), "{field} of {group}");
        }
        let input = text(&mark, "mac_input").to_owned();
        assert!(blocks.contains(&input), "MAC input of {group}");
        let bytes = URL_SAFE_NO_PAD.decode(text(&mark, "text")).unwrap();
        assert!(blocks.contains(&hex(&bytes)), "bytes of {group}");
    }
    let renewed = find(MARKS, "renewals", "renewed: one key");
    assert!(marks.contains(&format!(".r={}`", text(&renewed, "value"))));
}

/// The lines of a section without the words behind the hex.
fn hex_only(section: &str) -> String {
    let lines = section.lines().map(|line| line.trim().split("  ").next());
    lines.flatten().collect()
}

#[test]
fn fields_links_and_mixed_sets_are_vectors() {
    let token = find(TOKENS, "tokens", "small, encrypted");
    let touch = find(MARKS, "touches", "small, encrypted");
    let link = find(TOKENS, "tokens", "in a link, encrypted");
    let shown = joined(section("A header field and a link"));
    for wanted in [
        format!("X-Session:{}", text(&token, "text")),
        format!("X-Session-Touch:{}", text(&touch, "text")),
        format!("https://shop.example/cart?page=2&s={}", text(&link, "text")),
    ] {
        assert!(shown.contains(&wanted), "{wanted}");
    }
    let bound = text(&link, "associated_data").to_owned();
    assert!(hex_of(section("A header field and a link")).contains(&bound));

    let mixed = section("A mixed set");
    let line = joined(hex_block(mixed)).replace("Cookie:", "");
    let request = json!({ "reason": "mixed", "now": 1_800_000_000, "cookies": [line] });
    same("mixed", refusal(request).as_deref(), Some("mixed")).unwrap();
}

/// The first indented block of a section.
fn hex_block(section: &str) -> &str {
    let mut blocks = section.split("\n\n");
    blocks.find(|block| block.starts_with("    ")).unwrap()
}

/// Why the reader of the examples refuses a request.
fn refusal(mut request: Value) -> Option<String> {
    const OTHER: &str = "2012bfc82a7b7b9a4155060517ec705265f1c76b9ac16ed302f16fa31eee549e";
    assert!(section("Refusals").contains(OTHER));
    let token = find(TOKENS, "tokens", "small, encrypted");
    let all = json!({
        "name": "__Host-session",
        "audience": "",
        "keys": [token["master"], OTHER],
        "retired": { OTHER: 1_799_990_000 },
        "accepted": ["encrypted"],
        "idle": 1_800,
        "absolute": 43_200,
        "transports": { "field": ["x-session", "x-session"], "cookie": true },
    });
    for (field, value) in all.as_object().unwrap() {
        request[field] = value.clone();
    }
    label(&load(&request).1).map(str::to_owned)
}

#[test]
fn a_ticket() {
    let section = section("A ticket");
    let entry = find(TICKETS, "tickets", "bound to a state");
    let blocks = hex_of(section);
    assert_eq!(blocks[0], text(&entry, "associated_data"));
    assert_eq!(blocks[1], text(&entry, "plaintext"));
    assert!(joined(section).contains(text(&entry, "text")));
    for part in ["purpose", "is"] {
        let told = entry[part].to_string();
        assert!(section.contains(told.trim_matches('"')), "{told}");
    }
    assert!(section.contains(str::from_utf8(&unhex(text(&entry, "state"))).unwrap()));
}

#[test]
fn every_reason_has_a_request_that_is_refused_for_it() {
    let token = find(TOKENS, "tokens", "small, encrypted");
    let entry = find(DEPOSITS, "requests", "one attribute");
    let deposited = text_of(&entry["cookies"][0]).split_once('=').unwrap().1;
    let rows = rows(section("Refusals"));
    for row in &rows {
        let [reason, now, line] = row.as_slice() else {
            panic!("{row:?}");
        };
        let filled = line
            .replace("{T}", text(&token, "text"))
            .replace("{D}", deposited);
        let filled = match filled.split_once("{A*") {
            None => filled,
            Some((before, rest)) => {
                let (times, behind) = rest.split_once('}').unwrap();
                [before, &"A".repeat(times.parse().unwrap()), behind].concat()
            }
        };
        let (name, value) = filled.split_once(": ").unwrap();
        let mut request = json!({ "now": now.parse::<u64>().unwrap() });
        match name {
            "Cookie" => request["cookies"] = json!([value]),
            _ => request["fields"] = json!([[name, value]]),
        }
        match reason.as_str() {
            "revoked" => {
                let ticks = section("Refusals").split('`');
                let kept: Vec<&str> = ticks.filter(|part| part.len() == 48).collect();
                request["revocations"] = json!(kept);
            }
            "not_known" => {
                request["revocations"] = json!([]);
                request["as_of"] = json!(1_799_999_969);
                request["within"] = json!(30);
            }
            "missing" | "not_fetched" => {
                request["stored"] = json!({});
                request["store_answers"] = json!(reason == "missing");
            }
            _ => {}
        }
        assert_eq!(refusal(request).as_ref(), Some(reason), "{line}");
    }
    // Each reason of the table in section 9, and none twice.
    let (_, reasons) = FORMAT.split_once("\n## 9. Reasons\n").unwrap();
    let (reasons, _) = reasons.split_once("\n## 10. ").unwrap();
    let first = |line: &str| line.split('|').nth(1).unwrap_or_default().to_owned();
    let listed = reasons.lines().filter(|line| line.starts_with("| `"));
    let mut listed: Vec<String> = listed
        .flat_map(|line| {
            let names = first(line);
            let names: Vec<String> = names
                .split_whitespace()
                .map(|name| name.trim_matches('`').to_owned())
                .collect();
            names
        })
        .collect();
    let mut shown: Vec<String> = rows.iter().map(|row| row[0].clone()).collect();
    listed.sort();
    shown.sort();
    assert_eq!(shown, listed);
}

/// A rule's number, such as `4.12`, at the front of a text.
fn number(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let number = text[..end.unwrap_or(text.len())].trim_end_matches('.');
    number.contains('.').then_some(number)
}

#[test]
fn rules_are_numbered_in_order_and_every_one_that_is_named_is_there() {
    let (mut rules, mut section, mut next) = (Vec::new(), 0, 1);
    for line in FORMAT.lines() {
        if let Some(rest) = line.strip_prefix("## ") {
            section = rest.split('.').next().unwrap().parse().unwrap();
            next = 1;
        } else if let Some(rule) = line.strip_prefix("**").and_then(number) {
            assert_eq!(rule, format!("{section}.{next}"));
            rules.push(rule);
            next += 1;
        }
    }
    assert!(rules.len() > 150, "{}", rules.len());
    let words: Vec<&str> = FORMAT.split_whitespace().collect();
    let mut named = 0;
    for (at, word) in words.iter().enumerate() {
        if !word
            .trim_start_matches('(')
            .to_lowercase()
            .starts_with("rule")
        {
            continue;
        }
        // "rules 7.9 to 7.16", "rules 4.15 and 4.19"
        let behind = words[at + 1..]
            .iter()
            .take_while(|word| number(word).is_some() || ["and", "to"].contains(word));
        for rule in behind.filter_map(|word| number(word)) {
            assert!(rules.contains(&rule), "no rule {rule}");
            named += 1;
        }
    }
    assert!(named > 40, "{named}");
}

#[test]
fn the_page_of_the_vectors_tells_how_many_there_are_and_names_every_field() {
    let page = include_str!("README.md");
    let files = [
        ("keys", KEYS),
        ("tokens", TOKENS),
        ("payloads", PAYLOADS),
        ("grounds", GROUNDS),
        ("shapes", include_str!("shapes.json")),
        ("marks", MARKS),
        ("cookies", COOKIES),
        ("deposits", DEPOSITS),
        ("revocations", REVOCATIONS),
        ("once", ONCE),
        ("tickets", TICKETS),
        ("hand_overs", HAND_OVERS),
        ("transports", include_str!("transports.json")),
        ("minted", include_str!("minted.json")),
    ];
    for (name, file) in files {
        let file = parse(file);
        let lists = file.as_object().unwrap();
        let entries: Vec<&Value> = lists
            .values()
            .filter_map(Value::as_array)
            .flatten()
            .collect();
        let row = format!("| `{name}.json` | {} |", entries.len());
        assert!(page.contains(&row), "{row}");
        // Keys of derived and retired ones are no fields.
        let within = |entry: &Value| {
            let attributes = entry["record"]["attributes"].as_array();
            let attributes = attributes.cloned().unwrap_or_default();
            [vec![entry.clone(), entry["record"].clone()], attributes].concat()
        };
        for part in entries.into_iter().flat_map(within) {
            for field in part.as_object().into_iter().flatten().map(|pair| pair.0) {
                assert!(page.contains(&format!("`{field}`")), "{field} in {name}");
            }
        }
    }
}
