//! Requests with header fields and links, and under a former name.

use sealed_session::adapter::{HeaderChange, ResponseHead};
use sealed_session::report::Source;
use serde_json::Value;

use crate::entry::{label, list, load, moment, number, parse, text};
use crate::{check_session, each, same};

const TRANSPORTS: &str = include_str!("transports.json");

/// The touch that a response with nothing else to say sends, as the cookie or the field that holds it.
fn touch(entry: &Value) -> Option<String> {
    let (manager, session) = load(entry);
    let now = moment(number(entry, "now"));
    let changes = manager.commit(&session, ResponseHead::new(200), now);
    let line = |change: HeaderChange| match change.name() {
        "set-cookie" => change.value().split("; ").next().map(str::to_owned),
        name if change.is_secret() => Some(format!("{name}: {}", change.value())),
        _ => None,
    };
    changes.unwrap().into_iter().find_map(line)
}

fn check(entry: &Value) -> Result<(), String> {
    let (_, session) = load(entry);
    if let Some(refusal) = entry["refusal"].as_str() {
        same("refusal", label(&session), Some(refusal))?;
        return same("by", session.opened_from(), None);
    }
    check_session(&session, entry)?;
    let by = match text(entry, "by") {
        "field" => Source::Field,
        "link" => Source::Link,
        _ => Source::Cookie,
    };
    same("by", session.opened_from(), Some(by))?;
    let name = entry["under"].as_str().unwrap_or(text(entry, "name"));
    let wanted = entry["touch"].as_str().map(|touch| match by {
        Source::Field => format!("x-session-touch: {touch}"),
        _ => format!("{name}.t={touch}"),
    });
    same("touch", touch(entry), wanted)
}

#[test]
fn transports() {
    each(list(&parse(TRANSPORTS)["requests"]), check);
}
