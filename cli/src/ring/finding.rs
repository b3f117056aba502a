//! What is wrong with a ring, as far as its times and its file tell. Pure.

use std::time::Duration;

use sealed_session::Error;
use sealed_session::report::{KeyId, RingKey};
use sealed_session::time::OffsetDateTime;
use serde_json::{Value, json};

use crate::duration::words;
use crate::instant::{after, date};
use crate::ring::plan::{Site, is_retired, waiting};
use crate::style::{BAD, WARN, shown, wrap};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Servers refuse the ring, or visitors are signed out.
    Fault,
    /// A person should look.
    Warning,
}

/// One thing that is wrong.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) level: Level,
    /// A name for scripts, which stays.
    kind: &'static str,
    /// A sentence without a full stop: what is wrong, and what to do.
    what: String,
}

impl Finding {
    pub(crate) fn fault(kind: &'static str, what: String) -> Finding {
        let level = Level::Fault;
        Finding { level, kind, what }
    }

    fn warning(kind: &'static str, what: String) -> Finding {
        let level = Level::Warning;
        Finding { level, kind, what }
    }

    pub(crate) fn text(&self) -> String {
        let head = match self.level {
            Level::Fault => format!("{BAD}fault:{BAD:#}"),
            Level::Warning => format!("{WARN}warning:{WARN:#}"),
        };
        wrap(&format!("{head} {}.", shown(&self.what)), "  ")
    }

    pub(crate) fn json(&self) -> Value {
        json!({ "kind": self.kind, "what": self.what })
    }
}

/// Judges the times of a ring. `sealing` is the key that seals now, or why there is none.
pub(crate) fn of_ring(
    keys: &[RingKey],
    sealing: &Result<KeyId, Error>,
    site: &Site,
    max_age: Duration,
    now: OffsetDateTime,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    match sealing {
        Err(error) => findings.push(Finding::fault("gap", error.to_string())),
        Ok(id) => findings.extend(of_age(keys, *id, max_age, now)),
    }
    for key in keys {
        findings.extend(of_end(key, site, now));
    }
    if let Some((id, from)) = waiting(keys, now).and_then(|key| Some((key.id, key.seals_from?)))
        && from < after(now, site.shortest_lead())
    {
        let (left, needed) = ((from - now).unsigned_abs(), site.shortest_lead());
        findings.push(Finding::warning(
            "starts_soon",
            format!(
                "key {id} starts to seal in {}, and a server that looks at the file every 30 seconds may need {}; a \
                 server that lacks the key by then signs visitors out",
                words(left),
                words(needed)
            ),
        ));
    }
    findings
}

fn of_age(
    keys: &[RingKey],
    sealing: KeyId,
    max_age: Duration,
    now: OffsetDateTime,
) -> Option<Finding> {
    let key = keys.iter().find(|key| key.id == sealing)?;
    let age = (now - key.seals_from?).unsigned_abs();
    // A year that was mistyped is no replacement.
    let is_soon = |from: OffsetDateTime| from <= after(now, max_age);
    let is_replaced = waiting(keys, now).is_some_and(|key| key.seals_from.is_some_and(is_soon));
    (age > max_age && !is_replaced).then(|| {
        let (age, max_age) = (words(age), words(max_age));
        let what = format!(
            "key {sealing} has sealed for {age}, and {max_age} are enough; `rotate` replaces it"
        );
        Finding::warning("old", what)
    })
}

/// Judges when a key retires.
fn of_end(key: &RingKey, site: &Site, now: OffsetDateTime) -> Option<Finding> {
    let id = key.id;
    let needed = key.stopped.map(|stopped| site.needed(stopped));
    match (key.until, needed) {
        (Some(until), Some(needed)) if until < needed => Some(Finding::fault(
            "retires_early",
            format!(
                "key {id} retires at {}, and sessions that it sealed may live until {}; accept it until then, which \
                 `rotate` writes, or remove it if it has leaked",
                date(until),
                date(needed)
            ),
        )),
        (Some(until), _) if is_retired(key, now) => Some(Finding::warning(
            "retired",
            format!(
                "key {id} retired at {} and can go; `rotate` removes it",
                date(until)
            ),
        )),
        (None, Some(needed)) => Some(Finding::warning(
            "no_end",
            format!(
                "key {id} has a successor and no end; `rotate` writes one, which is {}",
                date(needed)
            ),
        )),
        (None, None) if !key.seals => Some(Finding::warning(
            "no_end",
            format!(
                "key {id} is accepted for ever; write behind it when it `stopped` sealing and `until` when it is \
                 accepted, or remove it"
            ),
        )),
        _ => None,
    }
}

/// Judges the permissions of a file. Readable to a group is how servers of several accounts share one.
pub(crate) fn of_mode(mode: u32) -> Option<Finding> {
    let who = match (mode & 0o004 != 0, mode & 0o022 != 0) {
        (true, true) => "everybody can read the keys, and others than the owner can add some",
        (true, false) => "everybody on this machine can read the keys",
        (false, true) => "others than the owner can add keys",
        (false, false) => return None,
    };
    let mode = mode & 0o777;
    let what =
        format!("{who} (mode {mode:03o}); `chmod 600` the file, or 640 for a group that reads it");
    Some(Finding::warning("permissions", what))
}
