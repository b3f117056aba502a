//! What keys open: the verdict on each token, its times, and its attributes.

use std::time::Duration;

use sealed_session::Refusal;
use sealed_session::inspect::{Codec, Content, Judged, StoredAttribute};
use sealed_session::time::OffsetDateTime;
use serde_json::{Value, json};

use crate::duration::words;
use crate::instant::{date, rfc3339};
use crate::session::judge::Judgement;
use crate::session::pieces::ago;
use crate::session::revoked::{By, Revoked};
use crate::style::{BAD, COLUMNS, GOOD, number, shown, wrap};

/// The most characters of a value that are shown as text; `--json` shows all.
const VALUE_MAX: usize = 600;

/// Bytes in front of a postcard value, which stand for its type.
const PRINT: usize = 2;

pub(crate) fn text(session: &Judgement, reveal: bool) -> String {
    let mut text = format!("  {}\n", verdict(session.refusal));
    if let Some(Revoked { by, at }) = &session.revoked {
        let what = match by {
            By::Everything => "everything".to_owned(),
            By::Subject => "its subject".to_owned(),
            By::Actor => "who acts as its subject".to_owned(),
            By::SignIn => "its sign-in".to_owned(),
            By::Origin => "the sign-in that it was handed over from".to_owned(),
            By::Label(label) => format!("its label {}", shown(label)),
        };
        let row = format!(
            "  revoked         {what}, {}, {}",
            date(*at),
            ago(*at, session.at)
        );
        text += &wrap(&row, "    ");
    }
    let several = session.candidates.len() > 1;
    for (candidate, number) in session.candidates.iter().zip(1..) {
        if several {
            text += &format!("\n  Token {number}: {}\n", verdict(candidate.refusal));
        }
        if let Some(content) = &candidate.content {
            text += &times(content, session.at);
            text += &attributes(content, reveal);
        }
    }
    text
}

fn verdict(refusal: Option<Refusal>) -> String {
    match refusal {
        None => format!("{GOOD}Accepted{GOOD:#}"),
        Some(refusal) => format!("{BAD}Refused{BAD:#}, {}", refusal.label()),
    }
}

fn times(content: &Content, now: OffsetDateTime) -> String {
    let times = &content.times;
    let point = |time| format!("{}, {}", date(time), ago(time, now));
    let left = |left: Duration, of: Duration| format!("{} of {} left", words(left), words(of));
    let idle = match (times.idle_left, times.idle_timeout) {
        (Some(rest), Some(of)) => left(rest, of),
        _ => "no idle timeout".to_owned(),
    };
    let mut rows = vec![
        ("id", content.id.to_string()),
        ("log id", content.id.log_id().to_string()),
        (
            "signed in",
            content
                .subject
                .as_deref()
                .map_or("nobody".to_owned(), shown),
        ),
        ("began", point(times.created_at)),
        ("sealed", point(content.issued_at)),
        ("last used", point(times.last_seen_at)),
        ("idle", idle),
        (
            "absolute",
            left(times.absolute_left, times.absolute_lifetime),
        ),
    ];
    if let Some((actor, since)) = content.actor.as_deref().zip(content.acting_since) {
        rows.push((
            "acted by",
            format!("{}, since {}", shown(actor), point(since)),
        ));
    }
    if let Some(confirmed) = content.confirmed_at {
        rows.push(("confirmed", point(confirmed)));
    }
    if let Some(origin) = content.origin {
        rows.push(("origin", format!("log id {}", origin.log_id())));
    }
    if !content.labels.is_empty() {
        let labels: Vec<String> = content.labels.iter().map(|label| shown(label)).collect();
        rows.push(("labels", labels.join(" ")));
    }
    match content.own_idle_timeout {
        Some(Some(idle)) => rows.push(("asked idle", words(idle))),
        Some(None) => rows.push(("asked idle", "never to idle out".to_owned())),
        None => {}
    }
    if let Some(absolute) = content.own_absolute_lifetime {
        rows.push(("asked absolute", words(absolute)));
    }
    if content.is_stored_elsewhere {
        rows.push(("attributes", "stored elsewhere".to_owned()));
    }
    let row = |(name, value): (&str, String)| wrap(&format!("  {name:14}  {value}"), "    ");
    rows.into_iter().map(row).collect()
}

fn attributes(content: &Content, reveal: bool) -> String {
    let mut text = String::new();
    for attribute in &content.attributes {
        text += &wrap(
            &format!(
                "  {}: {} bytes, {}, schema {}{}",
                shown(&attribute.name),
                number(attribute.bytes),
                codec(attribute),
                attribute.schema,
                if attribute.is_secret { ", secret" } else { "" }
            ),
            "    ",
        );
        let value = match (value(attribute, reveal), attribute.is_secret) {
            (Shown::Hidden, _) => "hidden; --reveal shows it".to_owned(),
            (Shown::Json(json), _) => cut(&json.to_string()),
            (Shown::Text(text), _) => cut(&Value::from(text).to_string()),
            (Shown::Unknown, _) => "only the application can read it".to_owned(),
        };
        text += &folded(&value);
    }
    text
}

/// Breaks a value into lines, at any character if it has no spaces.
fn folded(value: &str) -> String {
    let options = textwrap::Options::new(COLUMNS)
        .initial_indent("    ")
        .subsequent_indent("    ");
    textwrap::fill(value, options) + "\n"
}

fn cut(value: &str) -> String {
    let safe = shown(value);
    match safe.char_indices().nth(VALUE_MAX) {
        None => safe,
        Some((end, _)) => format!(
            "{} (cut after {VALUE_MAX} characters; --json shows all)",
            safe.get(..end).unwrap_or_default()
        ),
    }
}

fn codec(attribute: &StoredAttribute) -> &'static str {
    match attribute.codec {
        Some(Codec::Json) => "JSON",
        Some(Codec::Postcard) => "postcard",
        _ => "a codec that this version does not know",
    }
}

/// What may be shown of a value.
enum Shown {
    Hidden,
    Json(Value),
    Text(String),
    Unknown,
}

fn value(attribute: &StoredAttribute, reveal: bool) -> Shown {
    if attribute.is_secret && !reveal {
        return Shown::Hidden;
    }
    let text = match attribute.codec {
        Some(Codec::Json) => match serde_json::from_slice(&attribute.value) {
            Ok(json) => return Shown::Json(json),
            Err(_) => None,
        },
        Some(Codec::Postcard) => attribute.value.get(PRINT..).and_then(text_of),
        _ => None,
    };
    text.map_or(Shown::Unknown, |text| Shown::Text(text.to_owned()))
}

/// Returns the text that postcard bytes are, if they are one: its length in groups of seven bits, and printable
/// UTF-8.
fn text_of(bytes: &[u8]) -> Option<&str> {
    let end = bytes.iter().take(3).position(|byte| *byte < 0x80)?;
    let (length, text) = bytes.split_at_checked(end + 1)?;
    let length = length
        .iter()
        .rev()
        .fold(0, |sum: usize, byte| sum << 7 | usize::from(byte & 0x7f));
    let text = str::from_utf8(text)
        .ok()
        .filter(|text| text.len() == length)?;
    let is_shown = |char: char| !char.is_control() || char.is_whitespace();
    (length > 0 && text.chars().all(is_shown)).then_some(text)
}

/// Returns the verdict, and all that was opened.
pub(crate) fn json(session: &Judgement, reveal: bool) -> Value {
    json!({
        "accepted": session.refusal.is_none(),
        "reason": session.refusal.map(Refusal::label),
        "revoked": session.revoked.as_ref().map(|Revoked { by, at }| json!({
            "by": by.name(),
            "label": match by {
                By::Label(label) => Some(label),
                _ => None,
            },
            "at": rfc3339(*at),
        })),
        "judged_at": rfc3339(session.at),
        "candidates": session.candidates.iter().map(|one| candidate_json(one, reveal)).collect::<Value>(),
    })
}

fn candidate_json(candidate: &Judged, reveal: bool) -> Value {
    let content = candidate.content.as_ref();
    json!({
        "accepted": candidate.refusal.is_none(),
        "reason": candidate.refusal.map(Refusal::label),
        "content": content.map(|content| content_json(content, reveal)),
    })
}

fn content_json(content: &Content, reveal: bool) -> Value {
    let times = &content.times;
    let seconds = |duration: Duration| duration.as_secs();
    let attributes = content.attributes.iter().map(|attribute| {
        let (value, is_hidden) = match value(attribute, reveal) {
            Shown::Hidden => (Value::Null, true),
            Shown::Json(json) => (json, false),
            Shown::Text(text) => (text.into(), false),
            Shown::Unknown => (Value::Null, false),
        };
        json!({
            "name": attribute.name,
            "bytes": attribute.bytes,
            "codec": match attribute.codec {
                Some(Codec::Json) => Some("json"),
                Some(Codec::Postcard) => Some("postcard"),
                _ => None,
            },
            "schema": attribute.schema,
            "secret": attribute.is_secret,
            "hidden": is_hidden,
            "value": value,
        })
    });
    json!({
        "id": content.id.to_string(),
        "log_id": content.id.log_id().to_string(),
        "subject": content.subject,
        "actor": content.actor,
        "acting_since": content.acting_since.map(rfc3339),
        "confirmed_at": content.confirmed_at.map(rfc3339),
        "origin_log_id": content.origin.map(|origin| origin.log_id().to_string()),
        "labels": content.labels,
        "created_at": rfc3339(times.created_at),
        "issued_at": rfc3339(content.issued_at),
        "last_seen_at": rfc3339(times.last_seen_at),
        "idle_timeout": times.idle_timeout.map(seconds),
        "idle_left": times.idle_left.map(seconds),
        "absolute_lifetime": seconds(times.absolute_lifetime),
        "absolute_left": seconds(times.absolute_left),
        "asked_idle_timeout": content.own_idle_timeout.map(|idle| match idle {
            Some(idle) => json!(seconds(idle)),
            None => json!("never"),
        }),
        "asked_absolute_lifetime": content.own_absolute_lifetime.map(seconds),
        "stored_elsewhere": content.is_stored_elsewhere,
        "attributes": attributes.collect::<Value>(),
    })
}
