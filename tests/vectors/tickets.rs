//! Tickets, through the public API: those of this site are opened, and all that is no good is refused with its reason.

use std::time::Duration;

use sealed_session::ticket::{Bound, Purpose, TicketRefusal};
use sealed_session::{KeyRing, SessionManager};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::check::{each, same};
use crate::entry::{key, list, moment, number, parse, policy, ring, text, unhex};

pub(crate) const TICKETS: &str = include_str!("tickets.json");

/// Opens the text of an entry, and gives the value as JSON.
fn open(manager: &SessionManager, entry: &Value, now: u64) -> Result<Value, TicketRefusal> {
    let name = text(entry, "purpose").to_owned().leak();
    let lifetime = Duration::from_secs(entry["lifetime"].as_u64().unwrap_or(1_800));
    match text(entry, "type") {
        "number" => open_as(Purpose::<u64>::new(name, lifetime), manager, entry, now),
        "text" => open_as(Purpose::<String>::new(name, lifetime), manager, entry, now),
        "json" => open_as(Purpose::<Value>::json(name, lifetime), manager, entry, now),
        other => panic!("{other}"),
    }
}

fn open_as<T: Serialize + DeserializeOwned>(
    purpose: Purpose<T>,
    manager: &SessionManager,
    entry: &Value,
    now: u64,
) -> Result<Value, TicketRefusal> {
    let times = entry["repeat"].as_u64().unwrap_or(1);
    let (text, now) = (
        text(entry, "text").repeat(times.try_into().unwrap()),
        moment(now),
    );
    let ticket = match entry["state"].as_str().map(unhex) {
        None => manager.open_ticket(purpose, text, now)?,
        Some(state) => {
            let bound: Purpose<T, Bound> = purpose.bound();
            manager
                .open_bound_ticket(bound, text, now)?
                .bound_to(state)?
        }
    };
    Ok(json!(ticket.value()))
}

fn manager(entry: &Value, ring: KeyRing) -> SessionManager {
    let builder = SessionManager::builder("shop", ring).audience(text(entry, "audience"));
    builder.build().unwrap()
}

#[test]
fn tickets() {
    let file = parse(TICKETS);
    for group in ["tickets", "edges"] {
        each(list(&file[group]), |entry| {
            let manager = manager(entry, KeyRing::new(key(&entry["master"])));
            let now = entry["now"].as_u64().unwrap_or(number(entry, "issued"));
            let opened = open(&manager, entry, now);
            match text(entry, "target") {
                "" => same("value", opened, Ok(entry["is"].clone())),
                _ => same("refusal", opened, Err(TicketRefusal::OtherAudience)),
            }
        });
    }
}

#[test]
fn refused_tickets() {
    each(list(&parse(TICKETS)["refused"]), |entry| {
        let mut policied = entry.clone();
        policied["idle"] = json!(1_800);
        policied["absolute"] = json!(43_200);
        let manager = manager(entry, ring(entry, &policy(&policied)));
        let refused = open(&manager, entry, number(entry, "now")).map_err(TicketRefusal::label);
        same("refusal", refused, Err(text(entry, "refusal")))
    });
}
